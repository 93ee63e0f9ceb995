import pc from 'picocolors';
import { exitCodeOver, hasFailed, type AccountReport, type FailedAccount } from '#core/accounts-report.ts';
import type { Report } from '#core/report.ts';
import { actionItemsText, figures, verdictText } from './closing.ts';
import { plural, type Colours } from './page.ts';
import { printable } from './printable.ts';
import { accountText, type TerminalSettings } from './terminal.ts';
import { hanging } from './wrapping.ts';

/** One account's part of the text, with what differs from account to account. */
export interface AccountSection extends Pick<TerminalSettings, 'role' | 'of'> {
  readonly report: AccountReport;
}

type AccountsSettings = Pick<TerminalSettings, 'colour' | 'width' | 'kinds'>;

const RULE_WIDTH = 72;

/** Several accounts as a person reads them: a section each, as for one account, and then one summary over all of them. */
export function renderAccounts(sections: readonly AccountSection[], settings: AccountsSettings): string {
  const colours = pc.createColors(settings.colour);
  const rule = `\n${colours.dim('─'.repeat(Math.min(RULE_WIDTH, settings.width ?? RULE_WIDTH)))}\n`;
  const texts = sections.map(({ report, ...own }) =>
    hasFailed(report)
      ? failureText(report, { colours, width: settings.width })
      : accountText(report, { ...settings, ...own, actionItems: '' }),
  );
  return [...texts, summaryOver(sections, { colours, width: settings.width })].join(`${rule}\n`);
}

interface Paper {
  readonly colours: Colours;
  readonly width: number | undefined;
}

function failureText({ account, error }: FailedAccount, { colours, width }: Paper): string {
  return `${colours.bold(`Account ${account}`)}: ${colours.yellow('could not be scanned')}\n${hanging(`  ! ${printable(error.message)}`, 4, width)}\n`;
}

function summaryOver(sections: readonly AccountSection[], { colours, width }: Paper): string {
  const all = sections.map(({ report }) => report);
  const reports = all.filter((report): report is Report => !hasFailed(report));
  const failed = all.length - reports.length;
  const isPartly = reports.some(({ counts }) => counts.resourcesNotYetAccepted > 0);
  const counted = [...figures(reports), ...(failed > 0 ? [`${plural(failed, 'account')} could not be scanned`] : [])];
  const items = new Map(reports.flatMap(({ actionItems }) => actionItems.map((item) => [item.id, item])));
  const lines = [
    `${verdictText(exitCodeOver(all), { isPartly, colours })} Over ${all.length} accounts: ${counted.join('; ')}.`,
    ...([1, 2, 0] as const).flatMap((exitCode) => {
      const ids = all.filter((report) => report.exitCode === exitCode).map(({ account }) => account);
      return ids.length === 0 ? [] : [hanging(`  ${TITLES[exitCode].padEnd(16)} ${ids.join(', ')}`, 19, width)];
    }),
  ].join('\n');
  const sorted = [...items.values()].sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));
  return `${[actionItemsText(sorted, colours), lines].filter((text) => text !== '').join('\n\n')}\n`;
}

const TITLES: Readonly<Record<Report['exitCode'], string>> = {
  1: 'drift:',
  2: 'cannot tell:',
  0: 'nothing drifted:',
};
