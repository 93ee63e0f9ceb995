import { describe, expect, test } from 'vitest';
import { canonicalGrants } from '#core/acl.ts';
import type { Evidence } from '#core/evidence/uses.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { ABSENT, present, type JsonReading } from '#core/reading.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { blockFlags, BLOCK_FLAGS } from '#core/s3/block.ts';
import type { State } from '#core/state.ts';
import type { RuledOut } from '#core/symptom/answer.ts';
import { searchSymptom } from '#core/symptom/search.ts';
import { parseSymptom } from '#core/symptom/symptom.ts';
import { marksOf, type WatchedChange } from '#core/symptom/watched-change.ts';
import { kindsById } from '#kinds';
import { readEvidence } from '#lambda/evidence-reading.ts';
import { ALL_USERS } from '../aws-double/world.ts';
import { ACCOUNT, bucketRef, T0 } from '../builders.ts';
import { OWNER_ID } from './log-lines.ts';
import type { Flags, ScenarioBucket } from './scenario-buckets.ts';
import { SYMPTOM_CASES, type RuledOutBecause, type SymptomCase, type SymptomChange } from './symptoms.cases.ts';

/** A record of flags as it would be read; none: nothing is set. */
const blockOf = (flags: Flags | undefined): JsonReading =>
  flags === undefined ? ABSENT : present(blockFlags({ ...flags }) as unknown as Json);

function stateOf({ name, ownership, block, policy, acl = 'private', website = false }: ScenarioBucket): State {
  if (typeof acl !== 'string' && acl.length > 0) throw new Error('a scenario of symptoms has no named grants');
  const everyone = acl === 'public-read' ? [{ Grantee: { URI: ALL_USERS }, Permission: 'READ' }] : [];
  const grants = [{ Grantee: { ID: OWNER_ID }, Permission: 'FULL_CONTROL' }, ...everyone];
  return {
    ref: bucketRef(name),
    shape: 1,
    takenAt: T0,
    watched: {
      publicAccessBlock: blockOf(block),
      policy: policyOf(policy),
      acl:
        ownership === 'BucketOwnerEnforced'
          ? { status: 'skipped', because: 'ownership-enforced' }
          : present(canonicalGrants(grants) as Json),
      ownership: ownership === undefined ? ABSENT : present(ownership),
      website: website ? present({ IndexDocument: { Suffix: 'index.html' } }) : ABSENT,
    },
    carried: { aclMaskedBy: 'nothing', aclOwner: OWNER_ID },
  };
}

function policyOf(policy: unknown): JsonReading {
  return policy === undefined || policy === null ? ABSENT : present(canonicalPolicy(policy as JsonObject));
}

function accountOf(flags: Flags | undefined): State {
  const ref = { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' };
  return { ref, shape: 1, takenAt: T0, watched: { publicAccessBlock: blockOf(flags) }, carried: {} };
}

function refOf({ account, region, ref: { kind, id } }: SymptomChange): ResourceRef {
  return kind === 's3-account-block'
    ? { account, region: 'global', kind, id: 'account' }
    : { account, region, kind, id };
}

/** One call sets all four flags: the table's changes of one second have no order among them, and take that of the flags. */
function inOrder(changes: readonly SymptomChange[]): readonly SymptomChange[] {
  const placeOf = ({ path }: SymptomChange): number =>
    BLOCK_FLAGS.findIndex((flag) => path === flag || path === `publicAccessBlock.${flag}`);
  return changes.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : placeOf(a) - placeOf(b)));
}

/** The table tells of one flag a change; what is read is the whole block, so each is put into what was there before it. */
function watchedChanges({ changes }: SymptomCase, states: ReadonlyMap<string, State>): readonly WatchedChange[] {
  const blocks = new Map<string, JsonReading>();
  return inOrder(changes).map((change): WatchedChange => {
    const { id, at, who, call, failed, path } = change;
    const ref = refOf(change);
    const flag = BLOCK_FLAGS.find((one) => path === one || path === `publicAccessBlock.${one}`);
    const told = {
      id,
      at,
      ref,
      says: `${path} changed`,
      who,
      call,
      ...(failed === undefined ? {} : { error: failed }),
    };
    if (flag === undefined) {
      const of = (value: unknown): JsonReading =>
        path === 'policy' ? policyOf(value) : value === null ? ABSENT : present(value as Json);
      return { ...told, path, before: of(change.before), after: of(change.after) };
    }
    const key = printRef(ref);
    const before = blocks.get(key) ?? states.get(key)?.watched['publicAccessBlock'] ?? ABSENT;
    const flags = before.status === 'present' ? (before.value as JsonObject) : {};
    const after = blockOf({ ...flags, [flag]: change.after === true });
    if (failed === undefined) blocks.set(key, after);
    return { ...told, path: 'publicAccessBlock', before, after };
  });
}

async function evidenceOf({ logs, at }: SymptomCase, changes: readonly WatchedChange[]): Promise<Evidence | undefined> {
  if (logs.length === 0) return undefined;
  const files = (['access-log', 'data-event'] as const).flatMap((log) => {
    const texts = logs.filter((line) => line.log === log).map(({ text }) => text);
    if (texts.length === 0) return [];
    const body = Buffer.from(log === 'access-log' ? `${texts.join('\n')}\n` : `{"Records":[${texts.join(',')}]}`);
    return [
      {
        name: log === 'access-log' ? 'access.log' : 'trail.json',
        size: body.length,
        open: () => Promise.resolve([body]) as never,
        readAll: () => Promise.resolve(body),
      },
    ];
  });
  const { evidence, problems, counts } = await readEvidence(files, { marks: marksOf(changes, at) });
  expect([problems, counts.malformed]).toEqual([[], 0]);
  return evidence;
}

async function answerTo(scenario: SymptomCase) {
  const kind = kindsById.get('s3-bucket');
  const all = [accountOf(scenario.accountBlock), ...scenario.buckets.map(stateOf)];
  const states = new Map(all.map((state) => [printRef(state.ref), state]));
  const changes = watchedChanges(scenario, states);
  const names = scenario.buckets.map(({ name }) => name);
  return searchSymptom({
    symptom: parseSymptom(scenario.symptom, scenario.at, names),
    account: ACCOUNT,
    changes,
    states,
    judge: kind?.judge ?? { changes: (own) => own },
    context: kind?.declaration.context ?? [],
    evidence: await evidenceOf(scenario, changes),
  });
}

describe('which of thirty changes can have caused a failure', () => {
  test.each(SYMPTOM_CASES)('$name ($cites)', async (scenario) => {
    const { expect: expected } = scenario;
    const { verdict, causes, ruledOut } = await answerTo(scenario);
    const reasons: Record<string, RuledOut> = Object.fromEntries(
      ruledOut.map(({ change, reason }) => [change.id, reason]),
    );
    const wanted: Readonly<Record<string, RuledOutBecause>> = expected.ruledOut;
    expect({
      verdict,
      plausible: causes.map(({ change }) => change.id).sort(),
      ruledOut: reasons,
      ...(expected.first === undefined ? {} : { first: causes[0]?.change.id }),
    }).toEqual({
      verdict: expected.verdict,
      plausible: [...expected.plausible].sort(),
      ruledOut: wanted,
      ...(expected.first === undefined ? {} : { first: expected.first }),
    });
  });
});
