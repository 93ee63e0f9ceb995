import { objectOf, type Json, type JsonObject } from '#core/json.ts';
import { canonicalPolicy, parsePolicy } from '#core/policy.ts';
import { ABSENT, flatMapReading, mapReading, present, type JsonReading, type Reading } from '#core/reading.ts';

/**
 * Several readings of one thing as one: what is not there is not there; what of it could not be read makes the whole unreadable, since
 * half of a condition is no condition.
 */
export function together(whole: JsonReading, ...others: readonly JsonReading[]): JsonReading {
  if (whole.status === 'absent') return ABSENT;
  const all = [whole, ...others];
  const blind = all.find(({ status }) => status === 'unreadable');
  if (blind !== undefined) return blind;
  const members = all.flatMap((reading) =>
    reading.status === 'present' ? Object.entries(reading.value as JsonObject) : [],
  );
  return present(objectOf(members));
}

/** Of what AWS answered the members that count, without those that are not set. */
export function pick(members: Readonly<Record<string, Json | undefined>>): JsonObject {
  return objectOf(
    Object.entries(members).flatMap(([name, value]): [string, Json][] => (value === undefined ? [] : [[name, value]])),
  );
}

/** A policy's text by its meaning; none is absent, and one that cannot be read is unreadable. */
export function policyReading(text: Reading<string | undefined>): JsonReading {
  return flatMapReading(text, (value) =>
    value === undefined || value === '' ? ABSENT : mapReading(parsePolicy(value), canonicalPolicy),
  );
}

/** Texts in one order. */
export function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A text that is JSON, as the value that it is; else the text. */
export function jsonIn(text: string | undefined): Json | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    return JSON.parse(text) as Json;
  } catch {
    return text;
  }
}
