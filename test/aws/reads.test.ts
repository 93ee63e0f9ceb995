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

test('what is behind web ACLs is asked once a second in a region, and other reads of WAF do not wait for it (aws-facts §6)', async () => {
  let time = 0;
  const aws = createReads({
    account: '111122223333',
    clients: createClients({ credentials, globalRegion: 'us-east-1' }),
    concurrency: 4,
    pacing: { now: () => time, random: () => 0, wait: (ms) => Promise.resolve(void (time += ms)) },
  });
  const starts: string[] = [];
  const ask = (name: string, quota?: 'ListResourcesForWebACL'): Promise<unknown> =>
    aws.call({
      client: WAFV2Client,
      region: 'us-east-1',
      ...(quota === undefined ? {} : { quota }),
      send: () => Promise.resolve(starts.push(`${name} ${time}`)),
    });
  await ask('associations', 'ListResourcesForWebACL');
  await ask('rules');
  await ask('associations', 'ListResourcesForWebACL');
  await ask('associations', 'ListResourcesForWebACL');
  expect(starts).toEqual(['associations 0', 'rules 0', 'associations 1010', 'associations 2020']);
});
