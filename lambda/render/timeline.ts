import pc from 'picocolors';
import { howText } from '#core/how.ts';
import { printRef } from '#core/reference.ts';
import type { About, TimelineEntry, TimelineProblem } from '#core/timeline.ts';
import { clock } from './clock.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';

/** Where a timeline was read from: the files of a log, the records of a service, or what CloudTrail itself remembers of a period. */
export type TimelineSource =
  | { readonly files: number }
  | { readonly store: string; readonly from: string; readonly to: string }
  | { readonly accounts: number; readonly regions: number; readonly from: string; readonly to: string };

/** What is said of a timeline beside its entries. */
export interface TimelineCounts {
  readonly source: TimelineSource;
  readonly records: number;
  readonly duplicates: number;
  readonly problems: readonly TimelineProblem[];
}

export interface TimelineStyle {
  readonly colour: boolean;
  /** What changed stands after it, and is counted there. */
  readonly isReconciled?: boolean;
}

/** Who changed what, when and how, for a terminal or a pipe: what was changed first, what failed apart, and what could not be read. */
export function renderTimeline(
  entries: readonly TimelineEntry[],
  { source, records, duplicates, problems, colour, isReconciled = false }: TimelineCounts & TimelineStyle,
): string {
  const colours = pc.createColors(colour);
  const line = (entry: TimelineEntry): string => {
    const { at, call, error } = entry;
    const failed = error === undefined ? '' : colours.yellow(` failed: ${printable(error.code)}`);
    return [
      `${colours.dim(clock(at))}  ${colours.bold(printable(call))}  ${aboutText(entry)}${failed}`,
      `    ${printable(entry.whoText)}`,
      ...(entry.chainText === undefined ? [] : [`    ${printable(entry.chainText)}`]),
      `    by ${printable(howText(entry.how))}${entry.how.certainty === 'recorded' ? '' : colours.dim(' (as the client says, which can be forged)')}`,
    ].join('\n');
  };
  const changed = entries.filter(({ error }) => error === undefined);
  const failed = entries.filter(({ error }) => error !== undefined);
  const sections = [
    changed.map(line).join('\n'),
    failed.length === 0 ? '' : [colours.bold('Attempts that failed: nothing changed'), ...failed.map(line)].join('\n'),
    problems.length === 0 ? '' : [colours.bold('Not read, or not all of it'), ...problemLines(problems)].join('\n'),
    `${plural(changed.length, isReconciled ? 'successful call' : 'change')}, ${plural(failed.length, 'failed attempt')}, in ${plural(records, 'record')} ${sourceText(source)}${duplicates === 0 ? '' : ` (${plural(duplicates, 'record')} read already)`}.`,
    'files' in source ? '' : colours.dim(LAG),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

/** Of what is wrong in the same way, so many are named; the JSON names all. */
const NAMED = 10;

function problemLines(problems: readonly TimelineProblem[]): readonly string[] {
  const alike = new Map<string, string[]>();
  for (const { where, says } of problems) {
    const places = alike.get(says) ?? [];
    places.push(where);
    alike.set(says, places);
  }
  return [...alike].flatMap(([says, places]) => [
    ...places.slice(0, NAMED).map((where) => `  ${printable(where)}: ${printable(says)}`),
    ...(places.length > NAMED ? [`  and ${places.length - NAMED} more: ${printable(says)} (--json names them)`] : []),
  ]);
}

/** CloudTrail takes minutes, and promises no number of them (aws-facts §4.5). */
const LAG = 'What was called in the last quarter of an hour may not be there yet.';

function sourceText(source: TimelineSource): string {
  if ('files' in source) return `of ${plural(source.files, 'file')}`;
  if ('store' in source) return `of ${printable(source.store)} around ${clock(source.from)} to ${clock(source.to)}`;
  const { accounts, regions, from, to } = source;
  const where = `${plural(regions, 'region')}${accounts === 1 ? '' : ` of ${plural(accounts, 'account')}`}`;
  return `of CloudTrail's own history of ${where}, from ${clock(from)} to ${clock(to)}`;
}

/** The resources, or what the event leaves open. */
export function aboutText({ about, region }: Pick<TimelineEntry, 'about' | 'region'>): string {
  return about.length === 0 ? `something in ${printable(region)}` : about.map(oneText).join(', ');
}

function oneText(about: About): string {
  if ('ref' in about) return printable(printRef(about.ref));
  const { account, region, kind } = about.anyOf;
  return printable(`some ${kind} in ${account}/${region}: the event does not say which`);
}
