import type { HubAlert } from '#core/hub-alert.ts';
import { cut, LONGEST, markdown } from './alert-chat.ts';
import { hubHeadlineOf, hubSubjectOf } from './hub-mail.ts';
import { statusWord } from './alert-words.ts';

const MOST_NAMED = 25;
const MOST_URGENT = 5;

/** The hub's alert in the one body that Amazon Q Developer in chat applications takes. */
export function renderHubChat(alert: HubAlert, { whole }: { readonly whole: string }): string {
  const { accounts, finding, status, severity, hub } = alert;
  const named = accounts.slice(0, MOST_NAMED).map(({ account }) => account);
  const more = accounts.length - named.length;
  const actors = [...new Set(accounts.flatMap(({ actors: all }) => all.map(({ who }) => who ?? 'somebody')))];
  const lines = [
    `*${markdown(hubHeadlineOf(alert))}*, ${statusWord(status)}, finding \`${finding}\``,
    `In ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`,
    ...accounts
      .flatMap(({ account, urgency }) => (urgency === undefined ? [] : [`${account}: ${markdown(urgency)}`]))
      .slice(0, MOST_URGENT),
    ...actors.slice(0, 3).map((who) => `by ${markdown(who)}`),
    `Whole alert: ${whole}`,
  ];
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id: finding,
    content: {
      textType: 'client-markdown',
      title: cut(hubSubjectOf(alert), LONGEST.title),
      description: cut(lines.join('\n'), LONGEST.description),
      keywords: [severity, status, `${accounts.length} accounts`],
    },
    metadata: {
      threadId: finding,
      summary: cut(hubHeadlineOf(alert), LONGEST.title),
      additionalContext: { finding, account: hub, severity },
    },
  });
}
