import { expect, test } from 'vitest';
import type { Progress } from '#lambda/ports.ts';
import { addingUp } from '#lambda/tally.ts';

test('works that run at once are told as one sum', () => {
  const told: Progress[] = [];
  const partOf = addingUp((progress) => told.push(progress));
  const [first, second] = [partOf(), partOf()];
  first({ doing: 'reading', done: 1, of: 10 });
  second({ doing: 'reading', done: 2, of: 5 });
  first({ doing: 'reading', done: 4, of: 10 });
  expect(told.map(({ done, of }) => `${done} of ${of}`)).toEqual(['1 of 10', '3 of 15', '6 of 15']);
});
