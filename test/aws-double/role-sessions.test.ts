import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AwsDouble } from './client.ts';
import { ACCOUNT, PARTNER } from './scenarios.ts';
import { emptyWorld } from './world.ts';

let double: AwsDouble;
beforeAll(async () => {
  double = await AwsDouble.start();
  await double.show({
    buckets: { own: { region: 'us-east-1' } },
    members: { [PARTNER]: { ...emptyWorld(PARTNER), buckets: { films: { region: 'us-east-1' } } } },
  });
});
afterAll(() => double.stop());

const clientSettings = (accessKeyId: string) => ({
  endpoint: double.url,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'secret' },
});
const assume = (RoleArn: string, RoleSessionName = 'session') =>
  new STSClient(clientSettings('AKIADOUBLE')).send(new AssumeRoleCommand({ RoleArn, RoleSessionName }));

test('who assumes a role of another account acts there, and is the session of that role', async () => {
  const { Credentials } = await assume(`arn:aws:iam::${PARTNER}:role/path/reader`);
  const settings = clientSettings(Credentials?.AccessKeyId ?? '');
  expect(await new STSClient(settings).send(new GetCallerIdentityCommand({}))).toMatchObject({
    Account: PARTNER,
    Arn: `arn:aws:sts::${PARTNER}:assumed-role/reader/session`,
  });
  const { Buckets } = await new S3Client({ ...settings, forcePathStyle: true }).send(new ListBucketsCommand({}));
  expect(Buckets?.map(({ Name }) => Name)).toEqual(['films']);
});

test('an account that is not there takes nobody in, and a session has a name that STS takes', async () => {
  await expect(assume('arn:aws:iam::999999999999:role/reader')).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `User: arn:aws:iam::${ACCOUNT}:user/tester is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::999999999999:role/reader`,
  });
  await expect(assume(`arn:aws:iam::${PARTNER}:role/reader`, 'a name: with spaces')).rejects.toMatchObject({
    name: 'ValidationError',
  });
});
