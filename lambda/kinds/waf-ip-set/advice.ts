import { consoleHost, shellQuoted, type KindAdvice } from '#core/advice.ts';
import { listIn } from '#core/comparison.ts';
import { EXISTS } from '#core/declaration.ts';
import { textOf } from '#core/json.ts';
import { valueOf } from '#core/reading.ts';

/** More than this is no command that a person copies. */
const MOST_ADDRESSES = 200;

/** How to go back when an IP set moved: an update replaces the whole list, and needs the newest lock token (aws-facts §6). */
export const advice: KindAdvice = {
  wayBack({ ref, accepted, changes }) {
    if (changes.some(({ path }) => path === EXISTS))
      return {
        commands: [],
        note: 'web ACLs refer to a set by its id: a new one of the same name does not come back into them',
      };
    const addresses = valueOf(accepted?.watched['addresses']);
    const id = textOf(accepted?.carried['id']);
    if (addresses === undefined || id === undefined) return { commands: [], note: 'what it was before is not known' };
    const list = listIn(addresses).flatMap((one) => textOf(one) ?? []);
    if (list.length > MOST_ADDRESSES)
      return {
        commands: [],
        note: `the list before has ${list.length} addresses: take it from "plumbline baseline show ${shellQuoted(ref.id)} --json"`,
      };
    const isGlobal = ref.region === 'global';
    const set = `--name ${shellQuoted(ref.id)} --scope ${isGlobal ? 'CLOUDFRONT' : 'REGIONAL'} --region ${isGlobal ? 'us-east-1' : ref.region} --id ${shellQuoted(id)}`;
    return {
      commands: [
        `aws wafv2 update-ip-set ${set} --lock-token "$(aws wafv2 get-ip-set ${set} --query LockToken --output text)" --addresses ${list.map(shellQuoted).join(' ')}`.trimEnd(),
      ],
      note: 'an update replaces the whole list: leave none out',
    };
  },

  notMisledBy: () => ['Calls to the S3 API pass no web ACL: a failing upload to S3 is not explained by an IP set.'],

  consoleLink: ({ region, id }, partition) =>
    `https://${consoleHost(partition)}/wafv2/homev2/ip-sets?region=${region === 'global' ? 'global' : region}#${encodeURIComponent(id)}`,
};
