import type { EvidenceSummary } from './evidence/summary.ts';
import type { FlipVerdict } from './evidence/verdicts.ts';
import type { RecoveryProof } from './recovery-proof.ts';
import type { Impact } from './symptom/impact.ts';

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

/** Are people hit right now? `not-known` where no log tells: never "no". */
export type Urgency =
  | { readonly affected: 'yes'; readonly failures: number; readonly minutes: number; readonly lastAt: string }
  /** The logs have the bucket since the change, and no failure that it explains. */
  | { readonly affected: 'no-sign'; readonly minutes: number }
  | { readonly affected: 'not-known'; readonly why: string };

/** What went on for so long before it was last read says no more of now than that. */
const FRESH_MS = 60 * 60_000;

/** Whether people are hit, from what was read last. Pure. */
export function urgencyOf(evidence: AlertEvidence | undefined, at: string): Urgency {
  if (evidence === undefined) return { affected: 'not-known', why: 'no logs of use were read' };
  const { impact } = evidence;
  const minutes = (from: string, to: string): number =>
    Math.max(1, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  if (impact.count > 0 && impact.lastAt !== undefined)
    return {
      affected: 'yes',
      failures: impact.count,
      minutes: minutes(impact.since, impact.lastAt),
      lastAt: impact.lastAt,
    };
  if (evidence.watch.word === 'not-known') return { affected: 'not-known', why: 'the logs could not be read' };
  const { logged } = impact;
  if (logged === undefined) return { affected: 'not-known', why: 'nothing of what is affected is in the logs' };
  if (logged.to <= impact.since) return { affected: 'not-known', why: 'the logs do not reach beyond the change yet' };
  if (Date.parse(at) - Date.parse(logged.to) > FRESH_MS)
    return { affected: 'not-known', why: 'the newest log of what is affected is more than an hour old' };
  return { affected: 'no-sign', minutes: minutes(impact.since, logged.to) };
}
