import Table from 'cli-table3';
import pc from 'picocolors';
import type { BlastRadius } from '#core/blast-radius.ts';
import type { Unknown } from '#core/blast-unknown.ts';
import { gravestOf, type Change } from '#core/change.ts';
import { isSameJson } from '#core/json.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import type { Flip } from '#core/s3/access-change.ts';
import { clock } from './clock.ts';
import { distributionLines, evidenceLines, verdictLines, waysLines } from './verdict-lines.ts';
import { effectLines, wayOf } from './effect-lines.ts';
import { plural, type Colours } from './page.ts';
import { printable } from './printable.ts';
import { readingText } from './value-lines.ts';
import { hanging } from './wrapping.ts';

export interface BlastRadiusSettings {
  readonly colour: boolean;
  readonly width?: number | undefined;
}

/** Rows of the table, and names in one of them, before the rest is counted; `--json` has them all. */
const MOST_ROWS = 20;
const MOST_NAMED = 8;
/** Characters of a value that somebody proposes; a policy may have twenty thousand. */
const MOST_CHARACTERS = 120;

/** What would flip on which resource, on both axes and whose it is; what could not be computed; and what nobody looked at. */
export function renderBlastRadius(report: BlastRadius, { colour, width }: BlastRadiusSettings): string {
  const colours = pc.createColors(colour);
  const sections = [
    header(report, colours),
    refusedText(report, { colours, width }),
    effects(report, { colours, width }),
    table(rowsOf(report), report, colours),
    verdictLines(report, { colours, width }).join('\n'),
    distributionLines(report, width).join('\n'),
    unknownText(report.unknown, width),
    waysLines(report, width).join('\n'),
    summary(report, colours),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function header({ account, scan, proposed }: BlastRadius, colours: Colours): string {
  const lines = proposed.map(({ ref, setting, before, after }) => {
    const name = colours.yellow(`~ ${printable(printRef(ref))}#${printable(setting)}`);
    if (isSameJson({ ...before }, { ...after })) return `  ${name}: ${shortened(readingText(after))}, as it is already`;
    return `  ${name}: ${shortened(readingText(before))} → ${shortened(readingText(after))}`;
  });
  const wish = lines.length === 0 ? 'and nothing of what is watched would be set.' : 'if this were set:';
  return [
    `${colours.bold(`Account ${account}`)}, ${plural(scan.regions.length, 'region')}, as read at ${clock(scan.finishedAt)}, ${wish}`,
    ...lines,
  ].join('\n');
}

/** What AWS would not take: whoever reads on must know that it is no more than thought. */
function refusedText(
  { refused }: BlastRadius,
  { colours, width }: { colours: Colours; width: number | undefined },
): string {
  if (refused.length === 0) return '';
  const shown = refused.slice(0, MOST_NAMED).map(({ ref, setting, says }) => {
    const name = printable(`${printRef(ref).split('/').slice(1).join('/')}#${setting}`);
    return colours.yellow(hanging(`  ! ${name}: ${printable(says)}.`, 4, width));
  });
  const more = refused.length - shown.length;
  return [
    ...shown,
    ...(more > 0 ? [`  … and ${more} more (--json has them all)`] : []),
    '  What follows is computed as if it were set.',
  ].join('\n');
}

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} … (${text.length} characters)` : text;
}

function effects({ drifts }: BlastRadius, { colours, width }: { colours: Colours; width: number | undefined }): string {
  const lines = [...new Set(drifts.flatMap(effectLines))];
  return lines.map((line) => colours.bold(hanging(`  ${line}`, 4, width))).join('\n');
}

/** Resources on which the same flips, with what that does. */
interface Row {
  readonly refs: readonly ResourceRef[];
  readonly flips: readonly Flip[];
  readonly breakage: Change['breakage'];
  readonly exposure: Change['exposure'];
  readonly opensToWorld: boolean;
}

/** What is set itself, and what that reaches; the gravest first, as they come. */
function rowsOf({ drifts, consequences }: BlastRadius): readonly Row[] {
  const own = drifts.flatMap(({ ref, changes }): Row[] => {
    const flips = changes.flatMap((change) => change.flips ?? []);
    const opensToWorld = changes.some((change) => change.opensToWorld === true);
    return flips.length === 0 ? [] : [{ refs: [ref], flips, ...gravestOf(changes), opensToWorld }];
  });
  const below = consequences.flatMap(({ affected }) =>
    affected.map(({ resources, ...effect }): Row => ({ refs: resources, ...effect })),
  );
  return [...own, ...below];
}

function table(rows: readonly Row[], { owners }: BlastRadius, colours: Colours): string {
  if (rows.length === 0) return '';
  const shown = rows.slice(0, MOST_ROWS);
  const grid = new Table({
    head: ['resource', 'owner', 'breakage', 'exposure', 'what flips'],
    style: { head: [], border: [], compact: true },
  });
  for (const { refs, flips, breakage, exposure, opensToWorld } of shown) {
    const named = refs.slice(0, MOST_NAMED).map(printRef);
    const more = refs.length - named.length;
    grid.push([
      [
        ...named.map((key) => printable(key.split('/').slice(1).join('/'))),
        ...(more > 0 ? [`and ${more} more (--json has them all)`] : []),
      ].join('\n'),
      named.map((key) => printable(owners[key] ?? '')).join('\n'),
      breakage === 'breaks' ? colours.red(breakage) : breakage,
      opensToWorld ? colours.red('opens to the world') : exposure,
      flipsText(flips),
    ]);
  }
  const more = rows.length - shown.length;
  return `${grid.toString()}${more > 0 ? `\n  … and ${more} more ways (--json has them all)` : ''}`;
}

/** Each way that something flips on a line, with the operations that flip so below it. */
function flipsText(flips: readonly Flip[]): string {
  const ways = new Map<string, Set<string>>();
  for (const flip of flips) ways.set(wayOf(flip), (ways.get(wayOf(flip)) ?? new Set()).add(flip.title));
  return [...ways].flatMap(([way, titles]) => [way, ...[...titles].map((title) => `  ${printable(title)}`)]).join('\n');
}

function unknownText(unknown: readonly Unknown[], width: number | undefined): string {
  const reasons = [...new Set(unknown.map(({ why }) => why))];
  const lines = reasons.map((why) => {
    const names = unknown.flatMap((one) => (one.why === why && one.ref !== undefined ? [one.ref.id] : []));
    const shown = names.slice(0, MOST_NAMED).map(printable).join(', ');
    const more = names.length > MOST_NAMED ? ` and ${names.length - MOST_NAMED} more` : '';
    return hanging(`  ? ${names.length === 0 ? '' : `${shown}${more}: `}${printable(why)}`, 6, width);
  });
  return lines.length === 0 ? '' : ['Could not be computed:', ...lines].join('\n');
}

function summary(report: BlastRadius, colours: Colours): string {
  const { exitCode, counts, opensToWorld } = report;
  const verdict =
    exitCode === 1
      ? colours.red('This would break something.')
      : exitCode === 2
        ? colours.yellow('Cannot tell.')
        : colours.green('Nothing would be refused that is not now.');
  const figures = [
    `${plural(counts.affected, 'resource')} affected`,
    `${counts.broken} with something refused or useless`,
    ...(opensToWorld ? [colours.red(`${counts.opened} opened to the world`)] : []),
    ...(counts.notAffected > 0 ? [`${counts.notAffected} not affected`] : []),
    ...(counts.unknown > 0 ? [`${counts.unknown} not known`] : []),
  ];
  return `${colours.bold(verdict)} ${figures.join('; ')}.\n${evidenceLines(report.evidence).join('\n')}`;
}
