import pMap from 'p-map';
import type { Baseline } from '#core/baseline.ts';
import type { Shown } from '#core/change.ts';
import { compareStates } from '#core/comparison.ts';
import type { DriftNews, DriftRecord } from '#core/drift-record.ts';
import type { CloudTrailEvent } from '#core/event.ts';
import type { Aim, Because, Look } from '#core/look.ts';
import { printRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import type { ToolContract } from '#core/contract.ts';
import type { Kind } from '#kinds/kind.ts';
import { shownBy } from './event-evidence.ts';
import type { Known, KnownStates } from './known-states.ts';
import { newsFrom } from './news.ts';
import { observeListed, observeRegion, observeSome, type ObserveSettings, type Target } from './observe.ts';
import type { Asking, Documents, Ledger } from './ports.ts';
import { DRIFT, recordNews } from './record.ts';
import { relativesFor } from './relatives.ts';
import { detectShard } from './sweep-shard.ts';

/** What detecting needs from outside. */
export interface DetectPorts extends ObserveSettings {
  readonly account: string;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly known: KnownStates;
  readonly asking: Asking;
  readonly now: () => Date;
  readonly wait: (ms: number) => Promise<void>;
  /** What tools may write. */
  readonly contracts?: readonly ToolContract[];
}

/** What a look led to: how many records have something to be told. */
export interface Detected {
  readonly due: number;
}

/** Waits between reads while an event's value does not show yet: S3 and WAF settings are seen everywhere within seconds. */
const SHOWN_AFTER_MS = [1_000, 2_000, 4_000] as const;
/** Then it is looked at again after so many seconds; SQS waits 900 at most (aws-facts §13). */
const AGAIN_AFTER_S = [60, 300, 900] as const;

/**
 * The way of every look: read, compare with what was accepted, judge, write what drifted. An event is a hint: what is believed is what
 * is then read. Throws only for what stands in the way of the whole look (no store, no ledger); a refused read is a value.
 */
export async function detect(look: Look, ports: DetectPorts): Promise<Detected> {
  const { at, because } = look;
  if ('shard' in at) return detectShard(at.shard, ports);
  const kind = kindAt(at, ports);
  if (kind === undefined) return { due: 0 };
  const { seen, known, shown } = await readUntilShown({ kind, at, because }, ports);
  await askAgain(look, shown, ports);
  const baseline = known.baseline ?? nothingKnown(ports.account);
  const scan = await withCertainContext(kind, { scan: seen, baseline }, ports);
  const event = 'event' in because ? because.event : undefined;
  const refs = 'refs' in at ? at.refs : scan.observations.map(refOf).filter((ref) => ref.kind === kind.declaration.id);
  const relatives = await relativesFor(kind, scan, ports);
  const news = newsFrom({ kinds: kindsOf(ports), scan, known, refs, event, relatives, contracts: ports.contracts });
  const named = new Set(refs.map(printRef));
  const isNamed = ({ drift }: DriftNews): boolean => named.has(printRef(drift.ref));
  const own = await recordNews(news.filter(isNamed), { because, event }, ports);
  // What a kind's meaning depends on was read beside it: it may depart, and the event says nothing of it.
  const beside = await recordNews(
    news.filter((one) => !isNamed(one)),
    { because },
    ports,
  );
  return { due: own.due + beside.due };
}

interface Aimed {
  readonly kind: Kind;
  readonly at: Exclude<Aim, { readonly shard: unknown }>;
  readonly because: Because;
}

interface Seen {
  readonly seen: Scan;
  readonly known: Known;
  readonly shown: Shown;
}

/** Reads until the event's value shows, or long enough: reads right after a write may still see the old value. */
async function readUntilShown(aimed: Aimed, ports: DetectPorts): Promise<Seen> {
  const { kind, because } = aimed;
  for (let attempt = 0; ; attempt += 1) {
    const seen = await readOnce(aimed, ports);
    const shown = 'event' in because ? shownBy(because.event, kind, seen.seen) : 'not-told';
    if ((shown !== 'no' && shown !== 'unread') || !('event' in because)) return { ...seen, shown };
    // What a newer event set will not be undone by waiting for an older one.
    if (shown === 'no' && (await isOvertaken(because.event, aimed, ports))) return { ...seen, shown: 'not-told' };
    const wait = SHOWN_AFTER_MS[attempt];
    if (wait === undefined || because.tries > 0) return { ...seen, shown };
    await ports.wait(wait);
  }
}

/** Is a newer call known that moved the same path? */
async function isOvertaken(event: CloudTrailEvent, { at, kind }: Aimed, { ledger }: DetectPorts): Promise<boolean> {
  if (!('refs' in at)) return false;
  const pathOf = (name: string): string | undefined => kind.eventValue?.({ ...event, name })?.path;
  const items = await ledger.readMany(at.refs.map((ref) => ({ family: DRIFT, id: printRef(ref) })));
  return items.some(({ body }) =>
    (body as unknown as DriftRecord).drift.causes.some(
      ({ at: time, call }) =>
        time !== undefined && time > event.at && call !== undefined && pathOf(call) === pathOf(event.name),
    ),
  );
}

async function readOnce({ kind, at }: Aimed, ports: DetectPorts): Promise<Omit<Seen, 'shown'>> {
  const context = kind.declaration.context;
  if ('everything' in at) {
    const { region } = at.everything;
    const known = await ports.known.of([], [kind.declaration.id, ...context]);
    const accepted = acceptedIn(known.baseline, kind).filter(({ ref }) => ref.region === region);
    return { known, seen: await observeRegion(kind, { region, accepted }, ports) };
  }
  const known = await ports.known.of(at.refs, context);
  const targets = at.refs.map((ref): Target => {
    const carried = known.baseline?.states.get(printRef(ref))?.state.carried ?? {};
    return { ref, carried: { ...carried, ...at.hint } };
  });
  const scan = await observeSome(kind, targets, ports);
  const isGone = scan.observations.some((seen) => seen.seen === 'gone');
  return { known, seen: isGone ? await observeListed(kind, targets, ports) : scan };
}

function acceptedIn(baseline: Baseline | undefined, { declaration }: Kind): readonly Target[] {
  return [...(baseline?.states.values() ?? [])]
    .filter(({ state }) => state.ref.kind === declaration.id)
    .map(({ state }) => ({ ref: state.ref, carried: state.carried }));
}

/** What was asked for does not show: it was changed again since, will show later, or could not be read. It is looked at again. */
async function askAgain({ at, because }: Look, shown: Shown, { asking }: DetectPorts): Promise<void> {
  if ((shown !== 'no' && shown !== 'unread') || !('event' in because)) return;
  const after = AGAIN_AFTER_S[because.tries];
  if (after === undefined) return;
  const look: Look = { at, because: { ...because, tries: because.tries + 1 } };
  await asking.ask([{ plumbline: 'look', look }], after);
}

/**
 * Did what a kind depends on move while it was read? Asked only where it would matter: where the readings, taken as they must be then,
 * would compare otherwise.
 */
async function withCertainContext(
  kind: Kind,
  { scan, baseline }: { readonly scan: Scan; readonly baseline: Baseline },
  ports: DetectPorts,
): Promise<Scan> {
  const { blur } = await kind.reader();
  if (blur === undefined || kind.declaration.context.length === 0) return scan;
  const blurred = scan.observations.map((seen): Observation =>
    seen.seen === 'state' && seen.state.ref.kind === kind.declaration.id ? { ...seen, state: blur(seen.state) } : seen,
  );
  if (!isOtherwise(kind, { scan, blurred, baseline })) return scan;
  const contexts = ports.kinds.filter(({ declaration }) => kind.declaration.context.includes(declaration.id));
  const before = scan.observations.filter((seen) => refOf(seen).kind !== kind.declaration.id);
  const again = await pMap(
    contexts,
    (context) =>
      observeSome(
        context,
        before
          .map(refOf)
          .filter((ref) => ref.kind === context.declaration.id)
          .map((ref) => ({ ref, carried: {} })),
        ports,
      ),
    { concurrency: 2 },
  );
  const after = again.flatMap(({ observations }) => observations);
  return isSameReadings(before, after)
    ? scan
    : { ...scan, observations: [...after, ...blurred.filter((seen) => refOf(seen).kind === kind.declaration.id)] };
}

interface Blurred {
  readonly scan: Scan;
  readonly blurred: readonly Observation[];
  readonly baseline: Baseline;
}

function isOtherwise(kind: Kind, { scan, blurred, baseline }: Blurred): boolean {
  const pathsOf = (observations: readonly Observation[]): string =>
    statesOf(observations, kind)
      .map((state) => {
        const accepted = baseline.states.get(printRef(state.ref))?.state;
        return accepted === undefined
          ? ''
          : compareStates(kind, accepted, state)
              .changes.map(({ path }) => path)
              .join();
      })
      .join(' ');
  return pathsOf(scan.observations) !== pathsOf(blurred);
}

function statesOf(observations: readonly Observation[], { declaration }: Kind): readonly State[] {
  return observations.flatMap((seen) =>
    seen.seen === 'state' && seen.state.ref.kind === declaration.id ? [seen.state] : [],
  );
}

function isSameReadings(before: readonly Observation[], after: readonly Observation[]): boolean {
  const text = (seen: Observation): string => JSON.stringify(seen.seen === 'state' ? seen.state.watched : seen.seen);
  return before.map(text).sort().join() === after.map(text).sort().join();
}

function kindAt(at: Aimed['at'], { kinds }: DetectPorts): Kind | undefined {
  const id = 'refs' in at ? at.refs[0]?.kind : at.everything.kind;
  return kinds.find(({ declaration }) => declaration.id === id);
}

/** A baseline that covers nothing: what is read is "not yet accepted", never "created". */
export function nothingKnown(account: string): Baseline {
  return {
    account,
    accepted: { generation: 0, at: '', by: '', reason: '' },
    covers: [],
    states: new Map(),
  };
}

export function kindsOf({ kinds }: Pick<DetectPorts, 'kinds'>): ReadonlyMap<string, Kind> {
  return new Map(kinds.map((kind) => [kind.declaration.id, kind]));
}
