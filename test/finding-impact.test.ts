import { beforeEach, describe, expect, test } from 'vitest';
import type { DriftRecord } from '#core/drift-record.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import { UseCollector } from '#core/evidence/uses.ts';
import type { FindingImpactDocument } from '#core/symptom/impact-document.ts';
import { kindsById } from '#kinds';
import { findingIn } from '#lambda/acts.ts';
import { findingImpact } from '#lambda/finding-impact.ts';
import { recordsOf } from '#lambda/finding-family.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { BY_NO_PERMISSION, BY_THE_BLOCK, refused, role, upload } from './core/symptom/exports.ts';
import { FINDING_ID, keepIncident, SEEN_AT } from './incident-notes.ts';

const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));

let documents: MemoryDocuments;
beforeEach(async () => {
  documents = new MemoryDocuments();
  await keepIncident(documents);
});

/** What the finding of the block broke, as logs with these requests have it: `upload(3)` is three minutes after it. */
async function broke(requests: readonly LoggedRequest[]): Promise<FindingImpactDocument> {
  const ledger = new DocumentsLedger(documents);
  const finding = await findingIn(FINDING_ID, { ledger });
  const records: readonly DriftRecord[] = await recordsOf(finding, { ledger });
  const evidence = {
    place: 'uses',
    read: ({ marks }: { readonly marks: readonly number[] }) => {
      const collector = new UseCollector(marks);
      for (const request of requests) collector.take(request);
      return Promise.resolve({ evidence: collector.evidence(), files: 1, malformed: 0, problems: [] });
    },
  };
  return findingImpact(
    { finding, records, applications: [], evidence },
    { documents, kinds: kindsById, shapes, now: () => new Date(SEEN_AT) },
  );
}

const elsewhere = (minute: number): LoggedRequest =>
  upload(minute, { bucket: 'of-another-account', operation: 'GetObject', ...refused('Access Denied') });
const noise = (minute: number): readonly LoggedRequest[] =>
  Array.from({ length: 210 }, (_, index) =>
    upload(minute, { requester: role(`scanner-${index}`), ...refused(BY_NO_PERMISSION) }),
  );

describe('what a finding broke, and whether the logs can tell', () => {
  test.each([
    { case: 'something failed', requests: [upload(-20), upload(3, refused(BY_THE_BLOCK))], code: 1, spots: [] },
    {
      case: 'the bucket is in the logs past the change, and nothing failed',
      requests: [upload(-20), upload(30)],
      code: 0,
      spots: [],
    },
    {
      case: 'the logs end before the change (aws-facts §5.2: hours late)',
      requests: [upload(-60), upload(-20)],
      code: 2,
      spots: [
        'of what it acts on they end at 2025-10-28T18:40:00.000Z, before the change: whether anything failed is not known',
      ],
    },
    {
      case: 'they are of other buckets alone',
      requests: [upload(30, { bucket: 'of-another-account' })],
      code: 2,
      spots: ['they have nothing of what it acts on: whether anything failed is not known'],
    },
    {
      case: 'there is nothing in them',
      requests: [],
      code: 2,
      spots: ['they have nothing of what it acts on: whether anything failed is not known'],
    },
    {
      case: 'a bucket of which nothing is known refuses as it always did: that is none of it',
      requests: [upload(30), elsewhere(-30), elsewhere(30)],
      code: 0,
      spots: [],
    },
    {
      case: 'a bucket of which nothing is known refuses since then: whether that is its doing is not known',
      requests: [upload(30), elsewhere(30)],
      code: 2,
      spots: ['nothing is known of of-another-account: whether the failures there are of it is not known'],
    },
    {
      case: 'more groups of failures than are put beside the changes',
      requests: [upload(30), ...noise(-30), ...noise(31)],
      code: 2,
      spots: ['10 more groups with 10 failures were put beside no change: whose they are is not known'],
    },
  ])('$case: exit $code', async ({ requests, code, spots }) => {
    const { exitCode, blind } = await broke(requests);
    const told = blind.filter(({ where, matters }) => where === 'logs of use' && matters).map(({ says }) => says);
    expect([exitCode, told]).toEqual([code, spots]);
  });

  test('where both logs tell of a bucket, it is said which was counted', async () => {
    const requests = [
      upload(3, refused(BY_THE_BLOCK)),
      upload(3, { source: 'access-log', error: { code: 'AccessDenied' } }),
    ];
    const { impact, blind } = await broke(requests);
    expect([impact?.count, blind.flatMap(({ where, says }) => (where === 'logs of use' ? [says] : []))]).toEqual([
      1,
      [
        'of exports both logs tell: each request is counted once, from the data events where they have that operation all the time',
      ],
    ]);
  });
});
