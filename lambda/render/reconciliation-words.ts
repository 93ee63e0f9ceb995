import type { CallWithoutEffect, Reconciliation, UnexplainedChange } from '#core/reconciliation.ts';
import { printSelection, printRef, type ResourceRef } from '#core/reference.ts';
import { plural } from './page.ts';

/** `41 changes, 40 explained by events, 1 not; 3 calls without effect; 2 failed attempts`. */
export function countsText({ counts }: Reconciliation): string {
  const { changes, explained, unexplained, withoutEffect, notCompared, attempts } = counts;
  const how = [`${explained} explained by events`, ...(unexplained > 0 ? [`${unexplained} not`] : [])];
  return [
    changes === 0 ? 'no change' : [plural(changes, 'change'), ...how].join(', '),
    ...(withoutEffect > 0 ? [`${plural(withoutEffect, 'call')} without effect`] : []),
    ...(notCompared > 0 ? [`${plural(notCompared, 'call')} that could not be compared`] : []),
    ...(attempts > 0 ? [plural(attempts, 'failed attempt')] : []),
  ].join('; ');
}

/** Did anything change, or was anything called? */
export function isEventful({ counts }: Reconciliation): boolean {
  return counts.changes + counts.calls + counts.attempts > 0;
}

/** The calls that changed nothing, and that a tool was not to make. */
export function brokenWithoutEffect({ withoutEffect }: Reconciliation): readonly CallWithoutEffect[] {
  return withoutEffect.filter(({ cause }) => cause.contract?.isBroken === true);
}

/** What changed and nothing explains. Times as they are told. */
export function unexplainedText(
  { ref, path, says, why, readAt }: UnexplainedChange,
  time: (at: string) => string,
): string {
  const reasons = why.map((one) => one.says).join('; ');
  return `${printSelection({ ref, path })}, read ${time(readAt)}: ${says}. Why nobody is known: ${reasons}`;
}

/** What a tool was not to do, though it changed nothing. */
export function brokenText({ cause, about, says }: CallWithoutEffect, time: (at: string) => string): string {
  const { contract, call = '', who = '', at = '' } = cause;
  const may = contract === undefined || contract.mayChange.length === 0 ? 'nothing' : contract.mayChange.join(', ');
  return `${contract?.tool ?? ''} called ${call} on ${refsText(about)}, ${time(at)} (${who}); ${says}, but it may change ${may}`;
}

/** The resources, or that they are not told. */
export function refsText(refs: readonly ResourceRef[]): string {
  return refs.length === 0 ? 'something that the event does not name' : refs.map(printRef).join(', ');
}
