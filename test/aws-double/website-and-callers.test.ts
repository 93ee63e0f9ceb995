/** Callers that no SDK of ours is: a browser at a website endpoint, AWS services, an origin access identity. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsDouble } from './client.ts';
import { statusOf, type Asked } from './ask.ts';
import { ALL, BOE, only, policyOf, PUBLIC, worldOf } from './scenarios.ts';
import { ALL_USERS, OWNER_ID, type Bucket, type Signer } from './world.ts';

const OAI = { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' };
const FOR_EVERYBODY = [
  { to: OWNER_ID, permission: 'FULL_CONTROL' },
  { to: ALL_USERS, permission: 'READ' },
];
const site: Partial<Bucket> = {
  website: { index: 'index.html' },
  objects: { 'index.html': { body: 'home', grants: FOR_EVERYBODY }, 'secret.html': { body: 'x' } },
};
const callers: Record<string, Signer> = {
  TRAIL: { service: 'cloudtrail.amazonaws.com' },
  LOGGING: { service: 'logging.s3.amazonaws.com' },
  IDENTITY: { originAccessIdentity: 'E1' },
};
const page = (path: string): Asked => ({ path, website: 'films' });
const by = (key: string, rest: Partial<Asked> = {}): Asked => ({ path: '/films/index.html', key, ...rest });
const OPEN = 'whether RestrictPublicBuckets locks an origin access identity out (§3.2 C2)';

interface Case {
  readonly case: string;
  readonly bucket: Partial<Bucket>;
  readonly ask: Asked;
  readonly is: readonly [status: number, unsettled?: string];
}

const CASES: readonly Case[] = [
  { case: 'H1: what an ACL opens is served, at the index for a folder', bucket: site, ask: page('/'), is: [200] },
  { case: 'H1: what exists and is not readable is 403', bucket: site, ask: page('/secret.html'), is: [403] },
  {
    case: 'H1: what does not exist is 404 for who may read and list',
    bucket: { ...site, policy: PUBLIC, grants: FOR_EVERYBODY },
    ask: page('/none.html'),
    is: [404],
  },
  {
    case: 'H1: what the policy opens is served',
    bucket: { ...site, policy: PUBLIC },
    ask: page('/secret.html'),
    is: [200],
  },
  { case: 'H1: no website is 404', bucket: { objects: site.objects ?? {} }, ask: page('/index.html'), is: [404] },
  {
    case: 'H1: a signature is not read',
    bucket: { ...site, policy: PUBLIC, ...only('RestrictPublicBuckets') },
    ask: { ...page('/index.html'), key: 'AKIADOUBLE' },
    is: [403],
  },
  {
    case: 'S2: a service gets in, whatever the block',
    bucket: { ...site, policy: PUBLIC, block: ALL },
    ask: by('TRAIL'),
    is: [200],
  },
  {
    case: 'S4: log delivery by ACL ends with the ACLs',
    bucket: {
      ...site,
      ...BOE,
      grants: [{ to: 'http://acs.amazonaws.com/groups/s3/LogDelivery', permission: 'WRITE' }],
    },
    ask: by('LOGGING', { method: 'PUT' }),
    is: [403],
  },
  {
    case: 'C2: an identity that the policy names gets in',
    bucket: { ...site, policy: policyOf({ who: OAI }) },
    ask: by('IDENTITY'),
    is: [200],
  },
  {
    case: 'C2 [U]: under RestrictPublicBuckets nobody knows, and the answer says so',
    bucket: { ...site, policy: policyOf({ who: OAI }, {}), ...only('RestrictPublicBuckets') },
    ask: by('IDENTITY'),
    is: [403, OPEN],
  },
];

describe('over HTTP', () => {
  let double: AwsDouble;
  beforeAll(async () => {
    double = await AwsDouble.start();
  });
  afterAll(() => double.stop());

  test.each(CASES)('$case', async ({ bucket, ask, is }) => {
    await double.show(worldOf(bucket, { callers }));
    const { status, unsettled } = await statusOf(double, ask);
    expect(unsettled === undefined ? [status] : [status, unsettled]).toEqual(is);
  });
});
