import type { Alert, AlertMember } from '#core/alert.ts';
import { isPast, type AlertStatus } from '#core/finding-record.ts';
import { proofWord } from '#core/recovery-proof.ts';
import { printable } from './printable.ts';

/** SNS takes fewer than 100 characters for a subject, and older clients only ASCII (aws-facts §8). */
export const LONGEST_SUBJECT = 99;

/** Severity first, then what it does, then what moved, then where; ASCII without control characters. */
export function subjectOf(alert: Alert): string {
  const head = `${alert.severity.toUpperCase()} ${stateWord(alert)}: `;
  const tail = ` (${alert.account})`;
  const what = ascii(headlineOf(alert));
  const room = LONGEST_SUBJECT - head.length - tail.length;
  return `${head}${what.length > room ? `${what.slice(0, room - 3)}...` : what}${tail}`;
}

/** The one thing that whoever reads the first words must know. */
function stateWord(alert: Alert): string {
  const { status, breakage, exposure, members, against, brokenContracts, isExplainedNow } = alert;
  const opens = members.some(({ record }) => record.drift.changes.some((change) => change.opensToWorld === true));
  const effect = against === 'deployed' ? 'silences the watch' : effectWord({ breakage, exposure });
  const broken = brokenContracts.length > 0 ? ', contract broken' : '';
  switch (status) {
    case 'recovered':
    case 'proved':
      return recoveredWords(alert).short;
    case 'blind':
      return 'no longer visible';
    case 'opened':
    case 'changed':
    case 'still-open':
      return `${status === 'opened' ? '' : `${isExplainedNow === true ? 'who is known now' : statusWord(status)}, `}${opens ? 'opens to everyone' : effect}${broken}`;
  }
}

/** That a tool did what it was not meant to, in a sentence; it holds whatever the value is. */
export function brokenContractText({ tool, mayChange, actionItem }: Alert['brokenContracts'][number]): string {
  const what =
    mayChange.length === 0
      ? 'changes nothing: it only checks'
      : `may change ${mayChange.map(printable).join(', ')}, and nothing else`;
  return `Contract broken: the tool "${printable(tool)}" ${what}${actionItem === undefined ? '' : ` (${actionItem})`}.`;
}

/** What it does to people, in a word or two. */
export function effectWord({ breakage, exposure }: Pick<Alert, 'breakage' | 'exposure'>): string {
  switch (breakage) {
    case 'breaks':
      return 'breaks';
    case 'may-break':
      return 'may break';
    case 'restores':
    case 'none':
    case 'unknown':
      return exposure === 'widened' ? 'exposes' : breakage === 'unknown' ? 'effect unknown' : 'breaks nothing';
  }
}

const RECOVERED = {
  proved: { short: 'recovered, with proof', text: 'recovered, with proof' },
  'still-failing': {
    short: 'recovered, still refused',
    text: 'recovered, still refused after it was taken back',
  },
  'not-proved': { short: 'recovered, not proved', text: 'recovered, not proved' },
  found: { short: 'recovered, failures found', text: 'recovered, and failures are found now' },
} as const;

/** How it is over: as what is read says, or as the logs that came since do; short for a subject. */
function recoveredWords({ status, evidence }: Pick<Alert, 'status' | 'evidence'>): { short: string; text: string } {
  return status !== 'proved' || evidence?.proof === undefined
    ? { short: 'recovered', text: 'recovered' }
    : RECOVERED[proofWord(evidence.proof)];
}

/** The status of an alert as a person says it. */
export function statusText(alert: Pick<Alert, 'status' | 'evidence'>): string {
  return isPast(alert.status) ? recoveredWords(alert).text : statusWord(alert.status);
}

/** A status as a person says it. */
export function statusWord(status: AlertStatus): string {
  if (isPast(status)) return 'recovered';
  return status === 'still-open' ? 'still open' : status === 'blind' ? 'no longer visible' : status;
}

/** What is called right: what somebody accepted, or, of the service itself, what was deployed. */
export function compared(against: Alert['against']): 'accepted' | 'deployed' {
  return against === 'deployed' ? 'deployed' : 'accepted';
}

/** What moved, in a few words. */
export function headlineOf({ members, status, against }: Pick<Alert, 'members' | 'status' | 'against'>): string {
  const [only] = members;
  if (only === undefined) return 'nothing';
  const verb = isPast(status) ? `as ${compared(against)} again` : verbOf(members);
  if (members.length === 1) return `${nameOf(only)} ${verb}`;
  const titles = [...new Set(members.map(({ title }) => title))];
  return titles.length === 1 ? `${members.length} x ${only.title} ${verb}` : `${members.length} resources ${verb}`;
}

/** A resource as a person calls it; what there is one of an account needs no name. */
export function nameOf({ title, record }: Pick<AlertMember, 'title' | 'record'>): string {
  const { id, region } = record.drift.ref;
  return region === 'global' && id === 'account' ? title : `${title} ${printable(id)}`;
}

/** What to do before anything else; the way back is told elsewhere. */
export function firstSteps({ members, status }: Alert): readonly string[] {
  if (status === 'blind')
    return [
      'Find out who took the right to read it: "plumbline doctor" says what is refused, and its own policy may be why.',
    ];
  const opens = members.some(({ record }) => record.drift.changes.some((change) => change.opensToWorld === true));
  const remedies = [...new Set(members.flatMap((member) => member.remedies))]
    .map((remedy) => remedy.split('To go back:', 1)[0]?.trim() ?? '')
    .filter((text) => text !== '');
  const asks =
    remedies.length > 0
      ? remedies
      : ['Ask who did it, and whoever owns what it touches, whether it is meant; the way back is below.'];
  return opens ? ['It is open to everyone now: if nobody answers at once, close it.', ...asks] : asks;
}

function verbOf(members: readonly AlertMember[]): string {
  const verbs = new Set(
    members.map(({ record }) => {
      const existence = record.drift.changes.find(({ path }) => path === 'exists');
      if (existence === undefined) return 'changed';
      return existence.after.status === 'present' ? 'created' : 'deleted';
    }),
  );
  const [only] = verbs;
  return verbs.size === 1 && only !== undefined ? only : 'changed';
}

/** A subject's characters. */
export function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}

/** `2025-10-28 19:01:00 UTC (15:01 EDT)`: UTC for the logs, and the team's own clock. */
export function timeIn(iso: string, timeZone: string): string {
  const utc = `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
  if (timeZone === 'UTC') return utc;
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'short',
  }).formatToParts(new Date(iso));
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${utc} (${part('weekday')} ${part('hour')}:${part('minute')} ${part('timeZoneName')})`;
}

/** `2 h 05 min`. */
export function durationOf(from: string, to: string): string {
  const minutes = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 60_000));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${String(minutes % 60).padStart(2, '0')} min` : `${Math.round(hours / 24)} days`;
}
