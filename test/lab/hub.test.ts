import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ACCOUNT, Lab } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The tests in the lab cannot run: ${missing}\n`);

/** The hub account is a member like any other, and leaves the mailing to the hub. */
const SETTINGS = `regions: [us-east-1]
hub:
  account: '${ACCOUNT}'
  region: us-east-1
  organization: o-a1b2c3d4e5
  tell: hub
`;
const BUS = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/plumbline-hub`;
const ELSEWHERE = '222233334444';
/** A sweep is looked at again after ten seconds: until then it still runs. */
const SWEEP_ENDS_AFTER_MS = 11_000;

interface Told {
  readonly subject: string;
  readonly body: string;
  readonly type: string | undefined;
}

describe.skipIf(isSkipped)('a member and its hub, deployed', { timeout: 180_000 }, () => {
  let lab: Lab;
  let out: Record<string, string>;
  let inbox = '';

  const at = (name: string): string => out[name] ?? '';
  const tick = async (): Promise<void> => {
    await lab.invoke(at('OnTick'), {});
    await lab.settle();
  };
  const told = async (): Promise<readonly Told[]> =>
    (await lab.messagesOf(inbox)).map(({ Body = '{}' }) => {
      const { Subject, Message, MessageAttributes } = JSON.parse(Body) as {
        Subject: string;
        Message: string;
        MessageAttributes: Record<string, { Value: string }>;
      };
      return { subject: Subject, body: Message, type: MessageAttributes['type']?.Value };
    });

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    lab = await Lab.start(programs, { visibilitySeconds: 2 });
    const settings = join(lab.home, 'plumbline.yaml');
    writeFileSync(settings, SETTINGS);
    out = await lab.deploy(
      `node -C plumbline-source --import tsx ${join(import.meta.dirname, 'service-app.ts')} ${settings}`,
      { stackName: 'Plumbline' },
    );
    const { QueueUrl } = JSON.parse(await lab.aws('sqs', 'create-queue', '--queue-name', 'inbox')) as {
      QueueUrl: string;
    };
    inbox = QueueUrl;
    const to = ['--protocol', 'sqs', '--notification-endpoint', `arn:aws:sqs:us-east-1:${ACCOUNT}:inbox`];
    await lab.aws('sns', 'subscribe', '--topic-arn', at('AlertsTopic'), ...to);
    await lab.aws('s3api', 'create-bucket', '--bucket', 'exports');
    await tick();
    await wait(SWEEP_ENDS_AFTER_MS);
    await tick();
    await tick();
    await told();
  }, 400_000);
  afterAll(() => lab?.stop());

  test('what the member found goes over the bus, and the hub mails it: once, and the member nothing', async () => {
    const flags = ['BlockPublicAcls', 'IgnorePublicAcls'].map((flag) => `${flag}=true`).join(',');
    const put = ['--account-id', ACCOUNT, '--public-access-block-configuration', flags];
    await lab.aws('s3control', 'put-public-access-block', ...put);
    await tick();
    await tick();
    const alerts = await told();
    expect(alerts.map(({ subject, type }) => [type, subject])).toEqual([
      ['hub-alert', `HIGH breaks: account-level S3 Block Public Access changed (${ACCOUNT})`],
    ]);
    expect(JSON.parse(alerts[0]?.body ?? '')).toMatchObject({
      type: 'plumbline.hub-alert',
      hub: ACCOUNT,
      accounts: [{ account: ACCOUNT, status: 'opened' }],
    });
  });

  test('what another account says comes under its own number, however often it comes', async () => {
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
      account: ACCOUNT,
    };
    const event = { source: 'plumbline', 'detail-type': 'Plumbline Alert', detail, bus: BUS };
    for (let time = 0; time < 3; time += 1) await lab.putEvent({ ...event, account: ELSEWHERE });
    await lab.settle();
    await tick();
    expect((await told()).map(({ subject }) => subject)).toEqual([
      `HIGH exposes: bucket exports-elsewhere changed (${ELSEWHERE})`,
    ]);
  });

  test('what is no alert goes no further than the bus, and a poisoned alert to the dead letters alone', async () => {
    await lab.putEvent({ source: 'somebody', 'detail-type': 'Plumbline Alert', detail: {}, bus: BUS });
    await lab.putEvent({
      source: 'plumbline',
      'detail-type': 'Plumbline Alert',
      detail: { version: 9, id: randomUUID() },
      bus: BUS,
    });
    await lab.settle({ patienceMs: 120_000 });
    const queues = JSON.parse(await lab.aws('sqs', 'list-queues')) as { QueueUrls: readonly string[] };
    const letters = queues.QueueUrls.find((url) => /PlumblineHub.*DeadLetters/.test(url)) ?? '';
    const lying = await lab.messagesOf(letters);
    expect(
      lying.map(({ Body = '{}' }) => (JSON.parse(Body) as { detail: { version: number } }).detail.version),
    ).toEqual([9]);
    expect(await told()).toEqual([]);
  });
});
