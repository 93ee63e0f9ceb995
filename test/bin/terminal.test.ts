import { expect, test } from 'vitest';
import { widthOf, type MaybeTerminal } from '#bin/terminal.ts';

test.each<{ case: string; of: MaybeTerminal; is: number | undefined }>([
  { case: 'a terminal', of: { isTTY: true, columns: 120 }, is: 120 },
  { case: 'a pipe', of: {}, is: undefined },
  { case: 'a file, whatever it says', of: { isTTY: false, columns: 80 }, is: undefined },
  { case: 'a terminal of a recording program, which has no width', of: { isTTY: true, columns: 0 }, is: undefined },
  { case: 'a terminal that does not say', of: { isTTY: true }, is: undefined },
])('$case is $is columns wide', ({ of, is }) => {
  expect(widthOf(of)).toBe(is);
});
