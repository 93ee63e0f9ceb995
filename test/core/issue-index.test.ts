import { describe, expect, test } from 'vitest';
import { parseEvent } from '#core/event.ts';
import { IssueIndex, marksIn, marksOf, marksWanted, WantedMarks } from '#core/issue-index.ts';
import type { JsonObject } from '#core/json.ts';
import { issueOf } from '#core/session-issues.ts';
import type { WantedIssue } from '#core/issue-questions.ts';
import { recordOf } from '../records.ts';
import { CHAINS } from './session-chain.cases.ts';

const bytesOf = (record: JsonObject, space?: number): Uint8Array => Buffer.from(JSON.stringify(record, null, space));
const ARN = 'arn:aws:sts::111122223333:assumed-role/deploy/build-7';

const give = recordOf('AssumeRole', {
  eventSource: 'sts.amazonaws.com',
  eventTime: '2025-10-28T18:58:03Z',
  responseElements: {
    credentials: { accessKeyId: 'ASIA1', sessionToken: 'x', expiration: 'x' },
    assumedRoleUser: { assumedRoleId: 'AROAEXAMPLE:build-7', arn: ARN },
  },
});

/** As exporters write it: the members in the order of the alphabet. */
const sorted = (record: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));

const AT = { offset: 6_000_000_000, length: 1_234 };

function indexOf(...records: readonly JsonObject[]): IssueIndex {
  const index = new IssueIndex();
  for (const record of records) {
    const marks = marksIn(bytesOf(record));
    if (marks !== undefined && marks !== 'unsure') index.add(marks, AT);
  }
  index.pack();
  return index;
}

function wantedOf(wanted: WantedIssue): WantedMarks {
  const marks = new WantedMarks();
  for (const mark of marksWanted(wanted)) marks.add(mark);
  return marks;
}

describe('where it stands who took a session', () => {
  const session = (arn: string, began: string) => ({ session: { arn, began } });
  test.each([
    { case: 'its key', wanted: { accessKey: 'ASIA1' }, found: [AT] },
    { case: 'another key', wanted: { accessKey: 'ASIA2' }, found: [] },
    { case: 'the caller’s own key', wanted: { accessKey: 'ASIAEXAMPLE' }, found: [] },
    { case: 'its name, in its second', wanted: session(ARN, '2025-10-28T18:58:03.000Z'), found: [AT] },
    { case: 'its name, a second beside', wanted: session(ARN, '2025-10-28T18:58:02.000Z'), found: [AT] },
    { case: 'its name, later', wanted: session(ARN, '2025-10-28T18:58:05.000Z'), found: [] },
    { case: 'another name', wanted: session(`${ARN}x`, '2025-10-28T18:58:03.000Z'), found: [] },
    {
      case: 'another key, its name',
      wanted: { accessKey: 'ASIA2', ...session(ARN, '2025-10-28T18:58:03Z') },
      found: [AT],
    },
  ])('$case', ({ wanted, found }) => expect(indexOf(give).find(wantedOf(wanted))).toEqual(found));

  test('once, and whoever took it is wanted then', () => {
    const wanted = wantedOf({ accessKey: 'ASIA1' });
    const index = indexOf(give);
    expect([index.find(wanted), index.find(wanted)]).toEqual([[AT], []]);
    expect(marksWanted({ accessKey: 'ASIAEXAMPLE' }).every((mark) => wanted.has(mark))).toBe(true);
  });

  test('nothing was given out: it is empty', () => {
    const refused = recordOf('AssumeRole', { errorCode: 'AccessDenied' });
    expect([indexOf(refused).isEmpty, indexOf(give).isEmpty]).toEqual([true, false]);
  });
});

describe('the bytes of an event and what they were parsed into have the same numbers', () => {
  const gives = CHAINS.flatMap(({ read }) => read).filter((record) => issueOf(parseEvent(record)) !== undefined);
  const marksParsed = (record: JsonObject) => {
    const issue = issueOf(parseEvent(record));
    return issue && marksOf(issue);
  };

  test('as CloudTrail writes it, and with its members in the order of the alphabet', () => {
    expect(gives.length).toBeGreaterThan(30);
    for (const record of gives.flatMap((one) => [one, sorted(one)])) {
      const marks = marksIn(bytesOf(record));
      if (marks !== 'unsure') expect(marks, JSON.stringify(record)).toEqual(marksParsed(record));
    }
    expect(gives.filter((record) => marksIn(bytesOf(record)) === 'unsure').length).toBeLessThan(2);
  });

  test.each([
    { case: 'laid out with spaces', bytes: bytesOf(give, 2) },
    {
      case: 'the token before the key',
      bytes: bytesOf({ ...give, responseElements: { credentials: { sessionToken: 'x', accessKeyId: 'ASIA1' } } }),
    },
  ])('$case: it is to be parsed', ({ bytes }) => expect(marksIn(bytes)).toBe('unsure'));

  test.each(['fooKeyId', '"accessKeyId":"ASIA9"', '"credentials":{"accessKeyId":"ASIA9"', 'credentials'])(
    'whatever a caller writes into a tag: %s',
    (value) => {
      const tagged = { ...give, requestParameters: { tags: [{ key: value, value }] } };
      for (const record of [tagged, sorted(tagged)]) {
        const marks = marksIn(bytesOf(record));
        expect(marks !== 'unsure' && marks?.key).toBe(marksParsed(give)?.key);
      }
    },
  );

  test('an attempt that was refused is not parsed', () => {
    expect(marksIn(bytesOf(recordOf('AssumeRole', { errorCode: 'AccessDenied' })))).toBeUndefined();
  });
});
