import type { Change } from './change.ts';
import type { Comparison } from './comparison.ts';
import { rootOf } from './declaration.ts';
import type { DriftRecord } from './drift-record.ts';
import { canonicalJson, isJsonObject, objectOf } from './json.ts';
import { TRAILS } from './own-parts.ts';
import { present, type JsonReading } from './reading.ts';
import type { State } from './state.ts';

/**
 * What a part is compared with from the first look on: what it is, since a deployment made it. A trail no deployment of ours makes; without
 * one no event ever comes, and nobody would be told.
 */
export function asItHasToBe(state: State): State {
  const { condition } = state.watched;
  if (state.ref.id !== TRAILS || condition?.status !== 'present') return state;
  return { ...state, watched: { ...state.watched, condition: present({ hears: true }) } };
}

/** Does none of them take anything from the watch? */
export function isHarmless(changes: Comparison['changes']): boolean {
  return changes.every(({ silences }) => silences !== true);
}

/** Was this very change told of already? A deployment of other things does not make it right. */
export function isKnown({ path, after }: Change, record: DriftRecord | undefined): boolean {
  return (
    record?.drift.changes.some(
      (one) => one.path === path && canonicalJson({ ...one.after }) === canonicalJson({ ...after }),
    ) === true
  );
}

/** What the part is to be compared with from now on: what was read, but for what could not be read and what departs. */
export function adoptedState(before: State, now: State, departs: readonly Change[]): State {
  const watched = Object.fromEntries(
    Object.entries(now.watched).map(([root, reading]) => {
      const was = before.watched[root];
      const paths = departs.map(({ path }) => path).filter((path) => rootOf(path) === root);
      if (was === undefined || (reading.status !== 'unreadable' && paths.length === 0)) return [root, reading];
      return [root, reading.status === 'unreadable' ? was : withMembersOf(was, reading, paths)];
    }),
  );
  return { ...now, watched: { ...before.watched, ...watched } };
}

/** The reading now, with the members at these paths as they were; the reading as it was, where the whole of it departs. */
function withMembersOf(was: JsonReading, now: JsonReading, paths: readonly string[]): JsonReading {
  if (was.status !== 'present' || now.status !== 'present' || !isJsonObject(was.value) || !isJsonObject(now.value))
    return was;
  const members = paths.map((path) => path.split('.').slice(1).join('.'));
  if (members.includes('')) return was;
  const kept = Object.entries(now.value).filter(([member]) => !members.includes(member));
  const restored = Object.entries(was.value).filter(([member]) => members.includes(member));
  return present(objectOf([...kept, ...restored]));
}

/** Is the same set, whenever it was read? */
export function isSameWatched(a: State, b: State): boolean {
  const text = ({ watched }: State): string =>
    canonicalJson(objectOf(Object.entries(watched).map(([path, reading]) => [path, { ...reading }])));
  return text(a) === text(b);
}
