import { accessLog, dataEvent, roleArn, sessionArn, times, type LogLine } from './log-lines.ts';
import {
  accountMay,
  ALL_FOUR,
  cloudFrontReads,
  everyoneLists,
  everyoneReads,
  identityReads,
  LOAD_BALANCING,
  ownRoleReads,
  PARTNER,
  PARTNER_ID,
  partnerRoleMay,
  policyOf,
  type Flags,
  type ScenarioBucket,
} from './scenario-buckets.ts';

export { accessLog, dataEvent, type LogLine } from './log-lines.ts';
export type { Flag, Flags, ScenarioBucket } from './scenario-buckets.ts';

/**
 * What a change would do, and what the logs add to that. Written from the facts, before the code.
 *
 * How a row of aws-facts §3.2 is read here:
 * - A row is a sort of request. A request may be of several sorts, and counts in each: what CloudFront gets from a website endpoint is C3, H1
 *   and, by the door that let it in, R1 or R4; a presigned upload with a public ACL is U3 and W4; a partner's presigned read is U2 and X2.
 * - W2, W3, W4, A1, A2, U3, P1 and P3 presume nothing in the bucket: somebody may send such a request to any.
 * - R1, R2, X3 and X4 go by objects' own ACLs, which nobody reads: they flip wherever ACLs are on and the change shuts them. R3 and R6 go by the
 *   bucket's own ACL, R4 and R5 by its policy, X2 by a principal of another account in it, S3 by such an account as a whole, S4 by
 *   log delivery in the ACL, H1 and C3 by a website.
 * - H1, C3 and U2 have several doors, and flip when the last of them shuts.
 * - From accepted but useless to refused is a flip as well: what went through unnoticed is an error from then on.
 */
export type Verdict = 'will-break' | 'could-break' | 'unknown';

export interface BlastRadiusCase {
  readonly name: string;
  readonly cites: string;
  /** Not set where it is left out. */
  readonly accountBlock?: Flags;
  readonly buckets: readonly ScenarioBucket[];
  /** As `--set` has it. `null` takes a setting away. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly logs: readonly LogLine[];
  readonly expect: {
    /** 1: something flips to refused or useless, whoever uses it. 2: nothing does for sure, and for some row it is not known. */
    readonly exitCode: 0 | 1 | 2;
    /** By `bucket ROW`: every row that flips to refused or useless, and no other. */
    readonly breaks: Readonly<Record<string, Verdict>>;
    /** Buckets that are open to everyone after it and were not before. */
    readonly opens?: readonly string[];
    /** What of `breaks` is felt at the next deployment only. */
    readonly later?: readonly string[];
    /** Of each row that will break: everyone who was seen, and how often together. */
    readonly seen?: Readonly<Record<string, { readonly callers: readonly string[]; readonly count: number }>>;
    /** Rows of which AWS does not say how they end after the change: never told as refused. */
    readonly unsettled?: readonly string[];
    /** Settings that S3 itself would refuse to set while the bucket is as it is (A3). */
    readonly changeRefused?: readonly string[];
  };
}

/** The rows of one bucket, by `bucket ROW`. */
function of(bucket: string, rows: Readonly<Record<string, Verdict>>): Record<string, Verdict> {
  return Object.fromEntries(Object.entries(rows).map(([row, verdict]) => [`${bucket} ${row}`, verdict]));
}

const APP = { role: 'scheduler-api' };
const put = { operation: 'PutObject', acl: 'public-read' };
const NO_PERMISSION =
  'User: arn:aws:sts::111122223333:assumed-role/scheduler-api/scheduler-api-1 is not authorized to perform: s3:PutObjectAcl on resource: "arn:aws:s3:::exports/a/b.pdf" because no identity-based policy allows the s3:PutObjectAcl action';
const BLOCKED =
  'User: arn:aws:sts::111122223333:assumed-role/scheduler-api/scheduler-api-1 is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::exports/a/b.pdf" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';

const BLOCK_ACLS = { 's3-account-block.BlockPublicAcls': true };
const IGNORE_ACLS = { 's3-account-block.IgnorePublicAcls': true };
const BLOCK_POLICY = { 's3-account-block.BlockPublicPolicy': true };
const RESTRICT = { 's3-account-block.RestrictPublicBuckets': true };

const UPLOADS_COULD = { W4: 'could-break', A1: 'could-break', U3: 'could-break' } as const;
const UPLOADS_UNKNOWN = { W4: 'unknown', A1: 'unknown', U3: 'unknown' } as const;
/** Everything that ACLs do, where the ACL of the bucket itself grants nothing. */
const ACLS_OFF = ['W2', 'W3', 'W4', 'A1', 'A2', 'U3', 'R1', 'R2', 'X3', 'X4', 'U2'];
const aclsOff = (verdict: Verdict): Record<string, Verdict> =>
  Object.fromEntries(ACLS_OFF.map((row) => [row, verdict]));

const BLOCKING_ACLS: readonly BlastRadiusCase[] = [
  {
    name: 'an application uploads with public-read, and public ACLs are about to be refused',
    cites: 'aws-facts §3.4, BA 0→1; §3.2 W4; §5.3',
    buckets: [{ name: 'exports', owner: 'testmaker' }],
    set: BLOCK_ACLS,
    logs: [
      ...times(3, (minute) => dataEvent({ ...put, bucket: 'exports', by: APP, minute })),
      dataEvent({ ...put, bucket: 'exports', by: { role: 'document-api' }, minute: 9 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('exports', { ...UPLOADS_COULD, W4: 'will-break' }),
      seen: { 'exports W4': { callers: [roleArn('scheduler-api'), roleArn('document-api')], count: 4 } },
    },
  },
  {
    name: 'nothing is logged: that nobody uploads with a public ACL is not known, and a bucket with ACLs off is out of it',
    cites: 'aws-facts §5.5: never "no impact"; §0: only buckets with ACLs on',
    buckets: [{ name: 'exports' }, { name: 'modern', ownership: 'BucketOwnerEnforced' }],
    set: BLOCK_ACLS,
    logs: [],
    expect: { exitCode: 1, breaks: of('exports', UPLOADS_UNKNOWN) },
  },
  {
    name: 'uploads with no ACL, with private and with bucket-owner-full-control prove nothing of public ones; of the other bucket nothing is logged',
    cites: 'aws-facts §3.2 W0, W1, W2; §1.5; §5.1: private counts for aclRequired too; incidents A 08:30',
    buckets: [{ name: 'exports' }, { name: 'imports', ownership: 'ObjectWriter' }],
    set: BLOCK_ACLS,
    logs: [
      dataEvent({
        operation: 'PutObject',
        bucket: 'exports',
        by: { role: 'workstation' },
        userAgent: '[aws-cli/2.31.0]',
      }),
      dataEvent({ operation: 'PutObject', acl: 'private', bucket: 'exports', by: APP, minute: 1 }),
      dataEvent({ operation: 'PutObject', acl: 'bucket-owner-full-control', bucket: 'exports', by: APP, minute: 2 }),
    ],
    expect: { exitCode: 1, breaks: { ...of('exports', UPLOADS_COULD), ...of('imports', UPLOADS_UNKNOWN) } },
  },
  {
    name: 'an access log tells that an ACL was set, and not which',
    cites: 'aws-facts §5.1; §5.2: the value of x-amz-acl is not logged',
    buckets: [{ name: 'exports', ownership: 'BucketOwnerPreferred' }],
    set: BLOCK_ACLS,
    logs: times(5, (minute) =>
      accessLog({
        bucket: 'exports',
        operation: 'REST.PUT.OBJECT',
        requester: sessionArn('scheduler-api'),
        aclRequired: 'Yes',
        minute,
      }),
    ),
    expect: { exitCode: 1, breaks: of('exports', UPLOADS_COULD) },
  },
  {
    name: 'uploads in an access log that set no ACL, and uploads in an older one that does not tell',
    cites: 'aws-facts §5.1: "-"; §5.2: fields were appended without notice',
    buckets: [{ name: 'exports' }, { name: 'archive' }],
    set: BLOCK_ACLS,
    logs: [
      accessLog({ bucket: 'exports', operation: 'REST.PUT.OBJECT', requester: sessionArn('scheduler-api') }),
      accessLog({
        bucket: 'archive',
        operation: 'REST.PUT.OBJECT',
        requester: sessionArn('archiver'),
        aclRequired: 'no-field',
      }),
    ],
    expect: { exitCode: 1, breaks: { ...of('exports', UPLOADS_COULD), ...of('archive', UPLOADS_COULD) } },
  },
  {
    name: 'a public ACL comes as a grant to AllUsers, and as authenticated-read, too',
    cites: 'aws-facts §1.5: three canned ones, and grants by URI; §3.2 W4',
    buckets: [{ name: 'exports' }],
    set: BLOCK_ACLS,
    logs: [
      dataEvent({
        operation: 'PutObject',
        grantRead: 'uri="http://acs.amazonaws.com/groups/global/AllUsers"',
        bucket: 'exports',
        by: APP,
      }),
      dataEvent({
        operation: 'PutObject',
        acl: 'authenticated-read',
        bucket: 'exports',
        by: { role: 'document-api' },
        minute: 1,
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('exports', { ...UPLOADS_COULD, W4: 'will-break' }),
      seen: { 'exports W4': { callers: [roleArn('scheduler-api'), roleArn('document-api')], count: 2 } },
    },
  },
  {
    name: 'a copy with a public ACL is an upload, and a public ACL set afterwards is a call of its own',
    cites: 'aws-facts §1.1: CopyObject and PutObjectAcl are refused; §3.2 W4, A1',
    buckets: [{ name: 'exports' }],
    set: { 's3-bucket/exports#publicAccessBlock.BlockPublicAcls': true },
    logs: [
      dataEvent({ operation: 'CopyObject', acl: 'public-read', bucket: 'exports', by: { role: 'publisher' } }),
      dataEvent({ operation: 'PutObjectAcl', acl: 'public-read', bucket: 'exports', by: { role: 'cms' }, minute: 1 }),
      dataEvent({ operation: 'PutObjectAcl', acl: 'private', bucket: 'exports', by: { role: 'janitor' }, minute: 2 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('exports', { W4: 'will-break', A1: 'will-break', U3: 'could-break' }),
      seen: {
        'exports W4': { callers: [roleArn('publisher')], count: 1 },
        'exports A1': { callers: [roleArn('cms')], count: 1 },
      },
    },
  },
  {
    name: 'an access log has ACLs that were set on objects: whether public ones is not told',
    cites: 'aws-facts §5.1: PutObjectAcl is always Yes; §5.2',
    buckets: [{ name: 'exports' }],
    set: BLOCK_ACLS,
    logs: [
      accessLog({
        bucket: 'exports',
        operation: 'REST.PUT.ACL',
        query: 'acl',
        requester: sessionArn('cms'),
        aclRequired: 'Yes',
      }),
    ],
    expect: { exitCode: 1, breaks: of('exports', UPLOADS_COULD) },
  },
  {
    name: 'a presigned upload whose address has the public ACL in it',
    cites: 'aws-facts §3.2 U3; §1.1: as the signer’s PutObject; §5.2: not logged unless in the query string',
    buckets: [{ name: 'exports' }],
    set: BLOCK_ACLS,
    logs: times(2, (minute) =>
      accessLog({
        bucket: 'exports',
        operation: 'REST.PUT.OBJECT',
        query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900&x-amz-acl=public-read',
        requester: sessionArn('upload-form'),
        isPresigned: true,
        aclRequired: 'Yes',
        minute,
      }),
    ),
    expect: {
      exitCode: 1,
      breaks: of('exports', { U3: 'will-break', W4: 'will-break', A1: 'could-break' }),
      seen: {
        'exports U3': { callers: [roleArn('upload-form')], count: 2 },
        'exports W4': { callers: [roleArn('upload-form')], count: 2 },
      },
    },
  },
  {
    name: 'uploads with a public ACL that are refused already, for want of a permission, do not break',
    cites: 'aws-facts §5.3: AccessDenied is logged; what never worked cannot stop working',
    buckets: [{ name: 'exports' }],
    set: BLOCK_ACLS,
    logs: times(4, (minute) =>
      dataEvent({
        ...put,
        bucket: 'exports',
        by: APP,
        error: { code: 'AccessDenied', message: NO_PERMISSION },
        minute,
      }),
    ),
    expect: { exitCode: 1, breaks: of('exports', UPLOADS_COULD) },
  },
  {
    name: 'the bucket refuses public ACLs itself: the account’s flag changes nothing, whatever the log has of refusals',
    cites: 'aws-facts §3.1: redundant; §1.2: OR over the levels',
    buckets: [{ name: 'exports', block: { BlockPublicAcls: true } }],
    set: BLOCK_ACLS,
    logs: times(2, (minute) =>
      dataEvent({ ...put, bucket: 'exports', by: APP, error: { code: 'AccessDenied', message: BLOCKED }, minute }),
    ),
    expect: { exitCode: 0, breaks: {} },
  },
  {
    name: 'public ACLs are allowed again: nobody is let in by that alone, since what was stored was never shut',
    cites: 'aws-facts §3.4, BA 1→0',
    accountBlock: { BlockPublicAcls: true },
    buckets: [{ name: 'exports' }, { name: 'old-site', acl: 'public-read' }],
    set: { 's3-account-block.BlockPublicAcls': false },
    logs: [],
    expect: { exitCode: 0, breaks: {}, opens: [] },
  },
  {
    name: 'ACLs are off: no flag on ACLs breaks anything',
    cites: 'aws-facts §3.3, BOE-Wpub: 400 in every row; §0',
    buckets: [{ name: 'modern', ownership: 'BucketOwnerEnforced' }],
    set: { ...BLOCK_ACLS, ...IGNORE_ACLS },
    logs: [
      dataEvent({ operation: 'PutObject', bucket: 'modern', by: APP }),
      dataEvent({
        ...put,
        bucket: 'modern',
        by: APP,
        error: { code: 'AccessControlListNotSupported', message: 'The bucket does not allow ACLs' },
        minute: 1,
      }),
    ],
    expect: { exitCode: 0, breaks: {} },
  },
  {
    name: 'uploads with a public ACL were accepted and useless, and will be refused: their application learns of it for the first time',
    cites: 'aws-facts §3.2 W4: 200 under IA alone, 403 under BA; §3.3 rows 0100 and 1100',
    accountBlock: { IgnorePublicAcls: true },
    buckets: [{ name: 'exports' }],
    set: BLOCK_ACLS,
    logs: [dataEvent({ ...put, bucket: 'exports', by: APP })],
    expect: {
      exitCode: 1,
      breaks: of('exports', { ...UPLOADS_COULD, W4: 'will-break' }),
      seen: { 'exports W4': { callers: [roleArn('scheduler-api')], count: 1 } },
    },
  },
];

const IGNORING_ACLS: readonly BlastRadiusCase[] = [
  {
    name: 'strangers read objects of a bucket without a policy, so by ACLs; of another bucket only signed reads and CloudFront’s own are seen',
    cites: 'aws-facts §3.4, IA 0→1; §3.2 R1, U1, C1; §5.2: anonymous is "-"; X4 under IA is [U]',
    buckets: [{ name: 'downloads' }, { name: 'private-files', policy: policyOf(cloudFrontReads('private-files')) }],
    set: IGNORE_ACLS,
    logs: [
      ...times(2, (minute) => accessLog({ bucket: 'downloads', operation: 'REST.GET.OBJECT', minute })),
      accessLog({ bucket: 'downloads', operation: 'REST.GET.OBJECT', status: 404, error: 'NoSuchKey', minute: 5 }),
      accessLog({
        bucket: 'private-files',
        operation: 'REST.GET.OBJECT',
        requester: sessionArn('portal'),
        isPresigned: true,
      }),
      accessLog({ bucket: 'private-files', operation: 'REST.GET.OBJECT', requester: 'svc:cloudfront.amazonaws.com' }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        ...of('downloads', { R1: 'will-break', R2: 'could-break', ...UPLOADS_COULD }),
        ...of('private-files', { R1: 'could-break', R2: 'could-break', ...UPLOADS_COULD }),
      },
      seen: { 'downloads R1': { callers: ['anonymous'], count: 2 } },
      unsettled: ['downloads X4', 'private-files X4'],
    },
  },
  {
    name: 'a bucket that anybody can list by its ACL, and no logs',
    cites: 'aws-facts §3.4, IA 0→1; §3.2 R1, R2, R3, W4: 200 and the object stays private; §5.5',
    buckets: [{ name: 'mirror', ownership: 'ObjectWriter', acl: 'public-read' }],
    set: IGNORE_ACLS,
    logs: [],
    expect: {
      exitCode: 1,
      breaks: of('mirror', { R1: 'unknown', R2: 'unknown', R3: 'unknown', ...UPLOADS_UNKNOWN }),
      unsettled: ['mirror X4'],
    },
  },
  {
    name: 'only writes are logged: uploads with public-read go on, and nobody can read what they bring; readers are not in such a log',
    cites: 'aws-facts §3.2 W4: silent breakage for readers; §5.3: cheap selector, readOnly=false',
    buckets: [{ name: 'exports' }],
    set: IGNORE_ACLS,
    logs: times(3, (minute) => dataEvent({ ...put, bucket: 'exports', by: APP, minute })),
    expect: {
      exitCode: 1,
      breaks: of('exports', { ...UPLOADS_COULD, W4: 'will-break', R1: 'could-break', R2: 'could-break' }),
      seen: { 'exports W4': { callers: [roleArn('scheduler-api')], count: 3 } },
      unsettled: ['exports X4'],
    },
  },
  {
    name: 'two websites live by object ACLs: one has visitors, before the other stands CloudFront',
    cites: 'aws-facts §3.4, IA 0→1: sites, CDN custom origins; §3.2 H1, C3: ACL path as R1; §5.2 WEBSITE.*',
    buckets: [
      { name: 'blog', website: true, owner: 'marketing' },
      { name: 'shop', website: true, owner: 'sales' },
    ],
    set: IGNORE_ACLS,
    logs: [
      ...times(2, (minute) => accessLog({ bucket: 'blog', operation: 'WEBSITE.GET.OBJECT', minute })),
      ...times(3, (minute) =>
        accessLog({ bucket: 'shop', operation: 'WEBSITE.GET.OBJECT', userAgent: 'Amazon CloudFront', minute }),
      ),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        ...of('blog', { H1: 'will-break', R1: 'will-break', C3: 'could-break', R2: 'could-break', ...UPLOADS_COULD }),
        ...of('shop', { C3: 'will-break', H1: 'will-break', R1: 'will-break', R2: 'could-break', ...UPLOADS_COULD }),
      },
      seen: {
        'blog H1': { callers: ['anonymous'], count: 2 },
        'blog R1': { callers: ['anonymous'], count: 2 },
        'shop C3': { callers: ['anonymous'], count: 3 },
        'shop H1': { callers: ['anonymous'], count: 3 },
        'shop R1': { callers: ['anonymous'], count: 3 },
      },
      unsettled: ['blog X4', 'shop X4'],
    },
  },
  {
    name: 'ACLs that were ignored count again: the bucket with a stored public ACL opens, and its neighbours do not',
    cites: 'aws-facts §3.4, IA 1→0: all stored public ACLs are live again; §1.4',
    accountBlock: { IgnorePublicAcls: true },
    buckets: [
      { name: 'old-site', acl: 'public-read' },
      { name: 'ledger', acl: 'private' },
      { name: 'modern', ownership: 'BucketOwnerEnforced' },
      { name: 'guarded', acl: 'public-read', block: { IgnorePublicAcls: true } },
    ],
    set: { 's3-account-block.IgnorePublicAcls': false },
    logs: [],
    expect: { exitCode: 0, breaks: {}, opens: ['old-site'] },
  },
];

const BLOCKING_POLICIES: readonly BlastRadiusCase[] = [
  {
    name: 'public policies are about to be refused: whoever reads goes on, and the next deployment of one fails',
    cites: 'aws-facts §3.4, BP 0→1; §3.2 P1, P3; §1.1: existing policies keep working',
    buckets: [
      { name: 'site', ownership: 'BucketOwnerEnforced', policy: policyOf(everyoneReads('site')), website: true },
    ],
    set: BLOCK_POLICY,
    logs: [],
    expect: {
      exitCode: 1,
      breaks: of('site', { P1: 'unknown', P3: 'unknown' }),
      later: ['site P1', 'site P3'],
    },
  },
  {
    name: 'a deployment put a policy, and an access log does not tell which',
    cites: 'aws-facts §3.2 P1: also an unchanged re-put; §5.2',
    buckets: [{ name: 'site', ownership: 'BucketOwnerEnforced', policy: policyOf(everyoneReads('site')) }],
    set: BLOCK_POLICY,
    logs: [
      accessLog({
        bucket: 'site',
        operation: 'REST.PUT.BUCKETPOLICY',
        query: 'policy',
        requester: sessionArn('cdk-deploy'),
        status: 204,
      }),
      accessLog({ bucket: 'site', operation: 'REST.GET.OBJECT', minute: 1 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('site', { P1: 'could-break', P3: 'could-break' }),
      later: ['site P1', 'site P3'],
    },
  },
  {
    name: 'one bucket refuses public policies itself, one is logged, one is not',
    cites: 'aws-facts §3.1: redundant; §3.4, BP 0→1',
    buckets: [
      { name: 'guarded', ownership: 'BucketOwnerEnforced', block: ALL_FOUR },
      { name: 'logged', ownership: 'BucketOwnerEnforced' },
      { name: 'silent', ownership: 'BucketOwnerEnforced' },
    ],
    set: BLOCK_POLICY,
    logs: [accessLog({ bucket: 'logged', operation: 'REST.GET.OBJECT', requester: sessionArn('portal') })],
    expect: {
      exitCode: 1,
      breaks: {
        ...of('logged', { P1: 'could-break', P3: 'could-break' }),
        ...of('silent', { P1: 'unknown', P3: 'unknown' }),
      },
      later: ['logged P1', 'logged P3', 'silent P1', 'silent P3'],
    },
  },
];

const RESTRICTING: readonly BlastRadiusCase[] = [
  {
    name: 'strangers read by a public policy, and public buckets are about to be restricted',
    cites: 'aws-facts §3.4, RP 0→1; §3.2 R4, S1',
    buckets: [{ name: 'assets', ownership: 'BucketOwnerEnforced', policy: policyOf(everyoneReads('assets')) }],
    set: RESTRICT,
    logs: [
      ...times(2, (minute) => accessLog({ bucket: 'assets', operation: 'REST.GET.OBJECT', minute })),
      accessLog({ bucket: 'assets', operation: 'REST.GET.OBJECT', requester: sessionArn('portal'), minute: 3 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('assets', { R4: 'will-break' }),
      seen: { 'assets R4': { callers: ['anonymous'], count: 2 } },
    },
  },
  {
    name: 'one bucket is restricted at its own level, with a website and a listing open to all, and no logs; its neighbour stays as it is',
    cites: 'aws-facts §3.2 R4, H1, C3; §1.2: the levels; row R5: listing by policy',
    buckets: [
      {
        name: 'site',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(everyoneReads('site'), everyoneLists('site')),
        website: true,
      },
      {
        name: 'site-two',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(everyoneReads('site-two')),
        website: true,
      },
    ],
    set: { 's3-bucket/site#publicAccessBlock.RestrictPublicBuckets': true },
    logs: [],
    expect: { exitCode: 1, breaks: of('site', { R4: 'unknown', R5: 'unknown', H1: 'unknown', C3: 'unknown' }) },
  },
  {
    name: 'a partner account loses its own statement, because another one is public; one of two such buckets is logged',
    cites: 'aws-facts §3.2 X2, S3; §1.1: even those granted by a non-public statement; §2.3: one public statement',
    buckets: ['reports', 'invoices'].map((name) => ({
      name,
      ownership: 'BucketOwnerEnforced' as const,
      policy: policyOf(everyoneReads(name, 'public/'), accountMay(PARTNER, name)),
    })),
    set: RESTRICT,
    logs: times(2, (minute) =>
      dataEvent({ operation: 'GetObject', bucket: 'reports', by: { account: PARTNER }, minute }),
    ),
    expect: {
      exitCode: 1,
      breaks: {
        ...of('reports', { X2: 'will-break', S3: 'will-break', U2: 'could-break', R4: 'could-break' }),
        ...of('invoices', { X2: 'unknown', S3: 'unknown', U2: 'unknown', R4: 'unknown' }),
      },
      seen: {
        'reports X2': { callers: [PARTNER], count: 2 },
        'reports S3': { callers: [PARTNER], count: 2 },
      },
    },
  },
  {
    name: 'an old load balancer writes its logs as an account, not as a service, and is cut off; CloudTrail is a service, and is not',
    cites: 'aws-facts §3.2 S3, S2; §3.4, RP 0→1: legacy ELB logging',
    buckets: [
      {
        name: 'lb-logs',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(everyoneReads('lb-logs', 'stats/'), accountMay(LOAD_BALANCING, 'lb-logs', ['s3:PutObject'])),
      },
    ],
    set: RESTRICT,
    logs: [
      ...times(3, (minute) =>
        dataEvent({
          operation: 'PutObject',
          acl: 'bucket-owner-full-control',
          bucket: 'lb-logs',
          by: { account: LOAD_BALANCING },
          minute,
        }),
      ),
      dataEvent({ operation: 'PutObject', bucket: 'lb-logs', by: { service: 'cloudtrail.amazonaws.com' }, minute: 4 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('lb-logs', { S3: 'will-break', X2: 'will-break', U2: 'could-break', R4: 'could-break' }),
      seen: {
        'lb-logs S3': { callers: [LOAD_BALANCING], count: 3 },
        'lb-logs X2': { callers: [LOAD_BALANCING], count: 3 },
      },
    },
  },
  {
    name: 'another account’s replication role writes, and a link that another account signed is read: a named role is X2 and no account-id partner',
    cites: 'aws-facts §3.4, RP 0→1: cross-account replication [I]; §3.2 X2, U2; §5.2: QueryString is presigned',
    buckets: [
      {
        name: 'replica',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(
          everyoneReads('replica', 'public/'),
          partnerRoleMay('replication', 'replica', ['s3:ReplicateObject', 's3:ReplicateDelete']),
        ),
      },
      {
        name: 'handover',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(
          everyoneReads('handover', 'public/'),
          partnerRoleMay('partner-sync', 'handover', ['s3:GetObject']),
        ),
      },
    ],
    set: RESTRICT,
    logs: [
      ...times(2, (minute) =>
        accessLog({
          bucket: 'replica',
          operation: 'REST.PUT.OBJECT',
          requester: sessionArn('replication', PARTNER),
          minute,
        }),
      ),
      accessLog({
        bucket: 'handover',
        operation: 'REST.GET.OBJECT',
        query: 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=900',
        requester: sessionArn('partner-sync', PARTNER),
        isPresigned: true,
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        ...of('replica', { X2: 'will-break', U2: 'could-break', R4: 'could-break' }),
        ...of('handover', { X2: 'will-break', U2: 'will-break', R4: 'could-break' }),
      },
      seen: {
        'replica X2': { callers: [roleArn('replication', PARTNER)], count: 2 },
        'handover X2': { callers: [roleArn('partner-sync', PARTNER)], count: 1 },
        'handover U2': { callers: [roleArn('partner-sync', PARTNER)], count: 1 },
      },
    },
  },
  {
    name: 'nothing in the policy is public: CloudFront by either way, a partner and the account’s own roles go on',
    cites: 'aws-facts §3.2 C1, C2 (non-public: never), X1, S1; §2.3',
    buckets: [
      {
        name: 'media',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(
          cloudFrontReads('media'),
          identityReads('media'),
          accountMay(PARTNER, 'media'),
          ownRoleReads('portal', 'media'),
        ),
      },
    ],
    set: RESTRICT,
    logs: [
      accessLog({ bucket: 'media', operation: 'REST.GET.OBJECT', requester: 'svc:cloudfront.amazonaws.com' }),
      dataEvent({ operation: 'GetObject', bucket: 'media', by: { originAccessIdentity: 'AIDAIDENTITYEXAMPLE0' } }),
      dataEvent({ operation: 'GetObject', bucket: 'media', by: { account: PARTNER } }),
      dataEvent({ operation: 'GetObject', bucket: 'media', by: { role: 'portal' } }),
    ],
    expect: { exitCode: 0, breaks: {} },
  },
  {
    name: 'an origin access identity stands beside a public statement: strangers lose their way, and whether CloudFront does is not documented',
    cites: 'aws-facts §3.2 C2: [U] in lockdown, R4',
    buckets: [
      {
        name: 'media',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(identityReads('media'), everyoneReads('media', 'public/')),
      },
    ],
    set: RESTRICT,
    logs: times(3, (minute) =>
      dataEvent({
        operation: 'GetObject',
        bucket: 'media',
        by: { originAccessIdentity: 'AIDAIDENTITYEXAMPLE0' },
        userAgent: '[Amazon CloudFront]',
        minute,
      }),
    ),
    expect: { exitCode: 1, breaks: of('media', { R4: 'could-break' }), unsettled: ['media C2'] },
  },
  {
    name: 'ACLs are on in a bucket with a public policy: restricting it shuts the ACLs’ doors too',
    cites: 'aws-facts §3.3, RaclP 403 and Xmix 403 in row 1001; §3.2 R1, R2, R3, X3, X4: lockdown [I]',
    accountBlock: { BlockPublicAcls: true },
    buckets: [
      {
        name: 'old-downloads',
        ownership: 'ObjectWriter',
        acl: 'public-read',
        policy: policyOf(everyoneReads('old-downloads')),
      },
    ],
    set: RESTRICT,
    logs: [
      accessLog({ bucket: 'old-downloads', operation: 'REST.GET.BUCKET', query: 'list-type=2' }),
      ...times(2, (minute) => accessLog({ bucket: 'old-downloads', operation: 'REST.GET.OBJECT', minute })),
    ],
    expect: {
      exitCode: 1,
      breaks: of('old-downloads', {
        R3: 'will-break',
        R4: 'will-break',
        // The policy lets everybody read every object: by which door the readers came is not told.
        R1: 'could-break',
        R2: 'could-break',
        X3: 'could-break',
        X4: 'could-break',
        U2: 'could-break',
      }),
      seen: {
        'old-downloads R3': { callers: ['anonymous'], count: 1 },
        'old-downloads R4': { callers: ['anonymous'], count: 2 },
      },
    },
  },
  {
    name: 'a partner writes by a grant in the bucket’s ACL, and the policy is public for one folder',
    cites: 'aws-facts §3.2 X3: lockdown [I]; §5.1: cross-account and not by policy is Yes',
    accountBlock: { BlockPublicAcls: true },
    buckets: [
      {
        name: 'shared-drop',
        ownership: 'BucketOwnerPreferred',
        acl: [{ canonicalId: PARTNER_ID, permission: 'WRITE' }],
        policy: policyOf(everyoneReads('shared-drop', 'public/')),
      },
    ],
    set: RESTRICT,
    logs: times(2, (minute) =>
      accessLog({
        bucket: 'shared-drop',
        operation: 'REST.PUT.OBJECT',
        requester: PARTNER_ID,
        aclRequired: 'Yes',
        minute,
      }),
    ),
    expect: {
      exitCode: 1,
      breaks: of('shared-drop', {
        X3: 'will-break',
        R4: 'could-break',
        R1: 'could-break',
        R2: 'could-break',
        X4: 'could-break',
        U2: 'could-break',
      }),
      seen: { 'shared-drop X3': { callers: [PARTNER_ID], count: 2 } },
    },
  },
  {
    name: 'public buckets are no longer restricted: those whose policy is public open at once, and nothing breaks',
    cites: 'aws-facts §3.4, RP 1→0',
    accountBlock: { RestrictPublicBuckets: true },
    buckets: [
      { name: 'assets', ownership: 'BucketOwnerEnforced', policy: policyOf(everyoneReads('assets')) },
      { name: 'reports', ownership: 'BucketOwnerEnforced', policy: policyOf(accountMay(PARTNER, 'reports')) },
      { name: 'plain', ownership: 'BucketOwnerEnforced' },
    ],
    set: { 's3-account-block.RestrictPublicBuckets': false },
    logs: [],
    expect: { exitCode: 0, breaks: {}, opens: ['assets'] },
  },
];

const POLICIES: readonly BlastRadiusCase[] = [
  {
    name: 'a policy turns public where public buckets are restricted: it lets in nobody, and shuts out the partner it names',
    cites: 'aws-facts §3.4, last row: a classic self-inflicted outage; §3.2 X1 → X2, S3',
    accountBlock: { RestrictPublicBuckets: true },
    buckets: [{ name: 'reports', ownership: 'BucketOwnerEnforced', policy: policyOf(accountMay(PARTNER, 'reports')) }],
    set: {
      's3-bucket/reports#policy': policyOf(accountMay(PARTNER, 'reports'), everyoneReads('reports', 'public/')),
    },
    logs: times(2, (minute) =>
      dataEvent({ operation: 'GetObject', bucket: 'reports', by: { account: PARTNER }, minute }),
    ),
    expect: {
      exitCode: 1,
      breaks: of('reports', { X2: 'will-break', S3: 'will-break', U2: 'could-break' }),
      opens: [],
      seen: {
        'reports X2': { callers: [PARTNER], count: 2 },
        'reports S3': { callers: [PARTNER], count: 2 },
      },
    },
  },
  {
    name: 'the same where the policy names CloudFront’s origin access identity only: that it goes on cannot be told',
    cites: 'aws-facts §3.2 C2: [U] in lockdown',
    accountBlock: { RestrictPublicBuckets: true },
    buckets: [{ name: 'media', ownership: 'BucketOwnerEnforced', policy: policyOf(identityReads('media')) }],
    set: { 's3-bucket/media#policy': policyOf(identityReads('media'), everyoneReads('media', 'public/')) },
    logs: times(2, (minute) =>
      dataEvent({
        operation: 'GetObject',
        bucket: 'media',
        by: { originAccessIdentity: 'AIDAIDENTITYEXAMPLE0' },
        userAgent: '[Amazon CloudFront]',
        minute,
      }),
    ),
    expect: { exitCode: 2, breaks: {}, opens: [], unsettled: ['media C2'] },
  },
  {
    name: 'the public statement gives way to CloudFront’s: whoever reads past CloudFront is refused',
    cites: 'aws-facts §3.2 R4, C1; §2.3',
    buckets: [{ name: 'assets', ownership: 'BucketOwnerEnforced', policy: policyOf(everyoneReads('assets')) }],
    set: { 's3-bucket/assets#policy': policyOf(cloudFrontReads('assets')) },
    logs: [
      ...times(3, (minute) => accessLog({ bucket: 'assets', operation: 'REST.GET.OBJECT', minute })),
      accessLog({
        bucket: 'assets',
        operation: 'REST.GET.OBJECT',
        requester: 'svc:cloudfront.amazonaws.com',
        minute: 4,
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('assets', { R4: 'will-break' }),
      seen: { 'assets R4': { callers: ['anonymous'], count: 3 } },
    },
  },
];

const OWNERSHIP: readonly BlastRadiusCase[] = [
  {
    name: 'ACLs are turned off under an application that sets them: private from its own account goes on',
    cites: 'aws-facts §3.4, ownership → BOE; §3.2 W2, W3, W4, A2; §1.6: same-account private is accepted',
    buckets: [{ name: 'uploads', ownership: 'ObjectWriter' }],
    set: { 's3-bucket/uploads#ownership': 'BucketOwnerEnforced' },
    logs: [
      dataEvent({ ...put, bucket: 'uploads', by: { role: 'web' } }),
      dataEvent({
        operation: 'PutObject',
        acl: 'aws-exec-read',
        bucket: 'uploads',
        by: { role: 'imaging' },
        minute: 1,
      }),
      dataEvent({ operation: 'PutObjectAcl', acl: 'private', bucket: 'uploads', by: { role: 'web' }, minute: 2 }),
      dataEvent({ operation: 'PutObject', acl: 'private', bucket: 'uploads', by: { role: 'flysystem' }, minute: 3 }),
    ],
    expect: {
      exitCode: 1,
      breaks: of('uploads', { ...aclsOff('could-break'), W3: 'will-break', W4: 'will-break', A2: 'will-break' }),
      seen: {
        'uploads W3': { callers: [roleArn('imaging')], count: 1 },
        'uploads W4': { callers: [roleArn('web')], count: 1 },
        'uploads A2': { callers: [roleArn('web')], count: 1 },
      },
    },
  },
  {
    name: 'ACLs are turned off under a partner who sends private, and under log delivery by ACL, of which S3 itself would refuse the change',
    cites: 'aws-facts §3.2 W2: cross-account, S4, A3; §1.6: InvalidBucketAclWithObjectOwnership',
    buckets: [
      { name: 'dropbox', policy: policyOf(accountMay(PARTNER, 'dropbox', ['s3:PutObject', 's3:GetObject'])) },
      { name: 'access-logs', acl: 'log-delivery-write' },
    ],
    set: {
      's3-bucket/dropbox#ownership': 'BucketOwnerEnforced',
      's3-bucket/access-logs#ownership': 'BucketOwnerEnforced',
    },
    logs: [
      ...times(2, (minute) =>
        dataEvent({ operation: 'PutObject', acl: 'private', bucket: 'dropbox', by: { account: PARTNER }, minute }),
      ),
      dataEvent({ operation: 'PutObject', bucket: 'access-logs', by: { service: 's3.amazonaws.com' }, minute: 3 }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        // The policy still lets in what the partner signs: U2 has a door left.
        ...Object.fromEntries(
          Object.entries(of('dropbox', { ...aclsOff('could-break'), W2: 'will-break' })).filter(
            ([row]) => row !== 'dropbox U2',
          ),
        ),
        ...of('access-logs', { ...aclsOff('could-break'), S4: 'will-break' }),
      },
      seen: {
        'dropbox W2': { callers: [PARTNER], count: 2 },
        // Without a policy only the ACL can have let it in.
        'access-logs S4': { callers: ['s3.amazonaws.com'], count: 1 },
      },
      changeRefused: ['s3-bucket/access-logs#ownership'],
    },
  },
  {
    name: 'ACLs are turned off in a bucket without logs, and in one whose access log tells only that some ACL was set',
    cites: 'aws-facts §3.4, ownership → BOE; §5.1: private counts for aclRequired too; §5.5',
    buckets: [{ name: 'old-share' }, { name: 'inbox', ownership: 'BucketOwnerPreferred' }],
    set: {
      's3-bucket/old-share#ownership': 'BucketOwnerEnforced',
      's3-bucket/inbox#ownership': 'BucketOwnerEnforced',
    },
    logs: times(4, (minute) =>
      accessLog({
        bucket: 'inbox',
        operation: 'REST.PUT.OBJECT',
        requester: sessionArn('intake'),
        aclRequired: 'Yes',
        minute,
      }),
    ),
    expect: {
      exitCode: 1,
      breaks: { ...of('old-share', aclsOff('unknown')), ...of('inbox', aclsOff('could-break')) },
    },
  },
  {
    name: 'ACLs are turned on again, and the controls of another bucket are deleted, which does the same: nothing is refused',
    cites: 'aws-facts §3.4, ownership BOE → other; §1.6: no controls is ObjectWriter',
    buckets: [
      { name: 'uploads', ownership: 'BucketOwnerEnforced' },
      { name: 'modern', ownership: 'BucketOwnerEnforced' },
    ],
    set: { 's3-bucket/uploads#ownership': 'ObjectWriter', 's3-bucket/modern#ownership': null },
    logs: [dataEvent({ operation: 'PutObject', bucket: 'uploads', by: APP })],
    // Objects' own ACLs live again; whether there are public ones nobody reads.
    expect: { exitCode: 0, breaks: {}, opens: [] },
  },
];

const THE_INCIDENT: BlastRadiusCase = {
  name: 'all four at once on the account, as on 28 October: three services upload with public-read, the site stands behind CloudFront, one bucket is not logged, one is of today',
  cites: 'incidents A; aws-facts §3.4, all toggles; §0; §1.7: defaults since April 2023',
  buckets: [
    { name: 'testmaker-exports', owner: 'testmaker' },
    {
      name: 'marketing-site',
      ownership: 'BucketOwnerEnforced',
      policy: policyOf(everyoneReads('marketing-site')),
      website: true,
      owner: 'marketing',
    },
    { name: 'media-archive', ownership: 'ObjectWriter' },
    { name: 'modern', ownership: 'BucketOwnerEnforced', block: ALL_FOUR },
  ],
  set: Object.fromEntries(Object.entries(ALL_FOUR).map(([flag, value]) => [`s3-account-block.${flag}`, value])),
  logs: [
    ...times(2, (minute) => dataEvent({ ...put, bucket: 'testmaker-exports', by: APP, minute })),
    dataEvent({ ...put, bucket: 'testmaker-exports', by: { role: 'document-api' }, minute: 3 }),
    dataEvent({ ...put, bucket: 'testmaker-exports', by: { role: 'content-extraction-api' }, minute: 4 }),
    dataEvent({
      operation: 'PutObject',
      bucket: 'testmaker-exports',
      by: { role: 'workstation' },
      userAgent: '[aws-cli/2.31.0]',
      minute: 5,
    }),
    ...times(2, (minute) =>
      accessLog({ bucket: 'marketing-site', operation: 'WEBSITE.GET.OBJECT', userAgent: 'Amazon CloudFront', minute }),
    ),
  ],
  expect: {
    exitCode: 1,
    breaks: {
      ...of('testmaker-exports', {
        ...UPLOADS_COULD,
        W4: 'will-break',
        R1: 'could-break',
        R2: 'could-break',
        P1: 'could-break',
        P3: 'could-break',
      }),
      ...of('marketing-site', {
        C3: 'will-break',
        H1: 'will-break',
        R4: 'will-break',
        P1: 'could-break',
        P3: 'could-break',
      }),
      ...of('media-archive', { ...UPLOADS_UNKNOWN, R1: 'unknown', R2: 'unknown', P1: 'unknown', P3: 'unknown' }),
    },
    later: ['testmaker-exports', 'marketing-site', 'media-archive'].flatMap((name) => [`${name} P1`, `${name} P3`]),
    seen: {
      'testmaker-exports W4': {
        callers: [roleArn('scheduler-api'), roleArn('document-api'), roleArn('content-extraction-api')],
        count: 4,
      },
      'marketing-site C3': { callers: ['anonymous'], count: 2 },
      'marketing-site H1': { callers: ['anonymous'], count: 2 },
      'marketing-site R4': { callers: ['anonymous'], count: 2 },
    },
    unsettled: ['testmaker-exports X4', 'media-archive X4'],
  },
};

export const BLAST_RADIUS_CASES: readonly BlastRadiusCase[] = [
  ...BLOCKING_ACLS,
  ...IGNORING_ACLS,
  ...BLOCKING_POLICIES,
  ...RESTRICTING,
  ...POLICIES,
  ...OWNERSHIP,
  THE_INCIDENT,
];

/** A rule of a web ACL, as the API has it. */
export interface WafRule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action: { readonly [action in 'Block' | 'Allow' | 'Count']?: object };
  readonly Statement: object;
}

/** What adding addresses to an IP set does to whoever comes from them. */
export interface WafCase {
  readonly name: string;
  readonly cites: string;
  readonly ipSet: { readonly name: string; readonly arn: string; readonly addresses: readonly string[] };
  readonly webAcls: readonly { readonly name: string; readonly rules: readonly WafRule[] }[];
  readonly set: Readonly<Record<string, readonly string[]>>;
  readonly expect: {
    readonly does: 'blocks' | 'lets-through' | 'counts' | 'limits' | 'nothing';
    /** As above: a limit refuses whoever is above it, so it is 1, whether anybody is. */
    readonly exitCode: 0 | 1;
  };
}

const IP_SET = {
  name: 'addresses',
  arn: 'arn:aws:wafv2:us-east-1:111122223333:regional/ipset/addresses/0a1b2c3d-0000-4000-8000-000000000001',
  addresses: ['198.51.100.0/24'],
};
const IN_SET = { IPSetReferenceStatement: { ARN: IP_SET.arn } };
const ADDED = { 'waf-ip-set/addresses+': ['203.0.113.0/24'] };

const ruled = (Name: string, Action: WafRule['Action'], Statement: object): WafCase['webAcls'] => [
  { name: 'public-sites', rules: [{ Name, Priority: 0, Action, Statement }] },
];

export const WAF_CASES: readonly WafCase[] = [
  {
    name: 'a rule blocks who is in the set',
    cites: 'aws-facts §6: rule action; field §3, 24: an added deny range is an availability change',
    ipSet: IP_SET,
    webAcls: ruled('deny-list', { Block: {} }, IN_SET),
    set: ADDED,
    expect: { does: 'blocks', exitCode: 1 },
  },
  {
    name: 'a rule allows who is in the set, and ends there: every later rule is passed over',
    cites: 'aws-facts §6: rule action; field, traps: an added allow range is an exposure change',
    ipSet: IP_SET,
    webAcls: ruled('allow-list', { Allow: {} }, IN_SET),
    set: ADDED,
    expect: { does: 'lets-through', exitCode: 0 },
  },
  {
    name: 'a rule blocks who is not in the set: whoever is added is blocked no longer',
    cites: 'aws-facts §6: Not-nesting tells if adding a range blocks or allows',
    ipSet: IP_SET,
    webAcls: ruled('offices-only', { Block: {} }, { NotStatement: { Statement: IN_SET } }),
    set: ADDED,
    expect: { does: 'lets-through', exitCode: 0 },
  },
  {
    name: 'a rate rule counts only who is in the set, and blocks above its limit',
    cites: 'aws-facts §6: RateBased, ScopeDown',
    ipSet: IP_SET,
    webAcls: ruled(
      'slow-down',
      { Block: {} },
      {
        RateBasedStatement: {
          Limit: 500,
          EvaluationWindowSec: 300,
          AggregateKeyType: 'IP',
          ScopeDownStatement: IN_SET,
        },
      },
    ),
    set: ADDED,
    expect: { does: 'limits', exitCode: 1 },
  },
  {
    name: 'a rule counts who is in the set',
    cites: 'aws-facts §6: rule action',
    ipSet: IP_SET,
    webAcls: ruled('watch-list', { Count: {} }, IN_SET),
    set: ADDED,
    expect: { does: 'counts', exitCode: 0 },
  },
  {
    name: 'no rule of any web ACL or rule group has the set',
    cites: 'aws-facts §6: every web ACL and rule group at any nesting',
    ipSet: IP_SET,
    webAcls: ruled('geo', { Block: {} }, { GeoMatchStatement: { CountryCodes: ['XX'] } }),
    set: ADDED,
    expect: { does: 'nothing', exitCode: 0 },
  },
];
