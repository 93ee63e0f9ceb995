/** The rows that a caller of the real SDK, or nobody with a plain request, meets on the wire. */
import {
  CreateBucketCommand,
  DeleteBucketOwnershipControlsCommand,
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketPolicyStatusCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  DeletePublicAccessBlockCommand as DeleteAccountBlockCommand,
  PutPublicAccessBlockCommand as PutAccountBlockCommand,
  S3ControlClient,
} from '@aws-sdk/client-s3-control';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsDouble } from './client.ts';
import {
  ACCOUNT,
  ALL,
  BOE,
  only,
  PARTNER,
  PARTNER_ID,
  PARTNERS,
  PARTNERS_AND_PUBLIC,
  policyOf,
  PUBLIC,
  worldOf,
} from './scenarios.ts';
import { ALL_USERS, OWNER_ID, type Bucket, type World } from './world.ts';

const RESTRICTED = only('RestrictPublicBuckets');

describe('over HTTP', () => {
  let double: AwsDouble;
  const clientOf = (accessKeyId: string): S3Client =>
    new S3Client({
      endpoint: double.url,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey: 'secret' },
    });
  /** The SDK puts the account before the host's name, which an address has not: it is told one, and calls the address. */
  const controlOf = (accessKeyId: string): S3ControlClient => {
    const client = new S3ControlClient({
      endpoint: double.url.replace('127.0.0.1', 'localhost'),
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey: 'secret' },
    });
    client.middlewareStack.add(
      (next) => (call) => {
        Object.assign(call.request as object, { hostname: '127.0.0.1' });
        return next(call);
      },
      { step: 'build' },
    );
    return client;
  };
  const refusal = (call: Promise<unknown>): Promise<string> =>
    call.then(
      () => 'accepted',
      (error: { name: string; message: string; $metadata: { httpStatusCode: number } }) =>
        `${error.$metadata.httpStatusCode} ${error.name}: ${error.message}`,
    );
  const unsigned = async (path: string, init: RequestInit = {}): Promise<string> => {
    const answer = await fetch(`${double.url}${path}`, init);
    const text = await answer.text();
    const code = /<Code>(.*?)<\/Code><Message>(.*?)<\/Message>/.exec(text);
    return code === null ? `${answer.status} ${text}` : `${answer.status} ${code[1]}: ${code[2]}`;
  };
  const show = (bucket: Partial<Bucket> = {}, rest: Partial<World> = {}): Promise<void> =>
    double.show({ ...worldOf(bucket, rest), callers: { AKIAPARTNER: { account: PARTNER, canonicalId: PARTNER_ID } } });
  const Bucket = 'films';
  const text = (action: string, on: string, why: string): string =>
    `User: arn:aws:iam::${ACCOUNT}:user/tester is not authorized to perform: ${action} on resource: "arn:aws:s3:::${on}" ${why}`;
  const BLOCKED_ACL = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';

  beforeAll(async () => {
    double = await AwsDouble.start();
  });
  afterAll(() => double.stop());
  beforeEach(() => show());

  test('W4 and W0, the incident: public-read is refused with 403, the same upload without an ACL is not', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await show({}, { accountBlock: { BlockPublicAcls: true } });
    expect(
      await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a/1.mov', Body: 'x', ACL: 'public-read' }))),
    ).toBe(`403 AccessDenied: ${text('s3:PutObject', 'films/a/1.mov', BLOCKED_ACL)}`);
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: 'a/1.mov', Body: 'x' })))).toBe('accepted');
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }));
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a/1.mov']);
  });

  test('R1: what was uploaded as public-read is read by everybody, until IgnorePublicAcls, and again after it', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await s3.send(new PutObjectCommand({ Bucket, Key: '1.mov', Body: 'film', ACL: 'public-read' }));
    expect(await unsigned('/films/1.mov')).toBe('200 film');
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { IgnorePublicAcls: true } }),
    );
    expect(await unsigned('/films/1.mov')).toBe('403 AccessDenied: Access Denied');
    expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: false,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await unsigned('/films/1.mov')).toBe('200 film');
  });

  test('W3 and A2: an enforced bucket refuses ACLs with 400', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await show(BOE);
    const expected = '400 AccessControlListNotSupported: The bucket does not allow ACLs';
    expect(
      await refusal(s3.send(new PutObjectCommand({ Bucket, Key: '1', Body: 'x', ACL: 'bucket-owner-read' }))),
    ).toBe(expected);
    expect(await refusal(s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' })))).toBe(expected);
    expect(await refusal(s3.send(new PutObjectCommand({ Bucket, Key: '1', Body: 'x', ACL: 'private' })))).toBe(
      'accepted',
    );
  });

  test('§1.5: the public grant arrives by canned header, grant header and XML, and is refused each time', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await show({ objects: { '1': {} }, block: { BlockPublicAcls: true } });
    const Grants = [{ Grantee: { Type: 'Group' as const, URI: ALL_USERS }, Permission: 'READ' as const }];
    const inXml = { AccessControlPolicy: { Owner: { ID: OWNER_ID }, Grants } };
    const forObject = `403 AccessDenied: ${text('s3:PutObjectAcl', 'films/1', BLOCKED_ACL)}`;
    const forBucket = `403 AccessDenied: ${text('s3:PutBucketAcl', 'films', BLOCKED_ACL)}`;
    const object = { Bucket, Key: '1' };
    expect([
      await refusal(s3.send(new PutObjectAclCommand({ ...object, ACL: 'authenticated-read' }))),
      await refusal(s3.send(new PutObjectAclCommand({ ...object, GrantRead: `uri="${ALL_USERS}"` }))),
      await refusal(s3.send(new PutObjectAclCommand({ ...object, ...inXml }))),
      await refusal(s3.send(new PutBucketAclCommand({ Bucket, ...inXml }))),
    ]).toEqual([forObject, forObject, forObject, forBucket]);
  });

  test('P1: a public policy is refused, put again or new; without the bit it is put, and its status is judged (§2.5)', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await show({ block: { BlockPublicPolicy: true } });
    const put = (): Promise<string> => refusal(s3.send(new PutBucketPolicyCommand({ Bucket, Policy: PUBLIC })));
    const why = 'because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.';
    expect(await put()).toBe(`403 AccessDenied: ${text('s3:PutBucketPolicy', 'films', why)}`);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await put()).toBe('accepted');
    const status = async (): Promise<unknown> =>
      (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus;
    expect(await status()).toEqual({ IsPublic: true });
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: PARTNERS }));
    expect(await status()).toEqual({ IsPublic: false });
    await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
    expect(await refusal(status())).toMatch(/^404 NoSuchBucketPolicy/);
  });

  test('X1 and X2: a public statement and RestrictPublicBuckets lock the named account out of the rest', async () => {
    const s3 = clientOf('AKIAPARTNER');
    const objects = { 'masters/1.mov': { body: 'master' } };
    const read = async (): Promise<string> => refusal(s3.send(new GetObjectCommand({ Bucket, Key: 'masters/1.mov' })));
    await show({ objects, policy: PARTNERS, ...RESTRICTED });
    expect(await read()).toBe('accepted');
    await show({ objects, policy: PARTNERS_AND_PUBLIC, ...RESTRICTED });
    expect(await read()).toBe('403 AccessDenied: Access Denied');
    await show({ objects, policy: PARTNERS_AND_PUBLIC });
    expect(await read()).toBe('accepted');
  });

  test('W2 and §1.6: what another account uploads is its own, and the policy does not cover it until ownership is enforced', async () => {
    await show({ policy: policyOf({}, { who: { AWS: PARTNER }, action: 's3:PutObject' }) });
    const upload = new PutObjectCommand({ Bucket, Key: '1.mov', Body: 'theirs', ACL: 'private' });
    await clientOf('AKIAPARTNER').send(upload);
    expect(await unsigned('/films/1.mov')).toBe('403 AccessDenied: Access Denied');
    const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
    const s3 = clientOf('AKIADOUBLE');
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } }));
    expect(await unsigned('/films/1.mov')).toBe('200 theirs');
    expect(await refusal(clientOf('AKIAPARTNER').send(upload))).toMatch(/^400 AccessControlListNotSupported/);
  });

  test('A3 and §1.6: ownership is not enforced over a bucket ACL for others; taking it away brings stored ACLs back', async () => {
    const s3 = clientOf('AKIADOUBLE');
    const Rules = [{ ObjectOwnership: 'BucketOwnerEnforced' as const }];
    const enforce = (): Promise<string> =>
      refusal(s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls: { Rules } })));
    await s3.send(new PutObjectCommand({ Bucket, Key: '1', Body: 'x', ACL: 'public-read' }));
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
    expect(await unsigned('/films?list-type=2')).toMatch(/^200 .*<Key>1<\/Key>/s);
    expect(await enforce()).toMatch(/^400 InvalidBucketAclWithObjectOwnership/);
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'private' }));
    expect(await enforce()).toBe('accepted');
    expect(await unsigned('/films/1')).toBe('403 AccessDenied: Access Denied');
    await s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket }));
    expect(await unsigned('/films/1')).toBe('200 x');
  });

  test('A4 and §1.7: a new bucket never has a public ACL, but its own block and no ACLs', async () => {
    const s3 = clientOf('AKIADOUBLE');
    expect(await refusal(s3.send(new CreateBucketCommand({ Bucket: 'new', ACL: 'public-read' })))).toBe(
      '400 InvalidBucketAclWithBlockPublicAccessError: Bucket cannot have public ACLs set with BlockPublicAccess enabled',
    );
    await s3.send(new CreateBucketCommand({ Bucket: 'new' }));
    expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket: 'new' }))).PublicAccessBlockConfiguration).toEqual(
      ALL,
    );
    expect(await refusal(s3.send(new PutBucketAclCommand({ Bucket: 'new', ACL: 'private' })))).toMatch(/^400 /);
  });

  test('M1 and M2: the account’s block over S3 Control, and an organisation that locks it', async () => {
    const control = controlOf('AKIADOUBLE');
    const put = (): Promise<string> =>
      refusal(control.send(new PutAccountBlockCommand({ AccountId: ACCOUNT, PublicAccessBlockConfiguration: ALL })));
    await show({ policy: PUBLIC, objects: { '1': { body: 'x' } } });
    expect(await unsigned('/films/1')).toBe('200 x');
    expect(await put()).toBe('accepted');
    const s3 = clientOf('AKIADOUBLE');
    await s3.send(
      new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: { RestrictPublicBuckets: false } }),
    );
    expect(await unsigned('/films/1')).toBe('403 AccessDenied: Access Denied');
    await control.send(new DeleteAccountBlockCommand({ AccountId: ACCOUNT }));
    expect(await unsigned('/films/1')).toBe('200 x');
    await show({}, { organizationPolicy: 'none' });
    expect(await put()).toBe(
      '403 AccessDenied: This account does not allow changes to its account-level S3 Block Public Access settings due to an organizational S3 Block Public Access policy in effect.',
    );
  });

  test('§1.4: what IgnorePublicAcls hides is stored all the same', async () => {
    const s3 = clientOf('AKIADOUBLE');
    await show({ block: { IgnorePublicAcls: true } });
    await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'public-read' }));
    const shown = async (): Promise<unknown> =>
      (await s3.send(new GetBucketAclCommand({ Bucket }))).Grants?.map(({ Grantee }) => Grantee?.URI ?? Grantee?.ID);
    expect(await shown()).toEqual([OWNER_ID]);
    await s3.send(new DeletePublicAccessBlockCommand({ Bucket }));
    expect(await shown()).toEqual([OWNER_ID, ALL_USERS]);
  });

  test('nobody writes without a signature, and only who may list is told what is missing', async () => {
    await show({ policy: PUBLIC });
    expect(await unsigned('/films/new', { method: 'PUT', body: 'x' })).toBe('403 AccessDenied: Access Denied');
    expect(await unsigned('/films?policy', { method: 'DELETE' })).toBe('403 AccessDenied: Access Denied');
    expect(await unsigned('/films/missing')).toBe('403 AccessDenied: Access Denied');
    expect(await refusal(clientOf('AKIADOUBLE').send(new GetObjectCommand({ Bucket, Key: 'missing' })))).toMatch(
      /^404 NoSuchKey/,
    );
  });

  test('U1: an address that the account presigned reads as its signer', async () => {
    await show({ objects: { '1': { body: 'x' } }, policy: PUBLIC, block: ALL });
    const signature = 'X-Amz-Credential=AKIADOUBLE/20261124/us-east-1/s3/aws4_request&X-Amz-Signature=0';
    expect(await unsigned(`/films/1?${signature}`)).toBe('200 x');
    expect(await unsigned('/films/1')).toBe('403 AccessDenied: Access Denied');
  });
});
