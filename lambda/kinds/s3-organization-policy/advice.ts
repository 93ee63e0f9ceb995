import { consoleHost, shellQuoted, type AdviceRequest, type KindAdvice, type WayBack } from '#core/advice.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';

/** How to go back when an organisation's S3 policy moved, and where: never in the account itself. Facts: aws-facts §1.8, §9. */
export const advice: KindAdvice = {
  wayBack({ ref, accepted, changes }) {
    const was = blockIn(accepted?.watched['effectivePolicy']);
    if (was === undefined) return { commands: [], note: 'what it was before is not known' };
    const is = blockNow(changes, was);
    const find = [
      `aws organizations list-policies-for-target --filter S3_POLICY --target-id ${ref.account}`,
      `aws organizations list-parents --child-id ${ref.account}`,
    ];
    if (was.value === undefined && is !== undefined) return wayBack([...find, DETACH]);
    if (was.value !== undefined && is === undefined) return wayBack([LIST, ATTACH]);
    if (was.value !== is && (was.value === 'all' || was.value === 'none'))
      return wayBack(
        [...find, update(was.value)],
        '; where one nearer to the account overrides another, detach that one instead',
      );
    return wayBack(find, '; then put back what the policy said before');
  },

  notMisledBy: ({ partition }) => [
    'Nobody in this account called anything: CloudTrail of this account has no event of it, unless it is the management account itself.',
    `Only an event of organizations.amazonaws.com in the management account, in ${HOME[partition] ?? HOME['aws']}, confirms who did it: AttachPolicy, DetachPolicy, UpdatePolicy, EnablePolicyType, DisablePolicyType or MoveAccount.`,
    "The account's block as S3 shows it is what counts, and not what the account itself set: it looks as if somebody here had turned it.",
  ],

  consoleLink: (_ref, partition) => `https://${consoleHost(partition)}/organizations/v2/home/policies`,
};

/** Where Organizations is, and its events are, in each partition: the SDK's endpoint rules; aws-facts §4.1. */
const HOME: Readonly<Record<string, string>> = {
  aws: 'us-east-1',
  'aws-cn': 'cn-northwest-1',
  'aws-us-gov': 'us-gov-west-1',
};

const LIST = 'aws organizations list-policies --filter S3_POLICY';
const DETACH = 'aws organizations detach-policy --policy-id POLICY_ID --target-id TARGET_ID';
const ATTACH = 'aws organizations attach-policy --policy-id POLICY_ID --target-id TARGET_ID';

function update(value: string): string {
  const content = JSON.stringify({ s3_attributes: { public_access_block_configuration: { '@@assign': value } } });
  return `aws organizations update-policy --policy-id POLICY_ID --content ${shellQuoted(content)}`;
}

/** From the account nobody sees which policy it is, nor what it is attached to: those two are for whoever runs the commands to fill in. */
const WHERE =
  "run these in the organisation's management account, or as a delegated administrator for S3 policies; POLICY_ID and TARGET_ID stand for what the lists show: a policy may be attached to this account, to an OU above it or to the root, and moves every account below";

function wayBack(commands: readonly string[], more = ''): WayBack {
  return { commands, note: `${WHERE}${more}` };
}

/** What a reading says of the account's block; undefined where the reading says nothing at all. */
function blockIn(reading: JsonReading | undefined): { readonly value: Json | undefined } | undefined {
  if (reading?.status === 'absent') return { value: undefined };
  if (reading?.status !== 'present' || !isJsonObject(reading.value)) return undefined;
  return { value: reading.value['publicAccessBlock'] };
}

/** What is set now: what did not move is what it was. */
function blockNow(changes: AdviceRequest['changes'], was: { readonly value: Json | undefined }): Json | undefined {
  for (const { path, after } of changes) {
    if (path === 'effectivePolicy') return blockIn(after)?.value;
    if (path === 'effectivePolicy.publicAccessBlock') return after.status === 'present' ? after.value : undefined;
  }
  return was.value;
}
