/** Everything that the service can be asked. The first change something, so they need to know who asks; the others only read. */
export const CHANGING_ASKS = ['accept', 'ack', 'mute', 'test-alert'] as const;
export const READING_ASKS = [
  'findings',
  'scan',
  'explain',
  'verdict',
  'baseline',
  'blast-radius',
  'changes',
  'answer',
] as const;

const CHANGING: ReadonlySet<string> = new Set(CHANGING_ASKS);

/** Does this question change something? */
export function isChanging(ask: unknown): ask is (typeof CHANGING_ASKS)[number] {
  return typeof ask === 'string' && CHANGING.has(ask);
}
