import pc from 'picocolors';
import { howText } from '#core/how.ts';
import { printRef } from '#core/reference.ts';
import type { About, TimelineEntry } from '#core/timeline.ts';
import { clock } from './clock.ts';
import { plural } from './page.ts';
import { printable } from './printable.ts';

/** What is said of a timeline beside its entries. */
export interface TimelineCounts {
  readonly files: number;
  readonly records: number;
  readonly duplicates: number;
  readonly problems: readonly { readonly file: string; readonly says: string }[];
}

/** Who changed what, when and how, for a terminal or a pipe: what was changed first, what failed apart, and what could not be read. */
export function renderTimeline(
  entries: readonly TimelineEntry[],
  { files, records, duplicates, problems, colour }: TimelineCounts & { readonly colour: boolean },
): string {
  const colours = pc.createColors(colour);
  const line = (entry: TimelineEntry): string => {
    const { at, call, error } = entry;
    const failed = error === undefined ? '' : colours.yellow(` failed: ${printable(error.code)}`);
    return [
      `${colours.dim(clock(at))}  ${colours.bold(printable(call))}  ${aboutText(entry)}${failed}`,
      `    ${printable(entry.whoText)}`,
      `    by ${printable(howText(entry.how))}${entry.how.certainty === 'recorded' ? '' : colours.dim(' (as the client says, which can be forged)')}`,
    ].join('\n');
  };
  const changed = entries.filter(({ error }) => error === undefined);
  const failed = entries.filter(({ error }) => error !== undefined);
  const sections = [
    changed.map(line).join('\n'),
    failed.length === 0 ? '' : [colours.bold('Attempts that failed: nothing changed'), ...failed.map(line)].join('\n'),
    problems.length === 0
      ? ''
      : [
          colours.bold('Not read, or not all of it'),
          ...problems.map(({ file, says }) => `  ${printable(file)}: ${printable(says)}`),
        ].join('\n'),
    `${plural(changed.length, 'change')}, ${plural(failed.length, 'failed attempt')}, in ${plural(records, 'record')} of ${plural(files, 'file')}${duplicates === 0 ? '' : ` (${plural(duplicates, 'record')} read already)`}.`,
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
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
