import { expect, test } from 'vitest';
import { AwsFailure } from '#aws/failure.ts';
import { roleCredentials } from '#aws/role-credentials.ts';
import type { AwsReads } from '#kinds/kind.ts';

const MINUTE_MS = 60_000;

const request = {
  role: { partition: 'aws', account: '444455556666', name: 'plumbline-reader' },
  sessionName: 'plumbline-test',
};

/** STS that gives keys for so many minutes, and refuses from a call on. */
function stsThat({ lastsMinutes, refusesFrom = Infinity }: { lastsMinutes: number; refusesFrom?: number }) {
  let calls = 0;
  const call = (): Promise<object> => {
    calls += 1;
    if (calls >= refusesFrom)
      return Promise.reject(new AwsFailure('AccessDenied', 'refused', { message: 'no longer trusted' }));
    const Expiration = new Date(Date.now() + lastsMinutes * MINUTE_MS);
    return Promise.resolve({
      Credentials: { AccessKeyId: `key-${calls}`, SecretAccessKey: 's', SessionToken: 't', Expiration },
    });
  };
  const reads = { call } as unknown as AwsReads;
  return { asker: { reads, region: 'us-east-1', caller: 'somebody' }, calls: () => calls };
}

test('one assumption serves all clients while it lasts', async () => {
  const { asker, calls } = stsThat({ lastsMinutes: 60 });
  const credentials = await roleCredentials(asker, request);
  expect([(await credentials()).accessKeyId, (await credentials()).accessKeyId, calls()]).toEqual([
    'key-1',
    'key-1',
    1,
  ]);
});

test('about to end, the role is assumed again', async () => {
  const { asker } = stsThat({ lastsMinutes: 1 });
  const credentials = await roleCredentials(asker, request);
  const [now, later] = [await credentials(), await credentials()];
  expect(later.accessKeyId).not.toBe(now.accessKeyId);
});

test('a role that can no longer be assumed ends the session, and is no refusal of what is read', async () => {
  // The SDK asks twice for keys that are about to end when they are new.
  const { asker } = stsThat({ lastsMinutes: 1, refusesFrom: 3 });
  const credentials = await roleCredentials(asker, request);
  await expect(credentials()).rejects.toMatchObject({ code: 'CredentialsProviderError', kind: 'credentials' });
});
