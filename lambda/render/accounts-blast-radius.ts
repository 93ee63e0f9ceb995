import Table from 'cli-table3';
import pc from 'picocolors';
import {
  isFailed,
  standingOf,
  type AccountBlastRadius,
  type AccountsBlastRadius,
  type NotJudged,
  type ProposedBlastRadius,
} from '#core/accounts-blast-radius.ts';
import { renderBlastRadius, type BlastRadiusSettings } from './blast-radius.ts';
import { plural, type Colours } from './page.ts';
import { printable } from './printable.ts';
import { hanging } from './wrapping.ts';

const RULE_WIDTH = 72;
/** Of what is not judged, and of accounts in one line, before the rest is counted; `--json` has them all. */
const MOST_NAMED = 8;

/** What a whole proposal does in one account, with what of it moves nothing there. */
export function renderProposed(report: ProposedBlastRadius, settings: BlastRadiusSettings): string {
  const text = renderBlastRadius(report, settings);
  const notes = (report.notJudged ?? []).map((one) => ({ ...one, where: '' }));
  return notes.length === 0 ? text : `${text}\n${notJudgedText(notes, settings.width)}\n`;
}

/** Several accounts: how many of what in each, then each of which there is something to say, then what it comes to. */
export function renderAccountsBlastRadius(report: AccountsBlastRadius, settings: BlastRadiusSettings): string {
  const colours = pc.createColors(settings.colour);
  const rule = `\n${colours.dim('─'.repeat(Math.min(RULE_WIDTH, settings.width ?? RULE_WIDTH)))}\n`;
  const told = report.accounts.filter(isWorthASection);
  const texts = told.map((one) =>
    isFailed(one)
      ? `${colours.bold(`Account ${one.account}`)}: ${colours.yellow('could not be read')}\n${hanging(`  ! ${printable(one.error.message)}`, 4, settings.width)}\n`
      : renderBlastRadius(one, settings),
  );
  const notes = notJudgedText(notesOver(report.accounts), settings.width);
  const end = [notes, summary(report, { colours, width: settings.width })].filter((text) => text !== '').join('\n\n');
  return [`${table(report.accounts, colours)}\n`, ...texts, `${end}\n`].join(`${rule}\n`);
}

/** What breaks nothing and opens something is no trifle, nor is what AWS would not take. */
function isWorthASection(account: AccountBlastRadius): boolean {
  return isFailed(account) || account.exitCode !== 0 || account.opensToWorld || account.refused.length > 0;
}

function table(accounts: readonly AccountBlastRadius[], colours: Colours): string {
  const grid = new Table({
    head: ['account', 'breaks', 'could break', 'harmless', 'blind'],
    style: { head: [], border: [], compact: true },
    colAligns: ['left', 'right', 'right', 'right', 'right'],
  });
  for (const one of accounts) {
    if (isFailed(one)) {
      grid.push([one.account, '', '', '', colours.yellow('not read')]);
      continue;
    }
    const { breaks, couldBreak, harmless, blind } = standingOf(one);
    const marked = (count: number, mark: (text: string) => string): string => (count === 0 ? '0' : mark(String(count)));
    grid.push([
      one.account,
      marked(breaks, colours.red),
      marked(couldBreak, colours.yellow),
      String(harmless),
      marked(blind, colours.yellow),
    ]);
  }
  return grid.toString();
}

interface Note extends NotJudged {
  /** In which accounts, for a person. */
  readonly where: string;
}

/** Each once, with the accounts in which it is so. */
function notesOver(accounts: readonly AccountBlastRadius[]): readonly Note[] {
  const byText = new Map<string, NotJudged & { readonly ids: string[] }>();
  for (const one of accounts) {
    if (isFailed(one)) continue;
    for (const note of one.notJudged ?? []) {
      const key = `${note.name} ${note.why}`;
      const known = byText.get(key);
      if (known === undefined) byText.set(key, { ...note, ids: [one.account] });
      else known.ids.push(one.account);
    }
  }
  const all = accounts.length;
  return [...byText.values()].map(({ ids, ...note }) => ({
    ...note,
    where: ids.length === all ? '' : ` (in ${listed(ids)})`,
  }));
}

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMED;
  return more > 0 ? `${names.slice(0, MOST_NAMED).join(', ')} and ${more} more` : names.join(', ');
}

function notJudgedText(notes: readonly Note[], width: number | undefined): string {
  if (notes.length === 0) return '';
  const shown = notes
    .slice(0, MOST_NAMED)
    .map(({ name, why, where }) => hanging(`  - ${printable(name)}: ${printable(why)}${where}`, 4, width));
  const more = notes.length - shown.length;
  return ['Left out, and why:', ...shown, ...(more > 0 ? [`  … and ${more} more (--json has them all)`] : [])].join(
    '\n',
  );
}

const VERDICTS = {
  1: 'This would break something.',
  2: 'Cannot tell.',
  0: 'Nothing would be refused that is not now.',
} as const;

const TITLES = { 1: 'breaks:', 2: 'cannot tell:', 0: 'harmless:' } as const;

function summary(
  { exitCode, accounts }: AccountsBlastRadius,
  { colours, width }: { readonly colours: Colours; readonly width: number | undefined },
): string {
  const paint = { 1: colours.red, 2: colours.yellow, 0: colours.green }[exitCode];
  const opened = accounts.filter((one) => !isFailed(one) && one.opensToWorld).length;
  const open = opened === 0 ? '' : ` ${colours.red(`In ${plural(opened, 'account')} something opens to the world.`)}`;
  return [
    `${colours.bold(paint(VERDICTS[exitCode]))} Over ${plural(accounts.length, 'account')}.${open}`,
    ...([1, 2, 0] as const).flatMap((code) => {
      const ids = accounts.filter((one) => one.exitCode === code).map(({ account }) => account);
      return ids.length === 0 ? [] : [hanging(`  ${TITLES[code].padEnd(13)}${ids.join(', ')}`, 15, width)];
    }),
  ].join('\n');
}
