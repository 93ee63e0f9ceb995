/** Names that the stack and the code that runs in it share: the table's keys and index, and the variables of the functions. */

export const LEDGER = {
  partitionKey: 'family',
  sortKey: 'id',
  dueIndex: 'due',
  /** The one partition of the sparse index. */
  due: 'due',
  timeToLive: 'expiresAt',
} as const;
