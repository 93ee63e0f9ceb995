import pc from 'picocolors';
import { EXISTS } from '#core/declaration.ts';
import type { Drift, Finding, Severity } from '#core/change.ts';
import type { Blind } from '#core/drift.ts';
import { printRef, printSelection } from '#core/reference.ts';
import type { Report } from '#core/report.ts';
import { actionItemsText, next, summary } from './closing.ts';
import { axesText, consequenceLines, disagreementLines, effectLines } from './effect-lines.ts';
import { plural, type Page } from './page.ts';
import { clock } from './clock.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';
import { holdsLines, linesOf, type ValueLine } from './value-lines.ts';

export interface TerminalSettings extends Pick<Page, 'kinds' | 'width' | 'role'> {
  readonly colour: boolean;
  /** `snapshots`: two files are compared, and there is nothing to accept. `unkept`: a scan that cannot be accepted. */
  readonly of?: 'scan' | 'unkept' | 'snapshots';
}

/** Lines shown of a list that is no finding before the rest is counted. */
const MOST_LISTED = 10;

/** The report as a person reads it: what drifted, what could not be read, what is not accepted, one summary, one next step. */
export function renderTerminal(report: Report, settings: TerminalSettings): string {
  const colours = pc.createColors(settings.colour);
  return accountText(report, { ...settings, actionItems: actionItemsText(report.actionItems, colours) });
}

/** The same with these action items in their place: those of several accounts stand below all of them. */
export function accountText(
  report: Report,
  { actionItems, of = 'scan', colour, ...more }: TerminalSettings & { readonly actionItems: string },
): string {
  const page: Page = { ...more, report, colours: pc.createColors(colour) };
  const sections = [
    [header(page)],
    [report.baseline === null ? whatIsThere(page) : ''],
    report.findings.map((finding) => findingText(finding, page)),
    [blindText(page)],
    [notAcceptedText(page)],
    [asideText(page)],
    [actionItems],
    [summary(page)],
    [of === 'scan' ? next(page) : ''],
  ];
  return `${sections
    .flat()
    .filter((text) => text !== '')
    .join('\n\n')}\n`;
}

function header({ report, colours }: Page): string {
  const { account, scan, baseline, counts } = report;
  const kinds = Object.entries(counts.resources).map(([kind, count]) => `${count} ${kind}`);
  const lines = [
    `${colours.bold(`Account ${account}`)}, ${plural(scan.regions.length, 'region')}: read ${kinds.join(', ')} at ${clock(scan.finishedAt)}`,
    baseline === null
      ? colours.yellow('Nothing is accepted in this account yet, so there is nothing to compare with.')
      : baseline.generation === 0
        ? `Compared with ${printable(baseline.by)}, ${printable(baseline.reason)}, taken at ${clock(baseline.at)}`
        : `Compared with what ${printable(baseline.by)} accepted at ${clock(baseline.at)} (generation ${baseline.generation}: ${shortened(printable(baseline.reason))}${baseline.ticket === undefined ? '' : `, ${printable(baseline.ticket)}`})`,
  ];
  return lines.join('\n');
}

/** What was read, in figures: a first look before anything is accepted. */
function whatIsThere({ report, kinds }: Page): string {
  const lines = Object.entries(report.counts.readings).flatMap(([kind, paths]) => {
    const count = report.counts.resources[kind] ?? 0;
    if (count === 0) return [];
    const said = Object.entries(paths).map(([path, { present, skipped, unreadable }]) => {
      const title = kinds.get(kind)?.declaration.paths[path]?.title ?? path;
      const more = [
        ...(skipped > 0 ? [`${skipped} not read, since it cannot matter`] : []),
        ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
      ];
      return `      ${title}: set on ${present} of ${count}${more.length > 0 ? ` (${more.join('; ')})` : ''}`;
    });
    return [`  ${kind}`, ...said];
  });
  return lines.length === 0 ? '' : ['What is there:', ...lines].join('\n');
}

function findingText(finding: Finding, page: Page): string {
  const [first, ...others] = finding.drifts;
  const title =
    others.length > 0 && first
      ? [`  ${page.colours.bold(groupTitle(finding, page))} ${page.colours.dim(finding.id)}`]
      : [];
  // What happens alike to each of many is said once, below them.
  const told = finding.drifts.map(effectLines);
  const isAlike = others.length > 0 && told.every((lines) => lines.join('\n') === told[0]?.join('\n'));
  const drifts = finding.drifts.map((drift) =>
    [driftText(drift, finding, page), ...(isAlike ? [] : sentences(effectLines(drift), page))].join('\n'),
  );
  const alike = isAlike ? sentences(told[0] ?? [], page) : [];
  const consequences = finding.consequences.flatMap((one) => consequenceLines(one, { indent: 6, width: page.width }));
  return [...title, ...drifts, ...alike, ...consequences, whyText(finding, page)]
    .filter((text) => text !== '')
    .join('\n');
}

function sentences(lines: readonly string[], { colours, width }: Page): readonly string[] {
  return lines.map((line) => colours.bold(hanging(`      ${line}`, 8, width)));
}

function groupTitle({ drifts, groupedBy }: Finding, { kinds }: Page): string {
  const kind = kinds.get(drifts[0]?.ref.kind ?? '')?.declaration.title ?? 'resource';
  switch (groupedBy) {
    case 'above':
      return `What sets it from above moved, and ${drifts.length - 1} below it with no event of their own:`;
    case 'event':
      return `One event changed ${drifts.length} resources:`;
    case 'session':
      return `One session changed ${drifts.length} resources:`;
    case 'sweep':
      return `The same settings changed on ${drifts.length} × ${kind}:`;
    case 'many':
    case 'alone':
      return `${drifts.length} changes:`;
  }
}

function driftText(drift: Drift, { severity, id, drifts }: Finding, { colours, kinds, report }: Page): string {
  const declaration = kinds.get(drift.ref.kind)?.declaration;
  const key = printRef(drift.ref);
  const existence = drift.changes.find((change) => change.path === EXISTS);
  const sign = existence === undefined ? '~' : existence.after.status === 'present' ? '+' : '-';
  const verb = existence === undefined ? 'changed' : sign === '+' ? 'created' : 'deleted';
  const owner = report.owners[key];
  const head = [
    paint(colours, sign, `${sign} ${printable(key)}`),
    paint(colours, sign, verb),
    tint(colours, severity, severity),
    axesText(drift),
    ...(owner === undefined ? [] : [`owner ${printable(owner)}`]),
    ...(drifts.length === 1 ? [colours.dim(id)] : []),
  ].join('  ');
  const lines =
    declaration === undefined
      ? []
      : [...drift.changes.flatMap((change) => linesOf(declaration, change)), ...holdsLines(declaration, drift)];
  return [`  ${head}`, ...lines.map((line) => valueLine(line, colours))].join('\n');
}

function valueLine({ sign, indent, text }: ValueLine, colours: Page['colours']): string {
  return `  ${'    '.repeat(indent + 1)}${paint(colours, sign, `${sign} ${text}`)}`;
}

/** The action items behind a finding's checks; what they are stands once, below. */
function whyText({ drifts }: Finding, { report, colours }: Page): string {
  const ids = new Set(drifts.flatMap((drift) => drift.changes.map((change) => change.check)));
  const wanted = new Set(report.checks.filter((check) => ids.has(check.id)).flatMap((check) => check.actionItems));
  return wanted.size === 0 ? '' : colours.dim(`      watched for ${[...wanted].sort().join(', ')}`);
}

function blindText({ report, colours }: Page): string {
  if (report.unreadable.length === 0) return '';
  const lines = report.unreadable.map((blind) => {
    const text = blind.text === undefined ? '' : `\n      ${shortened(printable(blind.text))}`;
    return `  ! ${blindName(blind)}: ${printable(blind.code)} (${printable(blind.says)})${text}`;
  });
  const kept =
    report.baseline === null || report.baseline.generation === 0 ? '' : '; what was accepted of it stays accepted';
  return [colours.yellow(`Could not be read (${report.unreadable.length})${kept}:`), ...capped(lines)].join('\n');
}

/** Characters shown of a text that a stranger wrote, or a person at length; the whole is in `--json`. */
const MOST_CHARACTERS = 300;

function shortened(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} … (${text.length} characters)` : text;
}

function blindName({ ref, path }: Blind): string {
  if (ref === undefined) return 'a listing';
  return printable(printSelection({ ref, path }));
}

function notAcceptedText({ report }: Page): string {
  if (report.baseline === null) return '';
  const resources = report.resourcesNotYetAccepted.map((ref) => `  ? ${printable(printRef(ref))}`);
  const paths = report.pathsNotYetAccepted.map(({ ref, path }) => `  ? ${printable(printSelection({ ref, path }))}`);
  return [
    ...(resources.length > 0
      ? [
          `Not yet accepted, so not compared: ${plural(resources.length, 'resource')} of kinds or regions that the baseline does not cover:`,
          ...capped(resources),
        ]
      : []),
    ...(paths.length > 0
      ? [
          `Not yet accepted, so not compared: ${plural(paths.length, 'setting')} of which nothing was accepted:`,
          ...capped(paths),
        ]
      : []),
  ].join('\n');
}

function asideText({ report }: Page): string {
  const because = [...new Set(report.notCompared.map((entry) => entry.because))];
  return [
    ...because.map((reason) => {
      const about = report.notCompared.filter((entry) => entry.because === reason);
      const names = about.slice(0, 3).map(({ ref, path }) => `${printable(ref.id)}#${path}`);
      return `Not compared: ${plural(about.length, 'reading')} (${names.join(', ')}${about.length > names.length ? ', …' : ''}), because ${printable(reason)}`;
    }),
    ...(report.notLookedAt.length > 0
      ? [`Not looked at: ${plural(report.notLookedAt.length, 'accepted resource')} in regions that this scan left out`]
      : []),
    ...report.caveats.map(
      ({ about, code, says }) => `Caveat: ${printable(about)}: ${printable(says)} (${printable(code)})`,
    ),
    ...disagreementLines(report.disagreements),
  ].join('\n');
}

function capped(lines: readonly string[]): readonly string[] {
  const more = lines.length - MOST_LISTED;
  return more > 0 ? [...lines.slice(0, MOST_LISTED), `  … and ${more} more (--json has them all)`] : lines;
}

function paint(colours: Page['colours'], sign: ValueLine['sign'], text: string): string {
  switch (sign) {
    case '+':
      return colours.green(text);
    case '-':
      return colours.red(text);
    case '~':
      return colours.yellow(text);
    case ' ':
      return text;
  }
}

function tint(colours: Page['colours'], severity: Severity, text: string): string {
  return severity === 'critical' || severity === 'high'
    ? colours.red(text)
    : severity === 'medium'
      ? colours.yellow(text)
      : colours.dim(text);
}
