import { describe, expect, test } from 'vitest';
import { ledgerSuite } from '../local/ledger.suite.ts';
import { MemoryLedger } from './memory-ledger.ts';

ledgerSuite('the memory of a simulation', () => Promise.resolve(new MemoryLedger()));

describe('its index', () => {
  test('shows a write late, and until then what stood there before; what is read is never late', async () => {
    let now = 0;
    let late = 0;
    const ledger = new MemoryLedger({ now: () => now, indexLateMs: () => late });
    const key = { family: 'finding', id: 'f-1' };
    await ledger.write({ ...key, revision: 0, body: {}, dueAt: '2026-01-01' });
    late = 5;
    await ledger.write({ ...key, revision: 1, body: {} });
    expect([await ledger.due('2026-01-02'), (await ledger.read(key))?.dueAt]).toEqual([[key], undefined]);
    now = 5;
    expect(await ledger.due('2026-01-02')).toEqual([]);
  });
});
