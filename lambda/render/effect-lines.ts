import type { Drift } from '#core/change.ts';
import { gravestOf } from '#core/change.ts';
import type { AffectedGroup, Consequence } from '#core/consequences.ts';
import type { Disagreement } from '#core/judge.ts';
import { printRef, printSelection, type ResourceRef } from '#core/reference.ts';
import type { Flip } from '#core/s3/access-change.ts';
import type { BriefOutcome } from '#core/s3/outcome.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';

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

/** How wide a line may get, and how far its block stands from the left. */
export interface LineSettings {
  readonly indent?: number;
  readonly width?: number | undefined;
}

/**
 * What a change of a level above does to what is below it: each operation that flips, with how many it flips on and which, so that a
 * reader finds the one that is failing right now.
 */
export function consequenceLines(
  consequence: Consequence,
  { indent = 0, width }: LineSettings = {},
): readonly string[] {
  const { of, takenAt, affected, notAffected, unknown, incomplete, opensIfTakenBack } = consequence;
  const hit = affected.reduce((sum, { resources }) => sum + resources.length, 0);
  const count = hit + notAffected + unknown.length;
  const open = affected.filter(({ opensToWorld }) => opensToWorld).flatMap(({ resources }) => resources);
  const reasons = [...new Set(unknown.map(({ why }) => why))];
  const head =
    count > 0 && unknown.length === count
      ? `Whether any of ${count} ${of} is affected cannot be told:`
      : `${hit} of ${count} ${of} affected, each judged as it was and as it is (read at ${takenAt.slice(0, 10)} ${takenAt.slice(11, 19)} UTC):`;
  const lines = [
    head,
    ...(open.length > 0 ? [`  opens to the world: ${namesOf(open)}`] : []),
    ...flipLines(affected),
    ...(notAffected > 0 ? [`  not affected: ${notAffected}`] : []),
    ...reasons.map((why) => {
      const refs = unknown.filter((one) => one.why === why).map(({ ref }) => ref);
      return `  cannot be told of ${refs.length} (${namesOf(refs)}): ${printable(why)}`;
    }),
    ...(incomplete.length > 0
      ? [`  the list of ${of} was not complete in ${incomplete.join(', ')}: there may be more`]
      : []),
    ...(opensIfTakenBack.length > 0
      ? [`  if it is taken back as it was, everyone gets in to: ${namesOf(opensIfTakenBack)}`]
      : []),
  ];
  return lines.map((line) => {
    const depth = /^ */.exec(line)?.[0].length ?? 0;
    return hanging(`${' '.repeat(indent)}${line}`, indent + depth + 2, width);
  });
}

/** By the way that they flip: what is known first, then what may not be there, then what is not known. */
function flipLines(affected: readonly AffectedGroup[]): readonly string[] {
  const ways = new Map<string, Map<string, ResourceRef[]>>();
  for (const { flips, resources } of affected) {
    for (const flip of flips) {
      const titles = ways.get(wayOf(flip)) ?? new Map<string, ResourceRef[]>();
      titles.set(flip.title, [...(titles.get(flip.title) ?? []), ...resources]);
      ways.set(wayOf(flip), titles);
    }
  }
  const last = (way: string): number => (way === PERHAPS ? 2 : way.endsWith(IF_ANY) ? 1 : 0);
  return [...ways]
    .sort(([a], [b]) => last(a) - last(b))
    .flatMap(([way, titles]) => [`  ${way}`, ...titleLines(titles).map((line) => `    ${line}`)]);
}

/** Operations that flip on the same resources stand in one line, those on the most of them first. */
function titleLines(titles: ReadonlyMap<string, readonly ResourceRef[]>): readonly string[] {
  const groups = new Map<string, { titles: string[]; refs: readonly ResourceRef[] }>();
  for (const [title, refs] of titles) {
    const key = refs.map(printRef).sort().join('\n');
    const group = groups.get(key);
    if (group) group.titles.push(title);
    else groups.set(key, { titles: [title], refs });
  }
  return [...groups.values()]
    .sort((a, b) => b.refs.length - a.refs.length)
    .map(({ titles: alike, refs }) => `${alike.map(printable).join('; ')}: on ${refs.length} (${namesOf(refs)})`);
}

const PERHAPS = 'perhaps';
const IF_ANY = ', where there is any';

/** How an operation flips, in a few words: `allowed → 403 AccessDenied`. */
export function wayOf({ before, after, isHere }: Flip): string {
  if (before.outcome === 'unknown' || after.outcome === 'unknown') return PERHAPS;
  return `${outcomeWord(before)} → ${outcomeWord(after)}${isHere === 'unknown' ? IF_ANY : ''}`;
}

/** An outcome in a word or two. */
function outcomeWord(outcome: BriefOutcome): string {
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
