import type { PlannedNote } from '#core/planned/planned-changes.ts';

/** Notes as the rows have them: the address, and the pattern that was meant where the sentence is of it. */
export const notes = (
  told: readonly PlannedNote[],
  meant: readonly (readonly [string, RegExp])[],
): readonly (readonly [string, string | RegExp])[] =>
  told.map(({ address, why }, place) => {
    const pattern = meant[place]?.[1];
    return [address, pattern?.test(why) === true ? pattern : why];
  });
