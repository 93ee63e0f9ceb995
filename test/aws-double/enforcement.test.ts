/** §3.3 as a specification: the table as it is written, and every cell of it. */
import { describe, expect, test } from 'vitest';
import { rule, type Ruling } from './enforcement.ts';
import {
  anonymous,
  attemptBy,
  BOE,
  canned,
  partner,
  PARTNERS,
  PARTNERS_AND_PUBLIC,
  PUBLIC,
  readableBy,
  service,
  us,
  worldOf,
} from './scenarios.ts';
import { ALL_USERS } from './world.ts';

/** Section 3.3 as it is written there; `400?` is its "400 (403 possible, [U])". */
const ROWS = `
  BA IA BP RP Wpub Racl RaclP Rpol Xmix Ppub BOE-Wpub
  0  0  0  0  ok   ok   ok    ok   ok   ok   400
  0  0  0  1  ok   ok   403   403  403  ok   400
  0  0  1  0  ok   ok   ok    ok   ok   403  400
  0  0  1  1  ok   ok   403   403  403  403  400
  0  1  0  0  ok*  403  ok    ok   ok   ok   400
  0  1  0  1  ok*  403  403   403  403  ok   400
  0  1  1  0  ok*  403  ok    ok   ok   403  400
  0  1  1  1  ok*  403  403   403  403  403  400
  1  0  0  0  403  ok   ok    ok   ok   ok   400?
  1  0  0  1  403  ok   403   403  403  ok   400?
  1  0  1  0  403  ok   ok    ok   ok   403  400?
  1  0  1  1  403  ok   403   403  403  403  400?
  1  1  0  0  403  403  ok    ok   ok   ok   400?
  1  1  0  1  403  403  403   403  403  ok   400?
  1  1  1  0  403  403  ok    ok   ok   403  400?
  1  1  1  1  403  403  403   403  403  403  400?
`
  .trim()
  .split('\n')
  .slice(1)
  .map((line) => {
    const [BA, IA, BP, RP, Wpub, Racl, RaclP, Rpol, Xmix, Ppub, BoeWpub] = line.trim().split(/\s+/);
    return { BA, IA, BP, RP, Wpub, Racl, RaclP, Rpol, Xmix, Ppub, BoeWpub };
  });

const COLUMNS = {
  Wpub: { bucket: {}, attempt: attemptBy(us, 'PutObject', canned('public-read')) },
  Racl: { bucket: { policy: PARTNERS }, attempt: attemptBy(anonymous, 'GetObject', readableBy(ALL_USERS)) },
  RaclP: { bucket: { policy: PUBLIC }, attempt: attemptBy(anonymous, 'GetObject', readableBy(ALL_USERS)) },
  Rpol: { bucket: { policy: PUBLIC }, attempt: attemptBy(anonymous, 'GetObject', readableBy()) },
  Xmix: {
    bucket: { policy: PARTNERS_AND_PUBLIC },
    attempt: attemptBy(partner, 'GetObject', { ...readableBy(), key: 'masters/1.mov' }),
  },
  Ppub: { bucket: {}, attempt: attemptBy(us, 'PutBucketPolicy', { policy: PUBLIC }) },
  BoeWpub: { bucket: BOE, attempt: attemptBy(us, 'PutObject', canned('public-read')) },
} as const;

/** In the words of the table. */
const cellOf = ({ status, useless, unsettled }: Ruling): string =>
  (status < 300 ? (useless === true ? 'ok*' : 'ok') : String(status)) + (unsettled === undefined ? '' : '?');

describe('§3.3: all sixteen combinations', () => {
  describe.each(ROWS)('BA=$BA IA=$IA BP=$BP RP=$RP', ({ BA, IA, BP, RP, ...cells }) => {
    const bits = {
      BlockPublicAcls: BA === '1',
      IgnorePublicAcls: IA === '1',
      BlockPublicPolicy: BP === '1',
      RestrictPublicBuckets: RP === '1',
    };
    test.each(Object.entries(COLUMNS))('%s, whichever level has the bits', (name, { bucket, attempt }) => {
      const expected = cells[name as keyof typeof COLUMNS];
      expect(cellOf(rule(worldOf({ ...bucket, block: bits }), attempt))).toBe(expected);
      expect(cellOf(rule(worldOf(bucket, { accountBlock: bits }), attempt))).toBe(expected);
    });

    test.each([
      { who: 'a same-account principal (S1)', caller: us, operation: 'GetObject' },
      { who: 'CloudFront by OAC (C1)', caller: service('cloudfront'), operation: 'GetObject' },
      { who: 'a service that writes logs (S2)', caller: service('logging.s3'), operation: 'PutObject' },
      { who: 'a write without an ACL (W0)', caller: us, operation: 'PutObject' },
    ] as const)('$who is ok', ({ caller, operation }) => {
      expect(cellOf(rule(worldOf({ policy: PUBLIC, block: bits }), attemptBy(caller, operation)))).toBe('ok');
    });

    test('a policy that names an account and nobody else is ok (X1)', () => {
      const world = worldOf({ policy: PARTNERS, block: bits });
      expect(cellOf(rule(world, attemptBy(partner, 'GetObject')))).toBe('ok');
      expect(cellOf(rule(world, attemptBy(us, 'PutBucketPolicy', { policy: PARTNERS })))).toBe('ok');
    });
  });
});
