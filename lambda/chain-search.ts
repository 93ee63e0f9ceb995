import type { CloudTrailEvent } from '#core/event.ts';
import { chainOf } from '#core/session-chain.ts';
import { chainText } from '#core/session-chain-text.ts';
import { issueOf, issuesIn, type Issue } from '#core/session-issues.ts';
import { issueQuestion } from '#core/issue-questions.ts';
import type { EventHistory, HistoryKey } from './ports.ts';

/** Each further session costs questions at two a second. */
const MOST_SESSIONS = 3;
/** Within the second or two in which a session began. */
const MOST_PAGES = 4;

/**
 * Asks CloudTrail's history who took the session of a call, and who took that of theirs; in a phrase, undefined where there is nothing to
 * say beyond who called.
 */
export async function askForChain(call: CloudTrailEvent, history: EventHistory): Promise<string | undefined> {
  const issues: Issue[] = [];
  for (let session = 0; session < MOST_SESSIONS; session += 1) {
    const found = await askForIssue(call, { history, issues });
    if (found.length === 0) break;
    issues.push(...found);
  }
  return chainText(chainOf(call, issuesIn(issues)));
}

async function askForIssue(
  call: CloudTrailEvent,
  { history, issues }: { readonly history: EventHistory; readonly issues: readonly Issue[] },
): Promise<readonly Issue[]> {
  const question = issueQuestion(call, issuesIn(issues));
  if (question === undefined) return [];
  const { names, regions, from, to, accessKey } = question;
  // CloudTrail lists the key that an event gave out among its resources; where it does not, the event is looked for by its name.
  const keys: readonly HistoryKey[] = [
    ...(accessKey === undefined ? [] : [{ resource: accessKey }]),
    ...names.map((name) => ({ name })),
  ];
  for (const by of keys)
    for (const region of regions) {
      const { events } = await history.find({ region, by, from, to, mostPages: MOST_PAGES });
      const found = events.flatMap((event) => issueOf(event) ?? []);
      // Only what leads on: others took their sessions in the same second.
      const before = chainOf(call, issuesIn(issues)).links.length;
      if (chainOf(call, issuesIn([...issues, ...found])).links.length > before) return found;
    }
  return [];
}
