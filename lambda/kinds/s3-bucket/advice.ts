import { consoleHost, shellQuoted, type AdviceRequest, type KindAdvice, type WayBack } from '#core/advice.ts';
import { listIn } from '#core/comparison.ts';
import { EXISTS, rootOf } from '#core/declaration.ts';
import { isJsonObject, textOf, type Json } from '#core/json.ts';
import { valueOf, type JsonReading } from '#core/reading.ts';
import { BLOCK_FLAGS, flagsAt } from '#core/s3/block.ts';
import type { State } from '#core/state.ts';

/** A longer text is no command that a person copies: it is fetched from what was accepted. */
const LONGEST_ARGUMENT = 4_000;

/** How to go back when a bucket's settings moved. */
export const advice: KindAdvice = {
  wayBack(request) {
    const { ref, changes, accepted } = request;
    const roots = new Set(changes.map(({ path }) => rootOf(path)));
    if (roots.has(EXISTS)) return existence(request);
    if (accepted === undefined) return { commands: [], note: NOT_KNOWN };
    const steps = stepsBack(shellQuoted(ref.id), accepted).filter(({ path }) => roots.has(path));
    const all = steps.flatMap(({ command }) => command ?? []);
    const commands = all.filter((command) => command.length <= LONGEST_ARGUMENT);
    const unknown = steps.filter(({ command }) => command === undefined).map(({ path }) => path);
    const notes = [
      ...(unknown.length === 0 ? [] : [all.length === 0 ? NOT_KNOWN : `${NOT_KNOWN} of: ${unknown.join(', ')}`]),
      ...(commands.length === all.length
        ? []
        : [
            `one value is too long for a command: take it from "plumbline baseline show ${shellQuoted(ref.id)} --json"`,
          ]),
    ];
    return notes.length === 0 ? { commands } : { commands, note: notes.join('; ') };
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

const NOT_KNOWN = 'what it was before is not known';

/** One setting put back; no command where it is not known what it was. */
interface Step {
  readonly path: string;
  readonly command: string | undefined;
}

/**
 * In the order in which S3 takes them. ACLs that were on come on before any is put; ACLs that were off go off last: that is refused while
 * others have grants, and after it no ACL can be put (aws-facts §1.6).
 */
function stepsBack(bucket: string, { watched, carried }: State): readonly Step[] {
  const ownership = { path: 'ownership', command: ownershipBack(bucket, watched['ownership']) };
  const isOff = textOf(valueOf(watched['ownership'])) === 'BucketOwnerEnforced';
  const owner = textOf(carried['aclOwner']);
  return [
    ...(isOff ? [] : [ownership]),
    { path: 'publicAccessBlock', command: blockBack(bucket, watched['publicAccessBlock']) },
    { path: 'acl', command: aclBack(bucket, { acl: watched['acl'], owner }) },
    ...(isOff ? [ownership] : []),
    { path: 'policy', command: policyBack(bucket, { policy: watched['policy'], text: textOf(carried['policyText']) }) },
    { path: 'website', command: websiteBack(bucket, watched['website']) },
  ];
}

function existence({ changes, ref }: AdviceRequest): WayBack {
  const isCreated = changes.some(({ path, after }) => path === EXISTS && after.status === 'present');
  if (isCreated)
    return { commands: [], note: 'nobody lost anything by a new bucket: close what it opens, or accept it' };
  const constraint = shellQuoted(`LocationConstraint=${ref.region}`);
  const placed = ref.region === 'us-east-1' ? '' : ` --create-bucket-configuration ${constraint}`;
  return {
    commands: [`aws s3api create-bucket --bucket ${shellQuoted(ref.id)} --region ${shellQuoted(ref.region)}${placed}`],
    note: 'the name is free for anyone to take until it is created again; its objects do not come back',
  };
}

function ownershipBack(bucket: string, before: JsonReading | undefined): string | undefined {
  if (before?.status === 'absent') return `aws s3api delete-bucket-ownership-controls --bucket ${bucket}`;
  const value = textOf(valueOf(before));
  if (value === undefined) return undefined;
  const rules = shellQuoted(`Rules=[{ObjectOwnership=${value}}]`);
  return `aws s3api put-bucket-ownership-controls --bucket ${bucket} --ownership-controls ${rules}`;
}

function blockBack(bucket: string, before: JsonReading | undefined): string | undefined {
  if (before?.status === 'absent') return `aws s3api delete-public-access-block --bucket ${bucket}`;
  const flags = flagsAt(before);
  if (flags.status !== 'present') return undefined;
  const text = BLOCK_FLAGS.map((flag) => `${flag}=${flags.value[flag]}`).join(',');
  return `aws s3api put-public-access-block --bucket ${bucket} --public-access-block-configuration ${text}`;
}

function policyBack(
  bucket: string,
  { policy, text }: { readonly policy: JsonReading | undefined; readonly text: string | undefined },
): string | undefined {
  if (policy?.status === 'absent') return `aws s3api delete-bucket-policy --bucket ${bucket}`;
  if (policy?.status !== 'present') return undefined;
  const written = text ?? JSON.stringify(policy.value);
  return `aws s3api put-bucket-policy --bucket ${bucket} --policy ${shellQuoted(written)}`;
}

function aclBack(
  bucket: string,
  { acl, owner }: { readonly acl: JsonReading | undefined; readonly owner: string | undefined },
): string | undefined {
  if (acl?.status !== 'present' || owner === undefined) return undefined;
  const Grants = listIn(acl.value).flatMap((grant) => (isJsonObject(grant) ? [grantOf(grant)] : []));
  const document = JSON.stringify({ Owner: { ID: owner }, Grants });
  return `aws s3api put-bucket-acl --bucket ${bucket} --access-control-policy ${shellQuoted(document)}`;
}

function grantOf(grant: { readonly [member: string]: Json }): object {
  const grantee = textOf(grant['grantee']) ?? '';
  const Grantee = grantee.includes('://') ? { Type: 'Group', URI: grantee } : { Type: 'CanonicalUser', ID: grantee };
  return { Grantee, Permission: textOf(grant['permission']) ?? '' };
}

function websiteBack(bucket: string, before: JsonReading | undefined): string | undefined {
  if (before?.status === 'absent') return `aws s3api delete-bucket-website --bucket ${bucket}`;
  if (before?.status !== 'present') return undefined;
  const website = shellQuoted(JSON.stringify(before.value));
  return `aws s3api put-bucket-website --bucket ${bucket} --website-configuration ${website}`;
}
