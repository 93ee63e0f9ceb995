import { EXISTS, rootOf } from '#core/declaration.ts';
import type { Change, Drift } from '#core/change.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Application } from '#core/evidence/applications.ts';
import { REFUSALS } from '#core/evidence/refusal.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { ABSENT, present, unreadable } from '#core/reading.ts';
import { printRef, printSelection } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import type { BlindSpot } from '#core/symptom/document.ts';
import { impactOf, openBuckets, type Impact } from '#core/symptom/impact.ts';
import type { FindingImpactDocument, ImpactQuery } from '#core/symptom/impact-document.ts';
import { reachOf } from '#core/symptom/reach.ts';
import { BUCKET } from '#core/symptom/search.ts';
import { marksOf, type WatchedChange } from '#core/symptom/watched-change.ts';
import type { Kind } from '#kinds/kind.ts';
import { judgedBelow } from './judged-below.ts';
import { loadBaseline, type KnownShapes } from './baseline-store.ts';
import type { Period } from './change-notes.ts';
import { NOT_KNOWN, withMembers } from './noted-values.ts';
import type { Documents } from './ports.ts';
import { newestScan } from './snapshot-store.ts';
import { evidenceFrom, evidenceSpots, type EvidencePort } from './symptom-document.ts';
import { windowFromStore } from './watched-changes.ts';
import { byTime, changeId, type WatchedWindow } from './watched-window.ts';

export interface FindingImpactRequest {
  readonly finding: FindingRecord;
  readonly records: readonly DriftRecord[];
  readonly applications: readonly Application[];
  /** None: no logs are looked at. */
  readonly evidence?: { readonly place: string; readonly read: EvidencePort } | undefined;
}

export interface FindingImpactPorts {
  readonly documents: Documents;
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly shapes: KnownShapes;
  readonly now: () => Date;
}

const DAY_MS = 24 * 60 * 60_000;

/** What a finding broke, as logs have it; and what else failed since, with what explains that. */
export async function findingImpact(
  request: FindingImpactRequest,
  ports: FindingImpactPorts,
): Promise<FindingImpactDocument> {
  const { finding, records, evidence } = request;
  const { kinds } = ports;
  const kind = kinds.get(BUCKET);
  if (kind?.judge === undefined) throw new PlumblineError('INPUT_INVALID', 'this Plumbline does not know buckets');
  const period = periodOf(request, ports.now());
  const noted = await windowFromStore({ account: finding.account, ...period.window }, ports);
  const own = ownChanges(noted, { records, since: period.since });
  // What a finding tells moved, though no note of it can be read.
  const missing = own.length > 0 ? [] : records.flatMap((record) => changesOf(record, noted.states));
  const changes = [...noted.changes, ...missing].toSorted(byTime);
  const of = new Set([...own, ...missing].map(({ id }) => id));
  const consequences = await consequencesOf(records, { ...ports, account: finding.account });
  const read = await evidence?.read({ marks: marksOf(changes, period.since), from: evidenceFrom(period.since) });
  const impact =
    read === undefined
      ? undefined
      : impactOf({
          account: finding.account,
          changes,
          of,
          states: noted.states,
          judge: kind.judge,
          context: kind.declaration.context,
          evidence: read.evidence,
          applications: request.applications,
          affected: bucketsIn(records, consequences),
        });
  const blind = [
    ...noted.blind,
    ...evidenceSpots(read, { at: period.since }),
    ...(impact === undefined ? [] : impactSpots(impact)),
  ];
  const explaining = new Set(impact?.others.flatMap(({ explainedBy }) => explainedBy));
  return {
    version: 1,
    exitCode: exitCodeOf(impact, { blind, read }),
    account: finding.account,
    finding: briefOf(finding),
    drifts: records.map(({ drift, status }) => ({ ref: drift.ref, status, changes: drift.changes.map(briefChange) })),
    consequences,
    changes: changes.filter(({ id }) => of.has(id)),
    ...(impact === undefined ? {} : { impact }),
    otherChanges: changes.filter(({ id }) => !of.has(id) && explaining.has(id)),
    ...(evidence === undefined || impact === undefined || read === undefined
      ? {}
      : { query: queryOf(impact, { place: evidence.place, read, of, among: changes.length }) }),
    lookedAt: {
      ...noted.lookedAt,
      from: noted.from,
      to: noted.to,
      changes: changes.length,
      evidence: summaryOf(read),
    },
    blind,
  };
}

/** From when the finding's own changes can be, and the window in which other changes may explain what fails. */
function periodOf(
  { finding, records }: Pick<FindingImpactRequest, 'finding' | 'records'>,
  now: Date,
): { readonly since: string; readonly window: Period } {
  const called = records.flatMap(({ drift }) => drift.causes.flatMap(({ at }) => at ?? []));
  const opened = records.map(({ openedAt }) => openedAt);
  // CloudTrail has no finer time than a second.
  const since = `${([...called, ...opened, finding.openedAt].sort()[0] ?? finding.openedAt).slice(0, 19)}.000Z`;
  const from = new Date(Date.parse(since) - DAY_MS).toISOString();
  return { since, window: { from, to: finding.endedAt ?? now.toISOString() } };
}

interface Own {
  readonly records: readonly DriftRecord[];
  readonly since: string;
}

/** What moved of the finding's members since it is about them. */
function ownChanges({ changes }: WatchedWindow, { records, since }: Own): readonly WatchedChange[] {
  const paths = new Map(
    records.map(({ drift }) => [printRef(drift.ref), new Set(drift.changes.map(({ path }) => rootOf(path)))]),
  );
  return changes.filter(({ ref, path, at, error }) => {
    const own = paths.get(printRef(ref));
    return own !== undefined && error === undefined && at >= since && (own.size === 0 || own.has(path));
  });
}

/** What a record tells moved, over what is known of the resource. */
function changesOf({ drift, openedAt }: DriftRecord, states: ReadonlyMap<string, State>): readonly WatchedChange[] {
  const state = states.get(printRef(drift.ref));
  return [...new Set(drift.changes.map(({ path }) => rootOf(path)))].map((path) => {
    const known = path === EXISTS ? (state === undefined ? ABSENT : present(true)) : state?.watched[path];
    const before = withMembers(known ?? unreadable(NOT_KNOWN), path, { of: drift.changes, side: 'before' });
    const cause = causeOf(drift, path);
    return {
      id: changeId(printSelection({ ref: drift.ref, path }), openedAt),
      ref: drift.ref,
      path,
      before,
      after: withMembers(before, path, { of: drift.changes, side: 'after' }),
      says: drift.changes.flatMap((one) => (rootOf(one.path) === path ? [one.says] : [])).join('; '),
      at: cause?.at ?? openedAt,
      ...(cause?.at === undefined ? { madeSince: new Date(0).toISOString() } : {}),
      ...(cause?.call === undefined ? {} : { call: cause.call }),
      ...(cause?.who === undefined ? {} : { who: cause.who }),
    };
  });
}

function causeOf({ causes }: Drift, path: string): Drift['causes'][number] | undefined {
  return causes.find(
    ({ moves, certainty }) =>
      (moves === undefined || moves === path) && (certainty === 'certain' || certainty === 'likely'),
  );
}

function briefOf({ id, severity, status, openedAt, endedAt }: FindingRecord): FindingImpactDocument['finding'] {
  return { id, severity, status, openedAt, ...(endedAt === undefined ? {} : { endedAt }) };
}

function briefChange({
  path,
  says,
  exposure,
  breakage,
  effects,
}: Change): FindingImpactDocument['drifts'][number]['changes'][number] {
  return { path, says, exposure, breakage, ...(effects === undefined ? {} : { effects }) };
}

interface Kept extends FindingImpactPorts {
  readonly account: string;
}

/** What the finding's open changes do to what is below them, from the newest snapshot and what is accepted. */
async function consequencesOf(
  records: readonly DriftRecord[],
  { documents, account, kinds, shapes }: Kept,
): Promise<FindingImpactDocument['consequences']> {
  const isAbove = ({ ref }: Drift): boolean =>
    [...kinds.values()].some(({ declaration }) => declaration.context.includes(ref.kind));
  const above = records.filter(({ status, drift }) => status === 'open' && isAbove(drift));
  if (above.length === 0) return [];
  const baseline = (await loadBaseline(documents, account, shapes))?.baseline;
  const snapshot = (await newestScan(documents, account))?.scan;
  return above.flatMap((record) => judgedBelow(record, { isAbove, known: { baseline }, snapshot, kinds }).consequences);
}

/** The buckets that a finding acts on, or may; undefined where what stands above them acts on whatever there is. */
function bucketsIn(
  records: readonly DriftRecord[],
  consequences: FindingImpactDocument['consequences'],
): ReadonlySet<string> | undefined {
  const own = records.flatMap(({ drift: { ref } }) => (ref.kind === BUCKET ? [ref.id] : []));
  const below = consequences.flatMap(({ affected, unknown }) => [
    ...affected.flatMap(({ resources }) => resources),
    ...unknown.map(({ ref }) => ref),
  ]);
  if (own.length < records.length && below.length === 0) return undefined;
  return new Set([...own, ...below.map(({ id }) => id)]);
}

/** Names before the rest is counted. */
const MOST_NAMED = 5;

/** What keeps the logs from telling that nothing failed. */
function impactSpots(impact: Impact): readonly BlindSpot[] {
  const { logged, madeBy, affected = 0, notLogged = 0, notLookedAt } = impact;
  const spot = (says: string): BlindSpot => ({ where: 'logs of use', says, matters: true });
  const open = openBuckets(impact);
  const named = `${open.slice(0, MOST_NAMED).join(', ')}${open.length > MOST_NAMED ? ` and ${open.length - MOST_NAMED} more` : ''}`;
  const isBefore = logged !== undefined && reachOf(impact) === 'none';
  return [
    ...(logged === undefined
      ? [spot('they have nothing of what it acts on: whether anything failed is not known')]
      : []),
    ...(isBefore
      ? [
          spot(
            `of what it acts on they end at ${logged.to}, before ${madeBy === undefined ? 'the change' : 'it was first read'}: whether anything failed is not known`,
          ),
        ]
      : []),
    ...(logged !== undefined && !isBefore && notLogged > 0
      ? [
          spot(
            `of ${notLogged} of ${affected} buckets that it acts on they have nothing since the change: whether anything failed there is not known`,
          ),
        ]
      : []),
    ...(open.length === 0
      ? []
      : [spot(`nothing is known of ${named}: whether the failures there are of it is not known`)]),
    ...(notLookedAt === undefined
      ? []
      : [
          spot(
            `${notLookedAt.groups} more groups with ${notLookedAt.failures} failures were put beside no change: whose they are is not known`,
          ),
        ]),
  ];
}

interface Told {
  readonly blind: FindingImpactDocument['blind'];
  readonly read: EvidenceRead | undefined;
}

/** No logs, or logs with nothing in them, tell of no failure and of none that is not there. */
function exitCodeOf(impact: Impact | undefined, { blind, read }: Told): 0 | 1 | 2 {
  if (impact === undefined || read === undefined) return 2;
  if (impact.count > 0) return 1;
  return blind.some(({ matters }) => matters) ? 2 : 0;
}

interface Counted {
  readonly place: string;
  readonly read: EvidenceRead;
  readonly of: ReadonlySet<string>;
  readonly among: number;
}

function queryOf({ since }: Impact, { place, read, of, among }: Counted): ImpactQuery {
  return {
    place,
    files: read.files,
    errors: [...REFUSALS],
    since,
    groupedBy: ['bucket', 'requester', 'operation', 'error', 'error text'],
    explainedBy: [...of],
    among,
  };
}
