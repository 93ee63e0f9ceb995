/** Any JSON value. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An object with the given members. `__proto__` is a member like any other, never the prototype. */
export function objectOf<T extends Json>(entries: Iterable<readonly [string, T]>): { readonly [key: string]: T } {
  return Object.fromEntries(entries);
}

const byCodeUnits = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** One text for one value: keys in code-unit order, no white space. Equal values have equal texts. */
export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (isJsonObject(value)) {
    const keys = Object.keys(value).sort(byCodeUnits);
    return `{${keys.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

/** The text that a value is, or nothing. */
export function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Are the two the same value, whatever the order of their keys? The order of lists counts. */
export function isSameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => isSameJson(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSameJson(a[key] ?? null, b[key] ?? null))
  );
}

/** A list as a set: sorted by canonical text, each value once. */
export function sortedSet(values: readonly Json[]): readonly Json[] {
  const byText = new Map(values.map((value) => [canonicalJson(value), value]));
  return [...byText.keys()].sort(byCodeUnits).map((text) => byText.get(text) ?? null);
}

/** What the second set has more than the first, and less. Both are compared by value. */
export function setChange(
  before: readonly Json[],
  after: readonly Json[],
): { added: readonly Json[]; removed: readonly Json[] } {
  const had = new Set(before.map(canonicalJson));
  const has = new Set(after.map(canonicalJson));
  return {
    added: after.filter((value) => !had.has(canonicalJson(value))),
    removed: before.filter((value) => !has.has(canonicalJson(value))),
  };
}

/** How deep lists and objects are nested; goes no deeper than one past `most`. */
export function nestingOf(value: Json, most: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = -1;
  // No copies of members: this runs on every policy that is read.
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[]) deepest = Math.max(deepest, most < 0 ? 0 : nestingOf(item, most - 1));
  } else {
    for (const key of Object.keys(value)) {
      deepest = Math.max(deepest, most < 0 ? 0 : nestingOf((value as JsonObject)[key] ?? null, most - 1));
    }
  }
  return deepest + 1;
}
