import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRef, printRef, printSelection, selectFrom, splitPath, type ResourceRef } from '#core/reference.ts';

const refs = fc.record({
  account: fc.string({ minLength: 1 }),
  region: fc.string({ minLength: 1 }),
  kind: fc.string({ minLength: 1 }),
  id: fc.string({ minLength: 1 }),
});

describe('printing and reading a reference', () => {
  test('is a round trip for every reference', () => {
    fc.assert(
      fc.property(refs, (ref) => {
        expect(parseRef(printRef(ref))).toEqual(ref);
      }),
    );
  });

  test('is a round trip with a path', () => {
    fc.assert(
      fc.property(refs, fc.string({ minLength: 1 }), (ref, path) => {
        expect(selectFrom([ref], printSelection({ ref, path }))).toEqual({ ref, path });
      }),
    );
  });

  test.each([
    {
      case: 'names with dots',
      ref: { account: '111122223333', region: 'us-east-1', kind: 's3-bucket', id: 'my.bucket.example' },
      text: '111122223333/us-east-1/s3-bucket/my.bucket.example',
    },
    {
      case: 'ids with slashes',
      ref: { account: '111122223333', region: 'us-east-1', kind: 'ecr-repository', id: 'team/app' },
      text: '111122223333/us-east-1/ecr-repository/team/app',
    },
    {
      case: 'what would break a line or the grammar',
      ref: { account: '111122223333', region: 'global', kind: 'k', id: 'a#b %\n' },
      text: '111122223333/global/k/a%23b%20%25%0A',
    },
  ])('$case', ({ ref, text }) => {
    expect(printRef(ref)).toBe(text);
    expect(parseRef(text)).toEqual(ref);
  });

  test.each(['', 'a', 'a/b/c', 'a/b/c/', '/b/c/d', 'a/b/c/%'])('"%s" is refused', (text) =>
    expect(() => parseRef(text)).toThrow(/no resource|per cent/),
  );
});

describe('naming one resource', () => {
  const of = (region: string, kind: string, id: string): ResourceRef => ({ account: '111122223333', region, kind, id });
  const known = [
    of('us-east-1', 's3-bucket', 'exports'),
    of('eu-west-1', 's3-bucket', 'my.exports'),
    of('us-east-1', 'waf-ip-set', 'deny'),
    of('global', 'waf-ip-set', 'deny'),
    of('global', 's3-account-block', 'account'),
  ];

  test.each([
    { named: '111122223333/us-east-1/s3-bucket/exports', region: 'us-east-1', id: 'exports', path: undefined },
    { named: 'exports', region: 'us-east-1', id: 'exports', path: undefined },
    { named: 'my.exports', region: 'eu-west-1', id: 'my.exports', path: undefined },
    { named: 'global/waf-ip-set/deny', region: 'global', id: 'deny', path: undefined },
    { named: 'exports#policy', region: 'us-east-1', id: 'exports', path: 'policy' },
  ])('$named', ({ named, region, id, path }) => {
    const selection = selectFrom(known, named);
    expect(selection.ref).toMatchObject({ region, id });
    expect(selection.path).toBe(path);
  });

  test.each([
    {
      named: 'deny',
      says: '"deny" names 2 resources: 111122223333/global/waf-ip-set/deny, 111122223333/us-east-1/waf-ip-set/deny. Write more of the one you mean',
    },
    { named: 'exprots', says: 'nothing here is called "exprots"; did you mean "exports"?' },
    {
      named: 'something-else',
      says: 'nothing here is called "something-else": "plumbline scan --all --json" has every name',
    },
    { named: '', says: 'the name of a resource is empty' },
    { named: 'exports#', says: '"exports#" ends in # without a path: write RESOURCE#path, or leave the # out' },
  ])('$named is refused with a hint', ({ named, says }) => expect(() => selectFrom(known, named)).toThrow(says));

  test('a path is split off at the first #', () => expect(splitPath('a#b')).toEqual({ resource: 'a', path: 'b' }));
});
