/** Objects as they are stored, listed and lost on the way. */
import { createHash } from 'node:crypto';
import {
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { AwsDouble } from './client.ts';

let double: AwsDouble;
let s3: S3Client;
const Bucket = 'films';

beforeAll(async () => {
  double = await AwsDouble.start();
  s3 = clientIn('us-east-1');
});
afterAll(() => double.stop());
beforeEach(async () => {
  await double.show({ buckets: { films: { region: 'us-east-1' } } });
  await double.misbehave({});
});

const clientIn = (region: string): S3Client =>
  new S3Client({
    endpoint: double.url,
    region,
    forcePathStyle: true,
    maxAttempts: 1,
    credentials: { accessKeyId: 'AKIADOUBLE', secretAccessKey: 'secret' },
  });
const put = (Key: string, rest: Partial<PutObjectCommandInput> = {}): Promise<string> =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x', ...rest })).then(
    ({ ETag = '' }) => ETag,
    (error: { name: string; $metadata: { httpStatusCode?: number } }) =>
      `${error.$metadata.httpStatusCode ?? 'lost'} ${error.name}`,
  );
const get = async (Key: string): Promise<Uint8Array | undefined> =>
  (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToByteArray();

test('an object comes back byte for byte, and its ETag is the MD5 of it', async () => {
  const body = Uint8Array.from({ length: 512 }, (_, index) => index % 256);
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  expect(await put('a', { Body: body })).toBe(etag);
  expect(await get('a')).toEqual(body);
});

test('the conditions of a write', async () => {
  expect(await put('a', { IfMatch: '"0"' })).toBe('404 NoSuchKey');
  const etag = await put('a', { IfNoneMatch: '*' });
  expect(await put('a', { IfNoneMatch: '*', Body: 'y' })).toBe('412 PreconditionFailed');
  expect(await put('a', { IfMatch: '"0"', Body: 'y' })).toBe('412 PreconditionFailed');
  expect(Buffer.from((await get('a')) ?? []).toString()).toBe('x');
  expect(await put('a', { IfMatch: etag, Body: 'y' })).toMatch(/^"[0-9a-f]{32}"$/);
  expect(Buffer.from((await get('a')) ?? []).toString()).toBe('y');
});

test('who may not write is told that, and not whether the condition holds', async () => {
  await double.show({ buckets: { films: { region: 'us-east-1', owner: '999999999999' } } });
  expect(await put('a', { IfMatch: '"0"' })).toBe('403 AccessDenied');
});

test('a listing is paged, and a page begins after the last key of the one before', async () => {
  await double.show({ keysPerPage: 2, buckets: { films: { region: 'us-east-1', objects: { a: {}, b: {}, d: {} } } } });
  const page = (ContinuationToken?: string) => s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken }));
  const first = await page();
  await put('c');
  const second = await page(first.NextContinuationToken);
  expect([first, second].map(({ Contents = [] }) => Contents.map(({ Key }) => Key))).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
  expect([first.IsTruncated, second.IsTruncated, second.NextContinuationToken]).toEqual([true, false, undefined]);
  const one = await s3.send(new ListObjectsV2Command({ Bucket, MaxKeys: 1, Prefix: 'c' }));
  expect([one.KeyCount, one.IsTruncated]).toEqual([1, false]);
});

test('an answer can be lost though the object is stored, or end halfway', async () => {
  await double.misbehave({
    lose: [
      { call: 'PutObject', times: 1 },
      { call: 'GetObject', halfway: true, times: 1 },
    ],
  });
  expect(await put('a')).toMatch(/^lost /);
  await expect(get('a')).rejects.toThrow('aborted');
  expect(Buffer.from((await get('a')) ?? []).toString()).toBe('x');
});

test('a bucket in another region says where it is, with the refusal', async () => {
  const headers = await clientIn('eu-west-1')
    .send(new HeadBucketCommand({ Bucket }))
    .then(
      () => ({}),
      (error: { $response?: { headers: Record<string, string> } }) => error.$response?.headers,
    );
  expect(headers).toMatchObject({ 'x-amz-bucket-region': 'us-east-1' });
});
