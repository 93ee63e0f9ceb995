import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShell, plumbline, type Shell } from '../cli/command.ts';
import { ACCOUNT, Lab } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests in the lab cannot run: ${missing}\n`);

const SETTINGS = `regions: [us-east-1]
timeZone: America/New_York
postmortems:
  base: https://status.example.com/postmortems/
  incidents:
    - slug: testmaker-export-outage-october-2025
      title: Testmaker export outage
      actionItems:
        - { id: TM-1, title: Change management for anything from security going into production }
        - { id: TM-3, title: Check other accounts for impact and blast radius }
        - { id: TM-7, title: Logging and tracking of access and config changes }
`;

/** What differs from run to run. */
const TIMES = /\d{4}-\d\d-\d\dT[\d:.]+Z|\d{8}T\d{9}Z/g;
const EVENT_ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}/g;

const BLOCK = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
/** A sweep is looked at again after ten seconds: until then it still runs. */
const SWEEP_ENDS_AFTER_MS = 11_000;

interface Told {
  readonly subject: string;
  readonly text: string;
  readonly attributes: Readonly<Record<string, { readonly Value: string }>>;
}

describe.skipIf(isSkipped)('the service, deployed by the CDK command line', { timeout: 180_000 }, () => {
  let lab: Lab;
  let out: Record<string, string>;
  let shell: Shell;
  let inbox = '';

  const at = (name: string): string => out[name] ?? '';
  const tick = async (): Promise<void> => {
    await lab.invoke(at('OnTick'), {});
    await lab.settle();
  };
  const sweep = async (): Promise<void> => {
    await lab.invoke(at('OnSweep'), {});
    await lab.settle();
    await wait(SWEEP_ENDS_AFTER_MS);
    await tick();
  };
  /** What came since the last time, as a subscribed queue sees it. */
  const told = async (): Promise<readonly Told[]> =>
    (await lab.messagesOf(inbox)).map(({ Body = '{}' }) => {
      const { Subject, Message, MessageAttributes } = JSON.parse(Body) as {
        Subject: string;
        Message: string;
        MessageAttributes: Told['attributes'];
      };
      return { subject: Subject, text: Message, attributes: MessageAttributes };
    });
  const subjects = async (): Promise<readonly string[]> => (await told()).map(({ subject }) => subject);
  const turnOn = () =>
    lab.aws(
      's3control',
      'put-public-access-block',
      '--account-id',
      ACCOUNT,
      '--public-access-block-configuration',
      Object.keys(BLOCK)
        .map((flag) => `${flag}=true`)
        .join(','),
    );
  const turnOff = () => lab.aws('s3control', 'delete-public-access-block', '--account-id', ACCOUNT);
  const event = (eventName: string, requestParameters: Readonly<Record<string, unknown>>) =>
    lab.putEvent({
      source: 'aws.s3',
      'detail-type': 'AWS API Call via CloudTrail',
      detail: {
        eventVersion: '1.11',
        eventID: randomUUID(),
        eventName,
        eventSource: 's3.amazonaws.com',
        eventTime: new Date().toISOString(),
        awsRegion: 'us-east-1',
        recipientAccountId: ACCOUNT,
        userAgent: 'Boto3/1.40',
        userIdentity: {
          type: 'AssumedRole',
          arn: `arn:aws:sts::${ACCOUNT}:assumed-role/SecurityTooling/alice@example.com`,
          accessKeyId: 'ASIATOOL',
          sessionContext: { sessionIssuer: { userName: 'SecurityTooling' } },
        },
        requestParameters,
      },
    });

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    lab = await Lab.start(programs, { visibilitySeconds: 2 });
    const settings = join(lab.home, 'plumbline.yaml');
    writeFileSync(settings, SETTINGS);
    out = await lab.deploy(
      `node -C plumbline-source --import tsx ${join(import.meta.dirname, 'service-app.ts')} ${settings}`,
      {
        stackName: 'Plumbline',
      },
    );
    shell = await openShell(lab.environment);
    writeFileSync(join(shell.cwd, 'plumbline.yaml'), SETTINGS);
    // The template names no subscriber: one is subscribed after it, as a person would.
    const { QueueUrl } = JSON.parse(await lab.aws('sqs', 'create-queue', '--queue-name', 'inbox')) as {
      QueueUrl: string;
    };
    inbox = QueueUrl;
    const queueArn = `arn:aws:sqs:us-east-1:${ACCOUNT}:inbox`;
    await lab.aws(
      'sns',
      'subscribe',
      '--topic-arn',
      at('AlertsTopic'),
      '--protocol',
      'sqs',
      '--notification-endpoint',
      queueArn,
    );
    for (const name of ['exports', 'documents', 'private']) await lab.aws('s3api', 'create-bucket', '--bucket', name);
    await lab.aws('s3api', 'put-bucket-acl', '--bucket', 'exports', '--acl', 'public-read');
    await lab.aws(
      's3api',
      'put-bucket-ownership-controls',
      '--bucket',
      'private',
      '--ownership-controls',
      'Rules=[{ObjectOwnership=BucketOwnerEnforced}]',
    );
    await lab.aws(
      's3api',
      'put-bucket-tagging',
      '--bucket',
      'exports',
      '--tagging',
      'TagSet=[{Key=team,Value=assessment}]',
    );
  }, 400_000);
  afterAll(() => lab?.stop());

  test('the first tick begins a sweep, and one mail asks for acceptance', async () => {
    await tick();
    await wait(SWEEP_ENDS_AFTER_MS);
    await tick();
    await tick();
    expect(await subjects()).toEqual([`Plumbline: please accept what was first seen (${ACCOUNT})`]);
  });

  test('a person accepts over the service’s URL: who they are is what AWS says', async () => {
    const scanned = await plumbline(shell, 'scan', '--region', 'us-east-1', '--store', at('Store'));
    expect([scanned.code, scanned.err]).toEqual([2, '']);
    const accepted = await plumbline(
      shell,
      'baseline',
      'accept',
      '--all',
      '--reason',
      'first look',
      '--store',
      at('Store'),
    );
    expect(accepted.err).toBe('');
    expect(accepted.out).toMatch(
      /^Accepted from scan \S+, taken at .* This is generation 1 of account 123456789012\.\n$/,
    );
    const shown = await plumbline(shell, 'baseline', 'show', '--json', '--store', at('Store'));
    expect(JSON.parse(shown.out)).toMatchObject({
      accepted: { generation: 1, by: expect.stringMatching(/^arn:aws:/) },
    });
  });

  test('the account block is turned on, and the event comes: exactly one alert, whole', async () => {
    await turnOn();
    await event('PutAccountPublicAccessBlock', { PublicAccessBlockConfiguration: BLOCK });
    await lab.settle();
    await tick();
    const alerts = await told();
    expect(alerts.map(({ subject }) => subject)).toEqual([
      `HIGH breaks: account-level S3 Block Public Access changed (${ACCOUNT})`,
    ]);
    const document = JSON.parse(alerts[0]?.text ?? '{}') as object;
    await expect(
      `${JSON.stringify(document, null, 2)
        .replace(TIMES, '(time)')
        .replace(EVENT_ID, '(event)')
        .replace(/audit\w*bucket\w*[\w-]*/gi, '(bucket)')}\n`,
    ).toMatchFileSnapshot('./alert-of-the-incident.json');
    expect(alerts[0]?.attributes).toMatchObject({ severity: { Value: 'high' }, status: { Value: 'opened' } });
  });

  test('tick and sweep see it too: still that one', async () => {
    await tick();
    await sweep();
    expect(await subjects()).toEqual([]);
  });

  test('taken back: exactly one recovered', async () => {
    await turnOff();
    await event('DeleteAccountPublicAccessBlock', {});
    await lab.settle();
    await tick();
    await tick();
    expect(await subjects()).toEqual([
      `HIGH recovered: account-level S3 Block Public Access as accepted again (${ACCOUNT})`,
    ]);
  });

  test('the same change again, with the event lost: the tick finds it, one new alert', async () => {
    await turnOn();
    await tick();
    await tick();
    expect(await subjects()).toEqual([`HIGH breaks: account-level S3 Block Public Access changed (${ACCOUNT})`]);
    await turnOff();
    await tick();
    expect(await subjects()).toEqual([
      `HIGH recovered: account-level S3 Block Public Access as accepted again (${ACCOUNT})`,
    ]);
  });

  test('a bucket policy changed, and only the sweep sees it: one alert', async () => {
    const policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { AWS: '444455556666' },
          Action: 's3:GetObject',
          Resource: 'arn:aws:s3:::documents/*',
        },
      ],
    });
    await lab.aws('s3api', 'put-bucket-policy', '--bucket', 'documents', '--policy', policy);
    await sweep();
    expect(await subjects()).toEqual([`HIGH exposes: bucket documents changed (${ACCOUNT})`]);
  });

  test('findings are listed, shown, acknowledged and muted from the command line', async () => {
    const listed = await plumbline(shell, 'findings', 'list', '--store', at('Store'));
    expect([listed.code, listed.err]).toEqual([1, '']);
    const [id = ''] = /f-[0-9a-f]{10}/.exec(listed.out) ?? [];
    const acknowledged = await plumbline(shell, 'findings', 'ack', id, '--note', 'known', '--store', at('Store'));
    expect(acknowledged.out).toMatch(new RegExp(`^Acknowledged ${id} as arn:aws:`));
    const muted = await plumbline(
      shell,
      'findings',
      'mute',
      id,
      '--for',
      '2h',
      '--note',
      'partner is told',
      '--store',
      at('Store'),
    );
    expect(muted.out).toMatch(new RegExp(`^Muted ${id} until `));
    const shown = await plumbline(shell, 'findings', 'show', id, '--store', at('Store'));
    expect(shown.out).toContain('documents');
  });

  test('a test alert reaches who is told', async () => {
    const sent = await plumbline(shell, 'alert', '--test', '--store', at('Store'));
    expect(sent.out).toBe('A test alert is on its way to everyone who is told and has confirmed it.\n');
    await lab.settle();
    expect(await subjects()).toEqual([`TEST: an alert of Plumbline looks like this (${ACCOUNT})`]);
  });

  describe('it answers questions', () => {
    const ask = async (question: object) => {
      const {
        code,
        out: printed,
        err,
      } = await plumbline(shell, 'ask', JSON.stringify(question), '--store', at('Store'));
      return { code, err, document: JSON.parse(printed) as Record<string, unknown> };
    };
    const generation = async (): Promise<unknown> =>
      ((await ask({ ask: 'baseline' })).document['accepted'] as { generation: number }).generation;

    test('a scan from the last sweep, with its age', async () => {
      const { code, err, document } = await ask({ ask: 'scan' });
      expect([code, err]).toEqual([1, '']);
      expect(document).toMatchObject({
        version: 1,
        exitCode: 1,
        account: ACCOUNT,
        scan: { id: expect.stringMatching(/-sweep$/) },
        ageSeconds: expect.any(Number),
      });
    });

    test('a fresh one comes under a ticket, which the command line waits for', async () => {
      const { payload } = await lab.invoke(at('OnRequest'), { ask: 'scan', fresh: true });
      const { ticket, key } = payload as { ticket: string; key: string };
      expect(payload).toEqual({ version: 1, ticket, key: `reports/answers/${ticket}.json` });
      await lab.settle();
      const body = await lab.aws('s3', 'cp', `${at('Store')}/${key}`, '-');
      const answered = await lab.invoke(at('OnRequest'), { ask: 'answer', ticket });
      expect(answered.payload).toEqual(JSON.parse(body));
      const { code, document } = await ask({ ask: 'scan', fresh: true, all: true });
      expect([code, document['ageSeconds']]).toEqual([1, undefined]);
      expect(document).toMatchObject({ version: 1, account: ACCOUNT, states: expect.anything() });
    });

    test('what turning the account block on would do', async () => {
      const { code, document } = await ask({
        ask: 'blast-radius',
        set: { 's3-account-block.BlockPublicAcls': true },
      });
      expect(code).toBe(1);
      expect(document).toMatchObject({
        breakage: 'breaks',
        owners: { [`${ACCOUNT}/us-east-1/s3-bucket/exports`]: 'assessment' },
      });
    });

    test('what the deployed service answers is what the command line prints, from the same store', async () => {
      await sweep();
      const now = new Date().toISOString();
      const SYMPTOM = 'AccessDenied PutObject exports';
      const rows: readonly (readonly [question: object, command: readonly string[]])[] = [
        [
          { ask: 'blast-radius', set: { 's3-account-block.BlockPublicAcls': true } },
          ['blast-radius', '--set', 's3-account-block.BlockPublicAcls=true'],
        ],
        [
          { ask: 'blast-radius', set: { 's3-bucket/exports#ownership': 'BucketOwnerEnforced' } },
          ['blast-radius', '--set', 's3-bucket/exports#ownership=BucketOwnerEnforced'],
        ],
        [
          { ask: 'explain', symptom: SYMPTOM, at: now, since: '24h' },
          ['explain', '--symptom', SYMPTOM, '--at', now, '--since', '24h'],
        ],
      ];
      for (const [question, command] of rows) {
        const asked = await ask(question);
        const { ageSeconds: _age, ...document } = asked.document;
        const { code, out: printed, err } = await plumbline(shell, ...command, '--json', '--store', at('Store'));
        expect([asked.err, err]).toEqual(['', '']);
        expect([asked.code, document]).toEqual([code, JSON.parse(printed)]);
      }
    });

    test('whoever may invoke can write a whole request with another name in it: it is refused, and nothing is accepted', async () => {
      const before = await generation();
      const question = { ask: 'accept', all: true, reason: 'forged', force: true };
      const stranger = `arn:aws:iam::${ACCOUNT}:user/alice`;
      const forged = await lab.invoke(at('OnRequest'), {
        version: '2.0',
        rawPath: '/',
        headers: {},
        requestContext: { authorizer: { iam: { accountId: ACCOUNT, userArn: stranger } } },
        body: JSON.stringify(question),
        isBase64Encoded: false,
      });
      expect(forged.payload).toMatchObject({ statusCode: 403 });
      for (const invoked of [question, { ...question, by: stranger }, { ...question, proof: { arn: stranger } }])
        expect((await lab.invoke(at('OnRequest'), invoked)).payload).toMatchObject({
          error: { code: expect.stringMatching(/^(CREDENTIALS_UNUSABLE|INPUT_INVALID)$/) },
        });
      expect(await generation()).toBe(before);
    });

    test('without a URL the function is invoked, and who accepts is known all the same', async () => {
      const place = `${at('Store')}/service.json`;
      const { url: _none, ...described } = JSON.parse(await lab.aws('s3', 'cp', place, '-')) as Record<string, unknown>;
      expect(described['function']).toBe(at('OnRequest'));
      const file = join(lab.home, 'service.json');
      writeFileSync(file, JSON.stringify(described));
      await lab.aws('s3', 'cp', file, place);
      await plumbline(shell, 'scan', '--region', 'us-east-1', '--store', at('Store'));
      const accept = ['baseline', 'accept', '--all', '--reason', 'known', '--store', at('Store')];
      const accepted = await plumbline(shell, ...accept);
      expect([accepted.code, accepted.err]).toEqual([0, '']);
      const { document } = await ask({ ask: 'baseline' });
      expect(document).toMatchObject({ accepted: { generation: 2, by: expect.stringMatching(/^arn:aws:/) } });
    });
  });
});
