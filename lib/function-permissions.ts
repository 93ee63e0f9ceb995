import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { KindDeclaration } from '#core/declaration.ts';
import {
  ANSWERS,
  EVIDENCE,
  LEDGER,
  PARTS_DOCUMENT,
  READER_ROLE,
  SERVICE_DOCUMENT,
  type FunctionName,
} from '#lambda/service-names.ts';
import type { EvidenceSettings, LogPlace } from '#lambda/service-settings.ts';
import type { AuditBucket } from './constructs/audit-bucket.ts';
import type { LedgerTable } from './constructs/ledger-table.ts';
import type { RuntimeFunction } from './constructs/runtime-function.ts';
import type { WorkQueue } from './constructs/work-queue.ts';
import {
  HUB_ASSUMES,
  LIST_REGIONS,
  LOOK_UP_EVENTS,
  OWN_READS,
  OWN_WRITES,
  USE_READS,
  listActionsOf,
  readActionsOf,
} from './permissions.ts';

/** What each function writes of the documents: only a person's acceptance writes under `baseline/`. */
export const WRITTEN_KEYS: Readonly<Record<FunctionName, readonly string[]>> = {
  'on-look': ['snapshots/*', 'changes/*', `${ANSWERS.folder}/*`],
  'on-sweep': ['snapshots/*', `${EVIDENCE.folder}/*`],
  'on-tick': ['snapshots/*', 'changes/*', 'provisional/*', 'reports/*', SERVICE_DOCUMENT],
  'on-request': ['baseline/*', `${ANSWERS.folder}/*`],
  'on-self': ['changes/*', PARTS_DOCUMENT],
};

export interface PermittedThings {
  readonly declarations: readonly KindDeclaration[];
  readonly functions: Readonly<Record<FunctionName, RuntimeFunction>>;
  readonly bucket: AuditBucket;
  readonly ledger: LedgerTable;
  readonly queues: Readonly<Record<'changes' | 'sweeps' | 'nudges' | 'own', WorkQueue>> & { readonly uses?: WorkQueue };
  readonly topics: Readonly<Record<string, ITopic | undefined>>;
  readonly keys: Readonly<Record<string, IKey>>;
  /** Logs of use; undefined: none are read. */
  readonly evidence: EvidenceSettings | undefined;
}

/** Read access to what is watched, from the declarations, to each function as far as it looks; and the short list of own things. */
export function permitFunctions(things: PermittedThings): void {
  const { declarations, functions, queues } = things;
  const polled = readActionsOf(declarations.filter((declaration) => declaration.polled === true));
  permitReads(functions['on-look'], [...readActionsOf(declarations), LIST_REGIONS, LOOK_UP_EVENTS]);
  if (things.evidence !== undefined) permitUseLogs(functions['on-sweep'], things.evidence);
  permitReads(functions['on-sweep'], [...listActionsOf(declarations), LIST_REGIONS]);
  permitReads(functions['on-tick'], polled);
  for (const name of Object.keys(functions) as FunctionName[]) permitOwnThings(name, things);
  for (const name of ['on-tick', 'on-request'] as const) permitTelling(functions[name], things);
  permitConsuming(functions['on-look'], [queues.changes, queues.sweeps]);
  permitConsuming(functions['on-tick'], [queues.nudges]);
  permitConsuming(functions['on-self'], [queues.own]);
  if (queues.uses !== undefined) permitConsuming(functions['on-sweep'], [queues.uses]);
}

/** Documents, live state and the queues by which the functions ask each other. */
function permitOwnThings(name: FunctionName, { functions, bucket, ledger, queues }: PermittedThings): void {
  const allow = (actions: readonly string[], ...resources: string[]): void =>
    void functions[name].role.addToPolicy(new PolicyStatement({ actions: [...actions], resources }));
  allow(OWN_READS.auditObjects, bucket.arnForObjects('*'));
  allow(OWN_READS.auditBucket, bucket.bucketArn);
  allow(OWN_WRITES.auditBucket, ...WRITTEN_KEYS[name].map((key) => bucket.arnForObjects(key)));
  allow(
    [...OWN_READS.ledgerTable, ...OWN_WRITES.ledgerTable],
    ledger.tableArn,
    `${ledger.tableArn}/index/${LEDGER.dueIndex}`,
  );
  allow(OWN_WRITES.queues, ...Object.values(queues).map(({ queue }) => queue.queueArn));
}

function permitTelling({ role }: RuntimeFunction, { topics, keys }: PermittedThings): void {
  const told = Object.values(topics).flatMap((topic) => topic?.topicArn ?? []);
  role.addToPolicy(new PolicyStatement({ actions: [...OWN_WRITES.topics], resources: told }));
  role.addToPolicy(
    new PolicyStatement({
      actions: [...OWN_READS.topicKey, ...OWN_WRITES.topicKey],
      resources: Object.values(keys).map(({ keyArn }) => keyArn),
    }),
  );
}

/** The listings and reads of what is watched know no resource to be narrowed to: it is everything in the account. */
function permitReads({ role }: Pick<RuntimeFunction, 'role'>, actions: readonly string[]): void {
  role.addToPolicy(new PolicyStatement({ actions: [...actions], resources: ['*'] }));
}

/** What is named as a place of logs, and nothing else of that bucket. A key that they are encrypted with is its owner's matter. */
function permitUseLogs({ role }: RuntimeFunction, { accessLogs, trails, requestMetrics }: EvidenceSettings): void {
  for (const place of [...accessLogs, ...trails]) {
    const [bucket, logs] = [arnOfBucket(Stack.of(role), place), arnOfLogs(Stack.of(role), place)];
    role.addToPolicy(
      new PolicyStatement({
        actions: [...USE_READS.logFolders],
        resources: [bucket],
        ...(place.prefix === '' ? {} : { conditions: { StringLike: { 's3:prefix': `${place.prefix}/*` } } }),
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: [...USE_READS.logs], resources: [logs] }));
  }
  // CloudWatch knows no resource to narrow a reading of metrics to.
  if (requestMetrics) permitReads({ role }, USE_READS.requestMetrics);
}

function arnOfBucket(stack: Stack, { bucket }: LogPlace): string {
  return stack.formatArn({
    service: 's3',
    region: '',
    account: '',
    resource: bucket,
    arnFormat: ArnFormat.NO_RESOURCE_NAME,
  });
}

/** Everything in a place of logs. */
export function arnOfLogs(stack: Stack, place: LogPlace): string {
  return `${arnOfBucket(stack, place)}/${place.prefix === '' ? '' : `${place.prefix}/`}*`;
}

/** To take on the reader's role in any account: whom it lets in, that account says (lib/reader-stack.ts). */
export function permitEntering({ role }: RuntimeFunction, partition: string): void {
  role.addToPolicy(
    new PolicyStatement({ actions: [...HUB_ASSUMES], resources: [`arn:${partition}:iam::*:role/${READER_ROLE}`] }),
  );
}

/** To take messages from these queues. */
export function permitConsuming({ role }: RuntimeFunction, queues: readonly WorkQueue[]): void {
  role.addToPolicy(
    new PolicyStatement({
      actions: [...OWN_READS.ownQueue, ...OWN_WRITES.ownQueue],
      resources: queues.map(({ queue }) => queue.queueArn),
    }),
  );
}
