/** Something that is so, is not so, or cannot be told, with the reason. Kleene's three values: what is not known stays not known. */
export type Fact = { readonly is: true } | { readonly is: false } | { readonly is: 'unknown'; readonly why: string };

export const YES: Fact = { is: true };
export const NO: Fact = { is: false };

export function unknown(why: string): Fact {
  return { is: 'unknown', why };
}

export function factOf(is: boolean): Fact {
  return is ? YES : NO;
}

/** One that is not so decides; else one that is not known does. */
export function allOf(...facts: readonly Fact[]): Fact {
  return facts.find(({ is }) => is === false) ?? facts.find(({ is }) => is === 'unknown') ?? YES;
}

/** One that is so decides; else one that is not known does. */
export function anyOf(...facts: readonly Fact[]): Fact {
  return facts.find(({ is }) => is === true) ?? facts.find(({ is }) => is === 'unknown') ?? NO;
}

export function not(fact: Fact): Fact {
  return fact.is === 'unknown' ? fact : factOf(!fact.is);
}

/** `yes`, `no` or `unknown`: a fact as one word. */
export function wordOf({ is }: Fact): 'yes' | 'no' | 'unknown' {
  return is === 'unknown' ? 'unknown' : is ? 'yes' : 'no';
}
