import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDataEvent } from '#core/evidence/data-event.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import { corpora } from '../../corpora.ts';
import {
  ACL_RECORDS,
  NO_REQUESTS,
  OTHER_RECORDS,
  RECORD,
  REQUESTER_RECORDS,
  TOLD,
  UNREADABLE,
} from './data-event.cases.ts';

/** Members that a case takes away; whether an ACL was required is a value even where it is not told. */
const withoutUndefined = (request: object): object =>
  Object.fromEntries(Object.entries(request).filter(([name, value]) => value !== undefined || name === 'aclRequired'));

describe('a data event', () => {
  test.each([...ACL_RECORDS, ...REQUESTER_RECORDS, ...OTHER_RECORDS])('$case', ({ record, says }) => {
    expect(readDataEvent(record)).toEqual({
      id: 'b461aefe-7c3d-4056-a28b-3673d5a06dd9',
      request: withoutUndefined({ ...TOLD, ...says }),
    });
  });

  test.each(NO_REQUESTS)('$case is no request', ({ record }) => {
    expect(readDataEvent(record)).toBe('no-request');
  });

  test.each(UNREADABLE)('$case: $problem', ({ record, problem }) => {
    expect(readDataEvent(record)).toEqual({ problem });
  });

  test('copies of one request that two accounts were given have one id (aws-facts §4.3)', () => {
    const [owner, caller] = ['owner', 'caller'].map((eventID) =>
      readDataEvent({ ...RECORD, eventID, sharedEventID: 's' }),
    );
    expect([owner, caller].map((read) => typeof read === 'object' && 'id' in read && read.id)).toEqual(['s', 's']);
  });

  test('a corrected copy has the id of what it corrects', () => {
    const read = readDataEvent({ ...RECORD, addendum: { reason: 'UPDATED_DATA', originalEventID: 'first' } });
    expect(typeof read === 'object' && 'id' in read && read.id).toBe('first');
  });

  test('nothing throws, whatever a record holds', () => {
    const members = fc.constantFrom(...Object.keys(RECORD));
    fc.assert(
      fc.property(fc.dictionary(members, fc.jsonValue()), fc.boolean(), (changes, isWhole) => {
        const read = readDataEvent({ ...(isWhole ? RECORD : {}), ...(changes as { readonly [key: string]: Json }) });
        expect(read === 'no-request' || 'problem' in read || 'request' in read).toBe(true);
      }),
    );
  });
});

describe.skipIf(corpora.absent)('events that others recorded (../shared/corpora/events.jsonl)', () => {
  test('each request to an object is read, and nothing else is taken for one', () => {
    const all = (corpora.read('events.jsonl') as readonly { readonly id: string; readonly event: Json }[])
      .map(({ id, event }) => ({ id, record: isJsonObject(event) ? (event['detail'] ?? event) : event }))
      .filter(({ record }) => isJsonObject(record) && record['eventSource'] === 's3.amazonaws.com');
    const read = all.map(({ id, record }) => ({ id, record, read: readDataEvent(record) }));
    const requests = read.flatMap((one) =>
      typeof one.read === 'object' && 'request' in one.read ? [one.read.request] : [],
    );
    const counts = countsOf(requests.map(({ operation }) => operation));
    expect(counts).toMatchInlineSnapshot(`
      [
        "CopyObject 6",
        "DeleteObject 1",
        "DeleteObjects 1",
        "GetObject 2",
        "PutObject 6",
      ]
    `);
    expect(
      read.flatMap(({ id, read: one }) =>
        typeof one === 'object' && 'problem' in one ? [`${id}: ${one.problem}`] : [],
      ),
    ).toMatchInlineSnapshot(`
      [
        "panther-analysis-0092: a CloudTrail record cannot be read: it has no eventID",
        "streamalert-0015: a CloudTrail record cannot be read: its format ... is unknown; update Plumbline",
      ]
    `);
  });
});

function countsOf(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${name} ${count}`).sort();
}
