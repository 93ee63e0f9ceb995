import type { BlastRadius } from '#core/blast-radius.ts';
import type { EvidenceSummary } from '#core/evidence/summary.ts';
import type { FlipVerdict, SeenUse } from '#core/evidence/verdicts.ts';
import { printRef } from '#core/reference.ts';
import { clock } from './clock.ts';
import { plural, type Colours } from './page.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';

interface VerdictSettings {
  readonly colours: Colours;
  readonly width: number | undefined;
}

/** Callers named of an operation, and buckets of a group, before the rest is counted; `--json` has them all. */
const MOST_CALLERS = 6;
const MOST_NAMED = 8;
const MOST_PROBLEMS = 5;

/** What the logs say of each operation that would be refused or useless; nothing where no logs were looked at. */
export function verdictLines(
  report: Pick<BlastRadius, 'account' | 'verdicts' | 'owners' | 'evidence'>,
  { colours, width }: VerdictSettings,
): readonly string[] {
  const { verdicts, evidence } = report;
  if (!evidence.looked) return [];
  const sections = [
    {
      title: colours.red(colours.bold('Will break: such requests are made')),
      of: verdicts.filter(({ word }) => word === 'will-break'),
    },
    {
      title: colours.bold('Could break'),
      of: verdicts.filter(({ word }) => word === 'could-break'),
    },
    {
      title: colours.bold('Not known whether anybody uses it'),
      of: verdicts.filter(({ word, reason }) => word === 'unknown' && reason !== 'not-computed'),
    },
  ];
  return sections.flatMap(({ title, of }) =>
    of.length === 0
      ? []
      : [
          title,
          ...alikeOf(of)
            .flatMap((group) => linesOf(group, report))
            .map((line) => hung(line, width)),
        ],
  );
}

function hung(line: string, width: number | undefined): string {
  const depth = /^ */.exec(line)?.[0].length ?? 0;
  return hanging(`  ${line}`, depth + 4, width);
}

/** Operations of which the same is told of the same resources stand in one line. */
function alikeOf(verdicts: readonly FlipVerdict[]): readonly (readonly [FlipVerdict, ...FlipVerdict[]])[] {
  const groups = new Map<string, [FlipVerdict, ...FlipVerdict[]]>();
  for (const one of verdicts) {
    const { refs, reason, why, isLater, uses, logged } = one;
    const key = JSON.stringify([refs.map(printRef), reason, why, isLater, logged, uses]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  return [...groups.values()];
}

function linesOf(
  alike: readonly [FlipVerdict, ...FlipVerdict[]],
  { owners, account }: Pick<BlastRadius, 'owners' | 'account'>,
): readonly string[] {
  const [verdict] = alike;
  const { isLater, uses } = verdict;
  const titles = alike.map(({ title }) => title).join('; ');
  const later = isLater ? ', at the next deployment that does it' : '';
  const callers = uses.slice(0, MOST_CALLERS).map((use) => `  ${callerLine(use, account)}`);
  const more = uses.length - callers.length;
  return [
    `${printable(titles)}${later}, on ${resourcesText(verdict, owners)}${reasonText(verdict)}`,
    ...callers,
    ...(more > 0 ? [`  and ${plural(more, 'more caller')} (--json has them all)`] : []),
  ];
}

function resourcesText({ refs }: FlipVerdict, owners: BlastRadius['owners']): string {
  const names = refs.slice(0, MOST_NAMED).map((ref) => {
    const owner = owners[printRef(ref)];
    return `${printable(ref.id)}${owner === undefined ? '' : ` (${printable(owner)})`}`;
  });
  const more = refs.length - names.length;
  return `${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function reasonText({ reason, refs, logged, why }: FlipVerdict): string {
  switch (reason) {
    case 'seen':
      return ':';
    case 'perhaps-seen':
      return why === undefined ? ': requests that may be such ones' : `: perhaps seen, ${printable(why)}`;
    case 'not-seen':
      return `: not seen in ${loggedText(logged, refs.length)}`;
    case 'no-logs':
      return ': nothing of it in these logs';
    case 'not-logged':
      return ': the logs of it have no requests of that sort';
    case 'not-looked':
    case 'not-computed':
      return '';
  }
}

function loggedText(logged: FlipVerdict['logged'], count: number): string {
  if (logged === undefined) return 'the logs';
  return `${count === 1 ? 'its' : 'their'} logs from ${clock(logged.from)} to ${clock(logged.to)}`;
}

/** Who, how often, until when and from where; the account that it is about needs no name: `scheduler-api (team exports), role scheduler-api: PutObject 412 times, last 2025-10-27 23:59:58 UTC, from 10.0.3.4`. */
export function callerLine(use: SeenUse, ownAccount?: string): string {
  const { application, owner, caller, account, operation, count, lastAt, addresses, hasMoreAddresses } = use;
  const named =
    application === undefined ? caller : `${application}${owner === undefined ? '' : ` (${owner})`}, ${caller}`;
  const from = addresses.length === 0 ? '' : `, from ${addresses.join(', ')}${hasMoreAddresses ? ' and others' : ''}`;
  const of = account === undefined || account === ownAccount ? '' : ` of account ${account}`;
  return printable(
    `${named}${of}: ${operation} ${count === 1 ? 'once' : `${count} times`}, last ${clock(lastAt)}${from}`,
  );
}

/** What logs were looked at, and how whole they are. */
export function evidenceLines(evidence: EvidenceSummary): readonly string[] {
  if (!evidence.looked) return [evidence.says];
  const { files, requests, notKept, malformed, malformedAt, buckets, from, to, problems } = evidence;
  const period = from === undefined || to === undefined ? '' : ` from ${clock(from)} to ${clock(to)}`;
  const shown = problems
    .slice(0, MOST_PROBLEMS)
    .map(({ where, says }) => `  ! ${printable(where)}: ${printable(says)}`);
  const more = problems.length - shown.length;
  return [
    `Evidence: ${plural(requests, 'request')} to ${plural(buckets, 'bucket')} in ${plural(files, 'log file')}${period}${malformed > 0 ? `; ${plural(malformed, 'malformed line')} left out` : ''}.`,
    ...(notKept !== undefined
      ? [`  ! Of ${plural(notKept, 'request')} only the count is kept, since there are too many different ones.`]
      : []),
    ...malformedAt.map(({ where, line, says }) => `  ! ${printable(where)}, line ${line}: ${printable(says)}`),
    ...shown,
    ...(more > 0 ? [`  … and ${more} more (--json has them all)`] : []),
    evidence.says,
  ];
}

/** Gentler ways to what is wanted. */
export function waysLines({ ways }: Pick<BlastRadius, 'ways'>, width: number | undefined): readonly string[] {
  return ways.length === 0
    ? []
    : ['Gentler ways, of which Plumbline goes none:', ...ways.map((way) => hanging(`  - ${way}`, 4, width))];
}

/** Distributions that are refused with what is shut: their viewers know neither the bucket nor the account. */
export function distributionLines(
  { distributions }: Pick<BlastRadius, 'distributions'>,
  width: number | undefined,
): readonly string[] {
  if (distributions.length === 0) return [];
  const lines = distributions
    .slice(0, MOST_NAMED)
    .map(({ bucket, says }) => hanging(`  ${printable(bucket.id)}: ${printable(says)}`, 4, width));
  const more = distributions.length - lines.length;
  return [
    'CloudFront comes by a door that would be shut, or may be:',
    ...lines,
    ...(more > 0 ? [`  … and ${more} more (--json has them all)`] : []),
  ];
}
