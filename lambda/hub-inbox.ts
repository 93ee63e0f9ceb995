import type { Json } from '#core/json.ts';
import { newsFrom, type MemberNews } from './hub-news.ts';
import { noteMember } from './hub-members.ts';
import type { Ledger } from './ports.ts';

/** The family of what members said, each once. */
export const HUB_NEWS = 'hub-news';

const KEPT_MS = 90 * 24 * 60 * 60_000;

/**
 * Writes down what a member says; `due`: it is to be told of. The same again changes nothing, however often it is delivered. Throws
 * INPUT_INVALID for a message that is none.
 */
export async function collectNews(
  message: unknown,
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<{ readonly due: number }> {
  const member: MemberNews = newsFrom(message);
  const { finding, status, at } = member.news;
  const time = now();
  await noteMember(member.account, { ledger, now });
  const outcome = await ledger.write({
    family: HUB_NEWS,
    id: `${member.account}/${finding}/${at}/${status}`,
    revision: 0,
    body: member as unknown as Json,
    dueAt: time.toISOString(),
    expiresAt: new Date(time.getTime() + KEPT_MS).toISOString(),
  });
  return { due: outcome === 'written' ? 1 : 0 };
}
