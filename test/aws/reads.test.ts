import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';

const credentials = { accessKeyId: 'AKIA', secretAccessKey: 'secret' };

test('WAF of `global` and of the region that it stands for share one quota', async () => {
  const aws = createReads({
    account: '111122223333',
    clients: createClients({ credentials, globalRegion: 'us-east-1' }),
    concurrency: 32,
  });
  let started = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const send = (): Promise<void> => {
    started += 1;
    return held;
  };
  const calls = ['global', 'us-east-1', 'global', 'us-east-1', 'global'].map((region) =>
    aws.call({ client: WAFV2Client, region, send }),
  );
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(started).toBe(4);
  release();
  await Promise.all(calls);
  expect(started).toBe(5);
});

test('after the credentials have ended nothing more is asked', async () => {
  const aws = createReads({
    account: '111122223333',
    clients: createClients({ credentials, globalRegion: 'us-east-1' }),
    concurrency: 1,
  });
  let asked = 0;
  const send = (): Promise<never> => {
    asked += 1;
    return Promise.reject(
      Object.assign(new Error('expired'), { name: 'ExpiredToken', $metadata: { httpStatusCode: 400 } }),
    );
  };
  const read = () =>
    aws.read(
      { operation: 'GetIPSet', actions: [], absentWhen: [] },
      { client: WAFV2Client, region: 'us-east-1', send },
    );
  expect([await read(), await read(), asked, aws.endedBy()]).toEqual([
    { status: 'unreadable', code: 'ExpiredToken' },
    { status: 'unreadable', code: 'ExpiredToken' },
    1,
    'ExpiredToken',
  ]);
});
