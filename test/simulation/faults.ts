import type { Chance } from './chance.ts';

/** One way in which the world outside misbehaves. */
export interface FaultRow {
  /** What happens. */
  readonly says: string;
  /** Where it is known from. */
  readonly fact: string;
  /** How often at most, of the occasions on which it can happen; each run draws its own rate, and a third of the runs goes without. */
  readonly most: number;
}

/** Everything that goes wrong in the simulated service. Outages last, the others strike one call, message or event. */
export const FAULTS = {
  // Events on their way to the queue.
  eventLost: { says: 'an event never comes', fact: 'aws-facts §4.5: best effort', most: 0.5 },
  eventTwice: { says: 'an event comes twice', fact: 'aws-facts §4.5: duplicates possible', most: 0.3 },
  eventLate: { says: 'an event comes up to 20 minutes late, after younger ones', fact: 'aws-facts §4.5', most: 0.4 },
  eventCut: { says: 'an event comes without its parameters', fact: 'aws-facts §4.2: dropped above 100 KB', most: 0.1 },
  // Messages of our queues.
  messageTwice: { says: 'a message that was worked on comes again', fact: 'SQS: at least once', most: 0.1 },
  messageLate: { says: 'a message comes up to 90 seconds late', fact: 'SQS: no order', most: 0.1 },
  // Reads of what is watched.
  readStale: { says: 'a change shows in reads up to 10 s late', fact: 'aws-facts §1.2, §6: eventually', most: 0.5 },
  readThrottled: { says: 'a read is throttled until it is given up', fact: 'aws-facts §7: SlowDown', most: 0.03 },
  // Our own writes and calls.
  crashBefore: { says: 'the function dies before a write takes effect', fact: 'Lambda: timeout, memory', most: 0.01 },
  crashAfter: { says: 'the function dies after a write took effect', fact: 'Lambda: timeout, memory', most: 0.03 },
  callRefused: { says: 'a call to our own store, queue or topic fails for good', fact: 'aws-facts §7', most: 0.01 },
  answerLost: {
    says: 'a write took effect and is answered as a conflict with itself',
    fact: 'decision 14',
    most: 0.02,
  },
  stalled: { says: 'a call takes up to 100 seconds', fact: 'Lambda: a frozen or starved function', most: 0.01 },
  indexLate: { says: 'the index of what is due shows a write up to 5 s late', fact: 'DynamoDB: indexes', most: 0.5 },
  tickLost: {
    says: 'a tick of the schedule does not come',
    fact: 'no retry is scheduled (lib/constructs/clock.ts)',
    most: 0.05,
  },
} as const satisfies Readonly<Record<string, FaultRow>>;

export type FaultName = keyof typeof FAULTS;

/** A time in which something is down. */
export interface Outage {
  readonly what: 'reads' | 'topic' | 'ledger' | 'documents' | 'queues';
  /** For `reads`: which resource is refused; everything without it. */
  readonly of?: string;
  readonly from: number;
  readonly until: number;
}

/** Which things go wrong in one run, and how often. */
export interface FaultPlan {
  readonly rates: Readonly<Record<FaultName, number>>;
  readonly outages: readonly Outage[];
}

const MINUTE = 60_000;
/** SNS is down for an hour in every third run; the others of our own services for minutes, since nothing works without them. */
const OUTAGES = [
  { what: 'topic', runs: 0.33, minutes: [60, 60] },
  { what: 'ledger', runs: 0.15, minutes: [2, 15] },
  { what: 'documents', runs: 0.15, minutes: [2, 15] },
  { what: 'queues', runs: 0.15, minutes: [2, 15] },
  { what: 'reads', runs: 0.5, minutes: [3, 40] },
] as const;

/** Draws what goes wrong between two times. */
export function planFaults(
  chance: Chance,
  { from, until, resources }: { readonly from: number; readonly until: number; readonly resources: readonly string[] },
): FaultPlan {
  const rate = (most: number): number => (chance.happens(1 / 3) ? 0 : chance.between(0, most));
  const rates = Object.fromEntries(Object.entries(FAULTS).map(([name, { most }]) => [name, rate(most)]));
  const outages = OUTAGES.filter(({ runs }) => chance.happens(runs)).map(({ what, minutes: [least, most] }): Outage => {
    const length = chance.between(least, most) * MINUTE;
    const start = chance.between(from, Math.max(from, until - length));
    const isOfOne = what === 'reads' && chance.happens(0.7);
    return { what, ...(isOfOne ? { of: chance.oneOf(resources) } : {}), from: start, until: start + length };
  });
  return { rates: rates as Record<FaultName, number>, outages };
}
