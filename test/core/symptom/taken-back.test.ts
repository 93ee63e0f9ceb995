import { expect, test } from 'vitest';
import { ABSENT } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import type { State } from '#core/state.ts';
import { opensIfTakenBack } from '#core/symptom/taken-back.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { kindsById } from '#kinds';
import { bucketState } from '../../builders.ts';
import { accountState, blockOf } from '../s3/buckets.ts';
import { ACCOUNT_BLOCK } from './exports.ts';

const EVERYONE = [{ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission: 'READ' }];
const open = bucketState('open', { watched: { acl: { status: 'present', value: EVERYONE } } });
const shut = bucketState('shut');
const statesOf = (...states: readonly State[]): ReadonlyMap<string, State> =>
  new Map(states.map((state) => [printRef(state.ref), state]));
const blocking = (flags: string): WatchedChange => ({ ...ACCOUNT_BLOCK, after: blockOf(flags) });
const ofBucket: WatchedChange = { ...ACCOUNT_BLOCK, ref: open.ref, before: ABSENT, after: blockOf('0100') };

test.each<{ case: string; change: WatchedChange; is: readonly string[] }>([
  {
    case: 'a block of the account that hides ACLs: the bucket that one of them opens',
    change: blocking('0100'),
    is: ['open'],
  },
  { case: 'a block that only refuses new ACLs hid nothing', change: blocking('1000'), is: [] },
  { case: 'a block of one bucket: that bucket', change: ofBucket, is: ['open'] },
  { case: 'a block of a bucket that nothing opens', change: { ...ofBucket, ref: shut.ref }, is: [] },
])('aws-facts §1.1: $case', ({ change, is }) => {
  const opened = opensIfTakenBack(change, statesOf(accountState('-'), open, shut), kindsById);
  expect(opened.map(({ id }) => id)).toEqual(is);
});
