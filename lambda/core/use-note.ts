import type { AlertEvidence } from './alert-evidence.ts';
import type { DriftRecord } from './drift-record.ts';
import { proofWord } from './recovery-proof.ts';

/** What the last look at logs of use came to: as much of it as decides what is told. The rest is in its document. */
export interface UseNote extends UseTold {
  /** The key of the document with all of it: what is told is what stands there, also where a newer one comes meanwhile. */
  readonly document: string;
  /** When the look began (ISO 8601, UTC). */
  readonly readAt: string;
  /** It was taken back, and each of those who were refused is seen to work again. */
  readonly isProved?: boolean;
}

/** What of it was told. */
export interface UseTold {
  /** Somebody is seen using what it breaks. */
  readonly isUsed: boolean;
  /** Requests that were refused since, and that it explains. */
  readonly failures: number;
  /** The watch is over, what is affected was in the logs until after the change, and nothing failed. */
  readonly isQuiet: boolean;
  /** The logs could not be read, however often that was tried: whether anything fails is not known. */
  readonly isGivenUp?: boolean;
}

const NOTHING_TOLD: UseTold = { isUsed: false, failures: 0, isQuiet: false };
/** So many times as many failures as were told are told again. */
const GROWN = 10;

/** The note of what was read. Pure. */
export function noteOf(evidence: AlertEvidence, document: string): UseNote {
  const { readAt, verdicts, impact, watch, proof } = evidence;
  const { logged } = impact;
  const isSeenSince = logged !== undefined && logged.to > impact.since;
  // Where nobody knows whether it breaks anything, that nothing failed is no answer to what was told.
  const isToldToBreak = verdicts.some(({ reason }) => reason !== 'not-computed');
  return {
    document,
    readAt,
    isUsed: verdicts.some(({ word }) => word === 'will-break'),
    failures: impact.count,
    ...(proof !== undefined && proofWord(proof) === 'proved' ? { isProved: true } : {}),
    ...(watch.word === 'not-known' ? { isGivenUp: true } : {}),
    isQuiet: watch.word === 'closed' && impact.count === 0 && isSeenSince && isToldToBreak,
  };
}

/** Is there something to tell that was not told? Pure. */
export function isNewsAfter(note: UseNote | undefined, told: UseTold = NOTHING_TOLD): boolean {
  if (note === undefined) return false;
  return (
    (note.isUsed && !told.isUsed) ||
    (note.failures > 0 && note.failures >= told.failures * GROWN) ||
    (note.isQuiet && !told.isQuiet) ||
    (note.isGivenUp === true && told.isGivenUp !== true)
  );
}

/** The same, so coarse that it becomes another word only where there is something to tell; undefined: nothing to tell. Pure. */
export function useWord({ isUsed, failures, isQuiet, isGivenUp }: UseTold): string | undefined {
  const failing = failures === 0 ? [] : [`failing ${Math.floor(Math.log10(failures))}`];
  const words = [
    isUsed ? ['used'] : [],
    failing,
    isQuiet ? ['quiet'] : [],
    isGivenUp === true ? ['given up'] : [],
  ].flat();
  return words.length === 0 ? undefined : words.join(', ');
}

/** What is told once this was told too: what was said once stays said. */
export function toldOf(note: UseNote | undefined, before: UseTold = NOTHING_TOLD): UseTold {
  return {
    isUsed: before.isUsed || note?.isUsed === true,
    failures: Math.max(before.failures, note?.failures ?? 0),
    isQuiet: before.isQuiet || note?.isQuiet === true,
    ...(before.isGivenUp === true || note?.isGivenUp === true ? { isGivenUp: true } : {}),
  };
}

/** Of what is watched anew it is to be told again that nothing failed. Pure. */
export function watchedAnew<F extends { readonly use?: UseNote; readonly told?: { readonly use?: UseTold } }>(
  finding: F,
): F {
  const { use, told } = finding;
  return {
    ...finding,
    ...(use === undefined ? {} : { use: { ...use, isQuiet: false } }),
    ...(told?.use === undefined ? {} : { told: { ...told, use: { ...told.use, isQuiet: false } } }),
  };
}

/** People use what it breaks, or are refused already: nothing is graver (design §3). */
export function isHit(note: UseTold | undefined): boolean {
  return note !== undefined && (note.isUsed || note.failures > 0);
}

/** The tick comes every minute: so what has recovered is told within two, whatever the logs do. */
const RECOVERY_WAITS_MS = 60_000;

/** Until when it is waited for what the logs say of a recovery that was read then; undefined: they were looked at since, or are not read. */
export function recoveryWaitsUntil(use: UseNote | undefined, recoveredAt: string): string | undefined {
  if (use === undefined || use.readAt >= recoveredAt) return undefined;
  return new Date(Date.parse(recoveredAt) + RECOVERY_WAITS_MS).toISOString();
}

/** When the last of these was read as accepted again; undefined while one is open, and where nothing was taken back. */
export function recoveredAt(records: readonly DriftRecord[]): string | undefined {
  if (records.some(({ status }) => status === 'open')) return undefined;
  return records
    .filter(({ endedBy }) => endedBy !== 'acceptance')
    .flatMap(({ closedAt }) => closedAt ?? [])
    .sort()
    .at(-1);
}
