import type { KindDeclaration } from '#core/declaration.ts';

/** Everything that a declaration needs to be read: list and reads, each action once. */
export function readActionsOf(declarations: readonly KindDeclaration[]): readonly string[] {
  const actions = declarations.flatMap(({ list, reads }) => [
    ...list.actions,
    ...Object.values(reads).flatMap((read) => read.actions),
  ]);
  return [...new Set(actions)].sort();
}

/** What the lister needs: the lists, and what is had in bulk with them. */
export function listActionsOf(declarations: readonly KindDeclaration[]): readonly string[] {
  return [...new Set(declarations.flatMap(({ list }) => [...list.actions, ...(list.bulk ?? [])]))].sort();
}

/** What only the lister needs: which regions are enabled. */
export const LIST_REGIONS = 'account:ListRegions';

/** The same for the command line, which asks EC2: its own client is there anyway. */
export const LIST_REGIONS_OF_PEOPLE = 'ec2:DescribeRegions';

/** CloudTrail's own history: `plumbline changes` asks it where no logs are named, and on-look where no event explains a finding. */
export const LOOK_UP_EVENTS = 'cloudtrail:LookupEvents';

/** Logs of use, and what counts it: on-sweep reads them where the settings name some, and in those places alone. */
export const USE_READS = {
  logFolders: ['s3:ListBucket'],
  logs: ['s3:GetObject'],
  requestMetrics: ['cloudwatch:GetMetricData'],
} as const;

/** Everything that the command line needs in an account. */
export function actionsOfPeople(declarations: readonly KindDeclaration[]): readonly string[] {
  return [...readActionsOf(declarations), LIST_REGIONS_OF_PEOPLE, LOOK_UP_EVENTS].sort();
}

/**
 * Everything that the service may write, and where: nothing else, and nothing of what it watches. A test holds the synthesised
 * templates against this list.
 */
export const OWN_WRITES = {
  auditBucket: ['s3:PutObject'],
  ledgerTable: ['dynamodb:PutItem'],
  queues: ['sqs:SendMessage'],
  /** The event source takes messages with the function's own role. */
  ownQueue: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage'],
  topics: ['sns:Publish'],
  /** Of a member of a hub, and on the hub's bus alone. */
  hubBus: ['events:PutEvents'],
  topicKey: ['kms:GenerateDataKey'],
  logGroup: ['logs:CreateLogStream', 'logs:PutLogEvents'],
} as const;

/** What a hub may in its members: take on the one role there that reads. Where questions over accounts are answered, and nowhere else. */
export const HUB_ASSUMES = ['sts:AssumeRole'] as const;

/** What the reader reads of the service's documents in a member: its snapshots, what is accepted, and where the service is. */
export const READER_OF_STORE = { bucket: ['s3:ListBucket'], objects: ['s3:GetObject'] } as const;

/** What it reads of its own things. */
export const OWN_READS = {
  auditBucket: ['s3:ListBucket'],
  auditObjects: ['s3:GetObject'],
  ledgerTable: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query'],
  ownQueue: ['sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
  topicKey: ['kms:Decrypt'],
  /** What a further region could not deliver. */
  undelivered: ['sqs:GetQueueAttributes'],
  /** When it was last deployed: what a deployment changes is expected. */
  ownStack: ['cloudformation:DescribeStacks'],
} as const;
