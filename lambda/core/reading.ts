import type { Json } from './json.ts';

/**
 * What one read of one setting gave. Not allowed to look, nothing there, not looked at, and there are four different
 * values: a refusal is never "absent" and never "clean".
 */
export type Reading<T> =
  | { readonly status: 'present'; readonly value: T }
  | { readonly status: 'absent' }
  /** The code is AWS's own error name, or ours for an answer that cannot be used (`MalformedPolicy`). */
  | { readonly status: 'unreadable'; readonly code: string }
  /** Not read because it cannot matter now. Its coming back is a change. */
  | { readonly status: 'skipped'; readonly because: string };

export const ABSENT = { status: 'absent' } as const;

export function present<T>(value: T): Reading<T> {
  return { status: 'present', value };
}

export function unreadable(code: string): { status: 'unreadable'; code: string } {
  return { status: 'unreadable', code };
}

export function skipped(because: string): { status: 'skipped'; because: string } {
  return { status: 'skipped', because };
}

/** Applies a normaliser to what is there and leaves the rest as it is. */
export function mapReading<T, U>(reading: Reading<T>, normalise: (value: T) => U): Reading<U> {
  return reading.status === 'present' ? present(normalise(reading.value)) : reading;
}

/** Carries a normaliser that may itself find the value unusable. */
export function flatMapReading<T, U>(reading: Reading<T>, normalise: (value: T) => Reading<U>): Reading<U> {
  return reading.status === 'present' ? normalise(reading.value) : reading;
}

/** The value that is there, or `undefined` for each of the three ways of having none: only for code that treats them alike. */
export function valueOf<T>(reading: Reading<T> | undefined): T | undefined {
  return reading?.status === 'present' ? reading.value : undefined;
}

export type JsonReading = Reading<Json>;
