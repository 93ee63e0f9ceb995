import type { Cause, Shown } from '#core/change.ts';

/** One call that CloudTrail has of the resource: who, when, which path it moves (none: the event does not tell), and does what it set stand? */
export interface Call {
  readonly by: string;
  /** Seconds after 08:00:00; CloudTrail has no finer time. */
  readonly at: number;
  readonly moves?: string;
  readonly shows: Shown;
}

export interface AttributionCase {
  readonly case: string;
  /** `aws-facts.md`, or the design where it decides. */
  readonly fact: string;
  readonly departed: readonly string[];
  readonly calls: readonly Call[];
  /** How sure it is of each that they made it so. */
  readonly sure: Readonly<Record<string, Cause['certainty']>>;
  /** Paths that nothing explains. */
  readonly unexplained?: readonly string[];
}

const call = (by: string, at: number, what: Shown | readonly [Shown, path: string]): Call => {
  const [shows, moves] = typeof what === 'string' ? [what, 'policy'] : what;
  return { by, at, shows, moves };
};
const untold = (by: string, at: number): Call => ({ by, at, shows: 'not-told' });

export const attributionCases: readonly AttributionCase[] = [
  {
    case: 'one call, and what it set stands',
    fact: '§4.2: what a call asked for is in the event',
    departed: ['policy'],
    calls: [call('ana', 0, 'yes')],
    sure: { ana: 'certain' },
  },
  {
    case: 'three people set one setting within a minute: whoever set what stands, and not whoever was first',
    fact: '§4.3: order by time, then read the state again',
    departed: ['policy'],
    calls: [call('ana', 0, 'no'), call('bob', 20, 'no'), call('eve', 40, 'yes')],
    sure: { ana: 'unknown', bob: 'unknown', eve: 'certain' },
  },
  {
    case: 'the same, and what the second of them set stands: the event of the third has a value that is not there',
    fact: '§4.3: events have no order that can be relied on; a value that stands is stronger than a later time',
    departed: ['policy'],
    calls: [call('ana', 0, 'no'), call('bob', 20, 'yes'), call('eve', 40, 'no')],
    sure: { ana: 'unknown', bob: 'likely', eve: 'unknown' },
  },
  {
    case: 'three people set three settings of one bucket: each is the cause of their own',
    fact: '§4.1: each setting has calls of its own',
    departed: ['policy', 'acl', 'ownership'],
    calls: [call('ana', 0, ['yes', 'policy']), call('bob', 20, ['yes', 'acl']), call('eve', 40, ['yes', 'ownership'])],
    sure: { ana: 'certain', bob: 'certain', eve: 'certain' },
  },
  {
    case: 'two calls in one second: what stands tells which',
    fact: '§4.3: eventTime has seconds',
    departed: ['policy'],
    calls: [call('ana', 5, 'yes'), call('bob', 5, 'no')],
    sure: { ana: 'certain', bob: 'unknown' },
  },
  {
    case: 'two calls in one second that set the same: either',
    fact: '§4.3',
    departed: ['policy'],
    calls: [call('ana', 5, 'yes'), call('bob', 5, 'yes')],
    sure: { ana: 'several', bob: 'several' },
  },
  {
    case: 'the same value written twice: whoever wrote it first changed it, whoever wrote it again changed nothing',
    fact: '§4.2: a call is recorded whether or not it changes something',
    departed: ['policy'],
    calls: [call('ana', 0, 'yes'), call('bob', 300, 'yes')],
    sure: { ana: 'certain', bob: 'unknown' },
  },
  {
    case: 'set, taken back, and set again by somebody else: the last of them made it so',
    fact: '§4.3',
    departed: ['policy'],
    calls: [call('ana', 0, 'yes'), call('bob', 60, 'no'), call('eve', 120, 'yes')],
    sure: { ana: 'unknown', bob: 'unknown', eve: 'certain' },
  },
  {
    case: 'one call that does not tell what it set',
    fact: '§4.2: requestParameters are dropped above 100 KB; old records have none',
    departed: ['addresses'],
    calls: [untold('ana', 0)],
    sure: { ana: 'likely' },
  },
  {
    case: 'two calls that do not tell: either of them',
    fact: '§4.2',
    departed: ['addresses'],
    calls: [untold('ana', 0), untold('bob', 30)],
    sure: { ana: 'several', bob: 'several' },
  },
  {
    case: 'the same person twice: that it was they is sure, and which call is not',
    fact: '§4.2',
    departed: ['addresses'],
    calls: [untold('ana', 0), untold('ana', 30)],
    sure: { ana: 'several' },
  },
  {
    case: 'one that does not tell, then one that set what stands',
    fact: 'issue: a value equal to what the event asked for is stronger evidence than time',
    departed: ['policy'],
    calls: [untold('ana', 0), call('bob', 30, 'yes')],
    sure: { ana: 'unknown', bob: 'certain' },
  },
  {
    case: 'one that set what stands, then one that does not tell: what stands is what the first asked for',
    fact: 'issue: a value equal to what the event asked for is stronger evidence than time',
    departed: ['policy'],
    calls: [call('ana', 0, 'yes'), untold('bob', 30)],
    sure: { ana: 'certain', bob: 'unknown' },
  },
  {
    case: 'one whose value is gone again, then one that does not tell',
    fact: '§4.2, §4.3',
    departed: ['policy'],
    calls: [call('ana', 0, 'no'), untold('bob', 30)],
    sure: { ana: 'unknown', bob: 'likely' },
  },
  {
    case: 'one call that cannot be compared, since the setting cannot be read now',
    fact: 'design §1.2: a refused read is a value',
    departed: ['policy'],
    calls: [{ by: 'ana', at: 0, moves: 'policy', shows: 'unread' }],
    sure: { ana: 'likely' },
  },
  {
    case: 'a call on another setting explains nothing',
    fact: '§4.1',
    departed: ['policy'],
    calls: [call('ana', 0, ['yes', 'acl'])],
    sure: { ana: 'unknown' },
    unexplained: ['policy'],
  },
  {
    case: 'only what is not there was set: somebody else did it, whose call nobody has',
    fact: '§4.5: in some rare cases an event might not be delivered',
    departed: ['policy'],
    calls: [call('ana', 0, 'no')],
    sure: { ana: 'unknown' },
    unexplained: ['policy'],
  },
  {
    case: 'two settings moved, and one of them is explained',
    fact: '§4.5',
    departed: ['policy', 'acl'],
    calls: [call('ana', 0, ['yes', 'policy'])],
    sure: { ana: 'certain' },
    unexplained: ['acl'],
  },
  {
    case: 'a bucket that was created, and given a policy by somebody else: both are told of',
    fact: '§4.1: CreateBucket says that it is there',
    departed: ['exists'],
    calls: [call('ana', 0, ['yes', 'exists']), call('bob', 60, ['yes', 'policy'])],
    sure: { ana: 'certain', bob: 'certain' },
  },
  {
    case: 'a bucket that was created, of which only the policy’s event came: the policy is theirs, the bucket need not be',
    fact: '§4.5',
    departed: ['exists'],
    calls: [call('bob', 60, ['yes', 'policy'])],
    sure: { bob: 'certain' },
    unexplained: ['exists'],
  },
  {
    case: 'nothing is known',
    fact: '§4.5',
    departed: ['policy'],
    calls: [],
    sure: {},
    unexplained: ['policy'],
  },
];
