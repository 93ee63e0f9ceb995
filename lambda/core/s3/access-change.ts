import { gravestOf, type Breakage, type Exposure } from '../change.ts';
import type { BucketAccess } from './access.ts';
import { anyOf } from './fact.ts';
import type { Operation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { briefly, type BriefOutcome } from './outcome.ts';

/** An operation that meets something else than before. */
export interface Flip {
  readonly row: string;
  readonly title: string;
  readonly before: BriefOutcome;
  readonly after: BriefOutcome;
  /** `unknown`: it flips for whatever is there, and whether something is there was not read. */
  readonly isHere: 'yes' | 'unknown';
}

/** What a change does on the two axes. */
export interface Effect {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Everyone is let in who was not. */
  readonly opensToWorld: boolean;
}

export const NO_EFFECT: Effect = { exposure: 'same', breakage: 'none', opensToWorld: false };

/** The operations that flip between two states of a bucket; those of which nothing is in the bucket do not count. */
export function flipsBetween(before: BucketAccess, after: BucketAccess): readonly Flip[] {
  return OPERATIONS.flatMap(({ row, title, isHere, outcome }): Flip[] => {
    const here = anyOf(isHere(before), isHere(after)).is;
    if (here === false) return [];
    const [was, is] = [outcome(before), outcome(after)];
    if (was.outcome === is.outcome) return [];
    return [{ row, title, before: briefly(was), after: briefly(is), isHere: here === true ? 'yes' : 'unknown' }];
  });
}

/** What one flip does, where "perhaps" is a flip from or to what is not known: it can only go that way. */
type Movement<Axis extends string> = Axis | `perhaps-${Axis}`;

interface Movements {
  readonly exposure: Movement<'widened' | 'narrowed'> | 'same';
  readonly breakage: Movement<'breaks' | 'restores'> | 'may-break' | 'none';
  readonly opensToWorld: boolean;
}

const EXPOSURES: readonly (readonly [Movements['exposure'], Exposure])[] = [
  ['widened', 'widened'],
  ['perhaps-widened', 'unknown'],
  ['narrowed', 'narrowed'],
  ['perhaps-narrowed', 'unknown'],
  ['same', 'same'],
];

const BREAKAGES: readonly (readonly [Movements['breakage'], Breakage])[] = [
  ['breaks', 'breaks'],
  ['may-break', 'may-break'],
  ['perhaps-breaks', 'unknown'],
  ['restores', 'restores'],
  ['perhaps-restores', 'unknown'],
  ['none', 'none'],
];

/** Doors that a policy or a bucket ACL itself makes: that one is new restores nothing. */
const DOORS: ReadonlySet<string> = new Set(['R3', 'R4', 'R5', 'R6', 'C3', 'H1', 'U2']);

/**
 * What the flips do together: the gravest of each axis. What is certain counts before what is only possible in the same direction.
 * `of: 'grants'`: who is granted what changed, not what holds it back.
 */
export function effectOf(flips: readonly Flip[], of: 'grants' | 'guards' = 'guards'): Effect {
  const movements = flips.map((flip): Movements => {
    const movement = movementsOf(flip);
    const isNewDoor = of === 'grants' && movement.breakage.endsWith('restores') && DOORS.has(flip.row);
    return isNewDoor ? { ...movement, breakage: 'none' } : movement;
  });
  return {
    exposure: EXPOSURES.find(([one]) => movements.some(({ exposure }) => exposure === one))?.[1] ?? 'same',
    breakage: BREAKAGES.find(([one]) => movements.some(({ breakage }) => breakage === one))?.[1] ?? 'none',
    opensToWorld: movements.some(({ opensToWorld }) => opensToWorld),
  };
}

const OPERATION_BY_ROW: ReadonlyMap<string, Operation> = new Map(OPERATIONS.map((one) => [one.row, one]));

function movementsOf(flip: Flip): Movements {
  const operation = OPERATION_BY_ROW.get(flip.row);
  const exposure = operation === undefined || operation.opens === 'nobody' ? 'same' : exposureOf(flip);
  return {
    exposure,
    breakage: operation === undefined || operation.breaks === 'never' ? 'none' : breakageOf(flip, operation),
    opensToWorld: operation?.opens === 'world' && exposure === 'widened' && flip.isHere === 'yes',
  };
}

function exposureOf({ before: { outcome: was }, after: { outcome: is } }: Flip): Movements['exposure'] {
  if (was === 'unknown') return is === 'allowed' ? 'perhaps-widened' : 'perhaps-narrowed';
  if (is === 'unknown') return was === 'allowed' ? 'perhaps-narrowed' : 'perhaps-widened';
  if ((was === 'allowed') === (is === 'allowed')) return 'same';
  return is === 'allowed' ? 'widened' : 'narrowed';
}

/** How well an operation works: refused; accepted without any effect; as it should. */
const WORKS = { denied: 0, 'silently-useless': 1, allowed: 2 } as const;

function breakageOf(
  { before: { outcome: was }, after: { outcome: is }, isHere }: Flip,
  { breaks }: Operation,
): Movements['breakage'] {
  if (was === 'unknown') return is === 'allowed' ? 'perhaps-restores' : 'perhaps-breaks';
  if (is === 'unknown') return was === 'denied' ? 'perhaps-restores' : 'perhaps-breaks';
  if (WORKS[is] > WORKS[was]) return 'restores';
  return breaks === 'now' && isHere === 'yes' ? 'breaks' : 'may-break';
}

/** The effects on several things, or of several changes, as one: the gravest of each axis. */
export function joined(effects: readonly Effect[]): Effect {
  return { ...gravestOf(effects), opensToWorld: effects.some(({ opensToWorld }) => opensToWorld) };
}
