import { nextLookAt, watchFrom, type ImpactWatch } from '#core/impact-watch.ts';
import type { Json } from '#core/json.ts';
import type { Ledger, LedgerItem, WriteOutcome } from './ports.ts';

/** The family of the watches on what logs of use say after a change, by finding. */
export const WATCH = 'watch' as const;

interface WatchHome {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/**
 * Has the logs read about a finding that is told; where they are read already for what it breaks (`of`, digests), that goes on. Returns
 * whether a watch that there was began anew.
 */
export async function beginWatch(finding: string, of: readonly string[], { ledger, now }: WatchHome): Promise<boolean> {
  const time = now().toISOString();
  const begun = watchFrom(finding, time, of);
  const key = { family: WATCH, id: finding };
  if ((await ledger.write({ ...key, revision: 0, body: begun as unknown as Json, dueAt: time })) === 'written')
    return false;
  for (;;) {
    const item = await ledger.read(key);
    const watch = item?.body as unknown as ImpactWatch | undefined;
    // What had recovered, as it was thought, and is told again as open, is watched anew; and so is what breaks something else by now.
    if (item === undefined || watch === undefined || (watch.endedAt === undefined && !isMore(of, watch))) return false;
    const { counted } = watch;
    const next = { ...begun, ...(counted === undefined ? {} : { counted }) };
    // A conflict: a look ends right now, of what it was before.
    if ((await keepWatch(item, { watch: next, dueAt: time }, { ledger, now })) === 'written') return true;
  }
}

/** Does it break something that it did not when the watch began? What of it was taken back is nothing to watch. */
function isMore(of: readonly string[], { of: before }: ImpactWatch): boolean {
  const known = new Set(before);
  return of.some((digest) => !known.has(digest));
}

/** Has the logs read once more about a finding that has recovered: once, however often it is asked. */
export async function lookAfterRecovery(finding: string, endedAt: string, { ledger, now }: WatchHome): Promise<void> {
  const item = await ledger.read({ family: WATCH, id: finding });
  const watch = item?.body as unknown as ImpactWatch | undefined;
  if (item === undefined || watch === undefined || watch.endedAt === endedAt) return;
  // A conflict: a look ends right now, and whoever tells asks again within the minute.
  const { tries: _before, ...asked } = watch;
  await keepWatch(item, { watch: { ...asked, endedAt }, dueAt: now().toISOString() }, { ledger, now });
}

/** When it was taken back, and when that was told (ISO 8601, UTC). */
interface ToldRecovery {
  readonly endedAt: string;
  readonly from: string;
}

/** Has the logs read after a recovery is told, for who works again; where that is asked again, the first time counts. */
export async function beginProof(
  finding: string,
  { endedAt, from }: ToldRecovery,
  { ledger, now }: WatchHome,
): Promise<void> {
  const key = { family: WATCH, id: finding };
  for (;;) {
    const item = await ledger.read(key);
    const known = item?.body as unknown as ImpactWatch | undefined;
    if (known?.proofFrom !== undefined) return;
    const { tries: _before, ...asked } = known ?? watchFrom(finding, from);
    const watch: ImpactWatch = { ...asked, isOver: false, endedAt, proofFrom: from };
    const dueAt = nextLookAt(watch, now().toISOString());
    // A conflict: a look ends right now.
    if ((await keepWatch(item ?? { ...key, revision: 0, body: {} }, { watch, dueAt }, { ledger, now })) === 'written')
      return;
  }
}

/** No look comes any more. */
export async function endWatch(finding: string, { ledger, now }: WatchHome): Promise<void> {
  const item = await ledger.read({ family: WATCH, id: finding });
  if (item !== undefined)
    await keepWatch(item, { watch: { ...(item.body as unknown as ImpactWatch), isOver: true } }, { now, ledger });
}

/** The watch with one look more that was asked for. Pure. */
export function triedAgain(item: LedgerItem): LedgerItem {
  const watch = item.body as unknown as ImpactWatch;
  return { ...item, body: { ...watch, tries: (watch.tries ?? 0) + 1 } };
}

/** A watch is thrown away with its finding. */
const KEPT_MS = 90 * 24 * 60 * 60_000;

/** Writes a watch with when the logs are looked at next, if ever by the clock. */
export function keepWatch(
  { dueAt: _asked, expiresAt: _until, ...item }: LedgerItem,
  { watch, dueAt }: { readonly watch: ImpactWatch; readonly dueAt?: string | undefined },
  { ledger, now }: WatchHome,
): Promise<WriteOutcome> {
  return ledger.write({
    ...item,
    body: watch as unknown as Json,
    ...(dueAt === undefined ? {} : { dueAt }),
    expiresAt: new Date(now().getTime() + KEPT_MS).toISOString(),
  });
}
