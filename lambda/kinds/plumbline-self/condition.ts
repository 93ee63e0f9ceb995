import { isJsonObject, textOf, type Json, type JsonObject } from '#core/json.ts';
import { ALARMS, sortOf, TRAILS } from '#core/own-parts.ts';
import type { State } from '#core/state.ts';

/** Something that keeps a part from doing its work, whatever it was before. */
export interface Ailment {
  /** The member of the condition that it is about; undefined: the whole part. */
  readonly member?: string;
  readonly says: string;
}

const GONE: Ailment = { says: 'It is gone.' };

type Examination = (condition: JsonObject) => readonly Ailment[];

const when = (isSo: boolean, ailment: Ailment): readonly Ailment[] => (isSo ? [ailment] : []);

const isNoneIn = (list: Json | undefined): boolean => !Array.isArray(list) || list.length === 0;

const EXAMINATIONS: Readonly<Record<string, Examination>> = {
  function: ({ concurrency }) =>
    when(concurrency === 0, {
      member: 'concurrency',
      says: 'The function may not run: its reserved concurrency is 0.',
    }),
  rule: ({ state, targets }) => [
    ...when(textOf(state)?.startsWith('ENABLED') !== true, {
      member: 'state',
      says: 'The rule is off: what it brings is no longer heard of, and found by sweeps alone.',
    }),
    ...when(isNoneIn(targets), { member: 'targets', says: 'The rule has no target: what it brings reaches nobody.' }),
  ],
  schedule: ({ state }) =>
    when(state !== 'ENABLED', { member: 'state', says: 'The schedule is off: it starts nothing any more.' }),
  table: ({ is }) => when(is !== 'there', { member: 'is', says: 'It is being deleted.' }),
  key: ({ state }) =>
    when(state !== 'Enabled', {
      member: 'state',
      says: 'The key cannot be used: what is published to its topic is lost.',
    }),
  [TRAILS]: ({ hears }) =>
    when(hears !== true, {
      member: 'hears',
      says: 'No trail logs the writes of this region any more: no event comes, and changes are found by sweeps alone.',
    }),
  [ALARMS]: (alarms) => [
    ...when(Object.keys(alarms).length === 0, { says: 'There is no alarm on the service.' }),
    ...Object.entries(alarms).flatMap(([name, alarm]) =>
      when(isJsonObject(alarm) && alarm['acts'] !== true, {
        member: name,
        says: 'An alarm on the service acts no more.',
      }),
    ),
  ],
};

/** What ails a part now. Nothing is said of what could not be read. */
export function ailmentsOf({ ref, watched }: Pick<State, 'ref' | 'watched'>): readonly Ailment[] {
  const { condition } = watched;
  if (condition?.status === 'absent') return [GONE];
  if (condition?.status !== 'present' || !isJsonObject(condition.value)) return [];
  return EXAMINATIONS[sortOf(ref.id)]?.(condition.value) ?? [];
}
