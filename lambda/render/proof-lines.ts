import type { Alert } from '#core/alert.ts';
import type { AlertEvidence } from '#core/alert-evidence.ts';
import { proofWord, type GroupProof } from '#core/recovery-proof.ts';
import { SETTLING_MS } from '#core/symptom/watched-change.ts';
import { timeIn } from './alert-words.ts';
import { callerOf } from './evidence-lines.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';

/** Callers before the rest is counted. */
const MOST_CALLERS = 8;

/** Of those who were refused: who works again, who is refused all the same, and of whom nothing is known. */
export function proofLines(evidence: AlertEvidence | undefined, timeZone: string): readonly string[] {
  const { proof, impact } = evidence ?? {};
  if (proof === undefined || impact === undefined) return [];
  const { groups } = proof;
  const failing = groups.filter(({ stillFailing }) => stillFailing > 0);
  const proved = groups.filter(({ provedAt, stillFailing }) => provedAt !== undefined && stillFailing === 0);
  const open = groups.filter(({ provedAt, stillFailing }) => provedAt === undefined && stillFailing === 0);
  const until = impact.logged === undefined ? '' : ` (logs until ${timeIn(impact.logged.to, timeZone)})`;
  return [
    ...provedLines(proved, { of: groups.length, until, timeZone }),
    ...(failing.length === 0
      ? []
      : [
          `${callers(failing.length)} ${failing.length === 1 ? 'is' : 'are'} still refused, more than ${SETTLING_MS / 60_000} min after it was taken back${until}:`,
          ...listed(failing, (group) => failingLine(group, timeZone)),
        ]),
    ...(open.length === 0
      ? []
      : [
          `Of ${open.length} of ${callers(groups.length)} no request of the sort that failed is in the logs since${until}:`,
          ...listed(open, nameOfGroup),
        ]),
  ];
}

interface Said {
  readonly of: number;
  readonly until: string;
  readonly timeZone: string;
}

function provedLines(proved: readonly GroupProof[], { of, until, timeZone }: Said): readonly string[] {
  const times = proved.flatMap(({ provedAt }) => provedAt ?? []).sort();
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined) return [];
  const who =
    proved.length < of
      ? `${proved.length} of ${callers(of)} that were refused ${proved.length === 1 ? 'has' : 'have'}`
      : of === 1
        ? 'The one caller that was refused has'
        : `Each of ${callers(of)} that were refused has`;
  const when =
    proved.length === 1
      ? `at ${timeIn(first, timeZone)}`
      : `the first at ${timeIn(first, timeZone)}, the last at ${timeIn(last, timeZone)}`;
  return [`${who} worked since: ${when}${until}.`];
}

function listed(groups: readonly GroupProof[], lineOf: (group: GroupProof) => string): readonly string[] {
  const more = groups.length - MOST_CALLERS;
  return [
    ...groups.slice(0, MOST_CALLERS).map((group) => `  ${lineOf(group)}`),
    ...(more > 0 ? [`  and ${plural(more, 'more caller')}: the whole alert has them`] : []),
  ];
}

function nameOfGroup(group: GroupProof): string {
  return printable(`${callerOf(group)}: ${group.operation} on ${group.bucket}`);
}

function failingLine(group: GroupProof, timeZone: string): string {
  const { stillFailing, lastRefusedAt, error } = group;
  const last = lastRefusedAt === undefined ? '' : `, the last at ${timeIn(lastRefusedAt, timeZone)}`;
  return `${nameOfGroup(group)} refused ${stillFailing === 1 ? 'once' : `${stillFailing} times`} since (${printable(error)})${last}`;
}

function callers(count: number): string {
  return plural(count, 'caller');
}

/** Until when the logs are read for who works again; nothing where nobody is to hear more. */
export function provesLine(
  { status, evidence, provesUntil }: Pick<Alert, 'status' | 'evidence' | 'provesUntil'>,
  timeZone: string,
): string | undefined {
  const until = status === 'recovered' ? provesUntil : untilOf(evidence);
  return until === undefined
    ? undefined
    : `The logs are read again until ${timeIn(until, timeZone)}: you hear when they prove it.`;
}

function untilOf(evidence: AlertEvidence | undefined): string | undefined {
  if (evidence?.proof === undefined || evidence.watch.word !== 'proving') return undefined;
  return proofWord(evidence.proof) === 'proved' ? undefined : evidence.watch.until;
}
