import type { EvidenceSummary } from './evidence/summary.ts';
import type { FlipVerdict } from './evidence/verdicts.ts';
import type { RecoveryProof } from './recovery-proof.ts';
import { openBuckets, type Impact } from './symptom/impact.ts';
import { reachOf } from './symptom/reach.ts';

/** What logs of use say of a finding, as of the last time that they were read. Times are ISO 8601, UTC. */
export interface AlertEvidence {
  readonly readAt: string;
  readonly summary: EvidenceSummary;
  /** Of each operation that it refuses or makes useless: who was seen doing that before it. */
  readonly verdicts: readonly FlipVerdict[];
  /** What was refused since. */
  readonly impact: Impact;
  readonly watch: ImpactWatchWord;
  /** Who works again, where it was taken back. */
  readonly proof?: RecoveryProof;
}

/**
 * How far the watch after a change has come. `failing`: failures began; `closed`: none until its end; `over`: it was taken back; `proving`: and the logs are looked at for who works again; `not-known`: the logs could not
 * be read, and are not read any more.
 */
export interface ImpactWatchWord {
  readonly word: 'watching' | 'failing' | 'closed' | 'over' | 'proving' | 'not-known';
  readonly until: string;
}

/** Are people hit right now? `not-known` where no log tells: never "no". Times are ISO 8601, UTC. */
export type Urgency =
  | {
      readonly affected: 'yes';
      readonly failures: number;
      readonly minutes: number;
      readonly lastAt: string;
      /** Nothing was read for long: they were until `lastAt`, and whether they still are is not known. */
      readonly isNotKnownSince?: true;
    }
  /** The logs have each affected bucket past the change, all of them could be read, and there is no failure that it explains. */
  | { readonly affected: 'no-sign'; readonly minutes: number }
  | {
      readonly affected: 'not-known';
      readonly why: string;
      /** Of some of the affected buckets the logs reach past the change, and there is no sign of it until then. */
      readonly noSign?: { readonly buckets: number; readonly of: number; readonly until: string };
    };

/** What went on for so long before it was last read says no more of now than that. */
const FRESH_MS = 60 * 60_000;

/**
 * Do the logs say that nothing failed: is every affected bucket in them past the change, could all of them be read, and was everything that failed
 * put beside it? Where not, that no failure was found says nothing of what is missing. Pure.
 */
export function showsNoSign(evidence: Pick<AlertEvidence, 'impact' | 'summary'>): boolean {
  return evidence.impact.count === 0 && missingFrom(evidence) === undefined;
}

/** What keeps an honest no from being told where no failure was found, in words that stand alone; undefined where nothing does. Pure. */
export function missingFrom({ impact, summary }: Pick<AlertEvidence, 'impact' | 'summary'>): string | undefined {
  const { notLookedAt, affected, notLogged = 0 } = impact;
  if (notLookedAt !== undefined) return `${notLookedAt.groups} groups of failures since then were put beside no change`;
  if (summary.looked && summary.problems.length > 0) return 'not everything that was asked could be read';
  if (openBuckets(impact).length > 0) return 'buckets of which nothing is known refuse requests since then';
  if (impact.logged === undefined) return 'nothing of what is affected is in the logs';
  const reach = reachOf(impact);
  if (reach === 'none') return 'the logs do not reach beyond the change yet';
  if (affected === undefined) return 'which buckets it acts on is not known';
  return reach === 'all' ? undefined : `of ${notLogged} of ${affected} buckets they tell nothing`;
}

/** Whether people are hit, from what was read last. Pure. */
export function urgencyOf(evidence: AlertEvidence | undefined, at: string): Urgency {
  if (evidence === undefined) return { affected: 'not-known', why: 'no logs of use were read' };
  const { impact, readAt } = evidence;
  if (impact.count > 0 && impact.lastAt !== undefined)
    return {
      affected: 'yes',
      failures: impact.count,
      minutes: minutesBetween(
        impact.madeBy === undefined ? impact.since : (impact.firstAt ?? impact.since),
        impact.lastAt,
      ),
      lastAt: impact.lastAt,
      ...(isOld(readAt, at) ? { isNotKnownSince: true } : {}),
    };
  if (evidence.watch.word === 'not-known') return { affected: 'not-known', why: 'the logs could not be read' };
  const { logged, affected } = impact;
  const why = missingFrom(evidence);
  if (why !== undefined || logged === undefined)
    return { affected: 'not-known', why: why ?? 'nothing of what is affected is in the logs', ...noSignOf(impact) };
  if (isOld(logged.to, at)) {
    const of = affected === 1 ? 'what is affected' : 'some of what is affected';
    return { affected: 'not-known', why: `the newest log of ${of} is more than an hour old` };
  }
  return { affected: 'no-sign', minutes: minutesBetween(impact.madeBy ?? impact.since, logged.to) };
}

/** Of how many buckets there is no sign of it: told beside what is missing. */
function noSignOf(impact: Impact): Pick<Extract<Urgency, { affected: 'not-known' }>, 'noSign'> {
  const { logged, affected, notLogged } = impact;
  if (logged === undefined || affected === undefined || notLogged === undefined || reachOf(impact) !== 'some')
    return {};
  return { noSign: { buckets: affected - notLogged, of: affected, until: logged.to } };
}

function minutesBetween(from: string, to: string): number {
  return Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
}

function isOld(then: string, at: string): boolean {
  return Date.parse(at) - Date.parse(then) > FRESH_MS;
}
