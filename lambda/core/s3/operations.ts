import type { BucketAccess } from './access.ts';
import type { Operation } from './operation.ts';
import type { Outcome } from './outcome.ts';
import { READS } from './read-operations.ts';
import { SERVICES } from './service-operations.ts';
import { WRITES } from './write-operations.ts';

/** Every row of aws-facts §3.2 in its order, and two more of the same sort: R5 and R6 for what R3 and R4 leave out. */
export const OPERATIONS: readonly Operation[] = [...WRITES, ...READS, ...SERVICES];

/** What each operation meets in one state of a bucket, by the row's name. */
export function outcomesOf(access: BucketAccess): Readonly<Record<string, Outcome>> {
  return Object.fromEntries(OPERATIONS.map(({ row, outcome }) => [row, outcome(access)]));
}
