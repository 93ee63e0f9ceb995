import { alertOf, type Alert, type AlertMember } from '#core/alert.ts';
import type { Cause, Drift } from '#core/change.ts';
import { consequencesOf, withConsequences, type Consequence, type ConsequenceRequest } from '#core/consequences.ts';
import type { ToolContract } from '#core/contract.ts';
import type { CauseSearch } from '#core/cause-search.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { severityOfRecords, type AlertStatus, type FindingRecord } from '#core/finding-record.ts';
import { isJsonObject } from '#core/json.ts';
import { isOwn } from '#core/own-parts.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { ownerIn, type ActionItem } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import type { Known, KnownStates } from './known-states.ts';
import { referencesOf, type Reference } from './own-references.ts';
import type { Documents, Ledger } from './ports.ts';
import { sameActor } from './same-actor.ts';
import { SEARCH } from './search-family.ts';
import { loadScan } from './snapshot-store.ts';
import { LAST_SWEEP, type SweepEnd } from './sweep-plan.ts';

/** What is to be announced. */
export interface AlertSubject {
  readonly finding: FindingRecord;
  readonly records: readonly DriftRecord[];
  readonly status: AlertStatus;
  readonly at: string;
}

export interface AlertingPorts {
  readonly account: string;
  readonly partition: string;
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly known: KnownStates;
  /** Also the service's own: whoever tells reads none of them. */
  readonly kinds: readonly Omit<Kind, 'reader'>[];
  readonly ownerTags: readonly string[];
  readonly actionItems: readonly ActionItem[];
  /** What tools may write. */
  readonly contracts?: readonly ToolContract[];
}

/** Everything that an alert on a finding says: what drifted, and, where it stands above others, what it does to those. */
export async function composeAlert(
  { finding, records, status, at }: AlertSubject,
  ports: AlertingPorts,
): Promise<Alert> {
  const kinds = new Map(ports.kinds.map((kind) => [kind.declaration.id, kind]));
  const isAbove = ({ ref }: Drift): boolean =>
    ports.kinds.some(({ declaration }) => declaration.context.includes(ref.kind));
  const above = status === 'recovered' ? [] : records.filter(({ drift }) => isAbove(drift));
  const known =
    above.length > 0
      ? await ports.known.all()
      : await ports.known.of(
          records.map(({ drift }) => drift.ref),
          [],
        );
  const snapshot = above.length > 0 ? await lastSnapshot(ports) : undefined;
  const judged = records.map((record): Judged => judgedBelow(record, { isAbove, known, snapshot, kinds }));
  const consequences = judged.flatMap((one) => one.consequences);
  const own = await referencesOf(
    records.map(({ drift }) => drift.ref).filter((ref) => isOwn(ref)),
    ports.ledger,
  );
  const members = judged.map(({ record }) => memberOf(record, { kinds, known, own, ports }));
  const open = judged.map(({ record }) => record).filter((record) => record.status === 'open');
  return alertOf({
    // What is over was as grave as it was told to be.
    finding: { ...finding, severity: open.length === 0 ? finding.severity : severityOfRecords(open) },
    status,
    at,
    members,
    consequences,
    snapshotAt: snapshot?.finishedAt,
    ownersBelow: ownersIn(snapshot, consequences, ports.ownerTags),
    actionItems: actionItemsOf(members, ports),
    search: await searchOf(finding, ports),
    others: finding.against === 'deployed' ? undefined : await sameActor(causesIn(records), ports),
  });
}

function causesIn(records: readonly DriftRecord[]): readonly Cause[] {
  return records.flatMap(({ drift }) => drift.causes);
}

/** What CloudTrail was asked of a finding, and how far that has come. */
async function searchOf({ id }: FindingRecord, { ledger }: AlertingPorts): Promise<CauseSearch | undefined> {
  return (await ledger.read({ family: SEARCH, id }))?.body as unknown as CauseSearch | undefined;
}

/** The last snapshot of a sweep; undefined before the first. */
async function lastSnapshot({ documents, ledger, account }: AlertingPorts): Promise<Scan | undefined> {
  const last = await ledger.read(LAST_SWEEP);
  if (last === undefined) return undefined;
  const { sweep } = last.body as unknown as SweepEnd;
  return (await loadScan(documents, account, sweep)).scan;
}

/** A record with what follows from it. */
export interface Judged {
  readonly record: DriftRecord;
  readonly consequences: readonly Consequence[];
}

export interface Below {
  readonly isAbove: (drift: Drift) => boolean;
  readonly known: Pick<Known, 'baseline'>;
  readonly snapshot: Scan | undefined;
  readonly kinds: ReadonlyMap<string, Omit<Kind, 'reader'>>;
}

/** What a drift of a level above does to what the last snapshot saw, with the value that it has now. */
export function judgedBelow(record: DriftRecord, { isAbove, known, snapshot, kinds }: Below): Judged {
  const { drift } = record;
  if (!isAbove(drift) || snapshot === undefined || known.baseline === undefined) return { record, consequences: [] };
  const now = stateNow(record, known);
  const others = snapshot.observations.filter((seen) => printRef(refOf(seen)) !== printRef(drift.ref));
  const scan: Scan = {
    ...snapshot,
    observations: now === undefined ? others : [...others, { seen: 'state', state: now } satisfies Observation],
  };
  const request: ConsequenceRequest = { scan, baseline: known.baseline, kinds };
  const consequences = consequencesOf(drift, request);
  return { record: { ...record, drift: withConsequences(drift, consequences, request) }, consequences };
}

/** The state as it is now: what was accepted, with what changed. */
function stateNow({ drift }: DriftRecord, { baseline }: Pick<Known, 'baseline'>): State | undefined {
  const accepted = baseline?.states.get(printRef(drift.ref))?.state;
  if (accepted === undefined) return undefined;
  const watched = { ...accepted.watched };
  for (const { path, after } of drift.changes) {
    const [root = '', ...rest] = path.split('.');
    const member = rest.join('.');
    const before = watched[root];
    if (member === '') watched[root] = after;
    else if (before?.status === 'present' && isJsonObject(before.value))
      watched[root] = {
        status: 'present',
        value: { ...before.value, ...(after.status === 'present' ? { [member]: after.value } : {}) },
      };
  }
  return { ...accepted, watched, takenAt: drift.takenAt };
}

interface MemberSources {
  readonly kinds: ReadonlyMap<string, Omit<Kind, 'reader'>>;
  readonly known: Known;
  /** What the service's own parts were when they were deployed. */
  readonly own: ReadonlyMap<string, Reference>;
  readonly ports: AlertingPorts;
}

function memberOf(record: DriftRecord, { kinds, known, own, ports }: MemberSources): AlertMember {
  const { ref, changes } = record.drift;
  const kind = kinds.get(ref.kind);
  const accepted = acceptedOf(ref, { known, own });
  const owner = accepted === undefined ? undefined : ownerIn(accepted, ports.ownerTags);
  const request = { ref, accepted, changes, partition: ports.partition };
  const checks = new Set(changes.map(({ check }) => check));
  return {
    record,
    title: kind?.declaration.title ?? ref.kind,
    console: kind?.advice.consoleLink(ref, ports.partition) ?? '',
    ...(owner === undefined ? {} : { owner }),
    wayBack: kind?.advice.wayBack(request) ?? { commands: [] },
    notMisledBy: kind?.advice.notMisledBy(request) ?? [],
    remedies: (kind?.declaration.checks ?? []).filter(({ id }) => checks.has(id)).map(({ remedy }) => remedy),
  };
}

/** What a resource was when it was right: accepted, or, a part of the service itself, deployed. */
function acceptedOf(ref: ResourceRef, { known, own }: Pick<MemberSources, 'known' | 'own'>): State | undefined {
  const key = printRef(ref);
  return (isOwn(ref) ? own.get(key) : known.baseline?.states.get(key))?.state;
}

function ownersIn(
  snapshot: Scan | undefined,
  consequences: readonly Consequence[],
  ownerTags: readonly string[],
): Readonly<Record<string, string>> {
  const wanted = new Set(
    consequences.flatMap((one) => one.affected.flatMap(({ resources }) => resources.map(printRef))),
  );
  const owners = (snapshot?.observations ?? []).flatMap((seen): [string, string][] => {
    if (seen.seen !== 'state' || !wanted.has(printRef(seen.state.ref))) return [];
    const owner = ownerIn(seen.state, ownerTags);
    return owner === undefined ? [] : [[printRef(seen.state.ref), owner]];
  });
  return Object.fromEntries(owners);
}

function actionItemsOf(members: readonly AlertMember[], { kinds, actionItems }: AlertingPorts): readonly ActionItem[] {
  const checks = new Set(members.flatMap(({ record }) => record.drift.changes.map(({ check }) => check)));
  const ofContracts = members.flatMap(({ record }) =>
    record.drift.causes.flatMap(({ contract }) => (contract?.isBroken === true ? (contract.actionItem ?? []) : [])),
  );
  const wanted = new Set([
    ...ofContracts,
    ...kinds.flatMap(({ declaration }) =>
      declaration.checks.filter(({ id }) => checks.has(id)).flatMap((check) => check.actionItems),
    ),
  ]);
  return actionItems.filter(({ id }) => wanted.has(id));
}
