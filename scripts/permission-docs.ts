/** The text of docs/permissions.md, from the declarations and the short list of own things. */
import { kinds } from '#kinds';
import { AUDIT_BUCKET, HUB, READER_ROLE, SERVICE_DOCUMENT } from '#lambda/service-names.ts';
import { plumblineSelf } from '#kinds/plumbline-self/declaration.ts';
import {
  actionsOfPeople,
  HUB_ASSUMES,
  LIST_REGIONS,
  LIST_REGIONS_OF_PEOPLE,
  LOOK_UP_EVENTS,
  OWN_READS,
  OWN_WRITES,
  READER_OF_STORE,
  listActionsOf,
  readActionsOf,
  USE_READS,
} from '#lib/permissions.ts';

const code = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');

const rows = (head: readonly string[], lines: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...lines].map((line) => `| ${line.join(' | ')} |`).join('\n');

const declarations = kinds.map(({ declaration }) => declaration);
const polled = declarations.filter(({ polled: isPolled }: { readonly polled?: boolean }) => isPolled === true);

const reads = readActionsOf(declarations);

export function permissionsText(): string {
  const policy = {
    Version: '2012-10-17',
    Statement: [{ Sid: 'PlumblineReads', Effect: 'Allow', Action: actionsOfPeople(declarations), Resource: '*' }],
  };
  return `<!-- Generated from the declarations and lib/permissions.ts by \`npm run docs\`. Do not edit. -->

# Permissions

Plumbline never writes to what it watches. Every action that reads it has access level Read or List in AWS's published IAM data, and none
reads a secret or, but for the service's own documents and logs that the settings name, an object's content; tests hold the declarations and the synthesised templates against that.

## What the command line needs

\`\`\`json
${JSON.stringify(policy, null, 2)}
\`\`\`

\`${LIST_REGIONS_OF_PEOPLE}\` is not needed where regions are named, and \`${LOOK_UP_EVENTS}\` is for \`plumbline changes\` alone. \`sts:GetCallerIdentity\` cannot be refused. With a store in a bucket, add
\`s3:ListBucket\` on it and \`s3:GetObject\` and \`s3:PutObject\` on what is in it; with logs of a trail in a bucket, \`s3:ListBucket\` on it, \`s3:GetObject\` on
what is in it, and \`kms:Decrypt\` where the trail has a key. With a deployed service, add \`lambda:InvokeFunctionUrl\` on its
function \`on-request\` (and \`lambda:InvokeFunction\`; alone where Lambda has no function URLs: [the runbook](runbook.md#on-request) has the policy), and leave out \`s3:PutObject\` for whoever only looks.

## What the functions may read

${rows(
  ['function', 'reads of what is watched'],
  [
    ['on-look', code([...reads, LIST_REGIONS])],
    ['on-sweep', code([...listActionsOf(declarations), LIST_REGIONS])],
    ['on-tick', code(readActionsOf(polled))],
    ['on-request', 'nothing'],
    ['on-self', 'nothing: what it reads is below'],
  ],
)}

Where \`evidence\` in the settings names logs of use, on-sweep may read those folders and nothing else of their buckets: ${code([...USE_READS.logFolders, ...USE_READS.logs])}; and
with \`requestMetrics\` ${code(USE_READS.requestMetrics)}. A log is the one object's content that it reads. A key of KMS that logs are encrypted with is its owner's matter: the key's
policy has to allow \`kms:Decrypt\` to the role of on-sweep, and so has the bucket's policy what it may read, where the bucket is another account's.

## plumbline-self: what the service reads of itself

on-self reads what the service is made of, each action on the service's own resources alone where AWS knows a resource for it:
${code(readActionsOf([plumblineSelf]))}, and ${code(OWN_READS.ownStack)} of its own stacks, also in further regions. \`plumbline doctor\` of a
deployed service needs the same (without the stacks).

Of their own things all of them read: ${code([...OWN_READS.auditBucket, ...OWN_READS.auditObjects, ...OWN_READS.ledgerTable])}; on-look, on-tick and on-self
their queues: ${code(OWN_READS.ownQueue)}; on-tick and on-request use the key of the topics: ${code(OWN_READS.topicKey)}; on-tick
the dead-letter queues of further regions: ${code(OWN_READS.undelivered)}. The scheduler's three roles may
\`lambda:InvokeFunction\` on on-tick, on-sweep and on-self.

## Everything that the functions may write

${rows(
  ['what', 'actions', 'which functions'],
  [
    [
      'the audit bucket, each its own sort of documents; `baseline/` only on-request',
      code(OWN_WRITES.auditBucket),
      'all',
    ],
    ['the ledger', code(OWN_WRITES.ledgerTable), 'all'],
    ['the queues', code(OWN_WRITES.queues), 'all'],
    [
      'the queue that a function takes from',
      code(OWN_WRITES.ownQueue),
      'on-look, on-tick, on-self; on-sweep where logs of use are read',
    ],
    ['the topics', code(OWN_WRITES.topics), 'on-tick, on-request'],
    ['the key of the topics', code(OWN_WRITES.topicKey), 'on-tick, on-request'],
    [`the bus \`${HUB.bus}\` of the hub account, of members of a hub`, code(OWN_WRITES.hubBus), 'on-tick'],
    ["a function's own log group", code(OWN_WRITES.logGroup), 'all'],
  ],
)}

## Further regions and accounts

In a further region EventBridge forwards events by a role that may \`events:PutEvents\` on the one bus at home, and nothing else.

The hub's bus takes events from accounts of the organization (\`aws:PrincipalOrgID\`), of source \`${HUB.source}\` and detail type \`${HUB.detailType}\`
alone. The role \`${READER_ROLE}\` of a member may do what the command line needs (above) and \`${LIST_REGIONS}\`, and lets in who is of the hub account, of the
organization, and bears a name under \`hub.readers\`: all three. Beside that it reads what the account's own service has kept: ${code(READER_OF_STORE.objects)} on \`snapshots/\`, \`baseline/\` and
\`${SERVICE_DOCUMENT}\` in buckets of that account with \`${AUDIT_BUCKET.inNames}\` in their names, and ${code(READER_OF_STORE.bucket)} of those keys. At the hub on-look may ${code(HUB_ASSUMES)} on that role in any account, to
answer over accounts: an account lets it in or does not.

## Who accepts, acknowledges and mutes

Whoever STS says signed the proof that comes with the question, never a name in the request or the event
([decision 21](decisions/0021-who-asks-is-proved-by-sts.md)). See [the runbook](runbook.md#on-request) for whom to give which right.
`;
}
