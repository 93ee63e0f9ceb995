/** What a stream tells of the terminal behind it, if one is. */
export interface MaybeTerminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Columns of the terminal behind a stream; undefined where it is none, or one that does not say how wide it is: those say 0. */
export function widthOf({ isTTY, columns }: MaybeTerminal): number | undefined {
  return isTTY === true && columns !== undefined && columns > 0 ? columns : undefined;
}
