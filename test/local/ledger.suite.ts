import { describe, expect, test } from 'vitest';
import type { Ledger, LedgerItem } from '#lambda/ports.ts';

const item = (id: string, more: Partial<LedgerItem> = {}): LedgerItem => ({
  family: 'drift',
  id,
  revision: 0,
  body: { says: id },
  ...more,
});

/** What every home of the live state does; each home runs the same suite. */
export function ledgerSuite(home: string, open: () => Promise<Ledger>): void {
  describe(`the ledger in ${home}`, () => {
    test('what was never written is undefined', async () => {
      expect(await (await open()).read({ family: 'drift', id: 'a' })).toBeUndefined();
    });

    test('what is written is read back whole, with its next revision', async () => {
      const ledger = await open();
      const written = item('111122223333/us-east-1/s3-bucket/a.b', {
        body: { text: 'ü "\\ \u{1f600}', list: [1, null, { deep: true }] },
        dueAt: '2026-01-01T00:00:00.000Z',
        expiresAt: '2026-02-01T00:00:00.000Z',
      });
      expect(await ledger.write(written)).toBe('written');
      expect(await ledger.read(written)).toEqual({ ...written, revision: 1 });
    });

    test('what is there is not created again, and what moved is not overwritten', async () => {
      const ledger = await open();
      await ledger.write(item('a'));
      expect(await ledger.write(item('a', { body: 'second' }))).toBe('conflict');
      expect(await ledger.write(item('a', { revision: 1, body: 'theirs' }))).toBe('written');
      expect(await ledger.write(item('a', { revision: 1, body: 'mine' }))).toBe('conflict');
      expect(await ledger.read(item('a'))).toMatchObject({ revision: 2, body: 'theirs' });
    });

    test('what is not there is not overwritten', async () => {
      expect(await (await open()).write(item('a', { revision: 3 }))).toBe('conflict');
    });

    test('of twenty that write one revision at once one wins', async () => {
      const ledger = await open();
      await ledger.write(item('a'));
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => ledger.write(item('a', { revision: 1, body: index }))),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(await ledger.read(item('a'))).toMatchObject({ revision: 2, body: outcomes.indexOf('written') });
    });

    test('what is due is told, the oldest first; what is not due, or no longer, is not', async () => {
      const ledger = await open();
      await ledger.write(item('late', { dueAt: '2026-01-03T00:00:00.000Z' }));
      await ledger.write(item('second', { dueAt: '2026-01-02T00:00:00.000Z' }));
      await ledger.write(item('first', { family: 'finding', dueAt: '2026-01-01T00:00:00.000Z' }));
      await ledger.write(item('never'));
      await ledger.write(item('done', { dueAt: '2026-01-01T00:00:00.000Z' }));
      await ledger.write(item('done', { revision: 1 }));
      expect(await ledger.due('2026-01-02T00:00:00.000Z')).toEqual([
        { family: 'finding', id: 'first' },
        { family: 'drift', id: 'second' },
      ]);
    });

    test('a family is listed whole, sorted, and nothing else is', async () => {
      const ledger = await open();
      for (const id of ['b', 'a', 'c/d']) await ledger.write(item(id));
      await ledger.write(item('x', { family: 'drifting' }));
      expect((await ledger.list('drift')).map(({ id }) => id)).toEqual(['a', 'b', 'c/d']);
      expect(await ledger.list('none')).toEqual([]);
    });

    test('many are read at once; those that are not there are left out', async () => {
      const ledger = await open();
      const ids = Array.from({ length: 130 }, (_, index) => `item-${String(index).padStart(3, '0')}`);
      for (const id of ids) await ledger.write(item(id));
      const read = await ledger.readMany(
        [...ids, ...ids.slice(0, 5), 'missing'].map((id) => ({ family: 'drift', id })),
      );
      expect(read.map(({ id }) => id).sort()).toEqual(ids);
    });

    test('two lists of ten thousand addresses fit into one item', async () => {
      const ledger = await open();
      const list = (shift: number) =>
        Array.from(
          { length: 10_000 },
          (_, index) => `2001:db8:${((index * 7919 + shift) % 65_536).toString(16)}:${index.toString(16)}::/64`,
        );
      const large = item('large', { body: { before: list(0), after: list(1) } });
      expect(await ledger.write(large)).toBe('written');
      expect(await ledger.read(large)).toEqual({ ...large, revision: 1 });
    });
  });
}
