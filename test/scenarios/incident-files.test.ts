import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { run } from '../../bin/run.ts';
import { mailOf } from '../../bin/demo/incident-alerts.ts';
import { tellIncident, type IncidentStory } from '../../bin/demo/incident-story.ts';
import { storyText } from '../../bin/demo/story-text.ts';
import type { World } from '../../bin/world.ts';
import { APPLICATIONS, CALLS, DURATIONS, FAILURES, OWN_TIMES } from './incident-files.cases.ts';

const printed: string[] = [];
const world: World = {
  cwd: mkdtempSync(join(tmpdir(), 'incident-files-')),
  now: () => new Date(0),
  environmentProfile: undefined,
  timeZone: 'UTC',
  print: (text) => void printed.push(text),
  tell: () => undefined,
  input: async function* none() {},
  colour: false,
  width: undefined,
  isWatched: false,
  signal: new AbortController().signal,
};

/** One request or call of the raw files, read as simply as it can be: no reader of the product has a part in it. */
interface Line {
  readonly file: string;
  /** To the second, as the texts have it. */
  readonly at: string;
  readonly name: string;
  readonly bucket: string;
  /** The role, or `anyone`. */
  readonly by: string;
  readonly account: string;
  readonly address: string;
  readonly error: string;
  readonly acl: string;
  /** By when its file was there: what its name says, and how late such files come. */
  readonly thereAt: number;
}

let written: number;
let story: IncidentStory;
let lines: readonly Line[];
let snapshots: readonly string[];
const texts = (): Readonly<Record<string, string>> => ({
  used: mailOf(story.alerts.used).text,
  failing: mailOf(story.alerts.failing).text,
  proved: mailOf(story.alerts.proved).text,
  hub: story.alerts.hub.text,
  explained: story.explained.text,
  blastRadius: story.blastRadius.text,
});

beforeAll(async () => {
  written = await run(['demo', '--files', 'raw'], world);
  const folder = join(world.cwd, 'raw');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
  snapshots = files.filter((file) => /snapshot(?:-\d+)?\.json$/.test(file)).map(read);
  lines = [
    ...files.filter((file) => file.includes('_CloudTrail_')).flatMap((file) => recordsIn(file, read(file))),
    ...files.filter((file) => /\/20[\d-]{17}-[0-9A-F]{16}$/.test(file)).flatMap((file) => requestsIn(file, read(file))),
  ];
  story = await tellIncident(world, run);
}, 120_000);
afterAll(() => rmSync(world.cwd, { recursive: true }));

const MINUTE = 60_000;

function recordsIn(file: string, text: string): readonly Line[] {
  const [, day = '', minute = ''] = /_(\d{8})T(\d{4})Z_/.exec(file) ?? [];
  const end =
    Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T${minute.slice(0, 2)}:${minute.slice(2)}:00Z`) +
    MINUTE;
  // oxlint-disable-next-line typescript/no-explicit-any -- records are read as they come, without the product's own types
  const { Records } = JSON.parse(text) as { Records: any[] };
  return Records.map((record) => ({
    file,
    at: record.eventTime.slice(0, 19).replace('T', ' '),
    name: record.eventName,
    bucket: record.requestParameters.bucketName ?? '',
    by: record.userIdentity.sessionContext?.sessionIssuer.userName ?? record.userIdentity.userName ?? 'anyone',
    account: record.recipientAccountId,
    address: record.sourceIPAddress,
    error: record.errorCode ?? '',
    acl: record.requestParameters['x-amz-acl'] ?? '',
    thereAt: end + 5 * MINUTE,
  }));
}

const MONTHS = 'JanFebMarAprMayJunJulAugSepOctNovDec';

function requestsIn(file: string, text: string): readonly Line[] {
  const [, day = '', clock = ''] = /\/(\d{4}-\d\d-\d\d)-(\d\d-\d\d-\d\d)-/.exec(file) ?? [];
  const end = Date.parse(`${day}T${clock.replaceAll('-', ':')}Z`);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const words = line.split(' ');
      const [, date = '', month = '', year = '', time = ''] = /\[(\d\d)\/(\w{3})\/(\d{4}):([\d:]{8})/.exec(line) ?? [];
      const number = String(MONTHS.indexOf(month) / 3 + 1).padStart(2, '0');
      const [, error = ''] = /" \d{3} (\S+) /.exec(line) ?? [];
      return {
        file,
        at: `${year}-${number}-${date} ${time}`,
        name: words[7] === 'REST.GET.OBJECT' ? 'GetObject' : (words[7] ?? ''),
        bucket: words[1] ?? '',
        by: words[5] === '-' ? 'anyone' : (words[5] ?? ''),
        account: '111122223333',
        address: words[4] ?? '',
        error: error === '-' ? '' : error,
        acl: '',
        thereAt: end + 180 * MINUTE,
      };
    });
}

describe('the raw files have what the postmortem has', () => {
  test('they are written', () => expect(written).toBe(0));

  test.each(CALLS)('$name at $at in $accounts accounts ($fact)', ({ name, at, accounts }) => {
    const own = lines.filter((line) => line.name === name);
    expect([own.map((line) => line.at).sort()[0], new Set(own.map(({ account }) => account)).size]).toEqual([
      at.slice(0, 19).replace('T', ' '),
      accounts,
    ]);
  });

  test.each(FAILURES)('$refused refused on $bucket ($fact)', ({ bucket, refused }) => {
    const own = lines.filter((line) => line.bucket === bucket && line.error === 'AccessDenied');
    expect(own.length).toBe(refused);
    // Each carried the ACL that the code sets, and none came before the change or long after the rollback.
    expect(new Set(own.map(({ acl }) => acl))).toEqual(new Set(['public-read']));
    expect(own.every(({ at }) => at >= '2025-10-28 19:00:00' && at < '2025-10-29 14:31:00')).toBe(true);
  });

  test('each application of the postmortem is among those who were refused', () => {
    const refused = new Set(lines.filter(({ error }) => error !== '').map(({ by }) => by));
    expect(APPLICATIONS.filter((name) => !refused.has(name))).toEqual([]);
  });

  test('the upload from a workstation has the same credentials, no ACL, and succeeds (incidents.md A, 29th 08:30)', () => {
    const probes = lines.filter(({ name, acl }) => name === 'PutObject' && acl === '');
    expect(probes.map(({ at, by, bucket, error }) => [at.slice(0, 16), by, bucket, error])).toEqual([
      ['2025-10-29 12:30', 'scheduler-api', 'testmaker-exports', ''],
    ]);
  });

  test('no caller that was refused has an address that the deny lists were given', () => {
    const text = JSON.stringify(snapshots);
    const denied = new Set(
      [...text.matchAll(/((?:203\.0\.113|198\.51\.100)\.\d+)\/32/g)].map(([, address]) => address ?? ''),
    );
    expect(denied.size).toBe(23);
    expect(lines.filter(({ error, address }) => error !== '' && denied.has(address))).toEqual([]);
  });
});

describe('what is told, whole', () => {
  test('the story', async () => {
    await expect(storyText(story, { colour: false })).toMatchFileSnapshot('./demo/story.txt');
  });

  test('the day before: it exits with 1', () => {
    expect(story.blastRadius.code).toBe(1);
  });

  test.each(['used', 'failing', 'proved', 'hub'] as const)('the mail %s', async (name) => {
    await expect(texts()[name] ?? '').toMatchFileSnapshot(`./demo/${name}.mail.txt`);
  });

  test.each(DURATIONS)('$says ($fact)', ({ says }) => {
    expect(storyText(story, { colour: false }).replaceAll(/\s+/g, ' ')).toContain(says);
  });

  test('it is the same each time', async () => {
    expect(storyText(await tellIncident(world, run), { colour: false })).toBe(storyText(story, { colour: false }));
  }, 120_000);
});

/** What each text may know: the logs from some time on that were there when it was written. */
const KNOWN = {
  used: { from: '2025-10-14 19:00:00', by: '2025-10-28T19:01:02Z' },
  failing: { from: '2025-10-14 19:00:00', by: '2025-10-28T19:13:02Z' },
  proved: { from: '2025-10-14 19:00:00', by: '2025-10-29T20:30:21Z' },
  blastRadius: { from: '', by: '2025-10-27T14:05:00Z' },
} as const;

describe('each claim is found again in the raw files', () => {
  const whole = (name: string): string => (texts()[name] ?? '').replaceAll(/\s+/g, ' ');
  const known = (name: keyof typeof KNOWN): readonly Line[] =>
    lines.filter(({ at, thereAt }) => at >= KNOWN[name].from && thereAt <= Date.parse(KNOWN[name].by));
  const byOf = (caller: string): string => /role (\S+?)(?: of account \d+)?$/.exec(caller)?.[1] ?? 'anyone';
  const isPublic = ({ by, acl }: Line): boolean => by === 'anyone' || acl === 'public-read';

  test.each(['used', 'failing'] as const)('who was seen before, in the mail %s', (name) => {
    const section = whole(name).split('WHO WAS SEEN DOING IT BEFORE')[1]?.split('FOR WHOM')[0] ?? '';
    const claims = [
      ...section.matchAll(/(\S+): ([^:]+): (\w+) (\d+) times, last ([\d-]+ [\d:]+) UTC, from ((?:[\d.]+(?:, )?)+)/g),
    ];
    expect(claims).toHaveLength(5);
    for (const [, bucket, caller = '', call, count, last, from = ''] of claims) {
      const own = known(name).filter(
        (line) =>
          line.bucket === bucket &&
          line.name === call &&
          line.by === byOf(caller) &&
          line.error === '' &&
          isPublic(line),
      );
      expect([
        bucket,
        caller,
        own.length,
        own
          .map(({ at }) => at)
          .sort()
          .at(-1),
      ]).toEqual([bucket, caller, Number(count), last]);
      expect(new Set(from.trim().split(', '))).toEqual(new Set(own.map(({ address }) => address)));
    }
  });

  test('who will break, as it was said the day before', () => {
    const section = story.blastRadius.text.split('Will break')[1]?.split('Could break')[0] ?? '';
    let bucket = '';
    let claims = 0;
    for (const line of section.split('\n')) {
      bucket = / on (\S+) \(\w+\):$/.exec(line)?.[1] ?? bucket;
      const [, caller = '', call, count, last] =
        /^ +(.*): (\w+) (\d+) times, last ([\d-]+ [\d:]+) UTC/.exec(line) ?? [];
      if (count === undefined) continue;
      claims += 1;
      const own = known('blastRadius').filter(
        (one) => one.bucket === bucket && one.name === call && one.by === byOf(caller) && isPublic(one),
      );
      expect([
        bucket,
        caller,
        own.length,
        own
          .map(({ at }) => at)
          .sort()
          .at(-1),
      ]).toEqual([bucket, caller, Number(count), last]);
    }
    expect(claims).toBe(5);
    const [, requests, buckets, files] =
      /Evidence: (\d+) requests to (\d+) buckets in (\d+) log files/.exec(story.blastRadius.text) ?? [];
    const there = known('blastRadius').filter(({ bucket: name }) => name !== '');
    expect([requests, buckets, files].map(Number)).toEqual([
      there.length,
      new Set(there.map(({ bucket: name }) => name)).size,
      new Set(there.map(({ file }) => file)).size,
    ]);
  });

  test.each(['failing', 'proved'] as const)(
    'who is refused how often, since when and until when, in the mail %s',
    (name) => {
      const pattern =
        /(?:^| )((?:[\w-]+ \(\w+\), role \S+ of account \d+|anyone without credentials)): (\w+) on (\S+) refused (once|\d+ times) \(AccessDenied\) first at ([\d-]+ [\d:]+) UTC \([^)]*\), [^;]*; last at ([\d-]+ [\d:]+) UTC \([^)]*\) before: (\d+) such failures in the [^;]*; (\d+) times it worked/g;
      const claims = [...whole(name).matchAll(pattern)];
      expect(claims.length).toBe(name === 'failing' ? 3 : 5);
      let sum = 0;
      for (const [, caller = '', call, bucket, times = '', first, last, before, worked] of claims) {
        const own = known(name).filter(
          (line) => line.bucket === bucket && line.name === call && line.by === byOf(caller),
        );
        const refused = own.filter(({ error }) => error === 'AccessDenied');
        const at = refused.map((line) => line.at).sort();
        expect([caller, bucket, refused.length, at[0], at.at(-1)]).toEqual([
          caller,
          bucket,
          times === 'once' ? 1 : Number(times.split(' ')[0]),
          first,
          last,
        ]);
        expect(Number(before)).toBe(refused.filter((line) => line.at < '2025-10-28 19:00:00').length);
        expect(Number(worked)).toBe(own.filter((line) => line.error === '' && line.at < '2025-10-28 19:00:00').length);
        sum += refused.length;
      }
      const said =
        name === 'failing'
          ? /yes: (\d+) failures/.exec(whole(name))
          : /the logs have (\d+) refused requests/.exec(whole(name));
      expect(Number(said?.[1])).toBe(sum);
      const all = known(name).filter(({ error }) => error !== '');
      expect(all.length).toBe(sum);
    },
  );

  test('what explains the failure that the first user saw: how often, since when, and from where', () => {
    const { text, code } = story.explained;
    const [, first, last] =
      /first such failure at ([\d-]+ [\d:]+) UTC, [^;]*; the last in the logs at ([\d-]+ [\d:]+) UTC/.exec(text) ?? [];
    const [, count, before] = /(\d+) failures since; (\d+) in/.exec(text) ?? [];
    const own = lines.filter(
      ({ bucket, name, error, thereAt }) =>
        bucket === 'testmaker-exports' &&
        name === 'PutObject' &&
        error === 'AccessDenied' &&
        thereAt <= Date.parse('2025-10-28T21:25:00Z'),
    );
    const at = own.map((line) => line.at).sort();
    expect([code, Number(count), first, last, before]).toEqual([0, own.length, at[0], at.at(-1), '0']);
    const [, from = ''] = /no web ACL stands \(they come from ([^)]*)\)/.exec(text) ?? [];
    expect(new Set(from.split(', '))).toEqual(new Set(own.map(({ address }) => address)));
  });

  test('what works again is the first upload with the ACL after the last that was refused', () => {
    const [, first] = /worked since: the first at ([\d-]+ [\d:]+) UTC/.exec(whole('proved')) ?? [];
    const uploads = known('proved').filter(({ acl }) => acl === 'public-read');
    const lastRefused =
      uploads
        .filter(({ error }) => error !== '')
        .map(({ at }) => at)
        .sort()
        .at(-1) ?? '';
    expect(first).toBe(
      uploads
        .filter(({ error, at }) => error === '' && at > lastRefused)
        .map(({ at }) => at)
        .sort()[0],
    );
  });

  test.each(['used', 'failing', 'proved', 'hub', 'explained', 'blastRadius'])('every time in the text %s', (name) => {
    const times = new Set(whole(name).match(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g));
    const read = new Set(
      snapshots
        .flatMap((text) => text.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/g) ?? [])
        .map((at) => at.replace('T', ' ')),
    );
    const logged = new Set(lines.map(({ at }) => at));
    expect(times.size).toBeGreaterThan(2);
    expect([...times].filter((at) => !logged.has(at) && !read.has(at) && OWN_TIMES[at] === undefined)).toEqual([]);
  });

  test.each(['used', 'failing', 'proved', 'hub', 'explained', 'blastRadius'])(
    'every bucket, role, account and call in the text %s',
    (name) => {
      const text = whole(name);
      const listed = snapshots.map(
        (one) => JSON.parse(one) as { observations: { state?: { ref: { kind: string; id: string } } }[] },
      );
      const buckets = new Set(
        listed.flatMap(({ observations }) =>
          observations.flatMap(({ state }) => (state?.ref.kind === 's3-bucket' ? [state.ref.id] : [])),
        ),
      );
      const named = text.match(/(?<![\w/-])(?:testmaker|backend|marketing)-[a-z-]+\b/g) ?? [];
      expect(named.filter((bucket) => !buckets.has(bucket))).toEqual([]);
      const roles = new Set(lines.map(({ by }) => by));
      expect(
        [...text.matchAll(/\brole ([\w-]+)/g)].map(([, role = '']) => role).filter((role) => !roles.has(role)),
      ).toEqual([]);
      const accounts = new Set([...lines.map(({ account }) => account), '999988887777']);
      expect((text.match(/\b\d{12}\b/g) ?? []).filter((account) => !accounts.has(account))).toEqual([]);
      const calls = new Set(lines.map((line) => line.name));
      expect(
        [...text.matchAll(/\b(?:Put|Get|Update|Delete)[A-Z]\w+\b/g)]
          .map(([call]) => call)
          .filter((call) => !calls.has(call)),
      ).toEqual([]);
    },
  );
});
