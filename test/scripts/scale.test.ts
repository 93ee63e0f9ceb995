import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { READS_AT_ONCE } from '#lambda/handlers/service.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { createReads } from '#aws/reads.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '#core/json.ts';
import { ASSUMED } from '../../scripts/scale/assumptions.ts';
import { ACCOUNT, REGION } from '../../scripts/scale/buckets.ts';
import {
  addedBy,
  bytesOf,
  callsOf,
  isManagementEvent,
  monthOf,
  ownReadsAMonth,
  SIZES,
  totalOf,
  usageAt,
} from '../../scripts/scale/cost.ts';
import { largestFindingBytes } from '../../scripts/scale/largest-finding.ts';
import { measure, type Measured } from '../../scripts/scale/measure.ts';
import { Meter, type Usage } from '../../scripts/scale/meter.ts';
import { readFacts, readmeParts, scaleParts } from '../../scripts/scale/page.ts';
import { measureOwnLooks, type OwnLook } from '../../scripts/scale/own-looks.ts';
import { costOf, PRICES, type Price } from '../../scripts/scale/prices.ts';
import { simulateBurst, simulateSweep } from '../../scripts/scale/simulate.ts';
import { LAYOUTS, type Layout } from '../../scripts/scale/templates.ts';
import { VirtualTime } from '../../scripts/scale/virtual-time.ts';
import { AwsDouble } from '../aws-double/client.ts';
import { ACCOUNT as SCENE_ACCOUNT, Scene } from '../scenarios/scene.ts';

const root = join(import.meta.dirname, '..', '..');
const facts = readFacts();
const { results, inventory, inventories } = facts;
const LAYOUT_NAMES = Object.keys(LAYOUTS) as Layout[];

let double: AwsDouble;
beforeAll(async () => {
  double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
});
afterAll(() => double.stop());

describe('what docs/scale.md tells is what the code does: "npm run scale" and "npm run docs" bring them together', () => {
  const [kept] = results.measured;
  const JOBS = Object.keys(kept ?? {}).filter((name) => name !== 'buckets') as (keyof Omit<Measured, 'buckets'>)[];
  let now: Measured;
  beforeAll(async () => {
    now = await measure(double, kept?.buckets ?? 0);
  });

  test.each(JOBS)('%s: the calls, the units and the messages that were counted', (job) => {
    const counted = ({ kept: _bytes, largestItem: _item, largestPublication: _message, ...counts }: Usage): object =>
      counts;
    expect(counted(now[job])).toEqual(counted(kept?.[job] ?? now.tick));
  });

  // What is compressed has a few bytes more or less by the release of Node.
  test.each(JOBS)('%s: the bytes that it keeps, within a twentieth', (job) => {
    const before = bytesOf(kept?.[job] ?? now.tick);
    expect(Math.abs(bytesOf(now[job]) - before)).toBeLessThanOrEqual(before / 20);
  });

  test('a sweep of ten thousand buckets, in virtual time', async () => {
    const [sweep] = results.sweeps;
    expect(await simulateSweep(sweep?.buckets ?? 0, ASSUMED, inventory.eventSources)).toEqual(sweep?.result);
  });

  test('a burst of a hundred changes, in virtual time', async () => {
    const [burst] = results.bursts;
    expect(await simulateBurst(burst?.events ?? 0, ASSUMED, inventory.eventSources)).toEqual(burst?.result);
  });

  test.each(LAYOUT_NAMES)(
    'its looks at itself, deployed as %s: calls, units, parts and virtual time',
    async (layout) => {
      const memoryMb = inventory.ownMemoryMb;
      expect(await measureOwnLooks(double, layout, { assumptions: ASSUMED, memoryMb })).toEqual(
        results.ownLooks[layout],
      );
    },
  );

  test('the largest finding, which fits into an item of DynamoDB', async () => {
    expect(await largestFindingBytes()).toBe(results.largestFindingBytes);
    expect(results.largestFindingBytes).toBeLessThan(400 * 1024);
  });

  test('every mark of the pages has its part, and every part its marks', () => {
    const marksIn = (file: string): readonly string[] =>
      [...readFileSync(join(root, file), 'utf8').matchAll(/<!-- \/([\w-]+) -->/g)].map(([, name = '']) => name).sort();
    expect(marksIn('docs/scale.md')).toEqual(Object.keys(scaleParts(facts)).sort());
    expect(marksIn('README.md')).toEqual(['alert', ...Object.keys(readmeParts(facts))].sort());
  });
});

describe('what the figures must be like, whatever they are', () => {
  test.each(results.sweeps)('$name: no sweep is faster than its workers could read', ({ name, buckets, result }) => {
    const reads = callsOf(usageAt(results.measured, 'sweep', buckets).watched, (call) => call.startsWith('S3 Get'));
    const readMs = Number(/takes (\d+) ms/.exec(name)?.[1] ?? ASSUMED.readMs);
    expect(result.readMs).toBeGreaterThan(
      (reads * readMs) / (inventory.eventSources.sweeps.concurrency * READS_AT_ONCE),
    );
    expect(result.workedMs).toBeGreaterThan(result.longestLookMs);
  });

  test('a further bucket adds as many reads at ten thousand as at a hundred, within a hundredth', () => {
    const [low, middle, high] = results.measured.map(({ buckets, sweep }) => ({
      buckets,
      calls: callsOf(sweep.watched),
    }));
    if (low === undefined || middle === undefined || high === undefined) throw new Error('three sizes are measured');
    const first = (middle.calls - low.calls) / (middle.buckets - low.buckets);
    const second = (high.calls - middle.calls) / (high.buckets - middle.buckets);
    expect(Math.abs(second / first - 1)).toBeLessThan(0.01);
  });

  test('a tick that has nothing to do writes nothing to the bucket, in an account of any size', () => {
    expect(results.measured.map(({ tick }) => tick.kept)).toEqual(results.measured.map(() => ({})));
  });

  test.each(results.sweeps.filter(({ name }) => !name.includes('20 reads')))(
    '$name: nothing is given up, and no look takes more than two thirds of its time',
    ({ result }) => {
      expect(result.unreadable).toBe(0);
      expect(result.longestLookMs).toBeLessThan((inventory.timeoutsS.look * 1000 * 2) / 3);
    },
  );

  test.each(results.bursts)('$events changes: no tick takes half of its time', ({ result }) => {
    expect(result.longestTickMs).toBeLessThan((inventory.timeoutsS.tick * 1000) / 2);
  });
});

describe('the looks of the service at itself', () => {
  const readsOf = ({ usage }: OwnLook): number => callsOf(usage.watched);

  test.each(LAYOUT_NAMES)('%s: what is read of each sort is what the template has of it', (layout) => {
    const { watched } = results.ownLooks[layout].everything.usage;
    const { resources } = inventories[layout];
    expect({
      functions: watched['Lambda GetFunctionConfiguration'],
      rules: watched['EventBridge DescribeRule'],
      targets: watched['EventBridge ListTargetsByRule'],
      queues: watched['SQS GetQueueAttributes'],
      topics: watched['SNS GetTopicAttributes'],
      subscriptions: watched['SNS GetSubscriptionAttributes'],
      keys: watched['KMS DescribeKey'],
      schedules: watched['Scheduler GetSchedule'],
      buses: watched['EventBridge DescribeEventBus'],
    }).toEqual({
      functions: resources['AWS::Lambda::Function'],
      rules: resources['AWS::Events::Rule'],
      targets: resources['AWS::Events::Rule'],
      queues: resources['AWS::SQS::Queue'],
      topics: resources['AWS::SNS::Topic'],
      subscriptions: resources['AWS::SNS::Subscription'],
      keys: resources['AWS::KMS::Key'],
      schedules: resources['AWS::Scheduler::Schedule'],
      buses: resources['AWS::Events::EventBus'],
    });
  });

  test.each(LAYOUT_NAMES)('%s: the look of every five minutes reads less than a fifth of everything', (layout) => {
    const { everything, unheard } = results.ownLooks[layout];
    expect(readsOf(unheard)).toBeLessThan(readsOf(everything) / 5);
  });

  test('a month has four looks an hour at everything and eight at the rest; reads of queues are no management events', () => {
    const { everything, unheard } = results.ownLooks.home;
    const events = ({ usage }: OwnLook): number =>
      callsOf(usage.watched) - callsOf(usage.watched, (name) => name.startsWith('SQS '));
    expect(ownReadsAMonth('home', results, inventory)).toBe(730 * (4 * events(everything) + 8 * events(unheard)));
    expect(['SQS GetQueueAttributes', 'IAM GetRole'].map(isManagementEvent)).toEqual([false, true]);
  });

  test('a further region adds reads, and a hub a queue that is polled', () => {
    const further = addedBy({ layout: 'one further region', over: 'home' }, results, inventories);
    expect(further.reads).toBeGreaterThan(0);
    const hub = addedBy({ layout: 'hub', over: 'home' }, results, inventories);
    expect(hub.polls).toBeCloseTo(costOf('queue', 5 * 3 * 60 * 730), 10);
  });
});

describe('the cost of a month', () => {
  test('each line is its amount at its price, and the total is their sum', () => {
    for (const size of SIZES) {
      const lines = monthOf(size, results, inventory);
      expect(new Set(lines.map(({ price }) => price)).size).toBe(lines.length);
      for (const { price, amount, dollars } of lines) expect(dollars).toBe(costOf(price, amount));
      expect(totalOf(lines)).toBeCloseTo(
        lines.reduce((sum, { dollars }) => sum + dollars, 0),
        10,
      );
    }
  });

  test.each([
    { price: 'queue', amount: 2_000_000, dollars: 0.8 },
    { price: 's3Read', amount: 10_000_000, dollars: 4 },
    { price: 's3Write', amount: 1000, dollars: 0.005 },
    { price: 'lambdaTime', amount: 400_000, dollars: 5.33336 },
    { price: 'trailCopy', amount: 8_000_000, dollars: 160 },
  ] as const)('$amount of $price are $$dollars', ({ price, amount, dollars }) => {
    expect(costOf(price, amount)).toBeCloseTo(dollars, 5);
  });

  test('between two sizes that were measured what is used lies on the line between them, and at them it is what was measured', () => {
    const [low, high] = results.measured;
    if (low === undefined || high === undefined) throw new Error('two sizes are measured');
    expect(usageAt(results.measured, 'sweep', high.buckets)).toEqual(high.sweep);
    const middle = usageAt(results.measured, 'sweep', (low.buckets + high.buckets) / 2);
    expect(callsOf(middle.watched)).toBeCloseTo((callsOf(low.sweep.watched) + callsOf(high.sweep.watched)) / 2, 6);
  });

  test('every price names the page where it was read', () => {
    for (const { source, isAws } of Object.values(PRICES) as readonly Price[]) {
      const { protocol, hostname } = new URL(source);
      expect([protocol, isAws]).toEqual(['https:', /(^|\.)aws\.amazon\.com$/.test(hostname)]);
    }
  });
});

describe('the meter counts as AWS counts', () => {
  const LARGE = 'x'.repeat(9000);
  test.each([
    { case: 'a new item', item: { revision: 0, body: '' }, reads: 0, writes: 1 },
    {
      case: 'one that is due: the index has an entry',
      item: { revision: 1, dueAt: 'a', body: '' },
      reads: 0,
      writes: 2,
    },
    {
      case: 'one that is due later: the entry is taken away and put',
      item: { revision: 2, dueAt: 'b', body: '' },
      reads: 0,
      writes: 3,
    },
    { case: 'one that is due as before', item: { revision: 3, dueAt: 'b', body: '' }, reads: 0, writes: 1 },
    { case: 'one that is due no more', item: { revision: 4, body: '' }, reads: 0, writes: 2 },
    { case: 'nine thousand bytes are nine kilobytes begun', item: { revision: 5, body: LARGE }, reads: 0, writes: 9 },
    { case: 'nine thousand bytes are read by four thousand and ninety-six', item: 'read', reads: 3, writes: 0 },
    { case: 'what is not there costs as the smallest that is', item: 'miss', reads: 1, writes: 0 },
    { case: 'of a hundred keys each is rounded by itself', item: 'many', reads: 3 + 1, writes: 0 },
  ])('$case', async ({ item, reads, writes }) => {
    const key = { family: 'f', id: 'one' };
    if (typeof item !== 'string') await ledger.write({ ...key, ...item });
    else if (item === 'many') await ledger.readMany([key, { family: 'f', id: 'other' }]);
    else await ledger.read(item === 'read' ? key : { family: 'f', id: 'other' });
    const { ledgerReads, ledgerWrites } = meter.take();
    expect([ledgerReads, ledgerWrites]).toEqual([reads, writes]);
  });

  const meter = new Meter();
  let ledger: DynamoDbLedger;
  beforeAll(async () => {
    await double.show({ account: ACCOUNT });
    const clients = meter.over(createClients({ globalRegion: REGION }), 'own');
    ledger = new DynamoDbLedger(createReads({ account: ACCOUNT, clients, concurrency: 4 }), {
      table: 't',
      region: REGION,
    });
  });
});

describe('virtual time', () => {
  test('waits end in the order of their times, and of two at one time the one that began first ends first', async () => {
    const time = new VirtualTime(0);
    const ended: string[] = [];
    const wait = async (name: string, ms: number): Promise<void> => {
      await time.wait(ms);
      ended.push(`${name} at ${time.now()}`);
    };
    await time.run(Promise.all([wait('late', 3_600_000), wait('first', 5), wait('second', 5), wait('now', 0)]));
    expect(ended).toEqual(['now at 0', 'first at 5', 'second at 5', 'late at 3600000']);
  });

  test('what the work throws is thrown, and what waits for nothing is told', async () => {
    const time = new VirtualTime(0);
    const failing = time.wait(1).then(() => Promise.reject(new TypeError('no')));
    await expect(time.run(failing)).rejects.toThrow('no');
    await expect(time.run(new Promise(() => undefined))).rejects.toThrow('everything waits');
  });
});

describe('the table for Athena', () => {
  const page = readFileSync(join(root, 'docs', 'scale.md'), 'utf8');
  const [, statement = ''] = /```sql\n(CREATE EXTERNAL TABLE[\s\S]*?)```/.exec(page) ?? [];
  let keys: readonly string[];
  let records: readonly JsonObject[];
  beforeAll(async () => {
    const scene = new Scene(double);
    await scene.open();
    await scene.accepted();
    await scene.setsBucket('bucket-01', { policy: scene.policyFor('bucket-01', '444455556666') });
    await scene.event('PutBucketPolicy', { bucket: 'bucket-01' });
    await scene.event('PutBucketPolicy', { bucket: 'bucket-02', error: 'AccessDenied' });
    keys = (await scene.documents.list('changes/')).filter((key) => key.endsWith('.json'));
    const read = await Promise.all(keys.map((key) => scene.documents.read(key)));
    records = read.map((document) => JSON.parse(Buffer.from(document?.body ?? []).toString('utf8')) as JsonObject);
  });

  test('its columns and partitions are the members of the records that are written, and no other', () => {
    const columns = columnsIn(statement);
    const partitions = ['account'];
    const members = new Set(records.flatMap((record) => Object.keys(record).map((name) => name.toLowerCase())));
    expect([...columns.keys(), ...partitions].sort()).toEqual([...members].sort());
  });

  test('whatever it names inside of a member is there in a record', () => {
    const inside = (of: Json | undefined): readonly string[] =>
      Array.isArray(of)
        ? of.flatMap(inside)
        : isJsonObject(of)
          ? Object.entries(of).flatMap(([name, value]) => [name.toLowerCase(), ...inside(value)])
          : [];
    for (const [column, type] of columnsIn(statement)) {
      const named = [...type.matchAll(/(\w+): /g)].map(([, name = '']) => name);
      const there = new Set(records.flatMap((record) => inside(memberOf(record, column))));
      // A refusal may come without a message.
      expect(named.filter((name) => !there.has(name) && name !== 'message')).toEqual([]);
    }
  });

  test('its template of locations is where the records are', () => {
    const [, template = ''] = /'storage\.location\.template' = 's3:\/\/AUDIT-BUCKET\/([^']+)'/.exec(statement) ?? [];
    const folders = keys.map((key) => key.slice(0, key.lastIndexOf('/') + 1));
    const days = records.map((record) => (textOf(record['at']) ?? '').slice(0, 10));
    expect(folders).toEqual(days.map((day) => template.replace('${account}', SCENE_ACCOUNT).replace('${dt}', day)));
  });

  test('what a query takes apart has the members of its column, in their order', () => {
    const unnested = [...page.matchAll(/UNNEST\((\w+)\) AS \w+ \(([^)]+)\)/g)];
    expect(unnested).not.toHaveLength(0);
    for (const [, column = '', names = ''] of unnested) {
      const type = columnsIn(statement).get(column) ?? '';
      const flat = type.replace(/^array<struct</, '').replace(/struct<[^>]*>/g, 'struct');
      const members = [...flat.matchAll(/(\w+): /g)].map(([, name = '']) => name);
      expect(names.replaceAll('"', '').split(', ')).toEqual(members);
    }
  });
});

/** The columns of the statement, with their types. */
function columnsIn(statement: string): ReadonlyMap<string, string> {
  const [body = ''] = statement.split('PARTITIONED BY');
  return new Map([...body.matchAll(/^ {2}`(\w+)` (.+?),?$/gm)].map(([, name = '', type = '']) => [name, type]));
}

function memberOf(record: JsonObject, column: string): Json | undefined {
  return Object.entries(record).find(([name]) => name.toLowerCase() === column)?.[1];
}
