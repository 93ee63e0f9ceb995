import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { EvidenceSettings } from '#lambda/evidence-reading.ts';
import { readEvidence } from '#lambda/evidence-reading.ts';
import type { LogFile } from '#lambda/log-file.ts';
import { accessLogLine, dataEvent, requestsOf, type MadeAccount } from '#local/demo/traffic.ts';

/** An application that uploads with a public ACL, and visitors; on the 28th at 19:00 the ACL begins to be refused (incidents.md A). */
const ACCOUNT: MadeAccount = {
  account: '111122223333',
  canonicalId: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
  region: 'us-east-1',
  traffic: [
    {
      by: { role: 'document-api' },
      bucket: 'exports',
      operation: 'PutObject',
      acl: 'public-read',
      userAgent: 'aws-sdk-java/2.31.0',
      addresses: ['10.0.0.1', '10.0.0.2'],
      everyMs: 600_000,
      from: '2025-10-28T12:00:00Z',
      to: '2025-10-29T02:00:00Z',
      fails: {
        since: '2025-10-28T19:00:00Z',
        code: 'AccessDenied',
        status: 403,
        because: 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.',
      },
    },
    {
      by: 'anonymous',
      bucket: 'exports',
      operation: 'GetObject',
      userAgent: 'Mozilla/5.0',
      addresses: ['198.51.100.7'],
      everyMs: 900_000,
      from: '2025-10-28T12:00:00Z',
      to: '2025-10-29T02:00:00Z',
    },
  ],
};
const CHANGED = Date.UTC(2025, 9, 28, 19);

const requests = [...requestsOf(ACCOUNT, 7)];
const lines = requests.map((request) => accessLogLine(ACCOUNT, request));
const events = requests.map((request) => dataEvent(ACCOUNT, request));

function fileOf(name: string, content: string | Uint8Array): LogFile {
  const bytes = Buffer.from(content);
  return {
    name,
    size: bytes.length,
    readAll: () => Promise.resolve(bytes),
    open: async function* () {
      yield bytes;
    },
  };
}

const read = (files: readonly LogFile[], settings: EvidenceSettings = { marks: [CHANGED] }) =>
  readEvidence(files, settings);

const inLines = (some: readonly string[]): string => `${some.join('\n')}\n`;

describe('an outage, as each log tells it', () => {
  test('access logs: that an ACL was set, and when it began to be refused', async () => {
    const { evidence, counts } = await read([fileOf('a', inLines(lines)), fileOf('b.gz', gzipSync(inLines([])))]);
    expect(evidence.uses.map(storyOf)).toMatchInlineSnapshot(`
      [
        "arn:aws:iam::111122223333:role/document-api PutObject, acl not-told, required true: 39 | 0 ok",
        "anonymous GetObject, acl none-or-owner, required false: 34 | 24 ok",
        "arn:aws:iam::111122223333:role/document-api PutObject, acl not-told, required true: 0 | 41 AccessDenied",
      ]
    `);
    expect(counts).toMatchInlineSnapshot(`
      {
        "accessLogs": 1,
        "duplicates": 0,
        "files": 2,
        "leftOut": 0,
        "lines": 138,
        "malformed": 0,
        "records": 0,
        "trailLogs": 0,
      }
    `);
  });

  test('data events: which ACL, and the reason', async () => {
    const { evidence } = await read([fileOf('a.json.gz', gzipSync(JSON.stringify({ Records: events })))]);
    expect(evidence.uses.map(storyOf)).toMatchInlineSnapshot(`
      [
        "arn:aws:iam::111122223333:role/document-api PutObject, acl public, required true: 39 | 0 ok",
        "anonymous GetObject, acl none-or-owner, required false: 34 | 24 ok",
        "arn:aws:iam::111122223333:role/document-api PutObject, acl public, required true: 0 | 41 AccessDenied User: … is not authorized to perform: s3:PutObject on resource: "…" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.",
      ]
    `);
  });

  test('one role is one requester in both', async () => {
    const { evidence } = await read([fileOf('a', inLines(lines)), fileOf('b', JSON.stringify({ Records: events }))]);
    const names = evidence.uses.map(({ requester }) => ('name' in requester ? requester.name : requester.is));
    expect([...new Set(names)].sort()).toEqual(['anonymous', 'arn:aws:iam::111122223333:role/document-api']);
    expect(evidence.buckets.map(({ bucket, sources }) => ({ bucket, sources }))).toEqual([
      { bucket: 'exports', sources: ['access-log', 'data-event'] },
    ]);
  });
});

function storyOf(use: Awaited<ReturnType<typeof readEvidence>>['evidence']['uses'][number]): string {
  const who = 'name' in use.requester ? use.requester.name : use.requester.is;
  const spans = use.spans.map(({ count }) => count).join(' | ');
  return `${who} ${use.operation}, acl ${use.acl}, required ${use.aclRequired}: ${spans} ${use.error?.code ?? 'ok'} ${use.error?.says ?? ''}`.trim();
}

describe('what cannot be read', () => {
  test('hides nothing else: malformed lines, damaged and foreign files', async () => {
    const whole = gzipSync(inLines(lines));
    const { evidence, counts, malformed, problems } = await read([
      fileOf('a.log', inLines(['\u001b[2Jx', ...lines, 'y'])),
      fileOf('b.gz', whole.subarray(0, whole.length / 2)),
      fileOf('c.log', ''),
      fileOf('d.json', '{"Records": [{"eventName": "PutObject", "eventSource": "s3.amazonaws.com"}]}'),
      fileOf('e.log', 'no log at all'),
      { ...fileOf('f.log', ''), readAll: () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' })) },
    ]);
    expect(evidence.requests).toBeGreaterThan(lines.length);
    expect(malformed).toMatchInlineSnapshot(`
      [
        {
          "line": 1,
          "says": "it has no time in brackets",
          "text": "\\u{1b}[2Jx",
          "where": "a.log",
        },
        {
          "line": 140,
          "says": "it has no time in brackets",
          "text": "y",
          "where": "a.log",
        },
        {
          "line": 66,
          "says": "it ends before its operation",
          "text": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be exports [28/Oct",
          "where": "b.gz",
        },
        {
          "line": 1,
          "says": "it has no time in brackets",
          "text": "no log at all",
          "where": "e.log",
        },
      ]
    `);
    expect(problems).toMatchInlineSnapshot(`
      [
        {
          "says": "it ends in the middle of what is packed; what stands before it was read",
          "where": "b.gz",
        },
        {
          "says": "it is empty",
          "where": "c.log",
        },
        {
          "says": "1 of its records could not be read: a CloudTrail record cannot be read: it has no eventID",
          "where": "d.json",
        },
        {
          "says": "it could not be read (EACCES)",
          "where": "f.log",
        },
      ]
    `);
    expect(counts).toMatchObject({ files: 6 });
  });

  test('a management event is none of it, and no problem', async () => {
    const management = { ...events[0], eventName: 'PutBucketAcl', managementEvent: true, eventCategory: 'Management' };
    const { evidence, counts, problems } = await read([fileOf('a.json', JSON.stringify({ Records: [management] }))]);
    expect([evidence.requests, counts.records, problems]).toEqual([0, 1, []]);
  });
});

test('an event that was delivered twice is counted once', async () => {
  const text = JSON.stringify({ Records: events });
  const { evidence, counts } = await read([fileOf('a.json', text), fileOf('b.json', text)]);
  expect([evidence.requests, counts.duplicates]).toEqual([events.length, events.length]);
});

test.each([
  { case: 'a line each', files: [fileOf('a', inLines(lines))] },
  { case: 'records', files: [fileOf('a', JSON.stringify({ Records: events }))] },
])('what is not asked is left out and counted: $case', async ({ files }) => {
  const from = CHANGED;
  const to = CHANGED + 3_600_000;
  const inside = requests.filter(
    ({ at }) => Math.floor(at / 1000) * 1000 >= from && Math.floor(at / 1000) * 1000 <= to,
  );
  const some = await read(files, { from, to });
  expect([some.evidence.requests, some.counts.leftOut]).toEqual([inside.length, requests.length - inside.length]);
  const none = await read(files, { buckets: new Set(['media']) });
  expect([none.evidence.requests, none.counts.leftOut]).toEqual([0, requests.length]);
});

test('how far it has come is told, and whoever stops it does not wait', async () => {
  const done: number[] = [];
  await read([fileOf('a', inLines(lines)), fileOf('b', inLines(lines))], { onFile: (count) => done.push(count) });
  expect(done).toEqual([1, 2]);
  const stopped = AbortSignal.abort(new Error('stopped'));
  await expect(read([fileOf('a', inLines(lines))], { signal: stopped })).rejects.toThrow('stopped');
});

test('the same seed makes the same requests', () => {
  expect([...requestsOf(ACCOUNT, 7)]).toEqual(requests);
  expect([...requestsOf(ACCOUNT, 8)]).not.toEqual(requests);
});
