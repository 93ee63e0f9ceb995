import { expect, test } from 'vitest';
import { tick } from '#lambda/tick.ts';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();

const round = async (undelivered?: () => Promise<number>) => {
  const scene = new Scene(on.double);
  await scene.open();
  return tick({ ...scene.ports, ...(undelivered === undefined ? {} : { undelivered }) });
};

test.each([
  {
    case: 'what further regions could not deliver is counted',
    undelivered: () => Promise.resolve(3),
    is: 3,
    troubles: [],
  },
  { case: 'nothing undelivered is a zero', undelivered: () => Promise.resolve(0), is: 0, troubles: [] },
  {
    case: 'not knowing is a trouble, and no zero',
    undelivered: () => Promise.reject(new Error('AccessDenied')),
    is: undefined,
    troubles: ['further regions: AccessDenied'],
  },
  { case: 'without further regions nothing is asked', undelivered: undefined, is: undefined, troubles: [] },
])('$case', async ({ undelivered, is, troubles }) => {
  const outcome = await round(undelivered);
  expect([outcome.ran, outcome.undelivered, outcome.troubles]).toEqual([true, is, troubles]);
});
