import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cause, Change, Shown } from '#core/change.ts';
import { EXISTS } from '#core/declaration.ts';
import { nextDrift, type DriftNews, type DriftRecord } from '#core/drift-record.ts';
import type { Json } from '#core/json.ts';
import { chance } from '../arbitraries.ts';
import { bucketRef } from '../builders.ts';

const at = (minute: number): string => new Date(Date.UTC(2026, 2, 2, 8, minute)).toISOString();
const change = (path: string, value: Json = 'new'): Change => ({
  path,
  before: { status: 'absent' },
  after: { status: 'present', value },
  exposure: 'widened',
  breakage: 'none',
  says: `${path} moved`,
  check: 'check',
});

type Certainty = Cause['certainty'];
const cause = (eventId: string, certainty: Certainty = 'certain'): Cause => ({ eventId, certainty, reasons: [] });

interface NewsSettings {
  readonly version?: number;
  readonly generation?: number;
  readonly causes?: readonly Cause[];
  readonly unknown?: Readonly<Record<string, string>>;
  readonly sweep?: string;
  /** What is accepted of it, where it could not be read; nothing for what is accepted as gone. */
  readonly accepted?: Readonly<Record<string, Json>>;
}

/** What a read at this minute found: these changes, or, with none, that it is as accepted. */
function news(minute: number, changes: readonly Change[], settings: NewsSettings = {}): DriftNews {
  const { version = 1, generation = version, causes = [], unknown = {}, sweep, accepted } = settings;
  return {
    drift: { ref: bucketRef('exports'), baseline: version, changes, takenAt: at(minute), causes },
    generation,
    unknown,
    foundBy: sweep === undefined ? {} : { sweep },
    ...(accepted === undefined ? {} : { accepted: readingsOf(accepted) }),
  };
}

function readingsOf(values: Readonly<Record<string, Json>>): NonNullable<DriftNews['accepted']> {
  const readings = Object.entries(values).map(([path, value]) => [path, { status: 'present', value }] as const);
  const exists =
    readings.length === 0 ? ({ status: 'absent' } as const) : ({ status: 'present', value: true } as const);
  return { [EXISTS]: exists, ...Object.fromEntries(readings) };
}

const moved = (minute: number, settings?: NewsSettings) => news(minute, [change('policy')], settings);
/** The policy was read with this value, and so the look judged a call on it. */
const movedTo = (minute: number, value: string, call: string | readonly [id: string, Shown]): DriftNews => {
  const [eventId, shows] = typeof call === 'string' ? [call, 'yes' as const] : call;
  return news(minute, [change('policy', value)], {
    causes: [{ eventId, at: at(minute), moves: 'policy', shows, certainty: 'unknown', reasons: [] }],
  });
};
const asAccepted = (minute: number, settings?: NewsSettings) => news(minute, [], settings);
const refused = (minute: number, paths: readonly string[], changes: readonly Change[] = []) =>
  news(minute, changes, { unknown: Object.fromEntries(paths.map((path) => [path, 'AccessDenied'])) });

interface Outcome {
  readonly record: DriftRecord | undefined;
  /** Was there something to be told after the last of it? */
  readonly due: boolean;
}

function after(all: readonly DriftNews[]): Outcome {
  let outcome: Outcome = { record: undefined, due: false };
  for (const one of all) {
    const next = nextDrift(outcome.record, one);
    outcome = next ?? { record: outcome.record, due: false };
  }
  return outcome;
}

/** A record in one line: status, episode, what departs, since when, what of it is blind. */
function line({ record, due }: Outcome): string {
  if (record === undefined) return 'nothing';
  const { drift, status, endedBy, blind } = record;
  if (status === 'closed' && drift.episode === 0) return 'nothing';
  const what = drift.changes.map(
    ({ path, after: now }) =>
      `${path}=${now.status === 'present' ? JSON.stringify(now.value).replaceAll('"', '') : ''}`,
  );
  return [
    status === 'closed' ? `closed by ${endedBy ?? '?'}` : 'open',
    `${drift.baseline}.${drift.episode}`,
    ...(status === 'open' ? [what.sort().join(' ')] : []),
    ...(blind === undefined ? [] : [`blind since ${blind.since.slice(11, 16)} in ${Object.keys(blind.why).join(' ')}`]),
    ...(due ? ['due'] : []),
  ].join(', ');
}

describe('a record after each news', () => {
  const cases: readonly { case: string; fact: string; news: readonly DriftNews[]; is: string }[] = [
    {
      case: 'as accepted, and nothing was known: nothing to tell',
      fact: 'design.md §1.2',
      news: [asAccepted(0)],
      is: 'nothing',
    },
    {
      case: 'nothing could be read, and nothing was known: nothing to tell',
      fact: 'design.md §1.2: a refused read is never "not set"',
      news: [refused(0, [EXISTS])],
      is: 'nothing',
    },
    { case: 'the first departure', fact: 'design.md §4', news: [moved(0)], is: 'open, 1.1, policy=new, due' },
    {
      case: 'a departure after a look that found it as accepted is the first episode',
      fact: 'design.md §4',
      news: [asAccepted(0), moved(1)],
      is: 'open, 1.1, policy=new, due',
    },
    {
      case: 'the same again',
      fact: 'design.md §4: event and sweep meet on one record',
      news: [moved(0), moved(1)],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'the same read twice',
      fact: 'aws-facts §4.5: duplicates',
      news: [moved(0), moved(0)],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'moved to another value',
      fact: 'statuses opened, changed',
      news: [moved(0), news(1, [change('policy', 'newer')])],
      is: 'open, 1.1, policy=newer, due',
    },
    {
      case: 'moved in a further path',
      fact: 'statuses opened, changed',
      news: [moved(0), news(1, [change('policy'), change('acl')])],
      is: 'open, 1.1, acl=new policy=new, due',
    },
    {
      case: 'the same changes in another order are the same',
      fact: 'order is no meaning',
      news: [news(0, [change('acl'), change('policy')]), news(1, [change('policy'), change('acl')])],
      is: 'open, 1.1, acl=new policy=new',
    },
    {
      case: 'back as accepted',
      fact: 'design.md §4',
      news: [moved(0), asAccepted(1)],
      is: 'closed by recovery, 1.1, due',
    },
    {
      case: 'as accepted, twice: told once',
      fact: 'nothing is told twice',
      news: [moved(0), asAccepted(1), asAccepted(2)],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'departed again, by a read after the closing one: a new episode',
      fact: 'design.md §4',
      news: [moved(0), asAccepted(1), moved(2)],
      is: 'open, 1.2, policy=new, due',
    },
    {
      case: 'departed, by a read before the closing one: late news',
      fact: 'design.md §4: a new episode opens only by a read taken after the closing read',
      news: [moved(0), asAccepted(2), moved(1)],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'departed, by the closing read’s own time',
      fact: 'design.md §4: after the closing read',
      news: [moved(0), asAccepted(2), moved(2)],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'departed, by a read before a later one that found it as accepted again',
      fact: 'design.md §4: late news never overwrites newer',
      news: [moved(0), asAccepted(1), asAccepted(5), moved(3)],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'departed, by a read before the very first one, which found it as accepted',
      fact: 'design.md §4: late news never overwrites newer',
      news: [asAccepted(2), moved(1)],
      is: 'nothing',
    },
    {
      case: 'late news of an older value',
      fact: 'design.md §4: every write is conditional on takenAt',
      news: [moved(0), news(3, [change('policy', 'newest')]), news(2, [change('policy', 'older')])],
      is: 'open, 1.1, policy=newest',
    },
    {
      case: 'late news that it is as accepted',
      fact: 'design.md §4: every write is conditional on takenAt',
      news: [moved(0), moved(3), asAccepted(2)],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'news against an older baseline',
      fact: 'design.md §4: the teller drops drifts of a superseded version',
      news: [moved(0, { version: 2 }), news(1, [change('acl')], { version: 1 })],
      is: 'open, 2.1, policy=new',
    },
    {
      case: 'news against an older baseline that it is as accepted then',
      fact: 'a recovery is one from the newest accepted version',
      news: [moved(0, { version: 2 }), asAccepted(1, { version: 1 })],
      is: 'open, 2.1, policy=new',
    },
    {
      case: 'a newer generation that left this resource alone',
      fact: 'design.md §4: a drift’s key is the resource’s own accepted version',
      news: [moved(0), moved(1, { generation: 2 })],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'accepted as it is',
      fact: 'design.md §4: a drift of a superseded version ends',
      news: [moved(0), asAccepted(1, { version: 2 })],
      is: 'closed by acceptance, 1.1, due',
    },
    {
      case: 'accepted, and departed from that too',
      fact: 'design.md §4',
      news: [moved(0), news(1, [change('acl')], { version: 2 })],
      is: 'open, 2.2, acl=new, due',
    },
    {
      case: 'accepted, and late news of the newer version from before the last read',
      fact: 'design.md §4: every write is conditional on takenAt',
      news: [moved(5), asAccepted(3, { version: 2 })],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'accepted after it had closed by itself: nothing to tell',
      fact: 'nothing is told twice',
      news: [moved(0), asAccepted(1), asAccepted(2, { version: 2 })],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'its going was accepted, and it comes again: nothing of it is accepted, in the newest generation',
      fact: 'design.md §3: "created" is a change against nothing',
      news: [
        moved(0, { version: 2 }),
        asAccepted(1, { version: 0, generation: 3 }),
        moved(2, { version: 0, generation: 3 }),
      ],
      is: 'open, 0.2, policy=new, due',
    },
    {
      case: 'what was first seen takes over from nothing; news from before that does not come back',
      fact: 'design.md §4: until someone accepts, the provisional baseline; late news never overwrites newer',
      news: [
        moved(0, { version: -1, generation: 0 }),
        moved(1, { version: 0, generation: 0 }),
        moved(2, { version: -1, generation: 0 }),
      ],
      is: 'open, 0.2, policy=new',
    },
    {
      case: 'what had changed can no longer be read: open and blind, its last known change stays',
      fact: 'design.md §1.2: recovery is never announced from a blind read',
      news: [moved(0), refused(1, ['policy'])],
      is: 'open, 1.1, policy=new, blind since 08:01 in policy, due',
    },
    {
      case: 'nothing of it can be read',
      fact: 'design.md §1.2',
      news: [news(0, [change('policy'), change('acl')]), refused(1, [EXISTS])],
      is: 'open, 1.1, acl=new policy=new, blind since 08:01 in exists, due',
    },
    {
      case: 'still blind: since the first time, and told once',
      fact: 'nothing is told twice',
      news: [moved(0), refused(1, ['policy']), refused(9, ['policy'])],
      is: 'open, 1.1, policy=new, blind since 08:01 in policy',
    },
    {
      case: 'a member of a record, when the whole record is blind',
      fact: 'blindness is of what is read: the root of the path',
      news: [news(0, [change('publicAccessBlock.BlockPublicAcls')]), refused(1, ['publicAccessBlock'])],
      is: 'open, 1.1, publicAccessBlock.BlockPublicAcls=new, blind since 08:01 in publicAccessBlock, due',
    },
    {
      case: 'one of two paths is blind, the other is back',
      fact: 'a blind path keeps its last known change',
      news: [news(0, [change('policy'), change('acl')]), refused(1, ['policy'])],
      is: 'open, 1.1, policy=new, blind since 08:01 in policy, due',
    },
    {
      case: 'blind, and another path moves',
      fact: 'a blind path keeps its last known change',
      news: [moved(0), refused(1, ['policy'], [change('acl')])],
      is: 'open, 1.1, acl=new policy=new, blind since 08:01 in policy, due',
    },
    {
      case: 'what is blind never was a change: no blindness of this departure',
      fact: 'blindness is of what departs',
      news: [moved(0), refused(1, ['acl'], [change('policy')])],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'what is blind never was a change, and what had changed is back',
      fact: 'nothing that departed is unknown',
      news: [moved(0), refused(1, ['acl'])],
      is: 'closed by recovery, 1.1, due',
    },
    {
      case: 'blindness ends: as it was',
      fact: 'what is read is what counts',
      news: [moved(0), refused(1, ['policy']), moved(2)],
      is: 'open, 1.1, policy=new',
    },
    {
      case: 'blindness ends: something else',
      fact: 'what is read is what counts',
      news: [moved(0), refused(1, ['policy']), news(2, [change('policy', 'other')])],
      is: 'open, 1.1, policy=other, due',
    },
    {
      case: 'blindness ends: back as accepted',
      fact: 'recovery is announced from a read that saw it',
      news: [moved(0), refused(1, ['policy']), asAccepted(2)],
      is: 'closed by recovery, 1.1, due',
    },
    {
      case: 'blind after it had closed: nothing',
      fact: 'a blind read opens nothing',
      news: [moved(0), asAccepted(1), refused(2, [EXISTS])],
      is: 'closed by recovery, 1.1',
    },
    {
      case: 'a blind read after the closing one does not hide what a read between them saw',
      fact: 'a blind read is no evidence',
      news: [moved(0), asAccepted(1), refused(5, [EXISTS]), moved(3)],
      is: 'open, 1.2, policy=new, due',
    },
    {
      case: 'another version was accepted, and whether it departs from that cannot be read: neither accepted nor recovered',
      fact: 'a blind path never closes a record',
      news: [moved(0), news(1, [], { version: 2, unknown: { policy: 'AccessDenied' } })],
      is: 'open, 1.1, policy=new, blind since 08:01 in policy, due',
    },
    {
      case: 'and when it can be read again, that is what counts',
      fact: 'a blind path never closes a record',
      news: [
        moved(0),
        news(1, [], { version: 2, unknown: { policy: 'AccessDenied' } }),
        news(2, [change('acl')], { version: 2 }),
      ],
      is: 'open, 2.2, acl=new, due',
    },
    {
      case: 'the same change became graver, as when a new bucket that was private lets others in',
      fact: 'design.md §3: info is told by the digest, anything graver is an alert',
      news: [news(0, [{ ...change(EXISTS), exposure: 'same' }]), news(1, [change(EXISTS)])],
      is: 'open, 1.1, exists=new, due',
    },
    {
      case: 'the same change became less grave',
      fact: 'what is better needs no alert',
      news: [news(0, [change(EXISTS)]), news(1, [{ ...change(EXISTS), exposure: 'same' }])],
      is: 'open, 1.1, exists=new',
    },
    {
      case: 'it was gone and is there again, and not all of it can be read: whether it is as accepted nobody knows',
      fact: 'design.md §1.2: recovery is never announced from a blind read',
      news: [news(0, [{ ...change(EXISTS), after: { status: 'absent' } }]), refused(1, ['acl'])],
      is: 'open, 1.1, exists=, blind since 08:01 in acl, due',
    },
    {
      case: 'it was gone and is there again, and later all of it is read',
      fact: 'design.md §1.2: recovery is never announced from a blind read',
      news: [news(0, [{ ...change(EXISTS), after: { status: 'absent' } }]), refused(1, ['acl']), asAccepted(2)],
      is: 'closed by recovery, 1.1, due',
    },
    {
      case: 'it was gone and is there again, otherwise than accepted, and not all of it can be read',
      fact: 'what is there is not told as deleted',
      news: [news(0, [{ ...change(EXISTS), after: { status: 'absent' } }]), refused(1, ['acl'], [change('policy')])],
      is: 'open, 1.1, policy=new, due',
    },
    {
      case: 'accepted as it was last seen, and it can no longer be read: it is as accepted, as far as anybody knows',
      fact: 'no alert says that a value departs which somebody accepted',
      news: [moved(0), news(1, [], { version: 2, unknown: { [EXISTS]: 'AccessDenied' }, accepted: { policy: 'new' } })],
      is: 'closed by acceptance, 1.1, due',
    },
    {
      case: 'of a record one member was accepted as it was last seen, the other not',
      fact: 'no alert says that a value departs which somebody accepted',
      news: [
        news(0, [change('publicAccessBlock.BlockPublicAcls'), change('publicAccessBlock.IgnorePublicAcls')]),
        news(1, [], {
          version: 2,
          unknown: { publicAccessBlock: 'AccessDenied' },
          accepted: { publicAccessBlock: { BlockPublicAcls: 'new', IgnorePublicAcls: 'other' } },
        }),
      ],
      is: 'open, 1.1, publicAccessBlock.IgnorePublicAcls=new, blind since 08:01 in publicAccessBlock, due',
    },
    {
      case: 'of a record a member was accepted whose own name has dots in it',
      fact: 'CloudFront lets origins be called by their hosts',
      news: [
        news(0, [change('origins.assets.s3.amazonaws.com')]),
        news(1, [], {
          version: 2,
          unknown: { origins: 'AccessDenied' },
          accepted: { origins: { 'assets.s3.amazonaws.com': 'new' } },
        }),
      ],
      is: 'closed by acceptance, 1.1, due',
    },
    {
      case: 'its going was accepted, and whether it came again cannot be read',
      fact: 'no alert says that a value departs which somebody accepted',
      news: [
        news(0, [{ ...change(EXISTS), after: { status: 'absent' } }]),
        news(1, [], { version: 0, generation: 2, unknown: { [EXISTS]: 'AccessDenied' }, accepted: {} }),
      ],
      is: 'closed by acceptance, 1.1, due',
    },
    {
      case: 'accepted while blind',
      fact: 'design.md §4',
      news: [moved(0), refused(1, ['policy']), asAccepted(2, { version: 2 })],
      is: 'closed by acceptance, 1.1, due',
    },
  ];

  test.each(cases)('$case', ({ news: all, is }) => expect(line(after(all))).toBe(is));
});

describe('the whole record', () => {
  test('of a first departure', () => {
    expect(nextDrift(undefined, moved(0, { causes: [cause('e1')], sweep: 's1' }))).toEqual({
      record: {
        drift: {
          ref: bucketRef('exports'),
          baseline: 1,
          episode: 1,
          changes: [change('policy')],
          takenAt: at(0),
          causes: [cause('e1')],
        },
        generation: 1,
        status: 'open',
        openedAt: at(0),
        foundBy: { sweep: 's1' },
      },
      due: true,
    });
  });

  test('keeps when it opened, who found it and the finding that tells of it, until it ends', () => {
    const first = nextDrift(undefined, moved(0, { sweep: 's1' }))?.record;
    const told: DriftRecord | undefined = first && { ...first, finding: 'f-1' };
    const later = nextDrift(told, news(7, [change('policy', 'newer')], { sweep: 's2' }))?.record;
    expect(later).toMatchObject({
      openedAt: at(0),
      finding: 'f-1',
      foundBy: { sweep: 's1' },
      drift: { takenAt: at(7) },
    });
    const closed = nextDrift(later, asAccepted(8))?.record;
    expect(closed).toMatchObject({ status: 'closed', closedAt: at(8), endedBy: 'recovery', finding: 'f-1' });
    expect(closed?.drift.changes, 'what had changed is still to be told').toEqual([change('policy', 'newer')]);
  });

  test('a new episode is of no finding yet, and has the causes of none but itself', () => {
    const told = after([moved(0, { causes: [cause('e1')] }), asAccepted(1)]).record;
    const reopened = nextDrift(told && { ...told, finding: 'f-1' }, moved(2, { causes: [cause('e2')] }))?.record;
    expect(reopened).toMatchObject({ openedAt: at(2), drift: { episode: 2, causes: [cause('e2')] } });
    expect(reopened).not.toHaveProperty('finding');
    expect(reopened).not.toHaveProperty('closedAt');
    expect(reopened).not.toHaveProperty('endedBy');
  });

  test('a departure from the next version is of no finding yet', () => {
    const told = after([moved(0)]).record;
    const next = nextDrift(told && { ...told, finding: 'f-1' }, moved(1, { version: 2 }))?.record;
    expect(next).not.toHaveProperty('finding');
  });

  test('a look of a sweep that finds nothing writes nothing: most of ten thousand buckets are as accepted', () => {
    expect(nextDrift(undefined, asAccepted(0, { sweep: 's1' }))).toBeUndefined();
  });
});

describe('causes', () => {
  const causesOf = (all: readonly DriftNews[]): readonly string[] =>
    (after(all).record?.drift.causes ?? []).map(({ eventId, certainty }) => `${eventId ?? '?'} ${certainty}`);
  const known = (minute: number, certainty: Certainty, settings: NewsSettings = {}) =>
    moved(minute, { causes: [cause('e1', certainty)], ...settings });

  const cases: readonly { case: string; news: readonly DriftNews[]; causes: readonly string[] }[] = [
    { case: 'certain beats likely', news: [known(0, 'likely'), known(1, 'certain')], causes: ['e1 certain'] },
    {
      case: 'likely never takes certain back',
      news: [known(0, 'certain'), known(1, 'likely')],
      causes: ['e1 certain'],
    },
    { case: 'unknown never takes likely back', news: [known(0, 'likely'), known(1, 'unknown')], causes: ['e1 likely'] },
    { case: 'likely beats unknown', news: [known(0, 'unknown'), known(1, 'likely')], causes: ['e1 likely'] },
    { case: 'anything beats pending', news: [known(0, 'pending'), known(1, 'unknown')], causes: ['e1 unknown'] },
    {
      case: 'late news knows it better',
      news: [known(5, 'likely'), known(1, 'certain')],
      causes: ['e1 certain'],
    },
    {
      case: 'late news has another cause',
      news: [known(5, 'likely'), moved(1, { causes: [cause('e2')] })],
      causes: ['e2 certain', 'e1 likely'],
    },
    {
      case: 'news against an older generation has another cause of the same departure',
      news: [known(1, 'likely', { generation: 2 }), moved(2, { causes: [cause('e2')], generation: 1 })],
      causes: ['e2 certain', 'e1 likely'],
    },
    {
      case: 'news against an older version has a cause of what is over',
      news: [known(1, 'likely', { version: 2 }), moved(2, { causes: [cause('e2')], version: 1 })],
      causes: ['e1 likely'],
    },
    {
      case: 'a look without an event loses none',
      news: [known(0, 'certain'), moved(1), moved(2)],
      causes: ['e1 certain'],
    },
    {
      case: 'a blind look loses none',
      news: [known(0, 'certain'), refused(1, ['policy'])],
      causes: ['e1 certain'],
    },
    {
      case: 'closing loses none',
      news: [known(0, 'certain'), asAccepted(1)],
      causes: ['e1 certain'],
    },
    {
      case: 'a departure from the next version keeps what is known of it',
      news: [known(0, 'certain'), moved(1, { version: 2 })],
      causes: ['e1 certain'],
    },
    {
      case: 'a departure from the next version after it had closed is another one',
      news: [known(0, 'certain'), asAccepted(1), moved(2, { version: 2 })],
      causes: [],
    },
    {
      case: 'the value has moved since: what the first call set is no longer there',
      news: [movedTo(0, 'one', 'e1'), movedTo(1, 'two', 'e2')],
      causes: ['e2 certain', 'e1 unknown'],
    },
    {
      case: 'the same, and the look that saw the first value is reported last',
      news: [movedTo(1, 'two', 'e2'), movedTo(0, 'one', 'e1')],
      causes: ['e2 certain', 'e1 unknown'],
    },
    {
      case: 'a second call that set what stands already changed nothing',
      news: [movedTo(0, 'one', 'e1'), movedTo(1, 'one', 'e2')],
      causes: ['e1 certain', 'e2 unknown'],
    },
    {
      case: 'what a call set shows only in the second read',
      news: [movedTo(0, 'one', ['e1', 'no']), movedTo(1, 'one', 'e1')],
      causes: ['e1 certain'],
    },
    {
      case: 'a second look at the same event cannot read it: what was seen stays seen',
      news: [movedTo(0, 'one', 'e1'), movedTo(1, 'one', ['e1', 'unread'])],
      causes: ['e1 certain'],
    },
    {
      case: 'two causes without an event are one if they say the same',
      news: [
        moved(0, { causes: [{ certainty: 'unknown', reasons: ['no trail'] }] }),
        moved(1, { causes: [{ certainty: 'unknown', reasons: ['no trail'] }] }),
      ],
      causes: ['? unknown'],
    },
  ];
  test.each(cases)('$case', ({ news: all, causes }) => expect(causesOf(all)).toEqual(causes));

  test('learnt late, where nobody was known: told', () => {
    const before = after([moved(5)]).record;
    expect(nextDrift(before, moved(1, { causes: [cause('e1')] }))).toMatchObject({ due: true });
  });

  test('one more, where somebody is known: written, and not by itself told', () => {
    const before = after([moved(5, { causes: [cause('e1')] })]).record;
    expect(nextDrift(before, moved(1, { causes: [cause('e2')] }))).toMatchObject({ due: false });
  });

  test('learnt late and known already: nothing is written', () => {
    const before = after([moved(5, { causes: [cause('e1')] })]).record;
    expect(nextDrift(before, moved(1, { causes: [cause('e1')] }))).toBeUndefined();
  });
});

describe('laws', () => {
  const PATHS = ['policy', 'acl'];
  const readable = fc.subarray(PATHS).map((paths) => ({ paths, blind: false }));
  const whatever = fc.oneof(
    { weight: 4, arbitrary: readable },
    { weight: 1, arbitrary: fc.constant({ paths: [], blind: true }) },
  );

  /** Reads one after the other, and the same in any order with any of them twice. */
  const delivered = (of: fc.Arbitrary<{ paths: readonly string[]; blind: boolean }>) =>
    fc
      .tuple(fc.array(of, { minLength: 1, maxLength: 8 }), fc.nat(), fc.array(fc.nat(7), { maxLength: 3 }), fc.nat(7))
      .map(([reads, seed, again, acceptedAt]) => {
        const all = reads.map(({ paths, blind }, minute) =>
          news(
            minute,
            paths.map((path) => change(path)),
            { version: minute >= acceptedAt ? 2 : 1, unknown: blind ? { [EXISTS]: 'AccessDenied' } : {} },
          ),
        );
        const random = chance(seed);
        const twice = [...all, ...again.flatMap((index) => all[index] ?? [])];
        const mixed = twice
          .map((one) => ({ one, place: random() }))
          .sort((a, b) => a.place - b.place)
          .map(({ one }) => one);
        return { inOrder: all, mixed };
      });
  const end = (all: readonly DriftNews[]): string => {
    const { record } = after(all);
    if (record?.status !== 'open') return 'as accepted';
    return `open: ${record.drift.changes
      .map(({ path }) => path)
      .sort()
      .join(' ')}`;
  };

  test('any order and duplication of news ends as the order of the reads', () => {
    fc.assert(
      fc.property(delivered(readable), ({ inOrder, mixed }) => {
        expect(end(mixed)).toBe(end(inOrder));
      }),
      { numRuns: 2000 },
    );
  });

  test('with blind reads among them: closed only where the order of the reads closes it too', () => {
    fc.assert(
      fc.property(delivered(whatever), ({ inOrder, mixed }) => {
        expect(end(mixed) === 'as accepted' && end(inOrder) !== 'as accepted').toBe(false);
      }),
      { numRuns: 2000 },
    );
  });

  test('a record goes from closed to open only by news taken after its closing', () => {
    fc.assert(
      fc.property(delivered(whatever), ({ mixed }) => {
        let record: DriftRecord | undefined;
        for (const one of mixed) {
          const next: DriftRecord | undefined = nextDrift(record, one)?.record ?? record;
          const isOpened: boolean = record?.status === 'closed' && next?.status === 'open';
          expect(isOpened && one.drift.takenAt <= (record?.closedAt ?? '')).toBe(false);
          record = next;
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('a record of one version never goes back in time', () => {
    fc.assert(
      fc.property(delivered(whatever), ({ mixed }) => {
        let record: DriftRecord | undefined;
        for (const one of mixed) {
          const next: DriftRecord | undefined = nextDrift(record, one)?.record ?? record;
          expect((next?.drift.takenAt ?? '') >= (record?.drift.takenAt ?? '')).toBe(true);
          record = next;
        }
      }),
      { numRuns: 1000 },
    );
  });

  const someUnknown = fc.subarray([...PATHS, EXISTS], { minLength: 1 });
  test('a blind path never closes a record, and keeps its last known change', () => {
    fc.assert(
      fc.property(fc.subarray(PATHS, { minLength: 1 }), fc.subarray(PATHS), someUnknown, (before, now, unknown) => {
        const isBlind = (path: string): boolean => unknown.includes(path) || unknown.includes(EXISTS);
        const seen = now.filter((path) => !isBlind(path));
        const opened = after([
          news(
            0,
            before.map((path) => change(path, 'old')),
          ),
        ]);
        const { record } = after([
          news(
            0,
            before.map((path) => change(path, 'old')),
          ),
          refused(
            1,
            unknown,
            seen.map((path) => change(path)),
          ),
        ]);
        const kept = (opened.record?.drift.changes ?? []).filter(({ path }) => isBlind(path));
        if (kept.length > 0) expect(record?.status).toBe('open');
        expect(record?.drift.changes).toEqual(expect.arrayContaining(kept));
        if (kept.length > 0) expect(record?.blind?.since).toBe(at(1));
      }),
    );
  });
});
