import { consoleHost, shellQuoted, type AdviceRequest, type KindAdvice } from '#core/advice.ts';
import { listIn } from '#core/comparison.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import { BLOCK_FLAGS, flagsAt } from '#core/s3/block.ts';

/** A longer text is no command that a person copies: it is fetched from what was accepted. */
const LONGEST_ARGUMENT = 4_000;

/** How to go back when a bucket's settings moved; ownership first, since ACLs cannot be put while they are off (aws-facts §1.6). */
export const advice: KindAdvice = {
  wayBack(request) {
    const { ref, changes, accepted } = request;
    const bucket = shellQuoted(ref.id);
    const roots = new Set(changes.map(({ path }) => rootOf(path)));
    if (roots.has(EXISTS)) return existence(request, bucket);
    if (accepted === undefined) return { commands: [], note: 'what it was before is not known' };
    const at = (path: string): JsonReading | undefined => (roots.has(path) ? accepted.watched[path] : undefined);
    const commands = [
      ...ownershipBack(bucket, at('ownership')),
      ...blockBack(bucket, at('publicAccessBlock')),
      ...aclBack(bucket, { acl: at('acl'), owner: textOf(accepted.carried['aclOwner']) }),
      ...policyBack(bucket, { policy: at('policy'), text: textOf(accepted.carried['policyText']) }),
      ...websiteBack(bucket, at('website')),
    ];
    const isLong = commands.some((command) => command.length > LONGEST_ARGUMENT);
    return isLong
      ? {
          commands: commands.filter((command) => command.length <= LONGEST_ARGUMENT),
          note: `one value is too long for a command: take it from "plumbline baseline show ${ref.id} --json"`,
        }
      : { commands };
  },

  notMisledBy({ changes }) {
    const roots = new Set(changes.map(({ path }) => rootOf(path)));
    return [
      ...(roots.has('ownership')
        ? [
            'An upload without --acl succeeds whatever the ownership: with ACLs off only those that carry one are refused.',
          ]
        : []),
      ...(roots.has('publicAccessBlock')
        ? ['A test with the owner’s credentials and without --acl succeeds and proves nothing.']
        : []),
    ];
  },

  consoleLink: ({ id, region }, partition) =>
    `https://${consoleHost(partition)}/s3/buckets/${encodeURIComponent(id)}?region=${encodeURIComponent(region)}&tab=permissions`,
};

function existence({ changes, ref }: AdviceRequest, bucket: string): ReturnType<KindAdvice['wayBack']> {
  const isCreated = changes.some(({ path, after }) => path === EXISTS && after.status === 'present');
  if (isCreated)
    return { commands: [], note: 'nobody lost anything by a new bucket: close what it opens, or accept it' };
  const placed = ref.region === 'us-east-1' ? '' : ` --create-bucket-configuration LocationConstraint=${ref.region}`;
  return {
    commands: [`aws s3api create-bucket --bucket ${bucket} --region ${ref.region}${placed}`],
    note: 'the name is free for anyone to take until it is created again; its objects do not come back',
  };
}

function ownershipBack(bucket: string, before: JsonReading | undefined): readonly string[] {
  if (before?.status === 'absent') return [`aws s3api delete-bucket-ownership-controls --bucket ${bucket}`];
  const value = before?.status === 'present' ? textOf(before.value) : undefined;
  return value === undefined
    ? []
    : [
        `aws s3api put-bucket-ownership-controls --bucket ${bucket} --ownership-controls 'Rules=[{ObjectOwnership=${value}}]'`,
      ];
}

function blockBack(bucket: string, before: JsonReading | undefined): readonly string[] {
  if (before?.status === 'absent') return [`aws s3api delete-public-access-block --bucket ${bucket}`];
  const flags = flagsAt(before);
  if (flags.status !== 'present') return [];
  const text = BLOCK_FLAGS.map((flag) => `${flag}=${flags.value[flag]}`).join(',');
  return [`aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration ${text}`];
}

function policyBack(
  bucket: string,
  { policy, text }: { readonly policy: JsonReading | undefined; readonly text: string | undefined },
): readonly string[] {
  if (policy?.status === 'absent') return [`aws s3api delete-bucket-policy --bucket ${bucket}`];
  if (policy?.status !== 'present') return [];
  const written = text ?? JSON.stringify(policy.value);
  return [`aws s3api put-bucket-policy --bucket ${bucket} --policy ${shellQuoted(written)}`];
}

function aclBack(
  bucket: string,
  { acl, owner }: { readonly acl: JsonReading | undefined; readonly owner: string | undefined },
): readonly string[] {
  if (acl?.status !== 'present' || owner === undefined) return [];
  const Grants = listIn(acl.value).flatMap((grant) => (isJsonObject(grant) ? [grantOf(grant)] : []));
  const document = JSON.stringify({ Owner: { ID: owner }, Grants });
  return [`aws s3api put-bucket-acl --bucket ${bucket} --access-control-policy ${shellQuoted(document)}`];
}

function grantOf(grant: { readonly [member: string]: Json }): object {
  const grantee = textOf(grant['grantee']) ?? '';
  const Grantee = grantee.includes('://') ? { Type: 'Group', URI: grantee } : { Type: 'CanonicalUser', ID: grantee };
  return { Grantee, Permission: textOf(grant['permission']) ?? '' };
}

function websiteBack(bucket: string, before: JsonReading | undefined): readonly string[] {
  if (before?.status === 'absent') return [`aws s3api delete-bucket-website --bucket ${bucket}`];
  if (before?.status !== 'present') return [];
  return [
    `aws s3api put-bucket-website --bucket ${bucket} --website-configuration ${shellQuoted(JSON.stringify(before.value))}`,
  ];
}
