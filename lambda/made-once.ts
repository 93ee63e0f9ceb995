/** Makes a value when it is first asked for, and keeps it: nothing is built at import that the first event may not need. */
/* @__NO_SIDE_EFFECTS__ */
export function madeOnce<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
