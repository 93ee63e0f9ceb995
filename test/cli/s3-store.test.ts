import { readdir } from 'node:fs/promises';
import { ListObjectsV2Command, PutBucketOwnershipControlsCommand, S3Client } from '@aws-sdk/client-s3';
import { beforeEach, describe, expect, test } from 'vitest';
import { buckets, changesIn, scanIn } from './account.ts';
import { plumbline, type Ended } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const STORE = 's3://kept/team/plumbline';
const run = (...args: readonly string[]): Promise<Ended> => plumbline(on.shell, ...args, '--store', STORE);
const acceptAll = (): Promise<Ended> => run('baseline', 'accept', '--all', '--reason', 'first look');

/** What an administrator does beside Plumbline. */
const admin = (region: string): S3Client =>
  new S3Client({
    endpoint: on.double.url,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKIADOUBLE', secretAccessKey: 'secret' },
  });
const keysInStore = async (): Promise<readonly string[]> => {
  const { Contents = [] } = await admin('eu-west-1').send(new ListObjectsV2Command({ Bucket: 'kept' }));
  return Contents.map(({ Key = '' }) => Key);
};

describe('with the store in a bucket of another region', () => {
  beforeEach(() =>
    on.double.show({
      regions: ['us-east-1', 'eu-west-1'],
      buckets: { ...buckets(2), kept: { region: 'eu-west-1', ownership: 'BucketOwnerEnforced' } },
      keysPerPage: 2,
    }),
  );

  test('what was scanned is accepted, and a change is told; nothing is kept on this machine', async () => {
    expect(await run('scan')).toMatchObject({ code: 2, err: '' });
    expect(await acceptAll()).toMatchObject({ code: 0, err: '' });
    expect(await run('scan')).toMatchObject({ code: 0, err: '' });
    await admin('us-east-1').send(
      new PutBucketOwnershipControlsCommand({
        Bucket: 'bucket-00001',
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
      }),
    );
    const { code, report } = await scanIn(on.shell, '--store', STORE);
    expect([code, changesIn(report)]).toEqual([1, ['s3-bucket/bucket-00001#ownership']]);
    expect(await acceptAll()).toMatchObject({ code: 0 });
    expect(await run('scan')).toMatchObject({ code: 0 });
    expect((await run('baseline', 'show')).out).toContain('generation 2');
    expect(await readdir(on.shell.cwd)).toEqual([]);
    expect((await keysInStore()).every((key) => /^team\/plumbline\/(baseline|snapshots)\//.test(key))).toBe(true);
  });

  test('of three that accept at once one is taken, and each of the others is told', async () => {
    await run('scan');
    await on.double.misbehave({ latencyMs: 150 });
    const ended = await Promise.all(
      ['ana', 'bo', 'cy'].map((name) => run('baseline', 'accept', '--all', '--reason', name)),
    );
    await on.double.misbehave({});
    expect(ended.filter(({ out }) => out.startsWith('Accepted from'))).toHaveLength(1);
    for (const { out, err } of ended)
      expect(out + err).toMatch(/^Accepted from|^Nothing new in scan|^plumbline: somebody else accepted in account/);
    expect(await run('scan')).toMatchObject({ code: 0 });
    expect((await run('baseline', 'show')).out).toContain('generation 1');
  });

  test('a bucket is explained, from AWS and from a file', async () => {
    await run('scan');
    await acceptAll();
    expect(await run('explain', 'bucket-00000')).toMatchObject({ code: 0, err: '' });
    await plumbline(on.shell, 'snapshot', '--out', 'now.json');
    expect(await run('explain', 'bucket-00000', '--snapshot', 'now.json')).toMatchObject({ code: 0, err: '' });
  });

  test('a file is explained without signing in where the store is a folder', async () => {
    await plumbline(on.shell, 'snapshot', '--out', 'now.json');
    await on.double.forgetCalls();
    expect(await plumbline(on.shell, 'explain', 'bucket-00000', '--snapshot', 'now.json')).toMatchObject({ code: 0 });
    expect((await on.double.calls()).calls).toEqual({});
  });

  test('the doctor tries the store, and leaves nothing in it', async () => {
    const well = await run('doctor');
    expect(well.out).toMatch(/ {4}ok {2}store +s3:\/\/kept\/team\/plumbline\n/);
    expect([well.code, await keysInStore()]).toEqual([0, []]);
    await on.double.misbehave({ refuse: [{ call: 'PutObject', code: 'AccessDenied', status: 403 }] });
    const ill = await run('doctor');
    expect(ill.out).toMatch(
      /not ok {2}store +may not write s3:\/\/kept\/team\/plumbline\/snapshots\/probe \(AccessDenied\): allow s3:PutObject/,
    );
    expect(ill.code).toBe(2);
  });

  test('a scan that may not be kept is told all the same', async () => {
    await run('scan');
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'PutObject', code: 'AccessDenied', status: 403 }] });
    const { code, out, err } = await run('scan');
    expect([code, out.includes('Nothing drifted.')]).toEqual([2, true]);
    expect(err).toMatch(
      /^plumbline: this scan could not be kept, so it cannot be accepted: may not write s3:\/\/kept\/.* \(AccessDenied\): allow s3:PutObject and s3:GetObject.*\n$/,
    );
  });

  test('a store that may not be read ends the scan before anything is looked at', async () => {
    await on.double.misbehave({
      refuse: [{ call: 'GetObject', code: 'AccessDenied', status: 403, message: 'Access Denied' }],
    });
    await on.double.forgetCalls();
    const { code, out, err } = await run('scan');
    expect([code, out, (await on.double.calls()).calls['ListBuckets']]).toEqual([2, '', undefined]);
    expect(err).toBe(
      "plumbline: may not read s3://kept/team/plumbline/baseline/111122223333/head.json (AccessDenied): allow s3:GetObject on it and s3:ListBucket on the bucket (without s3:ListBucket S3 refuses what is not there, instead of saying so), and see whether the bucket's own policy refuses it\n",
    );
  });

  test('a store that is not there', async () => {
    const { code, out, err } = await plumbline(on.shell, 'scan', '--store', 's3://kpet');
    expect([code, out, err]).toEqual([
      2,
      '',
      'plumbline: could not find s3://kpet: there is no bucket "kpet"; make it, or check its name\n',
    ]);
  });
});

test('an address that is none is one sentence, before anybody signs in', async () => {
  await on.double.forgetCalls();
  expect(await plumbline(on.shell, 'scan', '--store', 's3://Kept/team')).toEqual({
    code: 64,
    out: '',
    err: 'plumbline: --store s3://Kept/team: "Kept" is no name of a bucket: write s3://bucket or s3://bucket/prefix\n',
  });
  expect((await on.double.calls()).calls).toEqual({});
});
