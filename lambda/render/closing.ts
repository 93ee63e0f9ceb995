import { EXISTS } from '#core/declaration.ts';
import type { Drift } from '#core/change.ts';
import { printRef } from '#core/reference.ts';
import type { Report } from '#core/report.ts';
import type { Colours, Page } from './page.ts';
import { printable, shellWord } from './printable.ts';

/** Every action item that a finding names, with the link to its postmortem. */
export function actionItemsText(actionItems: Report['actionItems'], colours: Colours): string {
  const links = new Set(actionItems.map((item) => item.link));
  const lines = [...links].flatMap((link) => [
    ...actionItems
      .filter((item) => item.link === link)
      .map((item) => `  ${item.id.padEnd(5)} ${printable(item.title)}`),
    `        ${printable(link)}`,
  ]);
  return lines.length === 0 ? '' : colours.dim(['Action items:', ...lines].join('\n'));
}

export function summary({ report, colours }: Page): string {
  const isPartly = report.counts.resourcesNotYetAccepted > 0;
  return `${verdictText(report.exitCode, { isPartly, colours })} ${figures([report]).join('; ')}.`;
}

/** What the exit code says, in words. `isPartly`: not all that there is has been accepted. */
export function verdictText(
  exitCode: Report['exitCode'],
  { isPartly, colours }: { readonly isPartly: boolean; readonly colours: Colours },
): string {
  const verdict =
    exitCode === 0
      ? colours.green(isPartly ? 'Nothing drifted in what is accepted.' : 'Nothing drifted.')
      : exitCode === 1
        ? colours.red('Drift.')
        : colours.yellow('Cannot tell.');
  return colours.bold(verdict);
}

/** How much drifted, could not be read and is not yet accepted, in all of these together. */
export function figures(reports: readonly Report[]): readonly string[] {
  const drifted = reports.flatMap(({ findings }) => findings.flatMap(({ drifts }) => drifts));
  const created = drifted.filter((drift) => isExistence(drift, 'present')).length;
  const deleted = drifted.filter((drift) => isExistence(drift, 'absent')).length;
  const sum = (count: (counts: Report['counts']) => number): number =>
    reports.reduce((total, { counts }) => total + count(counts), 0);
  const unreadable = sum((counts) => counts.unreadable);
  const notYet = sum((counts) => counts.resourcesNotYetAccepted + counts.pathsNotYetAccepted);
  return [
    ...(reports.every(({ baseline }) => baseline === null)
      ? []
      : [`${drifted.length - created - deleted} changed, ${created} created, ${deleted} deleted`]),
    ...(unreadable > 0 ? [`${unreadable} could not be read`] : []),
    ...(notYet > 0 ? [`${notYet} not yet accepted`] : []),
  ];
}

function isExistence(drift: Drift, after: 'present' | 'absent'): boolean {
  return drift.changes.some((change) => change.path === EXISTS && change.after.status === after);
}

export function next({ report, colours, kinds, role }: Page): string {
  const inAccount = role === undefined ? '' : ` --account-role ${shellWord(role)}`;
  const command = (text: string): string => `  ${colours.bold(`${text}${inAccount}`)}`;
  if (report.baseline === null) {
    return [
      `Next: look through it (plumbline scan --all --json${inAccount}), then accept what is there:`,
      command('plumbline baseline accept --all --reason "first look"'),
    ].join('\n');
  }
  const first = report.findings[0]?.drifts[0];
  if (first) {
    const name = shellWord(printRef(first.ref).split('/').slice(1).join('/'));
    const explained = explainedFirst(report, kinds);
    return [
      `Next: ${explained === undefined ? '' : 'see what lets whom in; '}undo what nobody wanted; accept what is right, by name or all of it:`,
      ...(explained === undefined ? [] : [command(`plumbline explain ${shellWord(explained)}`)]),
      command(`plumbline baseline accept ${name} --reason "…"`),
      command('plumbline baseline accept --all --reason "…"'),
    ].join('\n');
  }
  if (report.unreadable.some(({ text }) => text === undefined))
    return `Next: ${colours.bold(`plumbline doctor${inAccount}`)} tells which permission is missing.`;
  if (report.counts.resourcesNotYetAccepted + report.counts.pathsNotYetAccepted === 0) return '';
  return [
    'Next: look at what is not yet accepted, then accept it:',
    command('plumbline baseline accept --all --reason "…"'),
  ].join('\n');
}

/** The first resource that is affected, or else that drifted, of a kind whose meaning several levels decide: it can be explained. */
function explainedFirst({ findings }: Report, kinds: Page['kinds']): string | undefined {
  const refs = findings.flatMap(({ consequences, drifts }) => [
    ...consequences.flatMap(({ affected }) => affected.flatMap(({ resources }) => resources)),
    ...drifts.filter(({ changes }) => !changes.some((change) => change.path === EXISTS)).map(({ ref }) => ref),
  ]);
  return refs.find(({ kind }) => (kinds.get(kind)?.declaration.context.length ?? 0) > 0)?.id;
}
