import { describe, expect, test } from 'vitest';
import { inEachAccount, MOST_AT_ONCE, openAtOnce } from '#bin/each-account.ts';
import { PlumblineError } from '#core/errors.ts';
import type { World } from '#bin/world.ts';

describe('one account more is opened while the one thread has time for it', () => {
  test.each([
    { open: 1, busy: 0.1, next: 2, why: 'it waits for AWS' },
    { open: 1, busy: 0.59, next: 2, why: 'one account takes little more than half of its time' },
    { open: 1, busy: 0.7, next: 1, why: 'a second would not fit' },
    { open: 3, busy: 0.99, next: 2, why: 'it has too many: none is opened for the next that ends' },
    { open: 1, busy: 1, next: 1, why: 'one is always open' },
    { open: MOST_AT_ONCE, busy: 0, next: MOST_AT_ONCE, why: 'each takes memory' },
  ])('$open open, busy for $busy of the time: $next ($why)', ({ open, busy, next }) => {
    expect(openAtOnce(open, busy)).toBe(next);
  });
});

describe('in each account', () => {
  const world = {
    tell: (text: string) => void told.push(text),
    signal: new AbortController().signal,
  } as unknown as World;
  const fault = (code: 'AWS_REFUSED' | 'ARGUMENT_INVALID'): PlumblineError => new PlumblineError(code, `${code} here`);
  const each = (works: Readonly<Record<string, () => Promise<string>>>): Promise<readonly string[]> =>
    inEachAccount(world, Object.keys(works), {
      onProgress: () => undefined,
      work: (account) => works[account]?.() ?? Promise.reject(new Error('no work')),
      failed: (account) => `${account} failed`,
    });

  test('one that fails hides no other, and stands where it was named', async () => {
    const done = await each({
      a: () => Promise.resolve('a done'),
      b: () => Promise.reject(fault('AWS_REFUSED')),
      c: () => Promise.resolve('c done'),
    });
    expect(done).toEqual(['a done', 'b failed', 'c done']);
  });

  test('arguments that are wrong in one are told of that one; in all, the command ends', async () => {
    const wrong = (): Promise<string> => Promise.reject(fault('ARGUMENT_INVALID'));
    expect(await each({ a: wrong, b: () => Promise.resolve('b done') })).toEqual(['a failed', 'b done']);
    await expect(each({ a: wrong, b: wrong })).rejects.toThrow('ARGUMENT_INVALID here');
  });
});
