import { describe, expect, test } from 'vitest';
import type { Documents } from '#lambda/ports.ts';

const text = (value: string): Uint8Array => Buffer.from(value);
const read = async (documents: Documents, key: string): Promise<string | undefined> => {
  const document = await documents.read(key);
  return document && Buffer.from(document.body).toString('utf8');
};

/** What every home of the documents does; each home runs the same suite. */
export function documentsSuite(home: string, open: () => Promise<Documents>): void {
  describe(`documents in ${home}`, () => {
    test('a document that was never written is undefined', async () => {
      expect(await (await open()).read('a/b.json')).toBeUndefined();
    });

    test('what is created is read back, byte for byte', async () => {
      const documents = await open();
      const body = new Uint8Array([0, 255, 10, 13, 128]);
      expect(await documents.create('a/b.json', body)).toBe('written');
      expect(new Uint8Array((await documents.read('a/b.json'))?.body ?? [])).toEqual(body);
    });

    test('what is there is not created again', async () => {
      const documents = await open();
      await documents.create('a.json', text('first'));
      expect(await documents.create('a.json', text('second'))).toBe('conflict');
      expect(await read(documents, 'a.json')).toBe('first');
    });

    test('what was read is replaced, and its version moves', async () => {
      const documents = await open();
      await documents.create('a.json', text('first'));
      const version = (await documents.read('a.json'))?.version ?? '';
      expect(await documents.replace('a.json', text('second'), version)).toBe('written');
      expect(await read(documents, 'a.json')).toBe('second');
      expect((await documents.read('a.json'))?.version).not.toBe(version);
    });

    test('what somebody else replaced is not', async () => {
      const documents = await open();
      await documents.create('a.json', text('first'));
      const version = (await documents.read('a.json'))?.version ?? '';
      await documents.replace('a.json', text('theirs'), version);
      expect(await documents.replace('a.json', text('mine'), version)).toBe('conflict');
      expect(await read(documents, 'a.json')).toBe('theirs');
    });

    test('what is not there is not replaced', async () => {
      const documents = await open();
      expect(await documents.replace('a.json', text('x'), 'any')).toBe('conflict');
      expect(await documents.read('a.json')).toBeUndefined();
    });

    test('of twenty that create at once one wins', async () => {
      const documents = await open();
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => documents.create('a.json', text(`writer ${index}`))),
      );
      const winner = outcomes.indexOf('written');
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(await read(documents, 'a.json')).toBe(`writer ${winner}`);
    });

    test('of twenty that replace one version at once one wins', async () => {
      const documents = await open();
      await documents.create('a.json', text('first'));
      const version = (await documents.read('a.json'))?.version ?? '';
      const outcomes = await Promise.all(
        Array.from({ length: 20 }, (_, index) => documents.replace('a.json', text(`writer ${index}`), version)),
      );
      expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1);
      expect(await read(documents, 'a.json')).toBe(`writer ${outcomes.indexOf('written')}`);
    });

    test('keys are listed by prefix, sorted, and nothing else is', async () => {
      const documents = await open();
      for (const key of ['b/2.json', 'a/1.json', 'b/1.json', 'b/c/3.json', 'bb/1.json'])
        await documents.create(key, text('x'));
      expect(await documents.list('b/')).toEqual(['b/1.json', 'b/2.json', 'b/c/3.json']);
      expect(await documents.list('none/')).toEqual([]);
    });
  });
}
