import { describe, expect, test } from 'vitest';
import { NO, unknown, YES } from '#core/s3/fact.ts';
import { allowed, decide, notKnown, refusals, when, type Outcome } from '#core/s3/outcome.ts';

const DOUBT = unknown('a reason');
const useless: Outcome = { outcome: 'silently-useless', http: 200, says: 'useless' };
const [off, blocked] = [refusals.aclsOff(), refusals.publicAcl('s3:PutObject')];

describe('the first clause that holds decides; one that is not known leaves both ways open', () => {
  test.each<{ case: string; outcome: () => Outcome; is: Outcome }>([
    { case: 'no clause', outcome: () => decide([], allowed('so')), is: allowed('so') },
    { case: 'the first holds', outcome: () => decide([when(YES, off), when(YES, blocked)], allowed('so')), is: off },
    {
      case: 'the second holds',
      outcome: () => decide([when(NO, off), when(YES, blocked)], allowed('so')),
      is: blocked,
    },
    { case: 'none holds', outcome: () => decide([when(NO, off), when(NO, blocked)], allowed('so')), is: allowed('so') },
    {
      case: 'not known, and the ways differ',
      outcome: () => decide([when(DOUBT, off)], allowed('so')),
      is: notKnown('a reason'),
    },
    {
      case: 'not known, refused or useless',
      outcome: () => decide([when(DOUBT, off)], useless),
      is: notKnown('a reason'),
    },
    {
      case: 'not known, useless or refused',
      outcome: () => decide([when(DOUBT, useless)], off),
      is: notKnown('a reason'),
    },
    {
      case: 'not known, allowed either way',
      outcome: () => decide([when(DOUBT, allowed('one'))], allowed('other')),
      is: allowed('other'),
    },
    { case: 'not known, useless either way', outcome: () => decide([when(DOUBT, useless)], useless), is: useless },
    {
      case: 'not known, refused alike either way',
      outcome: () => decide([when(DOUBT, off)], { ...off, says: 'other' }),
      is: { ...off, says: 'other' },
    },
    {
      case: 'not known, refused in two ways',
      outcome: () => decide([when(DOUBT, off)], blocked),
      is: { ...off, or: { http: 403, code: 'AccessDenied' } },
    },
    {
      case: 'not known, and one way is not known itself',
      outcome: () => decide([when(DOUBT, notKnown('another'))], allowed('so')),
      is: notKnown('another'),
    },
    {
      case: 'not known, and the other way is not',
      outcome: () => decide([when(DOUBT, allowed('so'))], notKnown('another')),
      is: notKnown('another'),
    },
  ])('$case', ({ outcome, is }) => expect(outcome()).toEqual(is));
});
