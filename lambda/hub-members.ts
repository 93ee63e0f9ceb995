import { HUB_RECORD } from './hub-ledger.ts';
import type { HubRecord } from './hub-record.ts';
import type { Ledger } from './ports.ts';

/** The family of the accounts that ever told the hub something. It is kept for good: an account that is silent is still one of them. */
export const HUB_MEMBER = 'hub-member';

/** Writes down that an account is a member, once. */
export async function noteMember(
  account: string,
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<void> {
  // A conflict is an account that is known already.
  await ledger.write({ family: HUB_MEMBER, id: account, revision: 0, body: { since: now().toISOString() } });
}

/** The accounts that the hub knows of, sorted; those too whose news came before members were written down. */
export async function knownMembers({ ledger }: { readonly ledger: Ledger }): Promise<readonly string[]> {
  const members = (await ledger.list(HUB_MEMBER)).map(({ id }) => id);
  const heard = (await ledger.list(HUB_RECORD)).map(({ body }) => (body as unknown as HubRecord).account);
  return [...new Set([...members, ...heard])].sort();
}
