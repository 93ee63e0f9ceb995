import type { HubAlert, MemberActor, MemberFinding } from '#core/hub-alert.ts';
import type { Common } from '#core/one-cause.ts';
import { ascii, effectWord, LONGEST_SUBJECT, statusWord, timeIn } from './alert-words.ts';
import { meansLines } from './actor-lines.ts';
import { gistOf } from './alert-mail.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';

export interface HubMailSettings {
  /** The team's own clock. */
  readonly timeZone: string;
  /** Where the hub keeps its documents, for the command that a reader copies. */
  readonly store: string;
  /** Where the whole of the alert is. */
  readonly whole: string;
}

const WIDTH = 78;
/** What an account alone meets, in lines; its own report has the rest. */
const MOST_LINES = 8;
/** With many accounts their own alerts have the rest sooner. */
const MANY = 10;
const MOST_LINES_OF_MANY = 4;
/** Accounts told of in lines of their own; a mail may have 48 KB. */
const MOST_IN_FULL = 60;
const MOST_COMMON_LINES = 40;
const MOST_ACTORS = 6;
const MOST_TIMES_NAMED = 3;
/** Accounts that one actor called in, by name. */
const MOST_PLACES = 5;
const MOST_CONTRACTS = 3;
const MOST_OTHERS = 24;

/** `HIGH breaks: … in 41 accounts`: severity, what it does, what moved, where; ASCII without control characters. */
export function hubSubjectOf(alert: HubAlert): string {
  const head = `${alert.severity.toUpperCase()} ${stateWord(alert)}: `;
  const tail = ` ${placeOf(alert)}`;
  const what = ascii(hubHeadlineOf(alert));
  const room = LONGEST_SUBJECT - head.length - tail.length;
  return `${head}${what.length > room ? `${what.slice(0, room - 3)}...` : what}${tail}`;
}

function stateWord(alert: HubAlert): string {
  const { status, breakage, exposure, against } = alert;
  if (status === 'recovered') return 'recovered';
  if (status === 'blind') return 'no longer visible';
  const effect = opens(alert) ? 'opens to everyone' : effectWord({ breakage, exposure });
  const what = against === 'deployed' ? 'silences the watch' : effect;
  const broken = brokenIn(alert).length > 0 ? ', contract broken' : '';
  return `${status === 'opened' ? '' : `${statusWord(status)}, `}${what}${broken}`;
}

/** Is it open to everyone? What is critical and opens nothing is so by who uses what it breaks. */
function opens({ severity, exposure }: Pick<HubAlert, 'severity' | 'exposure'>): boolean {
  return severity === 'critical' && exposure === 'widened';
}

/** The contracts of tools that were broken, each once, wherever. */
function brokenIn({ accounts }: HubAlert): readonly string[] {
  return [...new Set(accounts.flatMap(({ contracts }) => contracts))];
}

function placeOf({ accounts }: HubAlert): string {
  return accounts.length === 1 ? `(${accounts[0]?.account ?? ''})` : `in ${accountsText(accounts)}`;
}

/** What moved, in a few words: the accounts' own, where they are the same. */
export function hubHeadlineOf({ accounts }: Pick<HubAlert, 'accounts'>): string {
  const [only, ...others] = [...new Set(accounts.map(({ headline }) => headline))];
  return only === undefined || others.length > 0 ? 'several things changed' : only;
}

function accountsText(accounts: readonly MemberFinding[]): string {
  const count = new Set(accounts.map(({ account }) => account)).size;
  return count === 1 ? '1 account' : `${count} accounts`;
}

/** One mail for all accounts that one cause moved: what it does everywhere once, and beside each account what is its own. Plain text. */
export function renderHubMail(alert: HubAlert, settings: HubMailSettings): string {
  const common = commonLines(alert.accounts);
  const sections = [
    intro(alert, settings),
    section(
      'What it does: what fails, what still works',
      alert.status === 'recovered' ? [] : capped(common, MOST_COMMON_LINES),
    ),
    // Before what may be cut: whose it is, everybody has to find.
    section('Which accounts', alert.accounts.length > MOST_IN_FULL ? [accountNames(alert)] : []),
    section('Who', who(alert, settings)),
    section('What else they did in the hour around it', others(alert)),
    section(alert.status === 'recovered' ? 'Where' : 'Where, and what else it does there', where(alert, common)),
    section('Do this first', firstSteps(alert)),
    section('Look', [`The whole alert: ${settings.whole}`]),
    section('Stop the reminders', acknowledge(alert, settings)),
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

const WHY_ONE: Readonly<Record<Common, string>> = {
  session: 'They are told together because one session called in all of them.',
  actor: 'They are told together because somebody of the same name set the same values in all of them.',
  tool: 'They are told together because the same client set the same values in all of them, under other names.',
  values:
    'They are told together because the same values were set within minutes; of some of them nobody knows yet who did it, so that it was one cause is likely, not certain.',
};

function intro(alert: HubAlert, { timeZone }: HubMailSettings): string {
  const { severity, status, finding, hub, at, common, recovered, acknowledged } = alert;
  const lines = [
    `${severity.toUpperCase()}, ${statusWord(status)}: ${printable(hubHeadlineOf(alert))}, ${placeText(alert)}.`,
    ...(status === 'recovered' ? [] : [gistOf(alert)]),
    ...(status === 'recovered' ? [] : capped(brokenIn(alert).map(printable), MOST_CONTRACTS)),
    ...(common === undefined ? [] : [WHY_ONE[common]]),
    ...(recovered === 0 || status === 'recovered' ? [] : [`Of ${recovered} more it is as accepted again.`]),
    ...(status === 'blind'
      ? ['No account can read any more what had changed, so whether it still is so is not known. This is no recovery.']
      : []),
    `Finding ${finding}, sent by the hub of Plumbline in account ${hub} at ${timeIn(at, timeZone)}.`,
    ...(acknowledged === undefined ? [] : [`Acknowledged by ${printable(acknowledged)}.`]),
  ];
  return lines.map((line) => hanging(line, 0, WIDTH)).join('\n');
}

function placeText({ accounts }: HubAlert): string {
  return accounts.length === 1 ? `account ${accounts[0]?.account ?? ''}` : `in ${accountsText(accounts)}`;
}

function accountNames({ accounts }: HubAlert): string {
  return [...new Set(accounts.map(({ account }) => account))].sort().join(', ');
}

/** What every one of them says stands once. */
function commonLines([first, ...others]: readonly MemberFinding[]): readonly string[] {
  return first === undefined ? [] : first.breaks.filter((line) => others.every(({ breaks }) => breaks.includes(line)));
}

function where({ accounts, status }: HubAlert, common: readonly string[]): readonly string[] {
  const most = accounts.length > MANY ? MOST_LINES_OF_MANY : MOST_LINES;
  const full = accounts.slice(0, MOST_IN_FULL).flatMap((member) => {
    const { account, severity, finding, headline, breaks, affected, report, status: own, acknowledged } = member;
    const lines = status === 'recovered' ? [] : [...breaks.filter((line) => !common.includes(line)), ...affected];
    const more = lines.length - most;
    const is = own === 'recovered' ? 'as accepted again' : `${severity}${own === 'blind' ? ', no longer visible' : ''}`;
    return [
      `${account}: ${is}, finding ${printable(finding)}${accounts.every((one) => one.headline === headline) ? '' : `: ${printable(headline)}`}`,
      ...(member.urgency === undefined ? [] : [`  ${member.urgency}`]),
      ...capped(member.hit, most).map((line) => `  ${line}`),
      ...lines.slice(0, most).map((line) => `  ${line}`),
      ...(more > 0 ? [`  … and ${more} more lines, in its own alert`] : []),
      ...(acknowledged === undefined ? [] : [`  acknowledged there by ${acknowledged}`]),
      ...(report === '' ? [] : [`  its own alert: ${report}`]),
    ];
  });
  const rest = accounts.length - MOST_IN_FULL;
  return rest <= 0 ? full : [...full, `and ${rest} more, named above: the whole alert has where the alert of each is`];
}

/** What else the same people did: in each account as it tells of it, and what is told of by itself. */
function others({ accounts, also }: HubAlert): readonly string[] {
  const lines = accounts.flatMap(({ account, others: theirs }) =>
    theirs.length === 0 ? [] : [`in ${account}:`, ...theirs.map((line) => `  ${line}`)],
  );
  const findings = also.map(
    ({ account, finding, severity, headline, status }) =>
      `in ${account}: ${severity}, ${headline}${status === 'recovered' ? ', as accepted again' : ''}: finding ${finding}`,
  );
  return capped([...findings, ...lines], MOST_OTHERS);
}

interface ActorGroup {
  readonly name: string;
  readonly call: string | undefined;
  readonly userAgent: string | undefined;
  readonly certainty: string;
  readonly reasons: readonly string[];
  readonly how: MemberActor['how'];
  readonly accounts: Set<string>;
  readonly times: string[];
}

function who({ accounts }: HubAlert, { timeZone }: HubMailSettings): readonly string[] {
  const groups = new Map<string, ActorGroup>();
  for (const { account, actors } of accounts)
    for (const { who: name = 'somebody', call, userAgent, at, certainty, reasons = [], how } of actors) {
      const key = JSON.stringify([name, call, userAgent, certainty, reasons, how]);
      const said = { name, call, userAgent, certainty, reasons, how };
      const group = groups.get(key) ?? { ...said, accounts: new Set(), times: [] };
      group.accounts.add(account);
      if (at !== undefined) group.times.push(at);
      groups.set(key, group);
    }
  const lines = [...groups.values()]
    .sort((a, b) => b.accounts.size - a.accounts.size)
    .map((group) => actorLines(group, timeZone));
  const unknown = new Set(accounts.filter(({ actors }) => actors.length === 0).map(({ account }) => account));
  return [
    ...capped(lines.slice(0, MOST_ACTORS).flat(), MOST_ACTORS * 3),
    ...(lines.length > MOST_ACTORS
      ? [`… and ${lines.length - MOST_ACTORS} more: each account's own alert has them`]
      : []),
    ...(unknown.size === 0 ? [] : [unknownLine(unknown, accounts)]),
  ];
}

function actorLines(group: ActorGroup, timeZone: string): readonly string[] {
  const { name, call, userAgent, certainty, reasons, how, accounts, times } = group;
  const sorted = times.toSorted();
  const [from = '', to = ''] = [sorted[0], sorted.at(-1)];
  const when =
    from === ''
      ? ''
      : from === to
        ? ` at ${timeIn(from, timeZone)}`
        : ` from ${timeIn(from, timeZone)} to ${timeIn(to, timeZone)}`;
  const names = accounts.size > MOST_PLACES ? '' : `: ${[...accounts].sort().join(', ')}`;
  const inAccounts = accounts.size === 1 ? ` in ${[...accounts][0] ?? ''}` : ` in ${accounts.size} accounts${names}`;
  return [
    `${name}, by ${call ?? 'a call'}${when}${inAccounts}`,
    `  that this call made it so is ${certainty}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`,
    ...meansLines({ how, userAgent }),
  ];
}

function unknownLine(unknown: ReadonlySet<string>, accounts: readonly MemberFinding[]): string {
  const isAll = accounts.every(({ account }) => unknown.has(account));
  const names = [...unknown].slice(0, MOST_TIMES_NAMED).join(', ');
  const which = isAll
    ? ''
    : ` in ${names}${unknown.size > MOST_TIMES_NAMED ? ` and ${unknown.size - MOST_TIMES_NAMED} more` : ''}`;
  return `Not known${which}: no event of CloudTrail explains it yet. It may come late, or a level above the accounts moved.`;
}

function firstSteps({ status, severity, exposure, accounts, against }: HubAlert): readonly string[] {
  if (status === 'recovered') return [];
  const ask =
    accounts.length === 1
      ? "Ask who did it, and whoever owns what it touches, whether it is meant; the account's own alert has the way back, ready to copy."
      : "Ask once who did it, before each account asks for itself; each account's own alert has the way back, ready to copy.";
  return opens({ severity, exposure }) && against === undefined
    ? ['It is open to everyone now: if nobody answers at once, close it.', ask]
    : [ask];
}

function acknowledge({ finding, status, acknowledged }: HubAlert, { store }: HubMailSettings): readonly string[] {
  if (status === 'recovered' || acknowledged !== undefined) return [];
  return [
    'It stays open, and you hear of it when it changes or is over in all of them:',
    `plumbline findings ack ${finding} --note "…" --store ${store}`,
  ];
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [title.toUpperCase(), ...lines.map(wrapped)].join('\n');
}

/** A command or an address is copied: it stays in one line. Every word of a member is a stranger's. */
function wrapped(line: string): string {
  const text = `  ${printable(line)}`;
  const depth = /^ */.exec(line)?.[0].length ?? 0;
  return /^\s*(plumbline |The whole alert: |its own alert: )/.test(line) ? text : hanging(text, depth + 4, WIDTH);
}

function capped(lines: readonly string[], most: number): readonly string[] {
  return lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : lines;
}
