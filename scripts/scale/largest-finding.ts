import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Drift } from '#core/change.ts';
import { digestOf } from '#core/digest.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { afterTelling } from '#core/finding-decision.ts';
import { findingFrom, MOST_MEMBERS } from '#core/finding-members.ts';
import type { Json } from '#core/json.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { ACCOUNT, REGION } from './buckets.ts';
import { bytesOfItem } from './meter.ts';

const AT = '2026-03-02T09:00:00.000Z';
/** The longest name that a bucket may have. */
const LONGEST_NAME = 63;

/** The bytes of the item of a finding with as many members as one may have, each with the longest name, once it was told. */
export async function largestFindingBytes(): Promise<number> {
  let written: Readonly<Record<string, AttributeValue>> = {};
  const client = {
    send: ({ input }: { readonly input: { readonly Item: typeof written } }) => void (written = input.Item),
  };
  const aws = { call: ({ send }: { readonly send: (one: unknown) => Promise<unknown> }) => send(client) };
  const ledger = new DynamoDbLedger(aws as unknown as AwsReads, { table: 'ledger', region: REGION });
  const records = Array.from({ length: MOST_MEMBERS }, (_, index) => recordOf(index));
  const group = { id: 'f-0000000000', groupedBy: 'session' as const, drifts: records.map(({ drift }) => drift) };
  const finding = afterTelling(findingFrom(group, records, { now: AT, against: 'accepted' }), 'opened', {
    open: records,
    now: AT,
  });
  await ledger.write({ family: 'finding', id: finding.id, revision: 0, body: finding as unknown as Json });
  return bytesOfItem(written);
}

function recordOf(index: number): DriftRecord {
  const id = digestOf(`bucket ${index}`).padEnd(LONGEST_NAME, '0').slice(0, LONGEST_NAME);
  const drift: Drift = {
    ref: { account: ACCOUNT, region: REGION, kind: 's3-bucket', id },
    baseline: 1,
    episode: 1,
    changes: [
      {
        path: 'policy',
        before: { status: 'absent' },
        after: { status: 'present', value: id },
        exposure: 'widened',
        breakage: 'none',
        says: 'another account may read',
        check: 's3-bucket.policy',
      },
    ],
    takenAt: AT,
    causes: [
      { eventId: digestOf(`event ${index}`).slice(0, 36), session: 'alice', at: AT, certainty: 'certain', reasons: [] },
    ],
  };
  return { drift, generation: 1, status: 'open', openedAt: AT, foundBy: {} };
}
