import { printRef, type ResourceRef } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import type { Ledger, LedgerItem, LedgerKey } from './ports.ts';

/** What a part of the service was when it was deployed. */
export interface Reference {
  readonly item: LedgerItem;
  readonly state: State;
}

export function referenceKey(ref: ResourceRef): LedgerKey {
  return { family: 'own-part', id: printRef(ref) };
}

/** By printed reference; a part that was never seen has none. */
export async function referencesOf(
  refs: readonly ResourceRef[],
  ledger: Pick<Ledger, 'readMany'>,
): Promise<ReadonlyMap<string, Reference>> {
  if (refs.length === 0) return new Map();
  const items = await ledger.readMany(refs.map(referenceKey));
  return new Map(items.map((item) => [item.id, { item, state: item.body as unknown as State }]));
}
