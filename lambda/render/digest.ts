import type { Against, FindingRecord } from '#core/finding-record.ts';
import type { Reconciliation } from '#core/reconciliation.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { timeIn } from './alert-words.ts';
import { printable } from './printable.ts';
import { brokenText, brokenWithoutEffect, countsText, isEventful, unexplainedText } from './reconciliation-words.ts';
import { hanging } from './wrapping.ts';

const WIDTH = 78;
const MOST_LISTED = 20;

/** What a daily digest tells of. */
export interface DigestContent {
  readonly account: string;
  readonly at: string;
  readonly timeZone: string;
  readonly store: string;
  readonly open: readonly FindingRecord[];
  readonly muted: readonly FindingRecord[];
  /** New private things: no alert was made of them. */
  readonly quiet: readonly FindingRecord[];
  readonly blind: readonly ResourceRef[];
  readonly against: Against;
  readonly lastSweep: LastSweep | undefined;
  readonly yesterday: Yesterday;
  /** Of a hub: what is open in its members. */
  readonly members?: readonly OpenElsewhere[];
}

/** What changed the day before beside what was called, or why that could not be read. */
export type Yesterday =
  | {
      readonly reconciliation: Reconciliation;
      readonly problems: readonly { readonly where: string; readonly says: string }[];
    }
  | { readonly unread: string };

/** A finding that is open in another account, as that account says. */
export interface OpenElsewhere {
  readonly account: string;
  readonly severity: string;
  readonly headline: string;
  readonly since: string;
}

/** The last sweep, as far as the digest tells of it. */
export interface LastSweep {
  readonly finishedAt: string;
  readonly complete: boolean;
  readonly missing: readonly string[];
  readonly incompleteListings: number;
  readonly resources: number;
  readonly unreadable: number;
}

export interface Letter {
  readonly subject: string;
  readonly text: string;
}

/** The daily digest; where there is nothing to say, one line that says so. */
export function renderDigest(content: DigestContent): Letter {
  const { account, open, muted, blind, quiet, members = [] } = content;
  const yesterday = section(
    'Yesterday',
    yesterdayLines(content),
    `plumbline changes --since 48h --store ${content.store}`,
  );
  const sections = [
    section(
      'Open, and not acknowledged',
      open.filter(({ acknowledged }) => acknowledged === undefined).map((one) => findingLine(one, content)),
    ),
    section(
      'Open, and acknowledged',
      open.filter(({ acknowledged }) => acknowledged !== undefined).map((one) => findingLine(one, content)),
    ),
    section(
      'Muted',
      muted.map(
        (one) =>
          `${findingLine(one, content)}, until ${timeIn(one.muted?.until ?? '', content.timeZone)} by ${printable(one.muted?.by ?? '')}`,
      ),
    ),
    section(
      'Can no longer be read',
      blind.map((ref) => printable(printRef(ref))),
    ),
    section(
      'New, and open to nobody',
      quiet.map((one) => findingLine(one, content)),
    ),
    section(
      'Open in other accounts',
      members.map((one) => memberLine(one, content)),
    ),
    yesterday,
    section('Not yet accepted', notAccepted(content)),
    section('The last sweep', sweepLines(content)),
  ].filter((text) => text !== '');
  const parts = countsOf(content);
  const isQuiet = parts.length === 0 && content.lastSweep?.complete === true;
  return {
    subject:
      `Plumbline digest: ${isQuiet ? 'all is as accepted' : parts.join(', ') || 'the last sweep was not whole'} (${account})`.slice(
        0,
        99,
      ),
    text: isQuiet
      ? `All is as accepted in account ${account}: ${content.lastSweep?.resources ?? 0} resources read at ${timeIn(content.lastSweep?.finishedAt ?? content.at, content.timeZone)}, none unreadable, nothing open, nothing muted.\n${yesterday === '' ? '' : `\n${yesterday}\n`}`
      : `Account ${account}, ${timeIn(content.at, content.timeZone)}\n\n${sections.join('\n\n')}\n`,
  };
}

/** What there is, in numbers; nothing where all is well. */
function countsOf({ open, muted, blind, quiet, yesterday, members = [], against }: DigestContent): readonly string[] {
  return [
    ...(open.length > 0 ? [`${open.length} open`] : []),
    ...(muted.length > 0 ? [`${muted.length} muted`] : []),
    ...(blind.length > 0 ? [`${blind.length} blind`] : []),
    ...(quiet.length > 0 ? [`${quiet.length} new and private`] : []),
    ...(members.length > 0 ? [`${members.length} open in other accounts`] : []),
    ...yesterdayCounts(yesterday),
    ...(against === 'accepted' ? [] : ['nothing accepted yet']),
  ];
}

function yesterdayCounts(yesterday: Yesterday): readonly string[] {
  if ('unread' in yesterday) return ['yesterday not known'];
  const { reconciliation, problems } = yesterday;
  const { unexplained } = reconciliation.counts;
  const broken = brokenWithoutEffect(reconciliation).length;
  return [
    ...(unexplained > 0 ? [`${unexplained} unexplained yesterday`] : []),
    ...(broken > 0 ? [`${broken} contract broken without effect`] : []),
    ...(problems.length > 0 ? ['yesterday not wholly read'] : []),
  ];
}

/** A day on which nothing changed, and nothing was called, has no line. */
function yesterdayLines({ yesterday, timeZone }: DigestContent): readonly string[] {
  if ('unread' in yesterday) return [`What changed yesterday could not be read: ${printable(yesterday.unread)}`];
  const { reconciliation, problems } = yesterday;
  const time = (at: string): string => timeIn(at, timeZone);
  return [
    ...(isEventful(reconciliation) || problems.length > 0 ? [countsText(reconciliation)] : []),
    ...problems.map(({ where, says }) => `Not read: ${printable(where)}: ${printable(says)}`),
    ...reconciliation.unexplained.map((one) => `Not explained: ${printable(unexplainedText(one, time))}`),
    ...brokenWithoutEffect(reconciliation).map((one) => `Contract broken: ${printable(brokenText(one, time))}`),
  ];
}

/** One mail, after the first whole sweep: what was first seen is what changes are told against, until somebody accepts. */
export function renderAcceptanceRequest(first: {
  readonly account: string;
  readonly scan: string;
  readonly resources: number;
  readonly store: string;
}): Letter {
  const { account, scan, resources, store } = first;
  const lines = [
    `Plumbline has read account ${account} for the first time: ${resources} resources, kept as ${scan}.`,
    'From now on a change is told against what was first seen. Whether that was right, nobody has said yet: please look, and accept it.',
  ];
  return {
    subject: `Plumbline: please accept what was first seen (${account})`,
    text: `${lines.map((line) => hanging(line, 0, WIDTH)).join('\n\n')}

  plumbline scan --store ${store}
  plumbline baseline accept --all --reason "first look" --store ${store}
`,
  };
}

function findingLine({ id, severity, members, openedAt, account }: FindingRecord, { timeZone }: DigestContent): string {
  const first = members[0]?.replace(/@[^@]*$/, '') ?? account;
  const more = members.length > 1 ? ` and ${members.length - 1} more` : '';
  return `${id}  ${severity}  ${printable(first)}${more}, since ${timeIn(openedAt, timeZone)}`;
}

function memberLine({ account, severity, headline, since }: OpenElsewhere, { timeZone }: DigestContent): string {
  return `${account}  ${severity}  ${printable(headline)}, since ${timeIn(since, timeZone)}`;
}

function notAccepted({ against, store }: DigestContent): readonly string[] {
  return against === 'accepted'
    ? []
    : [
        'Nobody accepted anything in this account yet: changes are told against what was first seen.',
        `plumbline scan --store ${store}, then plumbline baseline accept --all --reason "first look" --store ${store}`,
      ];
}

function sweepLines({ lastSweep, timeZone }: DigestContent): readonly string[] {
  if (lastSweep === undefined) return ['There was none yet.'];
  const { finishedAt, complete, missing, incompleteListings, resources, unreadable } = lastSweep;
  return [
    `${complete ? 'Whole' : 'NOT WHOLE'}, ended ${timeIn(finishedAt, timeZone)}: ${resources} resources, of ${unreadable} something could not be read.`,
    ...(incompleteListings > 0 ? [`${incompleteListings} lists were cut short: "plumbline doctor" tells why.`] : []),
    ...(missing.length > 0 ? [`${missing.length} parts never came: see the dead-letter queue of the sweeps.`] : []),
  ];
}

function section(title: string, lines: readonly string[], all = 'plumbline findings list'): string {
  if (lines.length === 0) return '';
  const shown = lines.slice(0, MOST_LISTED);
  const more = lines.length - shown.length;
  const told = more > 0 ? [...shown, `… and ${more} more: ${all}`] : shown;
  return [title.toUpperCase(), ...told.map((line) => hanging(`  ${line}`, 4, WIDTH))].join('\n');
}
