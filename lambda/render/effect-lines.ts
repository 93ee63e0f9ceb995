import type { Drift } from '#core/change.ts';
import { gravestOf } from '#core/change.ts';
import type { AffectedGroup, Consequence } from '#core/consequences.ts';
import type { Disagreement } from '#core/judge.ts';
import { printSelection, type ResourceRef } from '#core/reference.ts';
import type { Flip } from '#core/s3/access-change.ts';
import type { Outcome } from '#core/s3/outcome.ts';
import { printable } from './printable.ts';

/** Resources named of a group before the rest is counted; `--json` has them all. */
const MOST_NAMED = 8;
const MOST_DISAGREEMENTS = 5;

/** `breakage: breaks, exposure: narrowed`: the two axes of a drift, the gravest of its changes. */
export function axesText({ changes }: Pick<Drift, 'changes'>): string {
  const { exposure, breakage } = gravestOf(changes);
  return `breakage: ${breakage}, exposure: ${exposure}`;
}

/** What a drift does, a sentence a line, each once. */
export function effectLines({ changes }: Pick<Drift, 'changes'>): readonly string[] {
  return [...new Set(changes.flatMap(({ effects = [] }) => effects))].map(printable);
}

/** What a change of a level above does to what is below it: alike ones together, with the operations that flip. */
export function consequenceLines(consequence: Consequence): readonly string[] {
  const { of, takenAt, affected, notAffected, unknown, incomplete } = consequence;
  const count = affected.reduce((sum, { resources }) => sum + resources.length, 0) + notAffected + unknown.length;
  const reasons = [...new Set(unknown.map(({ why }) => why))];
  return [
    `${count - notAffected - unknown.length} of ${count} ${of} affected, each judged with the value before and the value now, as read at ${takenAt.slice(0, 10)} ${takenAt.slice(11, 19)} UTC:`,
    ...affected.flatMap(groupLines),
    ...(notAffected > 0 ? [`  not affected: ${notAffected}`] : []),
    ...reasons.map((why) => {
      const refs = unknown.filter((one) => one.why === why).map(({ ref }) => ref);
      return `  cannot be told of ${refs.length} (${namesOf(refs)}): ${printable(why)}`;
    }),
    ...(incomplete.length > 0
      ? [`  the list of ${of} was not complete in ${incomplete.join(', ')}: there may be more`]
      : []),
  ];
}

function groupLines({ breakage, exposure, opensToWorld, flips, resources }: AffectedGroup): readonly string[] {
  const world = opensToWorld ? ', opens to the world' : '';
  return [
    `  ${breakage}, ${exposure}${world}: ${namesOf(resources)}`,
    ...flipLines(flips).map((line) => `    ${line}`),
  ];
}

/** The operations that flip, those that go one way in a line; apart, what may not be there, and what is not known. */
export function flipLines(flips: readonly Flip[]): readonly string[] {
  const lines = new Map<string, string[]>();
  for (const { title, before, after, isHere } of flips) {
    const isKnown = before.outcome !== 'unknown' && after.outcome !== 'unknown';
    const way = isKnown ? `${outcomeWord(before)} → ${outcomeWord(after)}` : 'perhaps';
    const line = isKnown && isHere === 'unknown' ? `${way}, where there is any` : way;
    lines.set(line, [...(lines.get(line) ?? []), title]);
  }
  const last = (line: string): number => (line === 'perhaps' ? 2 : line.endsWith('any') ? 1 : 0);
  return [...lines].sort(([a], [b]) => last(a) - last(b)).map(([line, titles]) => `${line}: ${titles.join('; ')}`);
}

/** An outcome in a word or two. */
export function outcomeWord(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'allowed':
      return 'allowed';
    case 'denied':
      return `${outcome.http} ${outcome.code}${outcome.or === undefined ? '' : ` or ${outcome.or.http} ${outcome.or.code}`}`;
    case 'silently-useless':
      return 'accepted, and nobody can read it';
    case 'unknown':
      return 'not known';
  }
}

function namesOf(refs: readonly ResourceRef[]): string {
  const names = refs.slice(0, MOST_NAMED).map(({ id }) => printable(id));
  return `${names.join(', ')}${refs.length > names.length ? ` and ${refs.length - names.length} more` : ''}`;
}

/** Where AWS's verdict differs from ours: both, the reason of ours, and the case as a line for the tests. */
export function disagreementLines(disagreements: readonly Disagreement[]): readonly string[] {
  if (disagreements.length === 0) return [];
  const shown = disagreements.slice(0, MOST_DISAGREEMENTS);
  const more = disagreements.length - shown.length;
  return [
    `AWS and Plumbline disagree on ${disagreements.length} of the policies; AWS is believed. Please report the lines that start with {:`,
    ...shown.flatMap(({ ref, path, own, aws, because, case: line }) => [
      `  ${printable(printSelection({ ref, path }))}: AWS says ${printable(aws)}, Plumbline ${printable(own)} (${printable(because)})`,
      `    ${printable(line)}`,
    ]),
    ...(more > 0 ? [`  … and ${more} more (--json has them all)`] : []),
  ];
}
