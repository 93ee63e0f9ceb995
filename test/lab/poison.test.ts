import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Deployed, REGION, type WorkQueueName } from './deployed.ts';
import { ACCOUNT } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`Messages cannot be poisoned: ${missing}\n`);

/** What CloudTrail puts on a bus at most (aws-facts §4.3), and of it in one member. */
const LARGEST_EVENT = 256 * 1024;
const LARGEST_MEMBER = 99 * 1024;

const BLOCK = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

interface Envelope {
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

function eventOf(service: string, eventName: string, more: Readonly<Record<string, unknown>> = {}): Envelope {
  return {
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventVersion: '1.11',
      eventID: randomUUID(),
      eventName,
      eventSource: `${service}.amazonaws.com`,
      eventTime: new Date().toISOString(),
      awsRegion: REGION,
      recipientAccountId: ACCOUNT,
      sourceIPAddress: '203.0.113.7',
      userAgent: 'Boto3/1.40',
      userIdentity: {
        type: 'AssumedRole',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/SecurityTooling/alice@example.com`,
        accessKeyId: 'ASIATOOL',
        sessionContext: { sessionIssuer: { userName: 'SecurityTooling' } },
      },
      ...more,
    },
  };
}

/** The event as large as CloudTrail sends one: 99 KB in each member that it would drop from 100 KB on, and the rest beside them. */
function largest(event: Envelope, parameters: object): Envelope {
  const { detail } = event;
  const full = {
    ...detail,
    requestParameters: { ...parameters, 'x-amz-meta-note': 'x'.repeat(LARGEST_MEMBER) },
    responseElements: { note: 'y'.repeat(LARGEST_MEMBER) },
    serviceEventDetails: { note: '' },
  };
  const rest = LARGEST_EVENT - JSON.stringify({ ...event, detail: full }).length;
  return { ...event, detail: { ...full, serviceEventDetails: { note: 'z'.repeat(rest) } } };
}

const idOf = ({ detail }: Envelope): string => String(detail['eventID']);

/** What is no message on any queue, and how an event may be wrong. */
const POISON = {
  'no JSON': 'not json {',
  'no object': '["a"]',
  'an object of something else': '{"hello":"world"}',
  'a look that does not say where': '{"plumbline":"look","look":{"at":{},"because":{"again":"tick"}}}',
  'an event without an id': JSON.stringify(eventOf('s3', 'PutBucketPolicy', { eventID: '' })),
  // Nobody knows what it says: it waits for a person, and after an update it is put back and worked on.
  'an event of an unknown version': JSON.stringify(eventOf('s3', 'PutBucketPolicy', { eventVersion: '2.0' })),
  '256 KB of nothing': JSON.stringify({ note: 'x'.repeat(LARGEST_EVENT - 11) }),
};

describe.skipIf(isSkipped)('poison among good messages, on the deployed service', { timeout: 180_000 }, () => {
  let service: Deployed;
  let alerts = '';
  let selfWatch = '';

  /** The subjects of what was told since the last time. */
  const told = async (inbox: string): Promise<readonly string[]> =>
    (await service.lab.messagesOf(inbox)).map(({ Body = '{}' }) => (JSON.parse(Body) as { Subject: string }).Subject);
  const inboxOf = async (topic: string, name: string): Promise<string> => {
    const { QueueUrl } = JSON.parse(await service.lab.aws('sqs', 'create-queue', '--queue-name', name)) as {
      QueueUrl: string;
    };
    const to = ['--protocol', 'sqs', '--notification-endpoint', `arn:aws:sqs:${REGION}:${ACCOUNT}:${name}`];
    await service.lab.aws('sns', 'subscribe', '--topic-arn', topic, ...to);
    return QueueUrl;
  };
  /** What lies among the dead letters of a queue, each after how many times it was handed out; taken away. */
  const deadLettersOf = async (name: WorkQueueName): Promise<readonly (readonly [body: string, times: number])[]> =>
    (await service.messagesOf(service.queue(name, 'DeadLetters'))).map(({ Body = '', Attributes }) => [
      Body,
      Number(Attributes?.ApproximateReceiveCount),
    ]);
  const sorted = (bodies: readonly string[]): readonly string[] => bodies.toSorted();
  /** How the batches of a queue ended that did not end well: `7 of 10`. */
  const failuresOf = async (name: WorkQueueName, output: string): Promise<readonly string[]> => {
    const { name: queue } = service.queue(name);
    const lines = (await service.lab.logs(service.at(output))).split('\n');
    return lines.flatMap((line) => new RegExp(`^(\\d+ of \\d+) messages of ${queue} failed$`).exec(line)?.[1] ?? []);
  };
  const errorsIn = async (output: string): Promise<string> => {
    const lines = (await service.lab.logs(service.at(output))).split('\n');
    return lines.filter((line) => line.includes('a message could not be worked on')).join('\n');
  };

  beforeAll(async () => {
    service = await Deployed.start(programs);
    for (const name of ['exports', 'documents', 'trail-logs'])
      await service.lab.aws('s3api', 'create-bucket', '--bucket', name);
    // An account without a trail would be told of as well.
    const trail = ['--name', 'main', '--s3-bucket-name', 'trail-logs', '--is-multi-region-trail'];
    await service.lab.aws('cloudtrail', 'create-trail', ...trail);
    await service.lab.aws('cloudtrail', 'start-logging', '--name', 'main');
    alerts = await inboxOf(service.at('AlertsTopic'), 'alerts-inbox');
    selfWatch = await inboxOf(service.at('SelfWatchTopic'), 'self-watch-inbox');
    await service.sweep();
    await service.lab.invoke(service.at('OnSelf'), { parts: service.parts });
    await service.tick();
    await told(alerts);
    await told(selfWatch);
  }, 400_000);
  afterAll(() => service?.stop());

  test.each(['changes', 'sweeps', 'nudges', 'own', 'hub'] as const)(
    'a message of %s is tried five times, and then lies in the queue beside it',
    async (name) => {
      expect(await service.redriveOf(service.queue(name))).toEqual({
        deadLetterTargetArn: `arn:aws:sqs:${REGION}:${ACCOUNT}:${service.queue(name, 'DeadLetters').name}`,
        maxReceiveCount: 5,
      });
    },
  );

  describe('changes', () => {
    const turnedOn = eventOf('s3', 'PutAccountPublicAccessBlock', {
      requestParameters: { PublicAccessBlockConfiguration: BLOCK },
    });
    const oldFormatsSuccessor = eventOf('s3', 'DeleteBucketPolicy', {
      eventVersion: '1.99',
      inventedIn: 2031,
      requestParameters: { bucketName: 'exports' },
    });
    // What it set does not show: it is looked at again later, and then is a message once more.
    const large = largest(eventOf('s3', 'PutBucketPolicy'), {
      bucketName: 'documents',
      bucketPolicy: { Version: '2012-10-17', Statement: [] },
    });

    test('the good ones of the batch are worked on, and the poison ones alone are dead letters', async () => {
      const flags = Object.keys(BLOCK).map((flag) => `${flag}=true`);
      const put = ['--account-id', ACCOUNT, '--public-access-block-configuration', flags.join()];
      await service.lab.aws('s3control', 'put-public-access-block', ...put);
      const good = [turnedOn, oldFormatsSuccessor, large].map((event) => JSON.stringify(event));
      expect(Buffer.byteLength(good[2] ?? '')).toBe(LARGEST_EVENT);
      await service.together('changes', [...good.slice(0, 1), ...Object.values(POISON), ...good.slice(1)]);
      await service.tick();

      expect(await told(alerts)).toEqual([`HIGH breaks: account-level S3 Block Public Access changed (${ACCOUNT})`]);
      expect(sorted(await service.recordedEvents())).toEqual(sorted([turnedOn, oldFormatsSuccessor, large].map(idOf)));
      expect(await service.depthOf(service.queue('changes'))).toEqual({ visible: 0, delayed: 1 });
      const lying = await deadLettersOf('changes');
      expect(sorted(lying.map(([body]) => body))).toEqual(sorted(Object.values(POISON)));
    });

    test('one batch had good and bad ones, and ended well but for the bad ones', async () => {
      const [first] = await failuresOf('changes', 'OnLook');
      expect(first).toBe('7 of 10');
    });

    test('the log says of an unknown version what to do', async () => {
      expect(await errorsIn('OnLook')).toContain(
        'a CloudTrail record cannot be read: its format 2.0 is unknown; update Plumbline',
      );
    });

    test('ten events of 256 KB that do not show yet: each is looked at again, and none is lost', async () => {
      await service.lab.hurry();
      await service.settle();
      const many = Array.from({ length: 10 }, () =>
        largest(eventOf('s3', 'PutBucketPolicy'), {
          bucketName: 'exports',
          bucketPolicy: { Version: '2012-10-17', Statement: [] },
        }),
      );
      const before = await service.depthOf(service.queue('changes'));
      await service.together(
        'changes',
        many.map((event) => JSON.stringify(event)),
      );
      // What was asked for before may wait beside them.
      expect((await service.depthOf(service.queue('changes'))).delayed - before.delayed).toBeGreaterThanOrEqual(10);
      expect(await deadLettersOf('changes')).toEqual([]);
      expect(await service.recordedEvents()).toEqual(expect.arrayContaining(many.map(idOf)));
    });
  });

  describe('own', () => {
    const on = (name: string, more: Readonly<Record<string, unknown>> = {}): Envelope =>
      eventOf('events', name, { requestParameters: { name: service.parts['rule']?.['s3'] }, ...more });

    test('the good ones of the batch are worked on, and the poison ones alone are dead letters', async () => {
      await service.lab.aws('events', 'disable-rule', '--name', service.parts['rule']?.['s3'] ?? '');
      const { 'a look that does not say where': _look, ...poison } = POISON;
      const bodies = { ...poison, 'an event looked at again, and not which': '{"plumbline":"own","tries":1}' };
      await service.together('own', [JSON.stringify(on('DisableRule')), ...Object.values(bodies)]);
      await service.tick();
      expect(await told(selfWatch)).toEqual([
        `CRITICAL silences the watch: part of Plumbline rule:s3 changed (${ACCOUNT})`,
      ]);
      const lying = await deadLettersOf('own');
      expect(sorted(lying.map(([body]) => body))).toEqual(sorted(Object.values(bodies)));
      expect((await failuresOf('own', 'OnSelf'))[0]).toBe('7 of 8');
    });

    test('ten events of 256 KB that do not show yet: each is looked at again, and none is lost', async () => {
      const rule = service.parts['rule']?.['wafv2'];
      const many = Array.from({ length: 10 }, () => largest(eventOf('events', 'DisableRule'), { name: rule }));
      await service.together(
        'own',
        many.map((event) => JSON.stringify(event)),
      );
      expect((await service.depthOf(service.queue('own'))).delayed).toBe(10);
      expect(await deadLettersOf('own')).toEqual([]);
    });
  });

  describe('sweeps', () => {
    test('each message comes alone: a shard that nobody can look at does not keep the sweep from its end', async () => {
      const shard = (more: object): string =>
        JSON.stringify({ plumbline: 'shard', shard: { account: ACCOUNT, kind: 's3-bucket', shard: 0, ...more } });
      const bodies = {
        ...POISON,
        'a shard without a number': shard({ sweep: 'any', shard: '0' }),
        'a shard of an unknown kind': shard({ sweep: 'any', kind: 'nobody-knows' }),
        'a shard of a sweep that never was': shard({ sweep: 'never' }),
      };
      await service.together('sweeps', ['{"plumbline":"sweep"}', ...Object.values(bodies)]);
      const ended = async (): Promise<number> =>
        (await service.lab.logs(service.at('OnTick'))).split('\n').filter((line) => line.includes('a sweep has ended'))
          .length;
      const before = await ended();
      await service.sweep();
      expect(await ended()).toBe(before + 2);
      const lying = await deadLettersOf('sweeps');
      expect(sorted(lying.map(([body]) => body))).toEqual(sorted(Object.values(bodies)));
    });
  });

  describe('nudges', () => {
    test('whatever a nudge says, it wakes the teller and no more: none is poison', async () => {
      await service.together('nudges', Object.values(POISON));
      expect(await service.depthOf(service.queue('nudges'))).toEqual({ visible: 0, delayed: 0 });
      expect(await deadLettersOf('nudges')).toEqual([]);
    });
  });

  describe('the hub’s queue', () => {
    test('the good one of the batch is kept, and the poison ones alone are dead letters', async () => {
      const now = new Date().toISOString();
      const detail = {
        version: 1,
        finding: 'f-0123456789',
        status: 'opened',
        at: now,
        since: now,
        tell: 'hub',
        severity: 'high',
        exposure: 'widened',
        breakage: 'none',
        headline: 'bucket exports-elsewhere changed',
        breaks: ['Everybody may read it.'],
        affected: [],
        moves: ['s3-bucket policy present:0a1b2c3d4e5f'],
        actors: [],
        report: 's3://audit-elsewhere/reports/alerts/x.json',
        owners: [],
      };
      const news = (more: object): string =>
        JSON.stringify({
          source: 'plumbline',
          'detail-type': 'Plumbline Alert',
          account: '222233334444',
          detail: { ...detail, ...more },
        });
      const bodies = { ...POISON, 'news of an unknown version': news({ version: 9 }) };
      await service.together('hub', [news({}), ...Object.values(bodies)]);
      await service.tick();
      expect(await told(alerts)).toEqual(['HIGH exposes: bucket exports-elsewhere changed (222233334444)']);
      const lying = await deadLettersOf('hub');
      expect(sorted(lying.map(([body]) => body))).toEqual(sorted(Object.values(bodies)));
    });
  });
});
