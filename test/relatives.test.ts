import { describe, expect, test } from 'vitest';
import { present } from '#core/reading.ts';
import { NO_RELATIVES } from '#core/relatives.ts';
import type { Observation, State } from '#core/state.ts';
import { kindsById } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import type { Documents, LedgerItem } from '#lambda/ports.ts';
import { relativesFor } from '#lambda/relatives.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { ACCOUNT, bucketState, scanOf, seen, T0, unseen } from './builders.ts';

const kindOf = (id: string): Kind => {
  const kind = kindsById.get(id);
  if (kind === undefined) throw new Error(`there is no kind ${id}`);
  return kind;
};
const stateOf = (kind: string, id: string, addresses: string): State => ({
  ref: { account: ACCOUNT, region: 'us-east-1', kind, id },
  shape: 1,
  takenAt: T0,
  watched: { addresses: present([addresses]) },
  carried: {},
});
const office = (addresses: string): State => stateOf('waf-ip-set', 'office', addresses);
const front = stateOf('waf-web-acl', 'front', '');
const dark: Observation = unseen({ ...front.ref, id: 'dark' });
const LISTING = { kind: 'waf-web-acl', region: 'us-east-1', shape: 1, complete: true };

/** The ports of a look whose account was last swept so. */
async function portsAfter(sweep: { readonly observations: readonly Observation[] } | undefined) {
  const documents: Documents = new MemoryDocuments();
  const kept =
    sweep &&
    (await saveScan(documents, {
      scan: scanOf(sweep.observations, { listings: [LISTING] }),
      comparedWith: 0,
      by: 'service',
    }));
  const item: LedgerItem | undefined = kept && {
    family: 'service',
    id: 'last-sweep',
    revision: 1,
    body: { sweep: kept.id },
  };
  const ledger = { read: () => Promise.resolve(item) };
  return { account: ACCOUNT, documents, ledger: ledger as never };
}

const whole = { observations: [...[office('198.51.100.0/24'), front, bucketState('exports')].map(seen), dark] };

describe('what a judge looks at beside what a look read', () => {
  test('all web ACLs and IP sets of the last sweep, those that could not be read too; what the look itself saw is newer', async () => {
    const now = scanOf([seen(office('203.0.113.0/24'))]);
    const relatives = await relativesFor(kindOf('waf-ip-set'), now, await portsAfter(whole));
    expect(relatives).toEqual({
      states: [front, office('203.0.113.0/24')],
      unread: [{ ref: { ...front.ref, id: 'dark' }, code: 'AccessDenied' }],
      listings: [LISTING],
    });
  });

  test('before the first sweep nothing is known of web ACLs, and their list is none', async () => {
    const now = scanOf([seen(office('203.0.113.0/24'))]);
    const relatives = await relativesFor(kindOf('waf-ip-set'), now, await portsAfter(undefined));
    expect(relatives).toEqual({ states: [office('203.0.113.0/24')], unread: [], listings: [] });
  });

  test('a snapshot that is damaged keeps no look from going on', async () => {
    const ports = await portsAfter(whole);
    const documents: Documents = {
      place: 'a damaged store',
      read: (key) => (key.endsWith('manifest.json') ? ports.documents.read(key) : Promise.resolve(undefined)),
      create: () => Promise.resolve('written'),
      replace: () => Promise.resolve('written'),
      list: () => Promise.resolve([]),
    };
    const now = scanOf([seen(office('203.0.113.0/24'))]);
    expect(await relativesFor(kindOf('waf-ip-set'), now, { ...ports, documents })).toMatchObject({ listings: [] });
  });

  test('a kind that needs none, and a look that read none, ask for none', async () => {
    const ports = { account: ACCOUNT, documents: {} as never, ledger: {} as never };
    expect(await relativesFor(kindOf('s3-bucket'), scanOf([seen(bucketState('exports'))]), ports)).toBe(NO_RELATIVES);
    expect(await relativesFor(kindOf('waf-ip-set'), scanOf([]), ports)).toBe(NO_RELATIVES);
  });
});
