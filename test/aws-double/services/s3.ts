import { Refused, type Answer, type Call, type Service } from '../request.ts';
import { isPublicPolicy } from '../public-policy.ts';
import { statementsOf } from '../policy.ts';
import { accountBlockOf, effectiveBlock } from '../scene.ts';
import { ALL_USERS, AUTHENTICATED_USERS, OWNER_ID, type BlockFlags, type Bucket, type World } from '../world.ts';
import { xmlDocument, type Xml } from '../xml.ts';
import { bucketOf, enforcedOperationOf } from './s3-attempt.ts';
import { answerEnforced, putAccountBlock } from './s3-writes.ts';

/** Sub-resource → the operation's name, and what it answers for a bucket. */
const READS: Record<string, { operation: string; answer: (bucket: Bucket, world: World) => Answer }> = {
  publicAccessBlock: {
    operation: 'GetPublicAccessBlock',
    answer: ({ block }) => found(block && blockXml(block), 'NoSuchPublicAccessBlockConfiguration'),
  },
  policy: {
    operation: 'GetBucketPolicy',
    answer: ({ policy }) => {
      if (policy === undefined) throw new Refused('NoSuchBucketPolicy', 404, 'The bucket policy does not exist');
      return { status: 200, headers: { 'content-type': 'application/json' }, body: policy };
    },
  },
  policyStatus: {
    operation: 'GetBucketPolicyStatus',
    answer: (bucket, world) =>
      found(
        bucket.policy === undefined
          ? undefined
          : xmlDocument('PolicyStatus', { IsPublic: isPublicStatus(bucket, world) }),
        'NoSuchBucketPolicy',
      ),
  },
  ownershipControls: {
    operation: 'GetBucketOwnershipControls',
    answer: ({ ownership }) =>
      found(
        ownership && xmlDocument('OwnershipControls', { Rule: { ObjectOwnership: ownership } }),
        'OwnershipControlsNotFoundError',
      ),
  },
  acl: { operation: 'GetBucketAcl', answer: (bucket, world) => ({ status: 200, body: aclXml(bucket, world) }) },
  website: {
    operation: 'GetBucketWebsite',
    answer: ({ website }) =>
      found(
        website &&
          xmlDocument('WebsiteConfiguration', {
            IndexDocument: { Suffix: website.index },
            ErrorDocument: website.error === undefined ? undefined : { Key: website.error },
          }),
        'NoSuchWebsiteConfiguration',
      ),
  },
};

export function s3(world: () => World): Service {
  return {
    nameOf: (call) => ({ operation: operationOf(call), of: bucketOf(call) || pageOf(call) }),
    answer: (call) => answer(call, world()),
    refuse: refusal,
  };
}

const CONTROL_VERBS: Readonly<Record<string, string>> = { PUT: 'Put', DELETE: 'Delete' };

export function s3Control(world: () => World): Service {
  return {
    nameOf: ({ method }) => ({ operation: `${CONTROL_VERBS[method] ?? 'Get'}AccountPublicAccessBlock`, of: 'account' }),
    answer: (call) => {
      const { account } = world();
      if (call.headers['x-amz-account-id'] !== account) throw new Refused('AccessDenied', 403);
      if (call.method in CONTROL_VERBS) return putAccountBlock(call, world());
      const accountBlock = accountBlockOf(world());
      return found(accountBlock && blockXml(accountBlock), 'NoSuchPublicAccessBlockConfiguration');
    },
    refuse: ({ code, status, message }) => ({
      status,
      body: `<ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error><RequestId>double</RequestId></ErrorResponse>`,
    }),
  };
}

function operationOf(call: Call): string {
  if (bucketOf(call) === '') return 'ListBuckets';
  const enforced = enforcedOperationOf(call);
  if (enforced !== undefined) return enforced;
  const sub = Object.keys(READS).find((name) => call.query.has(name));
  return sub === undefined ? 'HeadBucket' : (READS[sub]?.operation ?? sub);
}

/** `page-1` of a listing, so that a test can cut it short where it likes. */
function pageOf({ query }: Call): string {
  return `page-${pageAsked(query).page}`;
}

/** Which page a token stands for, and with which bucket it begins. */
function pageAsked(query: URLSearchParams): { readonly page: number; readonly start: number } {
  const [page = '1', start = '0'] = query.get('continuation-token')?.split('-from-') ?? [];
  return { page: Number(page), start: Number(start) };
}

function answer(call: Call, world: World): Answer {
  if (bucketOf(call) === '') return { status: 200, body: listXml(call, world) };
  const enforced = enforcedOperationOf(call);
  if (enforced === 'CreateBucket') return answerEnforced(call, enforced, world);
  const name = bucketOf(call);
  const bucket = Object.hasOwn(world.buckets, name) ? world.buckets[name] : undefined;
  if (bucket === undefined) throw new Refused('NoSuchBucket', 404, 'The specified bucket does not exist');
  const expected = call.headers['x-amz-expected-bucket-owner'];
  if (expected !== undefined && expected !== (bucket.owner ?? world.account))
    throw new Refused('AccessDenied', 403, 'Access Denied');
  // What is not signed names no region.
  if (call.accessKey !== undefined && bucket.region !== call.region)
    throw new Refused(
      'PermanentRedirect',
      301,
      'The bucket you are attempting to access must be addressed using the specified endpoint.',
    ).telling({ 'x-amz-bucket-region': bucket.region });
  if (enforced !== undefined) return answerEnforced(call, enforced, world);
  const sub = Object.keys(READS).find((name) => call.query.has(name));
  if (call.method !== 'GET' || sub === undefined)
    return { status: 200, headers: { 'x-amz-bucket-region': bucket.region } };
  return READS[sub]?.answer(bucket, world) ?? { status: 501 };
}

/** Pages as AWS does; the region is only told when the request has a parameter (aws-facts §7). */
function listXml({ query }: Call, world: World): string {
  const names = Object.keys(world.buckets)
    .filter((name) => (world.buckets[name]?.owner ?? world.account) === world.account)
    .sort();
  const { page: number, start } = pageAsked(query);
  const most = Math.min(Number(query.get('max-buckets') ?? names.length), world.bucketsPerPage ?? names.length);
  const isTold = [...query.keys()].some((key) => key !== 'x-id');
  const page = names.slice(start, start + most);
  return xmlDocument('ListAllMyBucketsResult', {
    Owner: { ID: OWNER_ID },
    Buckets: {
      Bucket: page.map((Name) => ({
        Name,
        CreationDate: '2024-01-01T00:00:00.000Z',
        BucketRegion: isTold ? world.buckets[Name]?.region : undefined,
      })),
    },
    ContinuationToken: start + most < names.length ? `${number + 1}-from-${start + most}` : undefined,
  });
}

/** The bucket's policy alone; whether RestrictPublicBuckets counts is [U] (aws-facts §2.5). */
function isPublicStatus(bucket: Bucket, world: World): boolean {
  if (bucket.isPublic !== undefined) return bucket.isPublic;
  const { doubtfulPolicy, restrictedPolicyStatus } = world.unsettled ?? {};
  const isHidden = restrictedPolicyStatus === 'not-public' && effectiveBlock(world, bucket).RestrictPublicBuckets;
  return !isHidden && isPublicPolicy(statementsOf(bucket.policy ?? '') ?? [], doubtfulPolicy);
}

/** GetBucketAcl shows what counts, not what is stored (aws-facts §1.4). */
function aclXml(bucket: Bucket, world: World): string {
  const isEnforced = bucket.ownership === 'BucketOwnerEnforced';
  const isMasked = [accountBlockOf(world), bucket.block].some((level) => level?.IgnorePublicAcls === true);
  const stored = bucket.grants ?? [{ to: OWNER_ID, permission: 'FULL_CONTROL' }];
  const shown = isEnforced
    ? [{ to: OWNER_ID, permission: 'FULL_CONTROL' }]
    : stored.filter(({ to }) => !(isMasked && (to === ALL_USERS || to === AUTHENTICATED_USERS)));
  const grantXml = ({ to, permission }: { to: string; permission: string }): Xml => {
    const isGroup = to.startsWith('http');
    const type = `Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${isGroup ? 'Group' : 'CanonicalUser'}"`;
    return { [type]: isGroup ? { URI: to } : { ID: to, DisplayName: 'somebody' }, Permission: permission };
  };
  return xmlDocument('AccessControlPolicy', {
    Owner: { ID: OWNER_ID },
    AccessControlList: { Grant: shown.map(grantXml) },
  });
}

function blockXml(flags: BlockFlags): string {
  return xmlDocument('PublicAccessBlockConfiguration', { ...flags });
}

function found(body: string | undefined, absent: string): Answer {
  if (body === undefined) throw new Refused(absent, 404);
  return { status: 200, body };
}

function refusal({ code, status, message, headers }: Refused): Answer {
  return {
    status,
    headers: { 'content-type': 'application/xml', ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><RequestId>double</RequestId></Error>`,
  };
}
