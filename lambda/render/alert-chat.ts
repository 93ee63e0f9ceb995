import type { Alert } from '#core/alert.ts';
import type { Cause } from '#core/change.ts';
import { firstSteps, headlineOf, statusText, subjectOf } from './alert-words.ts';
import { urgencyLine } from './evidence-lines.ts';
import { effectLines } from './effect-lines.ts';
import { printable } from './printable.ts';

/** The limits of Amazon Q Developer in chat applications; a longer text is not shown at all (aws-facts §8). */
export const LONGEST = { title: 250, description: 8_000, step: 350, keyword: 75 } as const;
const MOST_NAMED = 10;
const MOST_CAUSES = 3;

/** The body that Amazon Q Developer in chat applications takes, and nothing else: any other text it does not show. */
export function renderChat(alert: Alert, { whole }: { readonly whole: string }): string {
  const effects = [...new Set(alert.members.flatMap(({ record }) => effectLines(record.drift)))];
  const urgency = urgencyLine(alert);
  const lines = [
    `*${markdown(headlineOf(alert))}* in account ${alert.account}, ${statusText(alert)}, finding \`${alert.finding}\``,
    ...(urgency === undefined ? [] : [markdown(urgency)]),
    ...effects.slice(0, MOST_NAMED).map((text) => `- ${markdown(text)}`),
    ...owned(alert),
    ...alert.causes.slice(0, MOST_CAUSES).map(causeLine),
    `Whole alert: ${whole}`,
  ];
  const steps = [
    ...firstSteps(alert),
    ...(alert.opensIfTakenBack.length === 0
      ? []
      : [
          `Undoing it lets everyone in again to: ${alert.opensIfTakenBack
            .slice(0, MOST_NAMED)
            .map(({ id }) => markdown(id))
            .join(', ')}`,
        ]),
    // Half a command is worse than none.
    ...alert.members
      .slice(0, 2)
      .flatMap(({ wayBack }) => wayBack.commands.filter((command) => command.length <= LONGEST.step)),
  ];
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id: alert.finding,
    content: {
      textType: 'client-markdown',
      title: cut(subjectOf(alert), LONGEST.title),
      description: cut(lines.join('\n'), LONGEST.description),
      nextSteps: steps.slice(0, 5).map((step) => cut(step, LONGEST.step)),
      keywords: [alert.severity, alert.status, alert.account].map((word) => cut(word, LONGEST.keyword)),
    },
    metadata: {
      threadId: alert.finding,
      summary: cut(headlineOf(alert), LONGEST.title),
      additionalContext: { finding: alert.finding, account: alert.account, severity: alert.severity },
    },
  });
}

function causeLine({ eventId, who, call, certainty, reasons }: Cause): string {
  if (eventId === undefined)
    return `not known${certainty === 'pending' ? ' yet' : ''}: ${markdown(reasons[0] ?? 'who')}`;
  return `by ${markdown(who ?? 'somebody')} (${call ?? 'a call'}, ${certainty})`;
}

function owned({ owners }: Alert): readonly string[] {
  const known = owners.filter(({ owner }) => owner !== '').slice(0, MOST_NAMED);
  return known.length === 0
    ? []
    : [`Owners: ${known.map(({ owner, resources }) => `${markdown(owner)} (${resources.length})`).join(', ')}`];
}

/** A stranger's words may not become a link, a mention or a format of the chat. */
export function markdown(text: string): string {
  return printable(text).replace(/[*_~`<>[\]@|\\]/g, (character) => `\\${character}`);
}

/** A text of so many characters at most. */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
