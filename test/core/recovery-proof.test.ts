import { expect, test } from 'vitest';
import { isProofNews, proofOf, proofTold, proofWord, type ProofNote, type ProofTold } from '#core/recovery-proof.ts';
import { callerText } from '#core/evidence/applications.ts';
import type { Use } from '#core/evidence/uses.ts';
import type { FailureGroup } from '#core/symptom/impact.ts';

const START = Date.UTC(2026, 2, 2, 8);
const time = (minute: number): number => START + minute * 60_000;
const at = (minute: number): string => new Date(time(minute)).toISOString();

/** Taken back at minute 0, settled at 10. */
const MARKS = [time(-10), time(0), time(10)];

/** Requests of one caller, at those minutes. */
function use(minutes: readonly number[], more: Partial<Use> = {}): Use {
  const spanOf = (of: readonly number[]) => ({
    count: of.length,
    firstAt: of.length === 0 ? 0 : time(Math.min(...of)),
    lastAt: of.length === 0 ? 0 : time(Math.max(...of)),
  });
  const bounds = [Number.NEGATIVE_INFINITY, -10, 0, 10, Number.POSITIVE_INFINITY];
  return {
    bucket: 'exports',
    operation: 'PutObject',
    requester: {
      is: 'principal',
      name: 'arn:aws:sts::111122223333:assumed-role/export-app/x',
      account: '111122223333',
    },
    via: 'rest',
    isPresigned: false,
    acl: 'public',
    aclRequired: undefined,
    sources: ['data-event'],
    all: spanOf(minutes),
    spans: [0, 1, 2, 3].map((span) =>
      spanOf(minutes.filter((minute) => minute >= (bounds[span] ?? 0) && minute < (bounds[span + 1] ?? 0))),
    ),
    addresses: [],
    hasMoreAddresses: false,
    userAgents: [],
    ...more,
  } as Use;
}
const SLOW = { error: { code: 'SlowDown' } } as const;
const REFUSED = { error: { code: 'AccessDenied' } } as const;
const refused = (...minutes: number[]): Use => use(minutes, REFUSED);

const GROUP: FailureGroup = {
  bucket: 'exports',
  caller: callerText(use([])),
  account: '111122223333',
  operation: 'PutObject',
  error: 'AccessDenied',
  addresses: [],
  failures: 3,
  firstAt: at(-8),
  lastAt: at(-1),
  failuresBefore: 0,
  loggedBeforeMs: 0,
  workedBefore: 0,
  explainedBy: ['c-1'],
  isProven: true,
};

test.each<{
  case: string;
  uses: readonly Use[];
  group?: Partial<FailureGroup>;
  word: string;
  provedAt?: number;
}>([
  { case: 'works since', uses: [refused(-8, -1), use([-20, 3, 5])], word: 'proved', provedAt: 3 },
  { case: 'works in the very moment', uses: [refused(-8), use([0])], word: 'proved', provedAt: 0 },
  { case: 'worked only before', uses: [refused(-8), use([-20, -9])], word: 'found' },
  {
    case: 'a multipart upload is the same sort',
    uses: [refused(-8), use([3], { operation: 'CreateMultipartUpload' })],
    word: 'proved',
    provedAt: 3,
  },
  {
    case: 'an upload without the ACL never failed',
    uses: [refused(-8), use([3], { acl: 'none-or-owner' })],
    word: 'found',
  },
  {
    case: 'told to slow down',
    uses: [refused(-8), use([3], SLOW)],
    word: 'found',
  },
  { case: 'of another bucket', uses: [refused(-8), use([3], { bucket: 'quiet' })], word: 'found' },
  { case: 'refused after five minutes', uses: [refused(-8, 5), use([6])], word: 'proved', provedAt: 6 },
  {
    case: 'one is refused of a hundred that work',
    uses: [refused(-8, 11), use([3, ...Array.from({ length: 100 }, (_, index) => 12 + index)])],
    word: 'proved',
    provedAt: 3,
  },
  {
    case: 'every second one is refused',
    uses: [refused(-8, 11, 13, 15), use([3, 12, 14, 16])],
    word: 'still-failing',
    provedAt: 3,
  },
  {
    case: 'as many are refused as before it was changed',
    uses: [refused(-8, 11, 12), use([3, 13, 14, 15, 16, 17, 18])],
    group: { failuresBefore: 5, workedBefore: 15 },
    word: 'proved',
    provedAt: 3,
  },
  { case: 'refused after eleven minutes', uses: [refused(-8, 11), use([6])], word: 'still-failing', provedAt: 6 },
])('$case: $word', ({ uses, word, provedAt, group = {} }) => {
  const evidence = { uses, buckets: [], requests: 1, firstAt: 0, lastAt: 0, marks: MARKS, notKept: 0 };
  const impact = { since: at(-10), failures: [{ ...GROUP, ...group }], others: [], count: 3 };
  const { proof } = proofOf({ impact, evidence, endedAt: at(0), isLast: false });
  expect([proofWord(proof), proof.groups[0]?.provedAt]).toEqual([
    word,
    provedAt === undefined ? undefined : at(provedAt),
  ]);
});

test('failures that begin after it settled are none of it: they go to the others, and are no failures of it', () => {
  const later = { ...GROUP, caller: 'role late-app', firstAt: at(30), lastAt: at(40), failures: 7 };
  const impact = { since: at(-10), failures: [later, GROUP], others: [], count: 10, firstAt: at(-8), lastAt: at(40) };
  const { impact: own, proof } = proofOf({ impact, evidence: undefined, endedAt: at(0), isLast: true });
  expect(own).toEqual({
    since: at(-10),
    failures: [GROUP],
    others: [later],
    count: 3,
    firstAt: at(-8),
    lastAt: at(-1),
  });
  expect([proof.groups.length, proofWord(proof)]).toEqual([1, 'not-proved']);
});

const note = (more: Partial<ProofNote>): ProofNote => ({
  document: 'reports/evidence/f-1/a.json',
  readAt: at(10),
  groups: 2,
  proved: 0,
  stillFailing: 0,
  failures: 12,
  isLast: false,
  ...more,
});

interface News {
  readonly case: string;
  readonly note: Partial<ProofNote>;
  /** Failures that were told before the recovery, or with it. */
  readonly before: number;
  readonly told?: Partial<ProofTold>;
  readonly isMuted?: true;
  readonly isNews: boolean;
}

const PROOF_NEWS: readonly News[] = [
  { case: 'each works again', note: { proved: 2 }, before: 12, isNews: true },
  { case: 'the same, told before', note: { proved: 2 }, before: 12, told: { isProved: true }, isNews: false },
  { case: 'each works again; muted', note: { proved: 2 }, before: 12, isMuted: true, isNews: false },
  { case: 'one of two works again', note: { proved: 1 }, before: 12, isNews: false },
  { case: 'one is refused all the same', note: { stillFailing: 1 }, before: 12, isNews: true },
  {
    case: 'the same, told before',
    note: { stillFailing: 1 },
    before: 12,
    told: { isStillFailing: true },
    isNews: false,
  },
  { case: 'one is refused all the same; muted', note: { stillFailing: 1 }, before: 12, isMuted: true, isNews: true },
  { case: 'the first failures are known now', note: {}, before: 0, isNews: true },
  { case: 'the same, told before', note: {}, before: 0, told: { failures: 12 }, isNews: false },
  { case: 'ten times as many', note: { failures: 120 }, before: 12, isNews: true },
  { case: 'some more', note: { failures: 119 }, before: 12, isNews: false },
  {
    case: 'ten times as many after the proof',
    note: { proved: 2, failures: 120 },
    before: 12,
    told: { isProved: true },
    isNews: true,
  },
  { case: 'the last look, and nobody is seen', note: { isLast: true }, before: 12, isNews: true },
  {
    case: 'the last look, told before',
    note: { isLast: true },
    before: 12,
    told: { isNotProved: true },
    isNews: false,
  },
  { case: 'the last look, nothing failed', note: { isLast: true, groups: 0, failures: 0 }, before: 0, isNews: false },
  {
    case: 'the last look, and each works again, told before',
    note: { isLast: true, proved: 2 },
    before: 12,
    told: { isProved: true },
    isNews: false,
  },
];

test.each(PROOF_NEWS)('$case: news is $isNews', ({ note: seen, before, told, isMuted = false, isNews }) => {
  const was = told === undefined ? undefined : { ...proofTold(note({ groups: 0, failures: 0 })), ...told };
  const one = note(seen);
  expect(isProofNews(one, was, { failuresTold: before, isMuted })).toBe(isNews);
  expect(isProofNews(one, proofTold(one, was), { failuresTold: before, isMuted })).toBe(false);
});
