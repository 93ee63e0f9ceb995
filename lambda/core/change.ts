import type { Consequence } from './consequences.ts';
import type { ContractWord } from './contract.ts';
import { EXISTS } from './declaration.ts';
import type { JsonReading } from './reading.ts';
import type { ResourceRef } from './reference.ts';
import type { Flip } from './s3/access-change.ts';

/** Who can reach it: more, fewer, the same, or it cannot be told. */
export type Exposure = 'widened' | 'narrowed' | 'same' | 'unknown';
/** What stops working. */
export type Breakage = 'breaks' | 'may-break' | 'restores' | 'none' | 'unknown';
export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'info';

/** One difference from what was accepted, judged. */
export interface Change {
  readonly path: string;
  readonly before: JsonReading;
  readonly after: JsonReading;
  /** The values as AWS wrote them, where the compared ones are canonical: what a rollback puts back. */
  readonly written?: { readonly before?: string; readonly after?: string };
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Everyone is let in who was not. */
  readonly opensToWorld?: boolean;
  /** It takes something from what the service itself hears, does or says. */
  readonly silences?: boolean;
  /** What moved, in one line. */
  readonly says: string;
  /** What that does: one plain sentence for each thing that moved. */
  readonly effects?: readonly string[];
  /** The operations that meet something else than before. */
  readonly flips?: readonly Flip[];
  /** The check's id. */
  readonly check: string;
}

/** Does a read show what a call set? `not-told`: the event does not say what it set. `unread`: the very thing could not be read. */
export type Shown = 'yes' | 'no' | 'unread' | 'not-told';

/** What may have caused a drift, and how sure that is. */
export interface Cause {
  readonly eventId?: string;
  /** CloudTrail's name of the call. */
  readonly call?: string;
  /** The region that it was called in. */
  readonly region?: string;
  /** Who called, in words. */
  readonly who?: string;
  /** The user agent, as the caller gave it: it can be forged, or be missing. */
  readonly userAgent?: string;
  /** With what it was called, in a phrase; `recorded`: AWS itself says so, else only the client does. */
  readonly how?: { readonly says: string; readonly certainty: 'recorded' | 'claimed' };
  /** What the contract of the tool that called says of it, where there is one. */
  readonly contract?: ContractWord;
  /** Who took the session that called, back to the first, in a phrase: `whose session was given by AssumeRole at … to user ana`. */
  readonly chain?: string;
  /** One actor's session, in CloudTrail's own words. */
  readonly session?: string;
  /** ISO 8601, UTC. */
  readonly at?: string;
  /** The path that the call moves; none: the event does not tell. */
  readonly moves?: string;
  /** Is what it set what was read? From this of all the calls it is judged how sure each is (`weighCauses`). */
  readonly shows?: Shown;
  readonly certainty: 'certain' | 'likely' | 'several' | 'pending' | 'unknown';
  readonly reasons: readonly string[];
}

/** One resource that departs from its accepted state. */
export interface Drift {
  readonly ref: ResourceRef;
  /** The resource's accepted version; 0 when nothing of it was accepted. */
  readonly baseline: number;
  /** Counts the times that it departed from this version. */
  readonly episode: number;
  readonly changes: readonly Change[];
  readonly takenAt: string;
  /** What a created resource holds, or a deleted one held: everything that is set. */
  readonly holds?: { readonly [path: string]: JsonReading };
  readonly causes: readonly Cause[];
  /** Kinds that it sets from above: what departs of those with no cause of its own belongs to it. */
  readonly over?: readonly string[];
  /** It would be open to everyone if it were put back as accepted, everything else as it is now. */
  readonly opensIfTakenBack?: boolean;
}

export interface Finding {
  /** Deterministic: the same group of the same drifts has the same id. */
  readonly id: string;
  /** What made these drifts one finding. */
  readonly groupedBy: 'above' | 'event' | 'session' | 'sweep' | 'alone' | 'many';
  readonly severity: Severity;
  readonly drifts: readonly Drift[];
  /** What its drifts do to what is below them. */
  readonly consequences: readonly Consequence[];
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];

/** The graver first. */
export function bySeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

const BREAKAGES: readonly Breakage[] = ['breaks', 'may-break', 'unknown', 'restores', 'none'];
const EXPOSURES: readonly Exposure[] = ['widened', 'unknown', 'narrowed', 'same'];

type Axes = Pick<Change, 'exposure' | 'breakage'>;

/** The gravest of each axis. */
export function gravestOf(changes: readonly Axes[]): Axes {
  return {
    exposure: EXPOSURES.find((one) => changes.some(({ exposure }) => exposure === one)) ?? 'same',
    breakage: BREAKAGES.find((one) => changes.some(({ breakage }) => breakage === one)) ?? 'none',
  };
}

/** What breaks first; then what is exposed. */
export function byAxes(a: Axes, b: Axes): number {
  return (
    BREAKAGES.indexOf(a.breakage) - BREAKAGES.indexOf(b.breakage) ||
    EXPOSURES.indexOf(a.exposure) - EXPOSURES.indexOf(b.exposure)
  );
}

/** The order of two findings: by severity, then by the two axes. */
export function byGravity(a: Finding, b: Finding): number {
  const axesOf = ({ drifts }: Finding): Axes => gravestOf(drifts.flatMap(({ changes }) => changes));
  return bySeverity(a.severity, b.severity) || byAxes(axesOf(a), axesOf(b));
}

/** How grave one change is (design.md §3). That people were seen using what breaks, a change alone does not carry. */
export function severityOf({
  path,
  after,
  exposure,
  breakage,
  opensToWorld,
  silences,
}: Pick<Change, 'path' | 'after' | 'exposure' | 'breakage' | 'opensToWorld' | 'silences'>): Severity {
  if (opensToWorld === true || silences === true) return 'critical';
  if (breakage === 'breaks' || breakage === 'may-break' || exposure === 'widened') return 'high';
  if (breakage !== 'none' || exposure !== 'same') return 'medium';
  return path === EXISTS && after.status === 'present' ? 'info' : 'low';
}

/** How grave a drift is: who breaks the contract of a tool did what nobody let it do, whatever the value. */
export function severityOfDrift({ changes, causes }: Pick<Drift, 'changes' | 'causes'>): Severity {
  const own = gravest(changes.map(severityOf));
  return causes.some(({ contract }) => contract?.isBroken === true) && changes.length > 0
    ? gravest([own, 'high'])
    : own;
}

/** How grave the gravest is. */
export function gravest(severities: readonly Severity[]): Severity {
  return [...severities].sort(bySeverity)[0] ?? 'info';
}
