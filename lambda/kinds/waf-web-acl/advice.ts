import { consoleHost, shellQuoted, type KindAdvice } from '#core/advice.ts';
import { listIn } from '#core/comparison.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { setChange, textOf } from '#core/json.ts';
import { valueOf } from '#core/reading.ts';

/** More than this is no command that a person copies. */
const MOST_RESOURCES = 20;

/** How to go back when a web ACL moved: an update replaces the default action and all rules, and needs the newest lock token (aws-facts §6). */
export const advice: KindAdvice = {
  wayBack({ ref, accepted, changes }) {
    if (changes.some(({ path }) => path === EXISTS))
      return {
        commands: [],
        note: 'a new web ACL of the same name is another one: what was behind the old one is not behind it until it is associated',
      };
    const [id, arn] = [textOf(accepted?.carried['id']), textOf(accepted?.carried['arn'])];
    const notes: string[] = [];
    const commands: string[] = [];
    const moved = changes.find(({ path }) => path === 'associations');
    if (moved !== undefined) {
      const { added, removed } = setChange(listIn(valueOf(moved.before) ?? []), listIn(valueOf(moved.after) ?? []));
      if (arn === undefined || arn === '') notes.push('the ARN of the web ACL is not known');
      else if (added.length + removed.length > MOST_RESOURCES)
        notes.push(`what was behind it before: "plumbline baseline show ${shellQuoted(ref.id)} --json"`);
      else {
        const region = `--region ${shellQuoted(ref.region)}`;
        commands.push(
          ...removed.map(
            (one) =>
              `aws wafv2 associate-web-acl --web-acl-arn ${shellQuoted(arn)} --resource-arn ${shellQuoted(textOf(one) ?? '')} ${region}`,
          ),
          ...added.map(
            (one) => `aws wafv2 disassociate-web-acl --resource-arn ${shellQuoted(textOf(one) ?? '')} ${region}`,
          ),
        );
        notes.push(
          'a resource has one web ACL: associating takes it from another, and disassociating leaves it with none',
        );
      }
    }
    if (changes.some(({ path }) => OF_THE_ACL.includes(rootOf(path)))) {
      if (id === undefined) notes.push('its id is not known');
      else {
        const isGlobal = ref.region === 'global';
        commands.push(
          `aws wafv2 get-web-acl --name ${shellQuoted(ref.id)} --scope ${isGlobal ? 'CLOUDFRONT' : 'REGIONAL'} --region ${isGlobal ? 'us-east-1' : shellQuoted(ref.region)} --id ${shellQuoted(id)}`,
        );
      }
      notes.push(
        `put back in what that shows what "plumbline baseline show ${shellQuoted(ref.id)} --json" has, then aws wafv2 update-web-acl with its lock token: an update replaces the default action and every rule, so leave none out`,
      );
    }
    if (changes.some(({ path }) => rootOf(path) === 'ruleGroups'))
      notes.push('a rule group is put back by aws wafv2 update-rule-group, with all of its rules');
    return notes.length === 0 ? { commands } : { commands, note: notes.join('; ') };
  },

  notMisledBy: () => [
    'Calls to the S3 API pass no web ACL: a failing upload to S3 is not explained by one.',
    'It takes WAF from a few seconds to some minutes to bring a change everywhere: for so long one place may refuse what another lets through.',
  ],

  consoleLink: ({ region, id }, partition) =>
    `https://${consoleHost(partition)}/wafv2/homev2/web-acls?region=${region === 'global' ? 'global' : region}#${encodeURIComponent(id)}`,
};

const OF_THE_ACL: readonly string[] = ['rules', 'firewallManagerRules', 'managedVersions', 'defaultAction'];
