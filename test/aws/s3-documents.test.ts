import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { AwsDouble } from '../aws-double/client.ts';
import type { Faults, World } from '../aws-double/world.ts';
import { useEnvironment } from '../environment.ts';
import { documentsSuite } from '../local/documents.suite.ts';

const ACCOUNT = '111122223333';
const bytes = (text: string): Uint8Array => Buffer.from(text);

let double: AwsDouble;
beforeAll(async () => {
  double = await AwsDouble.start();
  useEnvironment(double.environment);
});
afterAll(() => double.stop());
beforeEach(() => double.misbehave({}));

const openAt = (prefix: string, bucket = 'store'): S3Documents =>
  new S3Documents(
    createReads({ account: ACCOUNT, clients: createClients({ globalRegion: 'us-east-1' }), concurrency: 32 }),
    { bucket, prefix },
  );

/** An empty bucket, and the documents in it. */
async function openEmpty(prefix = '', world: Partial<World> = {}): Promise<S3Documents> {
  await double.show({ buckets: { store: { region: 'us-east-1' } }, ...world });
  return openAt(prefix);
}

const refuse = (call: string, code: string, rest: Partial<Faults['refuse'][number]> = {}): Promise<void> =>
  double.misbehave({ refuse: [{ call, code, status: 403, ...rest }] });

const asked = async (call: string): Promise<number | undefined> => (await double.calls()).calls[call];

documentsSuite('a bucket', () => openEmpty());
documentsSuite('a bucket in another region', () =>
  openEmpty('', { buckets: { store: { region: 'eu-west-1' } }, regions: ['us-east-1', 'eu-west-1'] }),
);
documentsSuite('a part of a bucket, listed two keys a page', () => openEmpty('some/where', { keysPerPage: 2 }));

describe('two that write one key at once', () => {
  test.each(['ConditionalRequestConflict', 'OperationAborted'])('%s means that somebody else wrote', async (code) => {
    const documents = await openEmpty();
    await documents.create('a.json', bytes('first'));
    const version = (await documents.read('a.json'))?.version ?? '';
    await refuse('PutObject', code, { status: 409 });
    expect([
      await documents.create('b.json', bytes('x')),
      await documents.replace('a.json', bytes('second'), version),
    ]).toEqual(['conflict', 'conflict']);
    await double.misbehave({});
    expect([await documents.read('b.json'), await documents.read('a.json')]).toMatchObject([undefined, { version }]);
  });
});

describe('a write whose answer was lost', () => {
  const lost = { lose: [{ call: 'PutObject', times: 1 }] };

  test('finds itself, and was written once', async () => {
    const documents = await openEmpty();
    await double.misbehave(lost);
    await double.forgetCalls();
    expect(await documents.create('a.json', bytes('mine'))).toBe('written');
    expect(await asked('PutObject')).toBe(2);
    const version = (await documents.read('a.json'))?.version ?? '';
    await double.misbehave(lost);
    expect(await documents.replace('a.json', bytes('mine too'), version)).toBe('written');
    expect(Buffer.from((await documents.read('a.json'))?.body ?? []).toString()).toBe('mine too');
  });

  test('is no other one that says something else', async () => {
    const documents = await openEmpty();
    await documents.create('a.json', bytes('theirs'));
    await double.misbehave(lost);
    expect(await documents.create('a.json', bytes('mine'))).toBe('conflict');
  });

  test('is waited for while it may still be under way', async () => {
    const documents = await openEmpty();
    await double.misbehave({
      refuse: [
        { call: 'PutObject', code: 'InternalError', status: 500, times: 1 },
        { call: 'PutObject', code: 'ConditionalRequestConflict', status: 409, times: 1 },
      ],
    });
    expect(await documents.create('a.json', bytes('mine'))).toBe('written');
  });

  test('leaves a conflict a conflict when nothing was lost, only refused for speed', async () => {
    const documents = await openEmpty();
    await documents.create('a.json', bytes('the same'));
    await refuse('PutObject', 'SlowDown', { status: 503, times: 1 });
    expect(await documents.create('a.json', bytes('the same'))).toBe('conflict');
  });
});

test('a document that is cut short on the way is read again', async () => {
  const documents = await openEmpty();
  const body = Buffer.alloc(200_000, 'whole ');
  await documents.create('a.json', body);
  await double.misbehave({ lose: [{ call: 'GetObject', halfway: true, times: 1 }] });
  expect(Buffer.from((await documents.read('a.json'))?.body ?? []).equals(body)).toBe(true);
});

test('a listing has as many pages as it takes, and what is no document is left out', async () => {
  const objects = Object.fromEntries(
    Array.from({ length: 2500 }, (_, index) => [`in/a/${String(index).padStart(4, '0')}.json`, {}]),
  );
  const more = { 'in/': {}, 'in/a/': {}, 'in/b/1.json': {}, 'inside.json': {} };
  await openEmpty('', { buckets: { store: { region: 'us-east-1', objects: { ...objects, ...more } } } });
  await double.forgetCalls();
  const keys = await openAt('in').list('a/');
  expect([keys.length, keys[0], keys.at(-1), await asked('ListObjects')]).toEqual([
    2500,
    'a/0000.json',
    'a/2499.json',
    3,
  ]);
  expect((await openAt('in').list('')).length).toBe(2501);
});

test('two prefixes of one bucket know nothing of each other', async () => {
  const one = await openEmpty('one');
  const two = openAt('one/two');
  await one.create('a.json', bytes('one'));
  expect([await two.read('a.json'), await two.create('a.json', bytes('two')), await two.list('')]).toEqual([
    undefined,
    'written',
    ['a.json'],
  ]);
  expect(await one.list('')).toEqual(['a.json', 'two/a.json']);
  expect([one.place, two.place, openAt('').place]).toEqual(['s3://store/one', 's3://store/one/two', 's3://store']);
});

test('the region is asked once, and again after it could not be told', async () => {
  const documents = await openEmpty();
  await refuse('HeadBucket', 'NoSuchBucket', { status: 404, times: 1 });
  await expect(documents.read('a.json')).rejects.toThrow(/there is no bucket "store"/);
  await double.forgetCalls();
  await Promise.all([documents.read('a.json'), documents.read('b.json'), documents.list('')]);
  expect(await asked('HeadBucket')).toBe(1);
});

describe('what is refused is one sentence', () => {
  const said = (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'nothing',
      (error: { code: string; message: string }) => `${error.code}: ${error.message}`,
    );
  const MAYBE_ABSENT = '(without s3:ListBucket S3 refuses what is not there, instead of saying so)';

  test.each([
    {
      case: 'a read, by the bucket of another account, which gives no reason',
      refusal: { call: 'GetObject', code: 'AccessDenied', status: 403, message: 'Access Denied' },
      does: (documents: S3Documents) => documents.read('baseline/a.json'),
      says: `AWS_REFUSED: may not read s3://store/at/baseline/a.json (AccessDenied): allow s3:GetObject on it and s3:ListBucket on the bucket ${MAYBE_ABSENT}, and see whether the bucket's own policy refuses it`,
    },
    {
      case: 'a read of what is perhaps not there',
      refusal: {
        call: 'GetObject',
        code: 'AccessDenied',
        status: 403,
        message:
          'User: x is not authorized to perform: s3:ListBucket on resource: "y" because no identity-based policy allows the s3:ListBucket action',
      },
      does: (documents: S3Documents) => documents.read('a.json'),
      says: `AWS_REFUSED: may not read s3://store/at/a.json (AccessDenied): allow s3:ListBucket ${MAYBE_ABSENT}, and see whether the bucket's own policy refuses it`,
    },
    {
      case: 'a write, by the key that encrypts it',
      refusal: {
        call: 'PutObject',
        code: 'AccessDenied',
        status: 403,
        message: 'User: x is not authorized to perform: kms:GenerateDataKey on resource: y',
      },
      does: (documents: S3Documents) => documents.create('a.json', bytes('x')),
      says: "STORE_UNWRITABLE: may not write s3://store/at/a.json (AccessDenied): allow kms:GenerateDataKey, and see whether the bucket's own policy refuses it",
    },
    {
      case: 'a write, with no reason',
      refusal: { call: 'PutObject', code: 'AccessDenied', status: 403, message: 'Access Denied' },
      does: (documents: S3Documents) => documents.create('a.json', bytes('x')),
      says: "STORE_UNWRITABLE: may not write s3://store/at/a.json (AccessDenied): allow s3:PutObject and s3:GetObject, and see whether the bucket's own policy refuses it",
    },
    {
      case: 'a listing',
      refusal: { call: 'ListObjects', code: 'AccessDenied', status: 403, message: 'Access Denied' },
      does: (documents: S3Documents) => documents.list('snapshots/'),
      says: "AWS_REFUSED: may not list s3://store/at/snapshots/ (AccessDenied): allow s3:ListBucket, and see whether the bucket's own policy refuses it",
    },
    {
      case: 'a write that S3 does not take, in its own words',
      refusal: {
        call: 'PutObject',
        code: 'EntityTooLarge',
        status: 400,
        message: 'Your proposed upload is\n too large',
      },
      does: (documents: S3Documents) => documents.create('a.json', bytes('x')),
      says: 'STORE_UNWRITABLE: could not write s3://store/at/a.json (EntityTooLarge): Your proposed upload is too large',
    },
    {
      case: 'credentials that have ended',
      refusal: { call: 'GetObject', code: 'ExpiredToken', status: 400 },
      does: (documents: S3Documents) => documents.read('a.json'),
      says: 'CREDENTIALS_UNUSABLE: could not read s3://store/at/a.json: AWS does not take the credentials, or no longer (ExpiredToken); sign in again, then repeat the command',
    },
    {
      case: 'a service that does not come back',
      refusal: { call: 'GetObject', code: 'InternalError', status: 500 },
      does: (documents: S3Documents) => documents.read('a.json'),
      says: 'AWS_UNREACHABLE: could not read s3://store/at/a.json (InternalError), tried again and again: check the network, then repeat the command',
    },
    {
      case: 'a bucket that was deleted in the meantime',
      refusal: { call: 'PutObject', code: 'NoSuchBucket', status: 404 },
      does: (documents: S3Documents) => documents.create('a.json', bytes('x')),
      says: 'STORE_UNWRITABLE: could not write s3://store/at/a.json: there is no bucket "store"; make it, or check its name',
    },
  ])('$case', async ({ refusal, does, says }) => {
    const documents = await openEmpty('at');
    await double.misbehave({ refuse: [refusal] });
    expect(await said(does(documents))).toBe(says);
  });

  test('a bucket that is not there', async () => {
    await openEmpty();
    expect(await said(openAt('at', 'stroe').read('a.json'))).toBe(
      'AWS_REFUSED: could not find s3://stroe/at: there is no bucket "stroe"; make it, or check its name',
    );
  });
});

describe('a probe', () => {
  test('finds a store that can be used, and leaves nothing in it', async () => {
    const documents = await openEmpty('at');
    await documents.probe();
    expect(await openAt('').list('')).toEqual([]);
  });

  test.each([
    { call: 'ListObjects', says: /may not list s3:\/\/store\/at / },
    { call: 'GetObject', says: /may not read s3:\/\/store\/at\// },
    { call: 'PutObject', says: /may not write s3:\/\/store\/at\// },
  ])('finds that $call is refused', async ({ call, says }) => {
    const documents = await openEmpty('at');
    await refuse(call, 'AccessDenied');
    await expect(documents.probe()).rejects.toThrow(says);
  });

  test('finds a server that heeds no conditions', async () => {
    const takesAll = { send: () => Promise.resolve({}) };
    const documents = new S3Documents({ call: ({ send }) => send(takesAll as never) }, { bucket: 'store', prefix: '' });
    await expect(documents.probe()).rejects.toThrow(/^s3:\/\/store does not heed If-Match/);
  });
});
