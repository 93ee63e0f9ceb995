import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import jq from 'jq-wasm';
import { describe, expect, test } from 'vitest';
import { parseEvent } from '#core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { chainOf } from '#core/session-chain.ts';
import { issueOf, issuesIn } from '#core/session-issues.ts';
import { kinds } from '#kinds';
import { readTrailLogs, type LogFile } from '#lambda/trail-reading.ts';
import { corpora } from './corpora.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'shared', 'corpora', 'cloudtrail-invictus');

/** Written without a look at the declarations: what the project says that it watches, in CloudTrail's words (aws-facts §4.1). */
const PROGRAM = `
.Records[]
| select((.errorCode // "") == "" and (.errorMessage // "") == "")
| select(
    (.eventSource == "s3.amazonaws.com" and (.eventName | IN(
      "PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock",
      "CreateBucket", "DeleteBucket", "PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock", "PutBucketAcl",
      "PutBucketPolicy", "DeleteBucketPolicy", "PutBucketOwnershipControls", "DeleteBucketOwnershipControls",
      "PutBucketWebsite", "DeleteBucketWebsite"))) or
    (.eventSource == "wafv2.amazonaws.com" and (.eventName | IN("CreateIPSet", "UpdateIPSet", "DeleteIPSet"))))
| .eventID`;

interface Recorded {
  readonly eventName: string;
  readonly eventSource: string;
  readonly event: Json;
}

/** Records of the account's block and of IP sets, which the real log has none of. */
function spliced(): readonly JsonObject[] {
  const wanted = ['PutAccountPublicAccessBlock', 'DeleteAccountPublicAccessBlock', 'UpdateIPSet'];
  const all = (corpora.read('events.jsonl') as readonly Recorded[])
    .filter(({ eventName }) => wanted.includes(eventName))
    .flatMap(({ event }) => (isJsonObject(event) ? [event['detail'] ?? event] : []))
    .filter((event): event is JsonObject => isJsonObject(event) && event['eventTime'] !== undefined);
  // Some came without an id, an account or a readable time, which a log of a trail never does.
  return all.map((event, index) => ({
    ...event,
    eventID: `spliced-${index}`,
    recipientAccountId: '123837392027',
    eventTime: '2023-07-10T12:00:00Z',
    awsRegion: 'us-east-1',
  }));
}

/** All that the program reads of a record. */
const READ = ['errorCode', 'errorMessage', 'eventSource', 'eventName', 'eventID'];

const RECORDS_A_PART = 100;

/**
 * Every record of a file, in order, without what the program does not look at, a hundred to a text. jq-wasm copies what is left of its input
 * for each byte of it: its work grows with the square of a text (a file of half a megabyte takes it 130 GB).
 */
function partsOf(file: string): readonly string[] {
  const { Records } = JSON.parse(file) as { readonly Records: readonly JsonObject[] };
  const parts: string[] = [];
  for (let first = 0; first < Records.length; first += RECORDS_A_PART)
    parts.push(JSON.stringify({ Records: Records.slice(first, first + RECORDS_A_PART) }, ['Records', ...READ]));
  return parts;
}

function fileOf(name: string, bytes: Uint8Array): LogFile {
  return {
    name,
    size: bytes.length,
    readAll: () => Promise.resolve(bytes),
    open: async function* () {
      yield bytes;
    },
  };
}

describe.skipIf(corpora.absent)('a real log of 56 minutes (../shared/corpora/cloudtrail-invictus)', () => {
  test(
    'every successful change of what is watched, and nothing else, as an independent program finds them',
    { timeout: 240_000 },
    async () => {
      const logs = readdirSync(FOLDER)
        .filter((name) => name.endsWith('.json.gz'))
        .map((name) => ({ name, bytes: readFileSync(join(FOLDER, name)) }));
      const extra = spliced();
      expect(extra.length).toBeGreaterThan(3);
      const all = [...logs, { name: 'spliced.json.gz', bytes: gzipSync(JSON.stringify({ Records: extra })) }];
      const expected: string[] = [];
      for (const { bytes } of all) {
        for (const part of partsOf(gunzipSync(bytes).toString('utf8'))) {
          const ids = await jq.raw(part, PROGRAM, ['-r']);
          expected.push(...ids.split('\n').filter((id) => id !== ''));
        }
      }
      const read = await readTrailLogs(
        all.map(({ name, bytes }) => fileOf(name, bytes)),
        { kinds: kinds.map(({ declaration }) => declaration) },
      );
      const changed = read.entries.filter(({ error }) => error === undefined);
      expect(changed.map(({ event }) => event).sort()).toEqual([...new Set(expected)].sort());
      expect(expected.length).toBeGreaterThan(15);
      expect(changed.filter(({ whoText }) => whoText === '' || whoText === 'unknown')).toEqual([]);
      expect([read.files, read.records, read.problems]).toEqual([all.length, 2_900 + extra.length, []]);
    },
  );

  test('each session of a role in it is followed back to whoever took it: a user’s key or a service', () => {
    const events = readdirSync(FOLDER).flatMap((name) => {
      const { Records } = JSON.parse(gunzipSync(readFileSync(join(FOLDER, name))).toString('utf8')) as {
        Records: Json[];
      };
      return Records.map((record) => parseEvent(record));
    });
    const issues = issuesIn(events.flatMap((event) => issueOf(event) ?? []));
    const ends = new Map<string, number>();
    for (const event of events.filter(({ actor }) => actor.type === 'AssumedRole')) {
      const { links, end, doubts } = chainOf(event, issues);
      const key = `${event.actor.who.type}: ${links.map(({ whoText }) => whoText.split(' ')[0]).join()} ${end} ${doubts.join()}`;
      ends.set(key, (ends.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(ends)).toEqual({
      'role: user long-lived-key ': 47,
      'instance: the service ': 23,
      // Their records have no key.
      'service-linked: the service told by the session’s name and the second in which it began, not by its key': 6,
    });
  });
});
