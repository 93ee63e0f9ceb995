import pc from 'picocolors';
import { printRef, printSelection } from '#core/reference.ts';
import type { FailureGroup, Impact } from '#core/symptom/impact.ts';
import type { FindingImpactDocument, ImpactQuery } from '#core/symptom/impact-document.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { clock } from './clock.ts';
import { plural, type Colours } from './page.ts';
import { printable, shellWord } from './printable.ts';
import { blindLines, spanText, type SymptomSettings } from './symptom.ts';
import { evidenceLines } from './verdict-lines.ts';
import { hanging } from './wrapping.ts';

/** Groups, and names in one, before the rest is counted; `--json` has them all. */
const MOST_GROUPS = 20;
const MOST_NAMED = 5;

/** What a finding broke, as logs have it; what else fails and why; and what was counted, so that it can be counted again. */
export function renderImpact(document: FindingImpactDocument, { colour, width }: SymptomSettings): string {
  const colours = pc.createColors(colour);
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0
      ? ''
      : [
          colours.bold(title),
          ...lines.map((line) => hanging(line, (/^ */.exec(line)?.[0].length ?? 0) + 2, width)),
        ].join('\n');
  const { impact, query, blind, lookedAt } = document;
  const sections = [
    headline(document, colours),
    section('What changed', changeLines(document)),
    ...(impact === undefined
      ? []
      : [
          section('What fails by it', groupsLines(impact.failures, document)),
          section('What fails since then too, and is not its doing', groupsLines(impact.others, document)),
        ]),
    section('The query', [
      ...(query === undefined ? [] : queryLines(query, document)),
      ...evidenceLines({ ...lookedAt.evidence, ...(lookedAt.evidence.looked ? { problems: [] } : {}) }).map(
        (line) => `  ${line}`,
      ),
    ]),
    section('Not looked at, or not to the end', blindLines(blind)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function headline(document: FindingImpactDocument, colours: Colours): string {
  const { finding, impact } = document;
  const name = `${finding.id}  ${finding.severity}  ${finding.status} since ${clock(finding.openedAt)}`;
  return [colours.bold(verdictText(document, colours)), ...impactLines(impact), `  ${printable(name)}`].join('\n');
}

function verdictText({ impact, exitCode }: FindingImpactDocument, colours: Colours): string {
  if (impact === undefined) return colours.yellow('What it broke is not known: no logs were looked at.');
  if (impact.count === 0 && exitCode === 2)
    return colours.yellow('No failure in the logs is explained by it, and they do not tell that there was none.');
  if (impact.count === 0) return 'No failure in the logs is explained by it.';
  return colours.red(`${plural(impact.count, 'request')} refused by it.`);
}

function impactLines(impact: Impact | undefined): readonly string[] {
  if (impact?.firstAt === undefined || impact.lastAt === undefined) return [];
  const { since, madeBy, firstAt, lastAt, failures, logged } = impact;
  const before = failures.reduce((sum, group) => sum + group.failuresBefore, 0);
  const loggedMs = logged === undefined ? 0 : Date.parse(since) - Date.parse(logged.from);
  const rate =
    loggedMs <= 0
      ? 'the logs do not go back before the change'
      : `${before} in the ${spanText(loggedMs)} of logs before the change`;
  const after = spanText(Date.parse(firstAt) - Date.parse(since));
  const when = madeBy === undefined ? `${after} after the change` : 'and when the change was made is not known';
  return [`  The first at ${clock(firstAt)}, ${when}; the last in the logs at ${clock(lastAt)}; ${rate}`];
}

function changeLines({ changes, drifts, consequences }: FindingImpactDocument): readonly string[] {
  const effects = drifts.flatMap(({ changes: own }) => own.flatMap((change) => change.effects ?? []));
  const affected = consequences.flatMap((one) => one.affected.flatMap(({ resources }) => resources.map(printRef)));
  return [
    ...changes.map((change) => `  ${changeText(change)}`),
    ...[...new Set(effects)].map((says) => `    - ${printable(says)}`),
    ...(affected.length === 0 ? [] : [`    - On ${namesText(affected)} something flips`]),
  ];
}

function changeText({ ref, path, says, at, madeSince, call, who }: WatchedChange): string {
  const by = call === undefined ? 'nobody is known who made it' : `${call} by ${who ?? 'somebody who is not known'}`;
  const when = madeSince !== undefined && call === undefined ? `first read at ${clock(at)}` : clock(at);
  return printable(`${printSelection({ ref, path })}: ${says} (${when}, ${by})`);
}

function namesText(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMED).map(printable);
  return `${shown.join(', ')}${names.length > shown.length ? ` and ${names.length - shown.length} more` : ''}`;
}

function groupsLines(groups: readonly FailureGroup[], document: FindingImpactDocument): readonly string[] {
  const lines = groups.slice(0, MOST_GROUPS).flatMap((group) => groupLines(group, document));
  const more = groups.length - MOST_GROUPS;
  return more > 0 ? [...lines, `  … and ${plural(more, 'more group')} (--json has them all)`] : lines;
}

function groupLines(group: FailureGroup, document: FindingImpactDocument): readonly string[] {
  const { bucket, caller, account, application, owner, operation, error, says, failures, firstAt, lastAt } = group;
  const { failuresBefore, loggedBeforeMs, workedBefore, workedAgainAt, addresses } = group;
  const whose = [
    application,
    account === document.account ? undefined : account && `account ${account}`,
    owner && `owner ${owner}`,
  ];
  const about = whose.filter((one) => one !== undefined && one !== '').join(', ');
  const logged = loggedBeforeMs > 0 ? ` in the ${spanText(loggedBeforeMs)} of logs before` : ', and no logs of before';
  return [
    `  ${failures}  ${printable(bucket)}  ${printable(caller)}${about === '' ? '' : ` (${printable(about)})`}  ${printable(operation)}  ${printable(error)}`,
    ...(says === undefined ? [] : [`    ${printable(says)}`]),
    `    from ${clock(firstAt)} to ${clock(lastAt)}; ${plural(failuresBefore, 'such failure')} and ${workedBefore} that worked${logged}`,
    ...(workedAgainAt === undefined ? [] : [`    works again since ${clock(workedAgainAt)}`]),
    ...(addresses.length === 0 ? [] : [`    from ${namesText(addresses)}`]),
    ...explainedLines(group, document),
  ];
}

/** Of what is the finding's own, that the error proves it; of the rest, what explains it. */
function explainedLines(
  { explainedBy, isProven, isOfUnknown }: FailureGroup,
  { changes, otherChanges }: FindingImpactDocument,
): readonly string[] {
  const [first] = explainedBy;
  if (isOfUnknown === true) return ['    nothing is known of this bucket: whether a change refuses it is not either'];
  if (first === undefined) return ['    explained by no watched change'];
  if (changes.some(({ id }) => id === first))
    return isProven ? ["    the error's own text names what it turned on"] : [];
  const other = otherChanges.find(({ id }) => id === first);
  return other === undefined ? [] : [`    explained by ${changeText(other)}`];
}

function storeText(lookedAt: FindingImpactDocument['lookedAt']): string {
  return lookedAt.in === 'store' ? ` --store ${shellWord(lookedAt.place)}` : '';
}

function queryLines(query: ImpactQuery, { finding, lookedAt }: FindingImpactDocument): readonly string[] {
  const { place, files, errors, since, groupedBy, explainedBy, among } = query;
  return [
    `  Read: ${plural(files, 'file')} of logs in ${printable(place)}`,
    `  Counted: requests from ${clock(since)} on whose error is ${errors.join(', ')}, or begins with AccessDenied`,
    `  Grouped by ${groupedBy.join(', ')}; failures and successes of the same before that time beside them`,
    `  Its own: groups that ${explainedBy.join(' or ')} explains best of the ${plural(among, 'change')} from ${clock(lookedAt.from)} to ${clock(lookedAt.to)}`,
    `  Again: plumbline blast-radius --finding ${shellWord(finding.id)} --evidence ${shellWord(place)}${storeText(lookedAt)}`,
  ];
}
