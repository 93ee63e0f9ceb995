// What a proposed change would break, as a second reader expects it who knew the facts about S3 (aws-facts §1, §2.3, §3, §5) and nothing of
// the code that answers. What a bucket does not name is not set on it: no ownership controls, no block, no policy, no website, a private ACL.

/** The account that owns every bucket here. */
export const BLIND_ACCOUNT = '111122223333';

type Flag = 'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets';
type Block = Partial<Record<Flag, boolean>>;
type Verdict = 'will-break' | 'could-break' | 'unknown';

interface BlindBucket {
  readonly name: string;
  /** Left out: there are no ownership controls, so that ACLs are on (aws-facts §1.6). */
  readonly ownership?: 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter';
  readonly block?: Block;
  readonly policy?: unknown;
  readonly acl?: 'private' | 'public-read' | 'log-delivery-write';
  readonly website?: boolean;
}

/** A state, a change to it, what the logs hold, and what a reader of the facts expects to be told. */
export interface BlindCase {
  readonly name: string;
  readonly cites: string;
  readonly accountBlock?: Block;
  readonly buckets: readonly BlindBucket[];
  readonly set: Readonly<Record<string, unknown>>;
  /** Lines of server access logs and CloudTrail records, as AWS writes them. */
  readonly logs: readonly string[];
  readonly expect: {
    readonly exitCode: 0 | 1 | 2;
    /** A bucket and a row of aws-facts §3.2 that works before and is refused or useless after. */
    readonly breaks: Readonly<Record<string, Verdict>>;
    readonly opens?: readonly string[];
  };
}

const PARTNER_ACCOUNT = '222233334444';
const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const OWN_ROLE = `arn:aws:sts::${BLIND_ACCOUNT}:assumed-role/document-api/i-0a1b2c3d4e5f60718`;
const PARTNER_ROLE = `arn:aws:sts::${PARTNER_ACCOUNT}:assumed-role/feed-reader/nightly`;
const HOST_ID = '9vKBE6vMhrNiWHZmb2L0mXOcqPGzQOI5XLnCtZNPxev+Hf+7tpT6sxDwDty4LHBUOZJG96N1234=';
const ALL_USERS = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"';

interface AccessLine {
  readonly bucket: string;
  readonly operation: string;
  readonly key: string;
  /** Left out: nobody signed. */
  readonly requester?: string;
  readonly query?: string;
  readonly status?: string;
  readonly aclRequired?: 'Yes';
}

/** A line of a server access log (aws-facts §5.2), with the source region that newer lines end with. */
function accessLine({
  bucket,
  operation,
  key,
  requester,
  query = '',
  status = '200 -',
  aclRequired,
}: AccessLine): string {
  const [endpoint, method] = operation.split('.');
  const website = endpoint === 'WEBSITE';
  const auth = requester === undefined ? '-' : query.includes('X-Amz-Signature=') ? 'QueryString' : 'AuthHeader';
  const sizes = method === 'GET' && status.startsWith('20') ? '4096 4096' : status.startsWith('4') ? '243 -' : '- 4096';
  return [
    `${OWNER} ${bucket} [27/Oct/2025:13:05:38 +0000] 192.0.2.3 ${requester ?? '-'} 891CE47D2EXAMPLE ${operation} ${key}`,
    `"${method} /${key === '-' ? '' : key}${query} HTTP/1.1" ${status} ${sizes} 41 28 "-" "Mozilla/5.0 (X11; Linux x86_64)" - ${HOST_ID}`,
    `${requester === undefined ? '-' : 'SigV4'} ${website ? '-' : 'TLS_AES_128_GCM_SHA256'} ${auth}`,
    `${bucket}.${website ? 's3-website-' : 's3.'}us-east-1.amazonaws.com ${website ? '-' : 'TLSv1.3'} - ${aclRequired ?? '-'} us-east-1`,
  ].join(' ');
}

const PRESIGNED =
  `?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20251027%2Fus-east-1%2Fs3%2Faws4_request` +
  `&X-Amz-Date=20251027T130500Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835`;

const ownRole = {
  type: 'AssumedRole',
  principalId: 'AROAIOSFODNN7EXAMPLE:i-0a1b2c3d4e5f60718',
  arn: OWN_ROLE,
  accountId: BLIND_ACCOUNT,
  accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
  sessionContext: {
    sessionIssuer: {
      type: 'Role',
      principalId: 'AROAIOSFODNN7EXAMPLE',
      arn: `arn:aws:iam::${BLIND_ACCOUNT}:role/document-api`,
      accountId: BLIND_ACCOUNT,
      userName: 'document-api',
    },
    attributes: { creationDate: '2025-10-27T12:00:00Z', mfaAuthenticated: 'false' },
  },
};
/** How the owner of a bucket sees a caller of another account. */
const partner = { type: 'AWSAccount', principalId: 'AROAI44QH8DHBEXAMPLE:nightly', accountId: PARTNER_ACCOUNT };
/** A caller who signed nothing also is an `AWSAccount`, of no account. */
const nobody = { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' };

interface Recorded {
  readonly bucket: string;
  readonly eventName: 'GetObject' | 'PutObject' | 'PutObjectAcl';
  readonly by: typeof ownRole | typeof partner;
  readonly headers?: Readonly<Record<string, string>>;
  readonly aclRequired?: 'Yes';
  readonly refused?: { readonly errorCode: string; readonly errorMessage: string };
}

/** A CloudTrail data event (aws-facts §5.3), as JSON. */
function record({ bucket, eventName, by, headers = {}, aclRequired, refused }: Recorded): string {
  const key = 'exports/quiz-17.zip';
  const host = `${bucket}.s3.us-east-1.amazonaws.com`;
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: by,
    eventTime: '2025-10-27T13:05:38Z',
    eventSource: 's3.amazonaws.com',
    eventName,
    awsRegion: 'us-east-1',
    sourceIPAddress: '192.0.2.3',
    userAgent: '[aws-sdk-js/3.680.0]',
    ...refused,
    requestParameters: {
      bucketName: bucket,
      Host: host,
      key,
      ...(eventName === 'PutObjectAcl' ? { acl: '' } : {}),
      ...headers,
    },
    responseElements: null,
    additionalEventData: {
      ...(by === nobody ? {} : { SignatureVersion: 'SigV4', AuthenticationMethod: 'AuthHeader' }),
      CipherSuite: 'TLS_AES_128_GCM_SHA256',
      bytesTransferredIn: 0,
      bytesTransferredOut: 0,
      'x-amz-id-2': HOST_ID,
      ...(aclRequired === undefined ? {} : { aclRequired }),
    },
    requestID: '891CE47D2EXAMPLE',
    eventID: '38993e7c-b9e9-46eb-9f93-82e710147d39',
    readOnly: eventName === 'GetObject',
    resources: [
      { type: 'AWS::S3::Object', ARN: `arn:aws:s3:::${bucket}/${key}` },
      { accountId: BLIND_ACCOUNT, type: 'AWS::S3::Bucket', ARN: `arn:aws:s3:::${bucket}` },
    ],
    eventType: 'AwsApiCall',
    managementEvent: false,
    recipientAccountId: BLIND_ACCOUNT,
    eventCategory: 'Data',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: host },
  });
}

const policyOf = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });
/** Anybody may get what stands under a place, such as `bucket/*`. */
const anybodyGets = (place: string) => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: `arn:aws:s3:::${place}`,
});
const partnerMay = (action: string, place: string) => ({
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${PARTNER_ACCOUNT}:root` },
  Action: action,
  Resource: `arn:aws:s3:::${place}`,
});

const DENIED = '403 AccessDenied';

export const BLIND_CASES: readonly BlindCase[] = [
  {
    name: 'new public ACLs are refused in the whole account: what is sure depends on what each log can show',
    cites:
      'aws-facts §3.2 W4, A1, U3; §1.1 BlockPublicAcls; §1.5 (a grant header is as public as a canned ACL); §1.6 (no controls: ACLs on); ' +
      '§3.1 (a bit that another level has changes nothing); §5.1 (aclRequired Yes may be private); §5.2 (the ACL is seen in a query string only)',
    buckets: [
      { name: 'testmaker-exports', ownership: 'ObjectWriter' },
      { name: 'course-covers', ownership: 'BucketOwnerPreferred' },
      { name: 'student-uploads' },
      { name: 'slides', ownership: 'BucketOwnerPreferred' },
      { name: 'modern', ownership: 'BucketOwnerEnforced' },
      { name: 'guarded', ownership: 'ObjectWriter', block: { BlockPublicAcls: true } },
      { name: 'silent' },
    ],
    set: { 's3-account-block.BlockPublicAcls': true },
    logs: [
      record({ bucket: 'testmaker-exports', eventName: 'PutObject', by: ownRole }),
      record({
        bucket: 'testmaker-exports',
        eventName: 'PutObject',
        by: ownRole,
        headers: { 'x-amz-acl': 'public-read' },
        aclRequired: 'Yes',
      }),
      record({
        bucket: 'course-covers',
        eventName: 'PutObjectAcl',
        by: ownRole,
        headers: { 'x-amz-grant-read': ALL_USERS },
        aclRequired: 'Yes',
      }),
      accessLine({
        bucket: 'student-uploads',
        operation: 'REST.PUT.OBJECT',
        key: 'essays/week-1.pdf',
        requester: OWN_ROLE,
        query: `${PRESIGNED}&x-amz-acl=public-read`,
        aclRequired: 'Yes',
      }),
      record({
        bucket: 'student-uploads',
        eventName: 'PutObject',
        by: ownRole,
        headers: { 'x-amz-acl': 'authenticated-read' },
        aclRequired: 'Yes',
      }),
      accessLine({
        bucket: 'slides',
        operation: 'REST.PUT.OBJECT',
        key: 'week-1.pdf',
        requester: OWN_ROLE,
        aclRequired: 'Yes',
      }),
      record({
        bucket: 'modern',
        eventName: 'PutObject',
        by: ownRole,
        headers: { 'x-amz-acl': 'public-read' },
        refused: { errorCode: 'AccessControlListNotSupported', errorMessage: 'The bucket does not allow ACLs' },
      }),
      accessLine({
        bucket: 'guarded',
        operation: 'REST.PUT.OBJECT',
        key: 'a.pdf',
        requester: OWN_ROLE,
        status: DENIED,
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'testmaker-exports W4': 'will-break',
        'testmaker-exports A1': 'could-break',
        'testmaker-exports U3': 'could-break',
        'course-covers W4': 'could-break',
        'course-covers A1': 'will-break',
        'course-covers U3': 'could-break',
        'student-uploads W4': 'will-break',
        'student-uploads A1': 'could-break',
        'student-uploads U3': 'will-break',
        'slides W4': 'could-break',
        'slides A1': 'could-break',
        'slides U3': 'could-break',
        'silent W4': 'unknown',
        'silent A1': 'unknown',
        'silent U3': 'unknown',
      },
    },
  },
  {
    name: 'new public policies are refused: who reads by the present one keeps reading, and a policy that was put may have been any',
    cites:
      'aws-facts §3.2 P1, P3; §1.1 BlockPublicPolicy (existing policies keep working); §3.3 column Ppub; §3.4 BP 0→1; §5.2',
    buckets: [
      { name: 'prospectus', ownership: 'BucketOwnerEnforced', policy: policyOf(anybodyGets('prospectus/*')) },
      { name: 'ledger', ownership: 'BucketOwnerEnforced', policy: policyOf(partnerMay('s3:GetObject', 'ledger/*')) },
      { name: 'guarded', ownership: 'BucketOwnerEnforced', block: { BlockPublicPolicy: true } },
      { name: 'silent', ownership: 'BucketOwnerEnforced' },
    ],
    set: { 's3-account-block.BlockPublicPolicy': true },
    logs: [
      accessLine({ bucket: 'prospectus', operation: 'REST.GET.OBJECT', key: '2026.pdf' }),
      accessLine({
        bucket: 'ledger',
        operation: 'REST.PUT.BUCKETPOLICY',
        key: '-',
        requester: OWN_ROLE,
        query: '?policy',
        status: '204 -',
      }),
      accessLine({ bucket: 'guarded', operation: 'REST.GET.OBJECT', key: 'a.pdf', requester: OWN_ROLE }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'prospectus P1': 'could-break',
        'prospectus P3': 'could-break',
        'ledger P1': 'could-break',
        'ledger P3': 'could-break',
        'silent P1': 'unknown',
        'silent P3': 'unknown',
      },
    },
  },
  {
    name: 'public ACLs are ignored and still taken: uploads answer 200 and are of no use',
    cites:
      'aws-facts §3.2 W4 (200 but the object stays private), A1 and U3 with it, R1, R2, H1, C3; §3.3 row 0100 (ok*: the ACL grants nothing); ' +
      '§3.2 X3 (not affected), X4 [U] (so no flip that is known); §5.1 (cross-account and aclRequired Yes: one of R2, X3, X4)',
    buckets: [
      { name: 'videos', ownership: 'BucketOwnerPreferred', website: true },
      { name: 'modern', ownership: 'BucketOwnerEnforced', website: true },
    ],
    set: { 's3-account-block.IgnorePublicAcls': true },
    logs: [
      accessLine({ bucket: 'videos', operation: 'WEBSITE.GET.OBJECT', key: 'index.html', status: '304 -' }),
      accessLine({
        bucket: 'videos',
        operation: 'REST.GET.OBJECT',
        key: 'unit-1.mp4',
        status: '206 -',
        aclRequired: 'Yes',
      }),
      accessLine({
        bucket: 'videos',
        operation: 'REST.GET.OBJECT',
        key: 'unit-2.mp4',
        requester: PARTNER_ROLE,
        aclRequired: 'Yes',
      }),
      accessLine({
        bucket: 'videos',
        operation: 'REST.PUT.OBJECT',
        key: 'unit-3.mp4',
        requester: OWN_ROLE,
        aclRequired: 'Yes',
      }),
      accessLine({ bucket: 'modern', operation: 'WEBSITE.GET.OBJECT', key: 'index.html', status: DENIED }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'videos W4': 'could-break',
        'videos A1': 'could-break',
        'videos U3': 'could-break',
        'videos R1': 'will-break',
        'videos R2': 'could-break',
        'videos H1': 'will-break',
        'videos C3': 'could-break',
      },
    },
  },
  {
    name: 'public ACLs are ignored where new ones were refused already: anonymous reads that a policy granted or that were refused prove nothing',
    cites:
      'aws-facts §3.3 rows 1000→1100 and the note under it (outside of the prefix of the policy the ACL decides); §3.2 R1, R2, R3, R4 (not affected by ' +
      'IgnorePublicAcls), W4 (refused before and after); §5.5',
    accountBlock: { BlockPublicAcls: true },
    buckets: [
      {
        name: 'handouts',
        ownership: 'ObjectWriter',
        acl: 'public-read',
        policy: policyOf(anybodyGets('handouts/site/*')),
      },
    ],
    set: { 's3-account-block.IgnorePublicAcls': true },
    logs: [
      accessLine({ bucket: 'handouts', operation: 'REST.GET.OBJECT', key: 'site/week-1.pdf' }),
      accessLine({ bucket: 'handouts', operation: 'REST.GET.OBJECT', key: 'drafts/exam.pdf', status: DENIED }),
      accessLine({
        bucket: 'handouts',
        operation: 'REST.GET.BUCKET',
        key: '-',
        query: '?list-type=2',
        aclRequired: 'Yes',
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: { 'handouts R1': 'could-break', 'handouts R2': 'could-break', 'handouts R3': 'will-break' },
    },
  },
  {
    name: 'buckets with public policies are locked: partners named beside the public statement go, services and owners stay',
    cites:
      'aws-facts §3.1 lockdown; §3.2 R4, X1, X2, S1, S2, S3, U2, C1, C3, H1, R1 (not by this bit alone); §2.3 (aws:SecureTransport pins nobody; ' +
      'aws:PrincipalOrgID does; one public statement makes the whole policy public); §5.2 (QueryString is presigned)',
    buckets: [
      {
        name: 'mixed',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(
          { ...anybodyGets('mixed/public/*'), Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
          partnerMay('s3:GetObject', 'mixed/feed/*'),
          {
            Effect: 'Allow',
            Principal: { Service: 'cloudfront.amazonaws.com' },
            Action: 's3:GetObject',
            Resource: 'arn:aws:s3:::mixed/*',
            Condition: {
              StringEquals: { 'AWS:SourceArn': `arn:aws:cloudfront::${BLIND_ACCOUNT}:distribution/EDFDVBD632BHDS5` },
            },
          },
        ),
      },
      {
        name: 'catalogue',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf({
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: 's3:ListBucket',
          Resource: 'arn:aws:s3:::catalogue',
        }),
      },
      {
        name: 'portal',
        ownership: 'BucketOwnerEnforced',
        website: true,
        policy: policyOf(anybodyGets('portal/*')),
      },
      {
        name: 'partner-only',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf(partnerMay('s3:GetObject', 'partner-only/*'), {
          ...anybodyGets('partner-only/*'),
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
        }),
      },
      { name: 'legacy', ownership: 'ObjectWriter' },
      {
        name: 'locked-already',
        ownership: 'BucketOwnerEnforced',
        block: { RestrictPublicBuckets: true },
        policy: policyOf(anybodyGets('locked-already/*'), partnerMay('s3:GetObject', 'locked-already/*')),
      },
    ],
    set: { 's3-account-block.RestrictPublicBuckets': true },
    logs: [
      accessLine({ bucket: 'mixed', operation: 'REST.GET.OBJECT', key: 'feed/1.json', requester: PARTNER_ROLE }),
      accessLine({
        bucket: 'mixed',
        operation: 'REST.GET.OBJECT',
        key: 'feed/2.json',
        requester: PARTNER_ROLE,
        query: PRESIGNED,
      }),
      accessLine({
        bucket: 'mixed',
        operation: 'REST.GET.OBJECT',
        key: 'public/logo.png',
        requester: 'svc:cloudfront.amazonaws.com',
      }),
      accessLine({ bucket: 'mixed', operation: 'REST.GET.OBJECT', key: 'public/logo.png', requester: OWN_ROLE }),
      accessLine({ bucket: 'catalogue', operation: 'REST.GET.BUCKET', key: '-', query: '?list-type=2' }),
      accessLine({ bucket: 'portal', operation: 'WEBSITE.GET.OBJECT', key: 'index.html' }),
      accessLine({ bucket: 'portal', operation: 'REST.GET.OBJECT', key: 'logo.png' }),
      accessLine({ bucket: 'partner-only', operation: 'REST.GET.OBJECT', key: 'a.json', requester: PARTNER_ROLE }),
      accessLine({ bucket: 'legacy', operation: 'REST.GET.OBJECT', key: 'a.png', aclRequired: 'Yes' }),
      accessLine({
        bucket: 'locked-already',
        operation: 'REST.GET.OBJECT',
        key: 'a.json',
        requester: PARTNER_ROLE,
        status: DENIED,
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'mixed R4': 'could-break',
        'mixed X2': 'will-break',
        'mixed S3': 'will-break',
        'mixed U2': 'will-break',
        'catalogue R5': 'will-break',
        'portal R4': 'will-break',
        'portal H1': 'will-break',
        'portal C3': 'could-break',
      },
    },
  },
  {
    name: 'a public statement is added to the policy of a restricted bucket: it opens nothing, and shuts out who was in',
    cites:
      'aws-facts §3.4 last row (the self-inflicted outage); §3.1 lockdown; §3.2 X2, S3, U2, and R1, R2, X3, X4 by lockdown; R4 (never worked); ' +
      'P1 (BlockPublicPolicy is off, so the policy is taken)',
    accountBlock: { RestrictPublicBuckets: true },
    buckets: [
      {
        name: 'partner-feed',
        ownership: 'ObjectWriter',
        policy: policyOf(partnerMay('s3:GetObject', 'partner-feed/*')),
      },
    ],
    set: {
      's3-bucket/partner-feed#policy': policyOf(
        partnerMay('s3:GetObject', 'partner-feed/*'),
        anybodyGets('partner-feed/logo.png'),
      ),
    },
    logs: [
      record({ bucket: 'partner-feed', eventName: 'GetObject', by: partner }),
      record({
        bucket: 'partner-feed',
        eventName: 'GetObject',
        by: nobody,
        refused: { errorCode: 'AccessDenied', errorMessage: 'Access Denied' },
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'partner-feed X2': 'will-break',
        'partner-feed S3': 'will-break',
        'partner-feed U2': 'could-break',
        'partner-feed R1': 'could-break',
        'partner-feed R2': 'could-break',
        'partner-feed X3': 'could-break',
        'partner-feed X4': 'could-break',
      },
      opens: [],
    },
  },
  {
    name: 'ACLs are turned off where public ones were refused already: what is not public breaks too, and private only across accounts',
    cites:
      'aws-facts §3.2 W1, W2 (cross-account only), W3, A2, R1, R2, X3, X4, U2 (the policy lets the partner put, so only an ACL lets it get); W4, A1, U3 ' +
      '(403 before, 400 after: no flip); §1.6; §5.1; §5.3 (anonymous requests are logged)',
    buckets: [
      {
        name: 'intake',
        ownership: 'ObjectWriter',
        block: { BlockPublicAcls: true },
        policy: policyOf(partnerMay('s3:PutObject', 'intake/*')),
      },
    ],
    set: { 's3-bucket/intake#ownership': 'BucketOwnerEnforced' },
    logs: [
      record({
        bucket: 'intake',
        eventName: 'PutObject',
        by: ownRole,
        headers: { 'x-amz-acl': 'private' },
        aclRequired: 'Yes',
      }),
      record({
        bucket: 'intake',
        eventName: 'PutObject',
        by: partner,
        headers: { 'x-amz-acl': 'bucket-owner-full-control' },
      }),
      record({
        bucket: 'intake',
        eventName: 'PutObject',
        by: partner,
        headers: { 'x-amz-acl': 'bucket-owner-read' },
        aclRequired: 'Yes',
      }),
      record({
        bucket: 'intake',
        eventName: 'PutObjectAcl',
        by: ownRole,
        headers: { 'x-amz-acl': 'private' },
        aclRequired: 'Yes',
      }),
      record({ bucket: 'intake', eventName: 'GetObject', by: nobody, aclRequired: 'Yes' }),
      record({ bucket: 'intake', eventName: 'GetObject', by: partner, aclRequired: 'Yes' }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'intake W2': 'could-break',
        'intake W3': 'will-break',
        'intake A2': 'will-break',
        'intake R1': 'will-break',
        'intake R2': 'could-break',
        'intake X3': 'could-break',
        'intake X4': 'could-break',
        'intake U2': 'could-break',
      },
    },
  },
  {
    name: 'ACLs are turned off on a bucket that logs are delivered to by its ACL, and only a bucket of a longer name is in the logs',
    cites:
      'aws-facts §3.2 S4, W2, W3, W4, A1, A2, R1, R2, X3, X4, U2, U3; §1.5 (log-delivery-write is not public); §3.4 ownership → BOE; ' +
      '§5.5 (no evidence is "unknown", never "no impact")',
    buckets: [
      {
        name: 'access-logs',
        ownership: 'ObjectWriter',
        acl: 'log-delivery-write',
        policy: policyOf(partnerMay('s3:PutObject', 'access-logs/relayed/*')),
      },
      { name: 'access-logs-archive', ownership: 'ObjectWriter' },
    ],
    set: { 's3-bucket/access-logs#ownership': 'BucketOwnerEnforced' },
    logs: [
      accessLine({
        bucket: 'access-logs-archive',
        operation: 'REST.PUT.OBJECT',
        key: '2025/10/27.gz',
        requester: OWN_ROLE,
        aclRequired: 'Yes',
      }),
    ],
    expect: {
      exitCode: 1,
      breaks: {
        'access-logs W2': 'unknown',
        'access-logs W3': 'unknown',
        'access-logs W4': 'unknown',
        'access-logs A1': 'unknown',
        'access-logs A2': 'unknown',
        'access-logs R1': 'unknown',
        'access-logs R2': 'unknown',
        'access-logs X3': 'unknown',
        'access-logs X4': 'unknown',
        'access-logs U2': 'unknown',
        'access-logs U3': 'unknown',
        'access-logs S4': 'unknown',
      },
    },
  },
  {
    name: "the account's block is taken away: nothing breaks, and what no other setting holds back is open at once",
    cites:
      'aws-facts §3.4 RP 1→0; §1.2 (the effective bit is the OR of the levels); §2.3 (aws:PrincipalOrgID and one fixed aws:SourceVpc are not public); ' +
      '§1.6 (with ACLs off no stored ACL comes back)',
    accountBlock: {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    },
    buckets: [
      { name: 'gallery', ownership: 'BucketOwnerEnforced', policy: policyOf(anybodyGets('gallery/*')) },
      {
        name: 'held',
        ownership: 'BucketOwnerEnforced',
        block: { RestrictPublicBuckets: true },
        policy: policyOf(anybodyGets('held/*')),
      },
      {
        name: 'organisation',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf({
          ...anybodyGets('organisation/*'),
          Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' } },
        }),
      },
      {
        name: 'network',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf({
          ...anybodyGets('network/*'),
          Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-91237329' } },
        }),
      },
    ],
    set: {
      's3-account-block': {
        BlockPublicAcls: false,
        IgnorePublicAcls: false,
        BlockPublicPolicy: false,
        RestrictPublicBuckets: false,
      },
    },
    logs: [accessLine({ bucket: 'gallery', operation: 'REST.GET.OBJECT', key: 'a.png', status: DENIED })],
    expect: { exitCode: 0, breaks: {}, opens: ['gallery'] },
  },
  {
    name: 'a bucket is restricted whose policy lets one account in by a key that AWS does not name: whether it is public nobody can say',
    cites:
      'aws-facts §2.3 (`*` with a fixed aws:PrincipalAccount: [U]); §3.1 lockdown needs a public policy; §3.2 X1 against X2: the partner stays, or goes',
    buckets: [
      {
        name: 'shared-results',
        ownership: 'BucketOwnerEnforced',
        policy: policyOf({
          ...anybodyGets('shared-results/*'),
          Condition: { StringEquals: { 'aws:PrincipalAccount': PARTNER_ACCOUNT } },
        }),
      },
    ],
    set: { 's3-bucket/shared-results#publicAccessBlock.RestrictPublicBuckets': true },
    logs: [
      accessLine({ bucket: 'shared-results', operation: 'REST.GET.OBJECT', key: 'a.csv', requester: PARTNER_ROLE }),
    ],
    expect: { exitCode: 2, breaks: {}, opens: [] },
  },
];
