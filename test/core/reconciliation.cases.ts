import type { Shown } from '#core/change.ts';

/** A change that a reading showed: which setting, and when it was read. Seconds after 08:00:00, as everywhere in these cases. */
export interface Change {
  readonly path: string;
  readonly readAt: number;
  readonly isGone?: true;
  readonly of?: 'bucket' | 'block';
}

/** A call, and what the reading after it showed of what it set. */
export interface Call {
  readonly by: string;
  readonly at: number;
  /** None: the event does not tell. */
  readonly moves?: string;
  readonly shows?: Shown;
  /** When that was read; left out: that is not known. */
  readonly readAt?: number;
  /** Why it could not be compared. */
  readonly notCompared?: string;
  /** It failed. */
  readonly error?: string;
  readonly of?: 'bucket' | 'block';
}

/** What was asked of CloudTrail after a change that no event explained. */
export interface Search {
  readonly of?: 'bucket' | 'block';
  readonly regions: readonly string[];
  readonly gaps?: readonly string[];
  readonly above?: readonly string[];
}

export interface ReconciliationCase {
  readonly case: string;
  /** `aws-facts.md`, or the issue or the design where it decides. */
  readonly fact: string;
  readonly changes?: readonly Change[];
  readonly calls?: readonly Call[];
  readonly searches?: readonly Search[];
  /** Regions that could not be looked through. */
  readonly gaps?: readonly string[];
  /** The regions of which anything was heard; left out: that is not known. */
  readonly heard?: readonly string[];
  /** Everything is looked at so long after 08:00:00; left out: a day. */
  readonly now?: number;
  /** By whom each change was made: `policy@60`, the setting and when it was read. */
  readonly explained?: Readonly<Record<string, readonly string[]>>;
  /** Why nobody may be known of each. */
  readonly unexplained?: Readonly<Record<string, readonly string[]>>;
  /** Why each call changed nothing. */
  readonly withoutEffect?: Readonly<Record<string, string>>;
  readonly notCompared?: Readonly<Record<string, string>>;
  readonly attempts?: readonly string[];
}

const policy = (readAt: number): Change => ({ path: 'policy', readAt });
const sets = (by: string, at: number, shows: Shown): Call => ({ by, at, moves: 'policy', shows });

export const reconciliationCases: readonly ReconciliationCase[] = [
  { case: 'a quiet day', fact: 'issue, part 8' },
  {
    case: 'one change, one call',
    fact: '§4.2: what a call asked for is in the event',
    changes: [policy(10)],
    calls: [sets('ana', 5, 'yes')],
    explained: { 'policy@10': ['ana'] },
  },
  {
    case: 'a call of which the event does not tell what it set',
    fact: '§4.3: parameters are left out over 100 KB',
    changes: [policy(10)],
    calls: [sets('ana', 5, 'not-told')],
    explained: { 'policy@10': ['ana'] },
  },
  {
    case: 'three people within a minute, read once: whoever set what stands; what the others set was written over',
    fact: 'issue: three people change one bucket within a minute',
    changes: [policy(60)],
    calls: [sets('ana', 0, 'no'), sets('bob', 20, 'no'), sets('eve', 40, 'yes')],
    explained: { 'policy@60': ['eve'] },
    withoutEffect: { ana: 'overwritten by bob', bob: 'overwritten by eve' },
  },
  {
    case: 'two changes of one setting, each read: each call is the cause of its own',
    fact: 'design §4: a note a change',
    changes: [policy(10), policy(70)],
    calls: [sets('ana', 5, 'yes'), sets('bob', 65, 'yes')],
    explained: { 'policy@10': ['ana'], 'policy@70': ['bob'] },
  },
  {
    case: 'two changes that cancel out, each read: two changes, and both have their call',
    fact: 'issue: two changes that cancel out',
    changes: [policy(10), policy(310)],
    calls: [sets('ana', 5, 'yes'), sets('ana again', 305, 'yes')],
    explained: { 'policy@10': ['ana'], 'policy@310': ['ana again'] },
  },
  {
    case: 'the same, and the first call is in the second of its reading',
    fact: '§4.3: eventTime has seconds',
    changes: [policy(5.5), policy(310)],
    calls: [
      { ...sets('ana', 5, 'yes'), readAt: 5.5 },
      { ...sets('ana again', 305, 'yes'), readAt: 310 },
    ],
    explained: { 'policy@5.5': ['ana'], 'policy@310': ['ana again'] },
  },
  {
    case: 'two calls in one second, and a reading between them',
    fact: '§4.3: eventTime has seconds',
    changes: [policy(5.5), policy(310)],
    calls: [
      { ...sets('ana', 5, 'yes'), readAt: 5.5 },
      { ...sets('bob', 5, 'yes'), readAt: 310 },
    ],
    explained: { 'policy@5.5': ['ana'], 'policy@310': ['bob'] },
  },
  {
    case: 'two changes that cancel out before anybody reads: nothing changed, and both are told with why',
    fact: 'issue: two changes that cancel out',
    calls: [sets('ana', 5, 'no'), sets('bob', 8, 'yes')],
    withoutEffect: { ana: 'taken-back by bob', bob: 'took-back by ana' },
  },
  {
    case: 'the same value written twice: the first changed it',
    fact: 'issue: the same value written twice',
    changes: [policy(10)],
    calls: [sets('ana', 5, 'yes'), sets('bob', 65, 'yes')],
    explained: { 'policy@10': ['ana'] },
    withoutEffect: { bob: 'same-value' },
  },
  {
    case: 'the value written that was there before anybody called',
    fact: '§4.2: a call is recorded whether or not it changes something',
    calls: [sets('tool', 5, 'yes')],
    withoutEffect: { tool: 'same-value' },
  },
  {
    case: 'a call whose value is not told, and nothing is otherwise after it',
    fact: '§4.3',
    calls: [sets('ana', 5, 'not-told')],
    withoutEffect: { ana: 'not-told' },
  },
  {
    case: 'what a call set is gone when it is read, and nobody is known who took it back',
    fact: 'design §1: events are hints, reading is the truth',
    calls: [sets('ana', 5, 'no')],
    withoutEffect: { ana: 'gone' },
  },
  {
    case: 'a call whose value was written over by one that nobody heard of: it did not make what stands',
    fact: '§4.5: delivery is best effort',
    changes: [policy(60)],
    calls: [sets('ana', 5, 'no')],
    searches: [{ regions: ['eu-west-1'] }],
    unexplained: { 'policy@60': ['other-calls', 'none-found'] },
    withoutEffect: { ana: 'gone' },
  },
  {
    case: 'a late event, after a sweep found the change',
    fact: 'issue: an event late by 20 minutes',
    changes: [policy(600)],
    calls: [sets('ana', 5, 'yes')],
    explained: { 'policy@600': ['ana'] },
  },
  {
    case: 'a call after the last reading of a change is not its cause',
    fact: '§4.3: eventTime is when the call ended',
    changes: [policy(60)],
    calls: [sets('ana', 120, 'yes')],
    searches: [{ regions: ['eu-west-1'] }],
    unexplained: { 'policy@60': ['none-found'] },
    withoutEffect: { ana: 'same-value' },
  },
  {
    case: 'a call in the very second of a reading may be in it',
    fact: '§4.3: eventTime has seconds',
    changes: [policy(60)],
    calls: [sets('ana', 60, 'yes')],
    explained: { 'policy@60': ['ana'] },
  },
  {
    case: 'two that set the same in one second: either',
    fact: '§4.3: eventTime has seconds',
    changes: [policy(60)],
    calls: [sets('ana', 5, 'yes'), sets('bob', 5, 'yes')],
    explained: { 'policy@60': ['ana', 'bob'] },
  },
  {
    case: 'a call on another setting explains nothing of this one',
    fact: '§4.1: each setting has calls of its own',
    changes: [policy(60)],
    calls: [{ by: 'ana', at: 5, moves: 'acl', shows: 'yes' }],
    searches: [{ regions: ['eu-west-1'] }],
    unexplained: { 'policy@60': ['none-found'] },
    withoutEffect: { ana: 'same-value' },
  },
  {
    case: 'a bucket was made and set up: all who did are its causes',
    fact: 'design §3: "created" is a change against nothing',
    changes: [{ path: 'exists', readAt: 30 }],
    calls: [{ by: 'maker', at: 5, moves: 'exists', shows: 'yes' }, sets('setter', 8, 'yes')],
    explained: { 'exists@30': ['maker', 'setter'] },
  },
  {
    case: 'a bucket was set up and deleted: what was set on it did not delete it, and can no longer be read',
    fact: 'design §3: "deleted" is said when the thing itself answers that it is gone',
    changes: [{ path: 'exists', readAt: 30, isGone: true }],
    calls: [{ by: 'eve', at: 8, moves: 'exists', shows: 'yes' }, sets('setter', 5, 'unread')],
    explained: { 'exists@30': ['eve'] },
    notCompared: { setter: 'what it set could not be read' },
  },
  {
    case: 'an attempt that failed stands apart, and explains nothing',
    fact: '§4.2: errorCode says that the attempt failed',
    changes: [policy(60)],
    calls: [{ by: 'ana', at: 5, moves: 'policy', error: 'AccessDenied' }],
    searches: [{ regions: ['eu-west-1'] }],
    unexplained: { 'policy@60': ['none-found'] },
    attempts: ['ana'],
  },
  {
    case: 'the event is lost, and the history of its region cannot be read',
    fact: '§4.5: delivery is best effort; field.md §3 (18): trail off in a region',
    changes: [policy(60)],
    searches: [{ regions: ['eu-west-1'], gaps: ['eu-west-1'] }],
    unexplained: { 'policy@60': ['gap'] },
  },
  {
    case: 'what could not be read of another region does not matter to a bucket',
    fact: '§4.1: a bucket’s calls are recorded in its region',
    changes: [policy(60)],
    searches: [{ regions: ['eu-west-1', 'us-east-1'], gaps: ['us-east-1'] }],
    unexplained: { 'policy@60': ['none-found'] },
  },
  {
    case: 'the account’s block may be set through any region, and by the organisation',
    fact: '§4.1: recorded where it was called; §1.8: a policy of the organisation has no event in the account',
    changes: [{ path: 'publicAccessBlock', readAt: 60, of: 'block' }],
    searches: [{ of: 'block', regions: ['eu-west-1', 'us-east-1'], gaps: ['us-east-1'] }],
    unexplained: { 'publicAccessBlock@60': ['gap', 'level-above'] },
  },
  {
    case: 'what was found of the level above is said',
    fact: 'issue, part 5',
    changes: [{ path: 'publicAccessBlock', readAt: 60, of: 'block' }],
    searches: [{ of: 'block', regions: ['us-east-1'], above: ['suspected: organisation S3 policy'] }],
    unexplained: { 'publicAccessBlock@60': ['level-above', 'none-found'] },
  },
  {
    case: 'younger than a quarter of an hour: its event may still come',
    fact: '§4.5: within 15 minutes',
    changes: [policy(60)],
    now: 60 + 14 * 60,
    unexplained: { 'policy@60': ['young'] },
  },
  {
    case: 'CloudTrail is still being asked',
    fact: '§4.5: asked after 0, 2, 5, 15 and 30 minutes',
    changes: [policy(60)],
    now: 60 + 20 * 60,
    unexplained: { 'policy@60': ['asking'] },
  },
  {
    case: 'nobody asked CloudTrail',
    fact: 'design §1: what was not looked at is said',
    changes: [policy(60)],
    unexplained: { 'policy@60': ['not-asked'] },
  },
  {
    case: 'logs that hold nothing of a region: no trail may have heard it',
    fact: 'field.md §3 (18)',
    changes: [policy(60)],
    heard: ['us-east-1'],
    unexplained: { 'policy@60': ['not-heard'] },
  },
  {
    case: 'logs that hold other calls of the region, and a part that could not be read',
    fact: 'design §1: what was not looked at is said',
    changes: [policy(60)],
    heard: ['eu-west-1'],
    gaps: ['eu-west-1'],
    unexplained: { 'policy@60': ['gap'] },
  },
  {
    case: 'logs that hold other calls of the region, and were read whole',
    fact: '§4.5: delivery is best effort',
    changes: [policy(60)],
    heard: ['eu-west-1'],
    unexplained: { 'policy@60': ['none-found'] },
  },
  {
    case: 'a call about what could not be read, or cannot be compared',
    fact: 'design §1: not knowing is a value',
    calls: [sets('ana', 5, 'unread'), { ...sets('bob', 65, 'yes'), notCompared: 'it is not accepted yet' }],
    notCompared: { ana: 'what it set could not be read', bob: 'it is not accepted yet' },
  },
  {
    case: 'the one half-known: of two resources one was read',
    fact: 'design §1: not knowing is a value',
    calls: [sets('ana', 5, 'yes'), { ...sets('ana', 5, 'unread'), of: 'block' }],
    notCompared: { ana: 'what it set could not be read' },
  },
];
