import type { Alert, AlertMember } from '#core/alert.ts';
import type { KindDeclaration } from '#core/declaration.ts';
import { isPast } from '#core/finding-record.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import {
  brokenContractText,
  compared,
  durationOf,
  firstSteps,
  headlineOf,
  nameOf,
  statusText,
  timeIn,
} from './alert-words.ts';
import { otherLines, whoLines } from './actor-lines.ts';
import { consequenceLines, effectLines } from './effect-lines.ts';
import { printable, shellWord } from './printable.ts';
import { failureLines, urgencyLine, useLines, watchLine } from './evidence-lines.ts';
import { metricLines } from './metric-lines.ts';
import { paragraphsOf } from './paragraphs.ts';
import { proofLines, provesLine } from './proof-lines.ts';
import { holdsLines, linesOf } from './value-lines.ts';
import { capped, hanging } from './wrapping.ts';

/** What a mail needs beside the alert. */
export interface MailSettings {
  readonly kinds: ReadonlyMap<string, { readonly declaration: KindDeclaration }>;
  /** The team's own clock, an IANA name such as America/New_York. */
  readonly timeZone: string;
  readonly partition: string;
  /** Where the service keeps its documents, for the commands that a reader copies: `s3://…`. */
  readonly store: string;
  /** Where the whole of the alert is. */
  readonly whole: string;
  readonly consoleHost: string;
}

/** Mail programs wrap at 80; a line that is wrapped twice reads badly. */
const WIDTH = 78;
/** Resources told in full before the rest is named. */
const MOST_IN_FULL = 4;
const MOST_NAMED = 25;
const MOST_ACCEPTED = 10;
const MOST_OWNERS = 12;
const LONGEST_LINE = 2_000;

/** The mail of an alert: what a tired person needs, in the order in which they need it. Plain text: SNS sends nothing else. */
export function renderMail(alert: Alert, settings: MailSettings): string {
  const sections = isPast(alert.status) ? recoveredSections(alert, settings) : openSections(alert, settings);
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function openSections(alert: Alert, settings: MailSettings): readonly string[] {
  return [
    intro(alert, settings),
    section('What changed', whatChanged(alert, settings)),
    section('What it does: what fails, what still works', effects(alert)),
    section('Who is hit, as the logs have it', [
      ...failureLines(alert.evidence, settings.timeZone),
      ...metricLines(alert.evidence),
    ]),
    section('Who was seen doing it before', useLines(alert.evidence, alert.account)),
    section('For whom', owners(alert)),
    section('Since when', [since(alert, settings)]),
    section('Who', whoLines(alert, settings)),
    section('What else they did in the hour around it', otherLines(alert, settings)),
    section('Do this first', firstSteps(alert)),
    section('How to undo it (Plumbline changes nothing itself)', wayBack(alert)),
    section('Do not be misled', unique(alert.members.flatMap(({ notMisledBy }) => notMisledBy))),
    ...ready(alert, settings),
    section('Why this is watched (an earlier incident)', why(alert)),
    section('Look', links(alert, settings)),
    section('Stop the reminders', acknowledge(alert, settings)),
  ];
}

function recoveredSections(alert: Alert, settings: MailSettings): readonly string[] {
  const proofs = alert.members.map(({ record, title }) => {
    const name = nameOf({ record, title });
    const { drift, closedAt = drift.takenAt } = record;
    return `${name}: read at ${timeIn(closedAt, settings.timeZone)}, and it is as ${compared(alert.against)} again; it was not for ${durationOf(record.openedAt, closedAt)}.`;
  });
  return [
    intro(alert, settings),
    section('Proof', [
      ...capped(proofs, MOST_NAMED),
      ...(alert.status === 'proved' ? proofLines(alert.evidence, settings.timeZone) : workedAgain(alert, settings)),
    ]),
    section('Who was hit, as the logs have it', [
      ...failureLines(alert.evidence, settings.timeZone),
      ...metricLines(alert.evidence),
    ]),
    section('What had changed', whatChanged(alert, settings)),
    section('Who had changed it', whoLines(alert, settings)),
    ...ready(alert, settings),
    section('Why this is watched', why(alert)),
    section('Look', links(alert, settings)),
  ];
}

/** That what failed works again, and how long it did not: the proof that the setting is not only read so. */
function workedAgain({ evidence }: Alert, { timeZone }: MailSettings): readonly string[] {
  const failures = evidence?.impact.failures ?? [];
  if (failures.length === 0) return [];
  const worked = failures.filter(({ workedAgainAt }) => workedAgainAt !== undefined);
  const first = worked.flatMap(({ workedAgainAt }) => workedAgainAt ?? []).sort()[0];
  const open = failures.length - worked.length;
  return [
    first === undefined
      ? 'No request of the sort that failed is in the logs since: that they work again is not proved.'
      : `The first request of the sort that failed, and worked again, is of ${timeIn(first, timeZone)}.`,
    ...(first !== undefined && open > 0
      ? [`Of ${open} of ${failures.length} callers no such request is in the logs since.`]
      : []),
  ];
}

/** Only where logs of use were read there are counts to tell. */
function ready(alert: Alert, { timeZone }: MailSettings): readonly string[] {
  if (alert.evidence === undefined) return [];
  const { postmortem, statusPage } = paragraphsOf(alert, timeZone);
  return [
    section('For the status page, in the words of customers', statusPage === undefined ? [] : [statusPage]),
    section('For the postmortem', [postmortem]),
  ];
}

const AGAINST = {
  accepted: '',
  'first-seen':
    'Compared with what Plumbline first saw, which nobody accepted yet: whether that was right, nobody has said.',
  deployed: 'Compared with what was deployed: nobody has to accept it.',
  nothing: 'Nothing was seen of it before, so what it was is not known; the first sweep has yet to come.',
} as const;

function intro(alert: Alert, { timeZone }: MailSettings): string {
  const { severity, status, account, finding, at, acknowledged } = alert;
  const urgent = urgencyLine(alert);
  const watched = isPast(status) ? provesLine(alert, timeZone) : watchLine(alert.evidence, timeZone);
  const lines = [
    `${severity.toUpperCase()}, ${statusText(alert)}: ${headlineOf(alert)}, account ${account}.`,
    ...(urgent === undefined ? [] : [urgent]),
    ...(isPast(status) ? [] : [gistOf(alert), ...alert.brokenContracts.map(brokenContractText)]),
    ...(watched === undefined ? [] : [watched]),
    ...(alert.isExplainedNow === true ? ['New: who did it is known now.'] : []),
    `Finding ${finding}, sent by Plumbline at ${timeIn(at, timeZone)}.`,
    ...(status === 'blind'
      ? ['Plumbline can no longer read what had changed, so whether it still is so is not known. This is no recovery.']
      : []),
    ...(acknowledged === undefined ? [] : [`Acknowledged by ${printable(acknowledged)}.`]),
    AGAINST[alert.against],
  ];
  return lines
    .filter((line) => line !== '')
    .map((line) => hanging(line, 0, WIDTH))
    .join('\n');
}

/** Is it an outage or a leak? The first thing to know. */
export function gistOf({
  breakage,
  exposure,
  status,
  against,
}: Pick<Alert, 'breakage' | 'exposure' | 'status'> & { readonly against?: Alert['against'] }): string {
  if (against === 'deployed')
    return 'Plumbline itself may hear, do or say less than it did: while this is open, its silence proves nothing.';
  const breaks = {
    breaks: 'Something stops working',
    'may-break': 'Something may stop working',
    restores: 'Something works again that did not',
    none: 'Nothing stops working',
    unknown: 'Whether something stops working is not known',
  }[breakage];
  const exposes = {
    widened: 'more can get in than before',
    narrowed: 'fewer can get in than before; nothing new is exposed',
    same: 'who can get in is as before',
    unknown: 'whether more can get in is not known',
  }[exposure];
  return `${status === 'blind' ? 'When it was last read: ' : ''}${breaks}; ${exposes}.`;
}

function section(title: string, lines: readonly string[]): string {
  if (lines.length === 0) return '';
  return [title.toUpperCase(), ...lines.map(wrapped)].join('\n');
}

/** A command or an address is copied: it stays in one line. */
const COPIED = /^(aws |plumbline |https:\/\/|The [^:]+: (https|s3):\/\/|\s*[+-] \{)/;

function wrapped(line: string): string {
  const text = `  ${cut(line)}`;
  const depth = /^ */.exec(line)?.[0].length ?? 0;
  return COPIED.test(line) ? text : hanging(text, depth + 4, WIDTH);
}

function whatChanged({ members }: Alert, { kinds }: MailSettings): readonly string[] {
  const full = members.slice(0, MOST_IN_FULL);
  const rest = members.slice(MOST_IN_FULL);
  return [
    ...full.flatMap((member) => memberLines(member, kinds)),
    ...named(rest.map(({ record }) => record.drift.ref)),
  ];
}

function memberLines({ record, owner }: AlertMember, kinds: MailSettings['kinds']): readonly string[] {
  const { drift, blind } = record;
  const declaration = kinds.get(drift.ref.kind)?.declaration;
  const values =
    declaration === undefined
      ? drift.changes.map(({ says }) => says)
      : [...drift.changes.flatMap((change) => linesOf(declaration, change)), ...holdsLines(declaration, drift)].map(
          ({ sign, indent, text }) => `${'  '.repeat(indent + 1)}${sign} ${text}`,
        );
  const whole = drift.changes.filter(({ path }) => path === 'exists').map(({ says }) => `  ${says}`);
  return [
    `${printable(printRef(drift.ref))}${owner === undefined ? '' : `, owner ${printable(owner)}`}`,
    ...whole,
    ...values,
    ...Object.entries(blind?.why ?? {}).map(([path, reason]) => `  ! ${path} cannot be read now: ${printable(reason)}`),
  ];
}

/** The rest by name, as many as a person reads. */
function named(refs: readonly ResourceRef[]): readonly string[] {
  if (refs.length === 0) return [];
  const names = refs.slice(0, MOST_NAMED).map(({ id }) => printable(id));
  const more = refs.length - names.length;
  return [`and ${refs.length} more: ${names.join(', ')}${more > 0 ? ` and ${more} others` : ''}`];
}

function effects({ members, consequences, snapshotAt, at }: Alert): readonly string[] {
  const said = unique(members.flatMap(({ record }) => effectLines(record.drift)));
  const below = consequences.flatMap((one) => consequenceLines(one));
  const age =
    snapshotAt === undefined
      ? []
      : [
          `This is computed, not observed: from the settings of each of them as a sweep read them ${durationOf(snapshotAt, at)} before this mail. Whether requests do fail, your applications' logs tell.`,
        ];
  const lines = [...capped(said, MOST_NAMED), ...below, ...(below.length > 0 ? age : [])];
  return lines.length > 0 ? lines : ['What it does to anyone is not known.'];
}

function owners({ owners: all, consequences }: Alert): readonly string[] {
  const isBelow = consequences.some(({ affected }) => affected.length > 0);
  const lines = all.map(({ owner, resources }) => {
    const names = resources.slice(0, MOST_NAMED).map(({ id }) => printable(id));
    const more = resources.length > names.length ? ` and ${resources.length - names.length} more` : '';
    const who = owner === '' ? 'no owner is known of' : `${printable(owner)}:`;
    return `${who} ${names.join(', ')}${more}`;
  });
  return isBelow || all.some(({ owner }) => owner !== '') ? capped(lines, MOST_OWNERS) : [];
}

function since({ since: from, at, status }: Alert, { timeZone }: MailSettings): string {
  const age = status === 'opened' && from === at ? '' : `, ${durationOf(from, at)} before this mail`;
  return `First read so at ${timeIn(from, timeZone)}${age}.`;
}

function wayBack({ members, opensIfTakenBack, status }: Alert): readonly string[] {
  const blind = status === 'blind' ? ['What stands there now is not known: this overwrites it.'] : [];
  const commands = members.slice(0, MOST_IN_FULL).flatMap(({ wayBack: { commands: all, note } }) => [
    // Half a command is worse than none.
    ...all.map((command) => (command.length > LONGEST_LINE ? TOO_LONG : command)),
    ...(note === undefined ? [] : [`(${note})`]),
  ]);
  const more = members.length - MOST_IN_FULL;
  const opens =
    opensIfTakenBack.length === 0
      ? 'Undoing it opens nothing to everyone, as far as is known.'
      : `Undoing it lets everyone in again to: ${opensIfTakenBack
          .slice(0, MOST_NAMED)
          .map(({ id }) => printable(id))
          .join(
            ', ',
          )}${opensIfTakenBack.length > MOST_NAMED ? ` and ${opensIfTakenBack.length - MOST_NAMED} more` : ''}.`;
  return [...blind, ...unique(commands), ...(more > 0 ? [`and ${more} more: the whole alert has them`] : []), opens];
}

const TOO_LONG = 'A command that is too long for a mail: the whole alert has it, under "wayBack".';

function why({ actionItems }: Alert): readonly string[] {
  const byLink = new Map<string, string[]>();
  for (const { id, title, link } of actionItems) byLink.set(link, [...(byLink.get(link) ?? []), `${id} ${title}`]);
  return [...byLink].flatMap(([link, items]) => [...items.map(printable), printable(link)]);
}

function links(alert: Alert, { consoleHost, whole }: MailSettings): readonly string[] {
  const [first] = alert.members;
  const [cause] = alert.causes;
  return [
    ...(first === undefined ? [] : [`The setting now (sign in to ${alert.account}): ${first.console}`]),
    ...(cause?.eventId === undefined
      ? []
      : [
          `The call: https://${consoleHost}/cloudtrailv2/home?region=${cause.region ?? ''}#/events/${encodeURIComponent(cause.eventId)}`,
        ]),
    `The whole alert: ${whole}`,
  ];
}

function acknowledge({ finding, acknowledged, members, against }: Alert, { store }: MailSettings): readonly string[] {
  if (acknowledged !== undefined) return [];
  const ack = [
    'It stays open, and you hear of it when it changes or is over:',
    `plumbline findings ack ${finding} --note "…" --store ${store}`,
  ];
  if (against === 'deployed')
    return [...ack, 'If it is to stay as it is, deploy it so: what a deployment makes is what is right.'];
  return [
    ...ack,
    'Only if it is to stay as it is: look at it again, then accept it, which ends the finding:',
    `plumbline scan --store ${store}`,
    ...acceptCommand(members, store),
  ];
}

/** What to accept, by name: accepting all would take in whatever else has drifted too. */
function acceptCommand(members: readonly AlertMember[], store: string): readonly string[] {
  if (members.length > MOST_ACCEPTED)
    return ['(by name, as the scan shows them: --all would accept whatever else has drifted, too)'];
  const names = members.map(({ record }) => shellWord(printRef(record.drift.ref).split('/').slice(1).join('/')));
  return [`plumbline baseline accept ${names.join(' ')} --reason "…" --store ${store}`];
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}

function cut(line: string): string {
  return line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} … (cut; the whole alert has it)` : line;
}
