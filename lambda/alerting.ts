import { alertOf, type Alert, type AlertMember } from '#core/alert.ts';
import type { Cause } from '#core/change.ts';
import type { Consequence } from '#core/consequences.ts';
import type { ToolContract } from '#core/contract.ts';
import type { CauseSearch } from '#core/cause-search.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { isPast, severityWithUse, type AlertStatus, type FindingRecord } from '#core/finding-record.ts';
import { isOwn } from '#core/own-parts.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { ownerIn, type ActionItem } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import { loadEvidence } from './evidence-documents.ts';
import { judgeBelow } from './judged-below.ts';
import type { Known, KnownStates } from './known-states.ts';
import { referencesOf, type Reference } from './own-references.ts';
import type { Documents, Ledger } from './ports.ts';
import { sameActor } from './same-actor.ts';
import { SEARCH } from './search-family.ts';

/** What is to be announced. */
export interface AlertSubject {
  readonly finding: FindingRecord;
  readonly records: readonly DriftRecord[];
  readonly status: AlertStatus;
  readonly at: string;
  /** Of a recovery: until then the logs are read for who works again. */
  readonly provesUntil?: string;
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
  { finding, records, status, at, provesUntil }: AlertSubject,
  ports: AlertingPorts,
): Promise<Alert> {
  const kinds = new Map(ports.kinds.map((kind) => [kind.declaration.id, kind]));
  // What is over does nothing any more to what is below it.
  const { judged, known, snapshot } = await judgeBelow(records, ports, { isOver: isPast(status) });
  const consequences = judged.flatMap((one) => one.consequences);
  const own = await referencesOf(
    records.map(({ drift }) => drift.ref).filter((ref) => isOwn(ref)),
    ports.ledger,
  );
  const members = judged.map(({ record }) => memberOf(record, { kinds, known, own, ports }));
  const { document } = (status === 'proved' ? finding.proof : finding.use) ?? {};
  const open = judged.map(({ record }) => record).filter((record) => record.status === 'open');
  return alertOf({
    // What is over was as grave as it was told to be.
    finding: { ...finding, severity: open.length === 0 ? finding.severity : severityWithUse(open, finding) },
    status,
    at,
    members,
    consequences,
    snapshotAt: snapshot?.finishedAt,
    ownersBelow: ownersIn(snapshot, consequences, ports.ownerTags),
    actionItems: actionItemsOf(members, ports),
    search: await searchOf(finding, ports),
    evidence: document === undefined ? undefined : await loadEvidence(ports.documents, document),
    provesUntil,
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
