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
  // Loops, not closures, and no call for what is plainly the same: this runs on every member of everything that was read.
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index += 1) if (!isSameMember(a[index], b[index])) return false;
    return true;
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const [keys, others] = [Object.keys(a), Object.keys(b)];
  if (keys.length !== others.length) return false;
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] ?? '';
    // Keys in one order need not be looked up.
    if (key !== others[index] && !Object.hasOwn(b, key)) return false;
    if (!isSameMember(a[key], b[key])) return false;
  }
  return true;
}

function isSameMember(a: Json | undefined, b: Json | undefined): boolean {
  return a === b || isSameJson(a ?? null, b ?? null);
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
