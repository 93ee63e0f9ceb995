import {
  gravest,
  gravestOf,
  severityOf,
  type Breakage,
  type Cause,
  type Drift,
  type Exposure,
  type Severity,
} from './change.ts';
import type { Consequence } from './consequences.ts';
import type { ContractWord } from './contract.ts';
import type { WayBack } from './advice.ts';
import type { AlertEvidence } from './alert-evidence.ts';
import type { DriftRecord } from './drift-record.ts';
import { explainedNow } from './finding-decision.ts';
import { isPast, type Against, type AlertStatus, type FindingRecord } from './finding-record.ts';
import { bySureness } from './attribution.ts';
import { causeNotKnown, unexplainedPaths, type CauseSearch } from './cause-search.ts';
import type { ActionItem } from './report.ts';
import type { SameActor } from './same-actor.ts';
import { printRef, type ResourceRef } from './reference.ts';

/** One resource of an alert, with everything that is known to say of it. */
export interface AlertMember {
  readonly record: DriftRecord;
  /** The kind's title and where its console page is. */
  readonly title: string;
  readonly console: string;
  readonly owner?: string;
  readonly wayBack: WayBack;
  readonly notMisledBy: readonly string[];
  /** What to do first: the remedy of the checks. */
  readonly remedies: readonly string[];
}

/** Everything that an alert says, whoever reads it and by whatever way. */
export interface Alert {
  readonly version: 1;
  readonly status: AlertStatus;
  readonly severity: Severity;
  /** The gravest that was ever told of it: whoever heard that hears of the end. */
  readonly gravestTold: Severity;
  readonly finding: string;
  readonly account: string;
  /** When it is told. */
  readonly at: string;
  /** When the oldest of it was first read. */
  readonly since: string;
  readonly against: Against;
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  readonly members: readonly AlertMember[];
  readonly consequences: readonly Consequence[];
  /** The last whole snapshot that the consequences were computed from. */
  readonly snapshotAt?: string;
  /** Who owns what is affected: owner → resources. Resources without one are under the empty name. */
  readonly owners: readonly { readonly owner: string; readonly resources: readonly ResourceRef[] }[];
  /** The surest first; where nobody is known, what was looked through in vain stands among them, with no call. */
  readonly causes: readonly Cause[];
  /** Since the alert before, it was learnt who did it. */
  readonly isExplainedNow?: boolean;
  /** The contracts of tools that were broken, each once. */
  readonly brokenContracts: readonly ContractWord[];
  /** What else those who did it have done in the hour around it. */
  readonly others?: SameActor;
  /** What logs of use say of it; left out until they were read, and where the settings name none. */
  readonly evidence?: AlertEvidence;
  /** Of a recovery: until then the logs are read for who works again. */
  readonly provesUntil?: string;
  /** What opens to everyone if it is taken back. */
  readonly opensIfTakenBack: readonly ResourceRef[];
  readonly actionItems: readonly ActionItem[];
  readonly acknowledged?: string;
}

/** What an alert is made of. */
export interface AlertInput {
  readonly finding: FindingRecord;
  readonly status: AlertStatus;
  readonly at: string;
  readonly members: readonly AlertMember[];
  readonly consequences: readonly Consequence[];
  readonly snapshotAt?: string | undefined;
  /** Owners of what is affected, by printed reference. */
  readonly ownersBelow: Readonly<Record<string, string>>;
  readonly actionItems: readonly ActionItem[];
  /** What CloudTrail was asked of it; none for what is asked nothing of. */
  readonly search?: CauseSearch | undefined;
  readonly others?: SameActor | undefined;
  readonly evidence?: AlertEvidence | undefined;
  readonly provesUntil?: string | undefined;
}

function brokenIn(drifts: readonly Drift[]): readonly ContractWord[] {
  const broken = drifts.flatMap(({ causes }) => causes.flatMap(({ contract }) => contract ?? []));
  return [...new Map(broken.filter(({ isBroken }) => isBroken).map((word) => [word.tool, word])).values()];
}

/** Puts together what an alert says. Pure. */
export function alertOf(input: AlertInput): Alert {
  const { finding, status, at, members, consequences, snapshotAt, actionItems } = input;
  const shown = members.filter(({ record }) => (isPast(status) ? isTakenBack(record) : record.status === 'open'));
  const changes = shown.flatMap(({ record }) => record.drift.changes);
  const below = consequences.flatMap((one) => one.opensIfTakenBack);
  const own = shown
    .filter(({ record }) => record.drift.opensIfTakenBack === true)
    .map(({ record }) => record.drift.ref);
  return {
    version: 1,
    status,
    severity: finding.severity,
    gravestTold: gravest([finding.severity, ...(finding.gravestTold === undefined ? [] : [finding.gravestTold])]),
    finding: finding.id,
    account: finding.account,
    at,
    since: shown.map(({ record }) => record.openedAt).sort()[0] ?? finding.openedAt,
    against: finding.against,
    ...gravestOf(changes),
    members: [...shown].sort((a, b) => byGravity(a.record.drift, b.record.drift)),
    consequences,
    ...(snapshotAt === undefined ? {} : { snapshotAt }),
    owners: ownersOf(input, shown),
    causes: causesOf(input, shown),
    ...(status === 'changed' && isExplainedNow(finding, shown) ? { isExplainedNow: true } : {}),
    brokenContracts: brokenIn(shown.map(({ record }) => record.drift)),
    ...(input.others === undefined ? {} : { others: input.others }),
    ...(input.evidence === undefined ? {} : { evidence: input.evidence }),
    ...(input.provesUntil === undefined ? {} : { provesUntil: input.provesUntil }),
    opensIfTakenBack: [...own, ...below],
    actionItems,
    ...(finding.acknowledged === undefined ? {} : { acknowledged: finding.acknowledged.by }),
  };
}

/** What was accepted as it is has not recovered, and where it cannot be read nobody knows what it is. */
function isTakenBack({ endedBy }: DriftRecord): boolean {
  return endedBy !== 'acceptance';
}

const ORDER: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

function byGravity(a: Drift, b: Drift): number {
  const of = ({ changes }: Drift): number => Math.min(...changes.map((change) => ORDER.indexOf(severityOf(change))));
  return of(a) - of(b) || (printRef(a.ref) < printRef(b.ref) ? -1 : 1);
}

/** Owners of what drifted and of what it affects: whoever breaks is told, not only whoever was changed. */
function ownersOf({ consequences, ownersBelow }: AlertInput, members: readonly AlertMember[]): Alert['owners'] {
  const byOwner = new Map<string, ResourceRef[]>();
  const add = (owner: string, ref: ResourceRef): void => void byOwner.set(owner, [...(byOwner.get(owner) ?? []), ref]);
  const affected = consequences.flatMap((one) => one.affected.flatMap(({ resources }) => resources));
  for (const ref of affected) add(ownersBelow[printRef(ref)] ?? '', ref);
  // What stands above others belongs to nobody's application; what it does to those below is what has owners.
  if (affected.length === 0) for (const { record, owner } of members) add(owner ?? '', record.drift.ref);
  return [...byOwner]
    .map(([owner, resources]) => ({ owner, resources }))
    .sort((a, b) => Number(a.owner === '') - Number(b.owner === '') || b.resources.length - a.resources.length);
}

/** Each cause once, the surest first; and, where no call explains all of it, what was looked through in vain. */
function causesOf({ finding, status, search }: AlertInput, members: readonly AlertMember[]): readonly Cause[] {
  const drifts = members.map(({ record }) => record.drift);
  const once = new Map(
    drifts.flatMap(({ causes }) => causes).map((cause) => [cause.eventId ?? JSON.stringify(cause), cause]),
  );
  const open = finding.against === 'deployed' ? [] : drifts.filter((drift) => unexplainedPaths(drift).length > 0);
  const notKnown = open.length === 0 ? [] : [causeNotKnown(search, { drifts, isEnded: isPast(status) })];
  const withChain = (cause: Cause): Cause => {
    const chain = search?.chains?.[cause.eventId ?? ''];
    return chain === undefined ? cause : { ...cause, chain };
  };
  return [...[...once.values()].sort(bySureness).map(withChain), ...notKnown];
}

function isExplainedNow({ told }: FindingRecord, members: readonly AlertMember[]): boolean {
  return (
    explainedNow(
      told,
      members.map(({ record }) => record),
    ).length > 0
  );
}
