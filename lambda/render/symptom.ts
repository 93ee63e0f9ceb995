import pc from 'picocolors';
import type { Onset, RuledOut, SymptomCause } from '#core/symptom/answer.ts';
import { earliestOf, type WatchedChange } from '#core/symptom/watched-change.ts';
import { printSelection, type ResourceRef } from '#core/reference.ts';
import type { BlindSpot, LookedAt, RuledOutGroup, SymptomDocument } from '#core/symptom/document.ts';
import { durationOf } from './alert-words.ts';
import { clock } from './clock.ts';
import { plural, type Colours } from './page.ts';
import { printable } from './printable.ts';
import { evidenceLines } from './verdict-lines.ts';
import { hanging } from './wrapping.ts';

export interface SymptomSettings {
  readonly colour: boolean;
  readonly width?: number | undefined;
}

/** Names under one sentence, and blind spots, before the rest is counted; `--json` has them all. */
const MOST_NAMED = 6;
const MOST_BLIND = 12;

const TITLES: Readonly<Record<RuledOut, string>> = {
  failed: 'Attempts that failed',
  'other-account': 'In another account',
  'after-the-symptom': 'Made after the failure',
  'other-bucket': 'On another bucket',
  'other-region': 'In another region',
  'not-on-the-path': 'Not on the way of what failed',
  'taken-back': 'Taken back before the failure',
  'no-effect': 'Without effect there',
  opens: 'Only let more in',
  'cannot-refuse': 'Refuse something else',
  'began-before': 'The failures are older',
  'worked-since': 'Such requests worked since',
};

/** What explains a failure, what does not and why, what was looked at, and the way back. */
export function renderSymptom(document: SymptomDocument, { colour, width }: SymptomSettings): string {
  const colours = pc.createColors(colour);
  const hung = (lines: readonly string[]): readonly string[] =>
    lines.map((line) => hanging(line, (/^ */.exec(line)?.[0].length ?? 0) + 2, width));
  const section = (title: string, lines: readonly string[]): string =>
    lines.length === 0 ? '' : [colours.bold(title), ...hung(lines)].join('\n');
  const { causes, ruledOut, lookedAt, blind, wayBack, opensIfTakenBack = [], notMisledBy } = document;
  const out = ruledOut.reduce((sum, { changes }) => sum + changes.length, 0);
  const sections = [
    headline(document, colours),
    ...causes.map((cause, place) => hung(causeLines(cause, { place, document, colours })).join('\n')),
    section(`Ruled out: ${out} of ${plural(lookedAt.changes, 'change')}`, ruledOut.flatMap(groupLines)),
    section('Looked at', lookedAtLines(document)),
    section('Not looked at, or not to the end', blindLines(blind)),
    section('The way back of the first (Plumbline changes nothing itself)', [
      ...(wayBack?.commands ?? []).map((command) => `  ${printable(command)}`),
      ...(wayBack?.note === undefined ? [] : [`  ${printable(wayBack.note)}`]),
      ...(opensIfTakenBack.length === 0 ? [] : [`  It lets everyone in again to: ${refsText(opensIfTakenBack)}`]),
    ]),
    section(
      'Do not be misled',
      notMisledBy.map((says) => `  ${printable(says)}`),
    ),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function headline({ says, verdict, symptom, exitCode }: SymptomDocument, colours: Colours): string {
  const tint = verdict === 'none' ? colours.yellow : colours.red;
  const doubt = exitCode === 2 ? ', as far as could be looked at' : '';
  return `${colours.bold(tint(`${says}${doubt}.`))}\n  ${printable(symptom.text)}, seen at ${clock(symptom.at)}`;
}

interface CausePage {
  readonly place: number;
  readonly document: SymptomDocument;
  readonly colours: Colours;
}

function causeLines({ change, fit, reasons, onset }: SymptomCause, page: CausePage): readonly string[] {
  const { place, document, colours } = page;
  const word = fit === 'explains' ? 'explains it' : 'may explain it';
  return [
    `${colours.bold(`${place + 1}. ${changeText(change)}`)} (${word})`,
    `     ${whoText(change)}`,
    `     ${beforeText(change, document.symptom.at)}`,
    ...reasons.map((reason) => `     - ${printable(reason)}`),
    ...(onset === undefined ? [] : onsetLines(onset, change).map((line) => `     ${line}`)),
  ];
}

function changeText({ ref, path, says }: Pick<WatchedChange, 'ref' | 'path' | 'says'>): string {
  return `${printable(printSelection({ ref, path: path === '' ? undefined : path }))}: ${printable(says)}`;
}

function whoText({ call, who, at, madeSince }: WatchedChange): string {
  if (call !== undefined) {
    const between = madeSince === undefined ? clock(at) : `${clock(madeSince)} or ${clock(at)}`;
    return printable(`${call} at ${between}, by ${who ?? 'somebody who is not known'}`);
  }
  return madeSince === undefined || Date.parse(madeSince) === 0
    ? `first read at ${clock(at)}; nobody is known who made it, nor when`
    : `first read at ${clock(at)}, last read otherwise at ${clock(madeSince)}; nobody is known who made it`;
}

function beforeText(change: WatchedChange, seenAt: string): string {
  const earliest = earliestOf(change);
  if (Date.parse(earliest) === 0) return 'how long before the failure is not known';
  const most = earliest === change.at ? '' : 'at most ';
  return `${most}${durationOf(earliest, seenAt)} before the failure`;
}

function onsetLines(onset: Onset, change: WatchedChange): readonly string[] {
  const { firstAt, lastAt, failures, failuresBefore, loggedBeforeMs } = onset;
  const earliest = earliestOf(change);
  const after = `${earliest === change.at ? '' : 'at most '}${spanText(Date.parse(firstAt) - Date.parse(earliest))} after it`;
  const logged =
    loggedBeforeMs === 0 ? 'the logs do not go back before it' : `in the ${spanText(loggedBeforeMs)} of logs before it`;
  return [
    `first such failure at ${clock(firstAt)}, ${after}; the last in the logs at ${clock(lastAt)}`,
    `${plural(failures, 'failure')} since; ${loggedBeforeMs === 0 ? logged : `${failuresBefore} ${logged}`}`,
  ];
}

/** `3 min 12 s`: of an onset, seconds count. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600)
    return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return durationOf(new Date(0).toISOString(), new Date(ms).toISOString());
}

/** Under each sentence the names of which it is true. */
function groupLines({ reason, changes }: RuledOutGroup): readonly string[] {
  const bySentence = new Map<string, string[]>();
  for (const { ref, path, says } of changes) {
    const name = printSelection({ ref: { ...ref }, path: path === '' ? undefined : path });
    bySentence.set(says, [...(bySentence.get(says) ?? []), name.slice(name.indexOf('/') + 1)]);
  }
  const lines = [...bySentence].flatMap(([says, names]) => [`    ${printable(says)}`, `      ${namesText(names)}`]);
  return [`  ${TITLES[reason]} (${changes.length})`, ...lines];
}

function namesText(names: readonly string[]): string {
  const all = [...new Set(names)];
  const shown = all.slice(0, MOST_NAMED).map((name) => {
    const count = names.filter((one) => one === name).length;
    return `${printable(name)}${count > 1 ? ` (${count} times)` : ''}`;
  });
  return `${shown.join(', ')}${all.length > MOST_NAMED ? ` and ${all.length - MOST_NAMED} more` : ''}`;
}

function refsText(refs: readonly ResourceRef[]): string {
  const names = refs.slice(0, MOST_NAMED).map(({ id }) => printable(id));
  return `${names.join(', ')}${refs.length > names.length ? ` and ${refs.length - names.length} more` : ''}`;
}

function lookedAtLines({ lookedAt, account }: SymptomDocument): readonly string[] {
  const { from, to, changes, evidence } = lookedAt;
  return [
    `  Account ${account} from ${clock(from)} to ${clock(to)}: ${plural(changes, 'change')}, ${placeText(lookedAt)}`,
    ...(evidence.looked ? evidenceLines({ ...evidence, problems: [] }).map((line) => `  ${line}`) : []),
  ];
}

function placeText(lookedAt: LookedAt): string {
  switch (lookedAt.in) {
    case 'store': {
      const { records, place, snapshotAt } = lookedAt;
      const states = snapshotAt === undefined ? '' : `, over the snapshot of ${clock(snapshotAt)}`;
      return `from ${plural(records, 'record')} in ${printable(place)}${states}`;
    }
    case 'snapshots': {
      const { before, after, logFiles } = lookedAt;
      const logs = logFiles === undefined ? '' : ` and ${plural(logFiles, 'file')} of logs of a trail`;
      return `between the snapshots of ${clock(before)} and ${clock(after)}${logs}`;
    }
    case 'history': {
      const { records, regions, readAt } = lookedAt;
      return `from ${plural(records, 'event')} that CloudTrail remembers in ${plural(regions, 'region')}, over what was read at ${clock(readAt)}`;
    }
  }
}

/** What matters first. */
export function blindLines(blind: readonly BlindSpot[]): readonly string[] {
  const sorted = blind.toSorted((a, b) => Number(b.matters) - Number(a.matters));
  const shown = sorted
    .slice(0, MOST_BLIND)
    .map(({ where, says, matters }) => `  ${matters ? '!' : '-'} ${printable(where)}: ${printable(says)}`);
  const more = sorted.length - shown.length;
  return more > 0 ? [...shown, `  … and ${more} more (--json has them all)`] : shown;
}
