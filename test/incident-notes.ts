import type { DriftRecord } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { keyOf } from '#core/grouping.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { ABSENT } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import type { Documents, Ledger } from '#lambda/ports.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { bucketState, scanOf, seen } from './builders.ts';
import { accountState, blockOf } from './core/s3/buckets.ts';
import { byEvent, eventNamed, noted } from './noted.ts';

/** The day of the incident, in UTC (incidents A): at 15:00 EDT the block, at 07:30 on the next day somebody looks. */
export const BEFORE = '2025-10-28T10:00:00.000Z';
export const BLOCK_AT = '2025-10-28T19:00:00.000Z';
export const LIST_AT = '2025-10-28T18:45:00.000Z';
export const SEEN_AT = '2025-10-29T11:30:00.000Z';
export const FINDING_ID = 'f-0123456789';

export const taken = (states: readonly State[], time: string): Scan =>
  scanOf(
    states.map((state) => seen({ ...state, takenAt: time })),
    { startedAt: time, finishedAt: time },
  );

/** A bucket whose ACLs count, and the account. */
export const STATES = [accountState('-'), bucketState('exports', { carried: { tags: { owner: 'assessment' } } })];

const called = (name: string, at: string, more: JsonObject): Json =>
  eventNamed(name, `${name} ${at}`, { eventTime: at, userAgent: 'Boto3/1.40.1', ...more });
export const BLOCK_PARAMETERS = { PublicAccessBlockConfiguration: { BlockPublicAcls: true, IgnorePublicAcls: true } };

const BLOCK = {
  path: 'publicAccessBlock',
  says: 'account-level block set',
  before: ABSENT,
  after: blockOf('1100'),
  exposure: 'unknown',
  breakage: 'breaks',
  effects: ['Uploads that carry a public ACL are refused.'],
  check: 's3-account-block-changed',
} as const;

/** What the service noted of that day: the block, the deny list a quarter of an hour before, and an attempt that failed. */
export async function noteIncident(documents: Documents): Promise<void> {
  await saveScan(documents, { scan: taken(STATES, BEFORE), comparedWith: 1, by: 'service' });
  const { account, region, kind, id } = accountState('-').ref;
  await noted(
    documents,
    BLOCK_AT,
    byEvent(
      called('PutAccountPublicAccessBlock', BLOCK_AT, { requestParameters: BLOCK_PARAMETERS }),
      { moves: 'publicAccessBlock', shows: 'yes' },
      { account, region, kind, id, baseline: 1, changes: [BLOCK as unknown as Json] },
    ),
  );
  const list = {
    path: 'addresses',
    says: 'addresses: +1 −0',
    before: { status: 'present', value: ['198.51.100.0/24'] },
    after: { status: 'present', value: ['198.51.100.0/24', '203.0.113.66/32'] },
  };
  await noted(
    documents,
    LIST_AT,
    byEvent(
      called('UpdateIPSet', LIST_AT, { requestParameters: { name: 'alb-deny-list', scope: 'REGIONAL' } }),
      { moves: 'addresses', shows: 'not-told' },
      { kind: 'waf-ip-set', id: 'alb-deny-list', baseline: 1, changes: [list] },
    ),
  );
  const attempt = called('PutBucketPolicy', LIST_AT, { errorCode: 'AccessDenied' });
  await noted(documents, LIST_AT, { status: 'attempt', event: attempt });
}

/** The finding of the block. */
export async function keepFinding(ledger: Ledger): Promise<void> {
  const { ref } = accountState('-');
  const record: DriftRecord = {
    drift: {
      ref,
      baseline: 1,
      episode: 1,
      changes: [BLOCK],
      takenAt: BLOCK_AT,
      causes: [{ call: 'PutAccountPublicAccessBlock', at: BLOCK_AT, certainty: 'certain', reasons: [] }],
    },
    generation: 1,
    status: 'open',
    openedAt: BLOCK_AT,
    foundBy: {},
    finding: FINDING_ID,
  };
  const finding: FindingRecord = {
    id: FINDING_ID,
    account: ref.account,
    groupedBy: 'event',
    status: 'open',
    openedAt: BLOCK_AT,
    members: [keyOf(record.drift)],
    joins: { events: [], sessions: [], sweeps: [] },
    severity: 'high',
    reminders: 0,
    against: 'accepted',
  };
  await ledger.write({ family: 'drift', id: printRef(ref), revision: 0, body: record as unknown as Json });
  await ledger.write({ family: 'finding', id: FINDING_ID, revision: 0, body: finding as unknown as Json });
}

/** Both, in one store. */
export async function keepIncident(documents: Documents): Promise<void> {
  await noteIncident(documents);
  await keepFinding(new DocumentsLedger(documents));
}
