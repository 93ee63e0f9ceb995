import { expect, describe, test } from 'vitest';
import { canonicalGrants } from '#core/acl.ts';
import { blastRadiusOf, type BlastRadius } from '#core/blast-radius.ts';
import { readAccessLogLine } from '#core/evidence/access-log.ts';
import { readDataEvent } from '#core/evidence/data-event.ts';
import { UseCollector, type EvidenceRead } from '#core/evidence/uses.ts';
import type { FlipVerdict } from '#core/evidence/verdicts.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { present, type JsonReading } from '#core/reading.ts';
import { blockFlags } from '#core/s3/block.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { proposalsFor } from '#lambda/proposals.ts';
import { ACCOUNT, bucketRef, scanOf, seen, T0 } from '../builders.ts';
import { BLAST_RADIUS_CASES } from './blast-radius.cases.ts';
import { JUDGED } from './blast-radius-judged.ts';
import { BLIND_CASES } from './blast-radius-second-reader.cases.ts';
import { OWNER_ID } from './log-lines.ts';
import type { Flags, ScenarioBucket } from './scenario-buckets.ts';

const ABSENT: JsonReading = { status: 'absent' };
const GROUPS = 'http://acs.amazonaws.com/groups/';
const OWNER = { Grantee: { ID: OWNER_ID }, Permission: 'FULL_CONTROL' };
const group = (uri: string, Permission: string) => ({ Grantee: { URI: `${GROUPS}${uri}` }, Permission });

/** What each canned ACL grants beside the owner (aws-facts §1.5). */
const CANNED: Readonly<Record<string, readonly object[]>> = {
  private: [],
  'public-read': [group('global/AllUsers', 'READ')],
  'public-read-write': [group('global/AllUsers', 'READ'), group('global/AllUsers', 'WRITE')],
  'authenticated-read': [group('global/AuthenticatedUsers', 'READ')],
  'log-delivery-write': [group('s3/LogDelivery', 'WRITE'), group('s3/LogDelivery', 'READ_ACP')],
};

function blockOf(flags: Flags | undefined): JsonReading {
  return flags === undefined ? ABSENT : present({ ...blockFlags(flags as JsonObject) });
}

function aclOf(acl: ScenarioBucket['acl'] = 'private'): JsonReading {
  const grants =
    typeof acl === 'string'
      ? (CANNED[acl] ?? [])
      : acl.map(({ canonicalId, permission }) => ({ Grantee: { ID: canonicalId }, Permission: permission }));
  return present(canonicalGrants([OWNER, ...grants] as never) as Json);
}

function bucketOf({ name, ownership, block, policy, acl, website, owner }: ScenarioBucket): State {
  return {
    ref: bucketRef(name),
    shape: 1,
    takenAt: T0,
    watched: {
      publicAccessBlock: blockOf(block),
      policy: policy === undefined ? ABSENT : present(canonicalPolicy(policy as JsonObject)),
      acl: aclOf(acl),
      ownership: ownership === undefined ? ABSENT : present(ownership),
      website: website === true ? present({ IndexDocument: { Suffix: 'index.html' } }) : ABSENT,
    },
    carried: { aclMaskedBy: 'nothing', aclOwner: OWNER_ID, ...(owner === undefined ? {} : { tags: { owner } }) },
  };
}

interface Scenario {
  readonly accountBlock?: Flags;
  readonly buckets: readonly ScenarioBucket[];
  readonly set: Readonly<Record<string, unknown>>;
}

function evidenceOf(texts: readonly string[]): EvidenceRead | undefined {
  const collector = new UseCollector();
  for (const text of texts) {
    const read = text.startsWith('{') ? readDataEvent(JSON.parse(text) as Json) : readAccessLogLine(text);
    if (typeof read === 'string' || !('request' in read))
      throw new Error(`no request: ${JSON.stringify(read)} ${text}`);
    collector.take(read.request);
  }
  return { evidence: collector.evidence(), files: 1, malformed: 0, problems: [] };
}

function answerTo({ accountBlock, buckets, set }: Scenario, logs: readonly string[]): BlastRadius {
  const account: State = {
    ref: { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' },
    shape: 1,
    takenAt: T0,
    watched: { publicAccessBlock: blockOf(accountBlock) },
    carried: {},
  };
  const scan = scanOf([account, ...buckets.map(bucketOf)].map(seen));
  return blastRadiusOf({
    scan,
    proposals: proposalsFor(Object.entries(set) as [string, Json][], { scan, kinds: kindsById }),
    baseline: undefined,
    kinds: kindsById,
    ownerTags: ['owner'],
    evidence: evidenceOf(logs),
  });
}

const keysOf = ({ refs, row }: FlipVerdict): readonly string[] => refs.map(({ id }) => `${id} ${row}`);

function breaksOf({ verdicts }: BlastRadius): Record<string, string> {
  return Object.fromEntries(
    verdicts
      .filter(({ reason }) => reason !== 'not-computed')
      .flatMap((verdict) => keysOf(verdict).map((key) => [key, verdict.word]))
      .toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)),
  );
}

function opensOf({ drifts, consequences }: BlastRadius): readonly string[] {
  const own = drifts.filter(
    ({ ref, changes }) => ref.kind === 's3-bucket' && changes.some(({ opensToWorld }) => opensToWorld),
  );
  const below = consequences.flatMap(({ affected }) => affected.filter(({ opensToWorld }) => opensToWorld));
  return [...own.map(({ ref }) => ref.id), ...below.flatMap(({ resources }) => resources.map(({ id }) => id))].sort();
}

/** What is right: as it was written, but for what was judged. */
function right(name: string, { breaks, exitCode }: { breaks: Readonly<Record<string, string>>; exitCode: number }) {
  const judged = JUDGED.find(({ of }) => name.startsWith(of));
  const words = Object.entries({ ...breaks, ...judged?.words }).filter(([, word]) => word !== undefined);
  return { breaks: sorted(Object.fromEntries(words)), exitCode: judged?.exitCode ?? exitCode };
}

const sorted = (record: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));

describe('forty scenarios, written before the code', () => {
  test.each(BLAST_RADIUS_CASES)('$name ($cites)', ({ name, logs, expect: expected, ...scenario }) => {
    const answer = answerTo(
      scenario,
      logs.map(({ text }) => text),
    );
    expect({ breaks: breaksOf(answer), exitCode: answer.exitCode }).toEqual(right(name, expected));
    expect(opensOf(answer)).toEqual([...(expected.opens ?? [])].sort());
    const later = answer.verdicts.filter(({ isLater, reason }) => isLater && reason !== 'not-computed').flatMap(keysOf);
    const laterRight = (expected.later ?? []).filter((key) => right(name, expected).breaks[key] !== undefined);
    if (expected.later !== undefined) expect(later.toSorted()).toEqual(laterRight.toSorted());
    for (const [key, { callers, count }] of Object.entries(expected.seen ?? {})) {
      const uses = answer.verdicts.filter((one) => keysOf(one).includes(key)).flatMap((one) => one.uses);
      const named = new Set(uses.map(({ caller, account = '' }) => `${caller} ${account}`));
      expect([named.size, uses.reduce((sum, use) => sum + use.count, 0)]).toEqual([callers.length, count]);
    }
  });
});

describe('ten by a second reader, who had not seen the forty', () => {
  test.each(BLIND_CASES)('$name ($cites)', ({ name, logs, expect: expected, ...scenario }) => {
    const answer = answerTo(scenario as Scenario, logs);
    expect({ breaks: breaksOf(answer), exitCode: answer.exitCode }).toEqual(right(name, expected));
    if (expected.opens !== undefined) expect(opensOf(answer)).toEqual([...expected.opens].sort());
  });
});

test('each judgement is of one scenario that still differs by it', () => {
  const names = [...BLAST_RADIUS_CASES, ...BLIND_CASES].map(({ name }) => name);
  expect(JUDGED.map(({ of }) => names.filter((name) => name.startsWith(of)).length)).toEqual(JUDGED.map(() => 1));
});
