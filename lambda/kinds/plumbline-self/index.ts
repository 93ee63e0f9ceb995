import type { ComparableKind } from '#core/comparison.ts';
import type { Kind } from '../kind.ts';
import { advice } from './advice.ts';
import { plumblineSelf } from './declaration.ts';
import { judge } from './judge.ts';

/**
 * The service itself, as whoever tells needs it: no reader, which is one function's alone. It stands beside the registry of what is
 * watched: nobody accepts what it is made of, a deployment does.
 */
export const ownKind: ComparableKind & Omit<Kind, 'reader'> = { declaration: plumblineSelf, judge, advice };
