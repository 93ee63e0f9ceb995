import { searchFor } from '#core/cause-search.ts';
import type { Json } from '#core/json.ts';
import type { Ledger } from './ports.ts';

/** The family of what is asked of CloudTrail, by finding. */
export const SEARCH = 'search' as const;

/** Has CloudTrail asked about a finding that begins now; where that was done already, it goes on. */
export async function beginSearch(
  finding: string,
  { ledger, now }: { readonly ledger: Ledger; readonly now: () => Date },
): Promise<void> {
  const time = now().toISOString();
  const body = searchFor(finding, time) as unknown as Json;
  await ledger.write({ family: SEARCH, id: finding, revision: 0, body, dueAt: time });
}
