import type { Breakage, Exposure } from '#core/change.ts';
import type { Json, JsonObject } from '#core/json.ts';

const arn = (name: string): string => `arn:aws:wafv2:us-east-1:111122223333:global/webacl/${name}/a1b2c3d4`;
const bucket = (more: JsonObject): JsonObject => ({ domain: 'assets.s3.amazonaws.com', bucket: 'assets', ...more });
const signed = (signing = 'always', accessControl = 'E1CONTROL'): JsonObject =>
  bucket({ reachedBy: 'origin-access-control', accessControl, signing });
const identity = (id = 'E2IDENTITY'): JsonObject => bucket({ reachedBy: 'origin-access-identity', identity: id });
const unsigned = bucket({ reachedBy: 'unsigned' });
const website: JsonObject = {
  domain: 'assets.s3-website-us-east-1.amazonaws.com',
  bucket: 'assets',
  region: 'us-east-1',
  reachedBy: 'website',
};
const server = (domain: string): JsonObject => ({ domain, reachedBy: 'custom-origin' });

/** One state of a distribution that is enabled, has no web ACL and serves everything from `web`; and what differs. */
export interface DistributionFacts {
  readonly enabled?: boolean | 'refused';
  readonly webAcl?: string;
  readonly origins?: Readonly<Record<string, JsonObject>>;
  readonly behaviors?: Readonly<Record<string, Json>>;
}

/** What a change of a distribution does. Written before the code. */
export const JUDGED: readonly {
  case: string;
  fact: string;
  before: DistributionFacts | undefined;
  after: DistributionFacts | undefined;
  is: readonly { path: string; exposure: Exposure; breakage: Breakage; effects: readonly string[] }[];
}[] = [
  {
    case: 'origin access control taken away',
    fact: 'aws-facts §3.2: C1 becomes R1, R4',
    before: { origins: { web: signed() } },
    after: { origins: { web: unsigned } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets without a signature now, and no more with origin access control E1CONTROL: what is not open to everyone is refused with 403 AccessDenied, whatever the bucket policy allows CloudFront.',
        ],
      },
    ],
  },
  {
    case: 'origin access control that signs no more',
    fact: 'API model, SigningBehavior never; aws-facts §3.2 R1, R4',
    before: { origins: { web: signed() } },
    after: { origins: { web: signed('never') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets without a signature now, and no more with origin access control E1CONTROL: what is not open to everyone is refused with 403 AccessDenied, whatever the bucket policy allows CloudFront.',
        ],
      },
    ],
  },
  {
    case: 'from origin access control to the website endpoint',
    fact: 'aws-facts §3.2: C1 becomes C3',
    before: { origins: { web: signed() } },
    after: { origins: { web: website } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets without a signature now, and no more with origin access control E1CONTROL: what is not open to everyone is refused with 403 AccessDenied, whatever the bucket policy allows CloudFront.',
          'It asks the website endpoint, which answers with the pages, redirects and errors of the website, where there is one.',
        ],
      },
    ],
  },
  {
    case: 'from the website endpoint to origin access control',
    fact: 'aws-facts §3.2: C3 becomes C1',
    before: { origins: { web: website } },
    after: { origins: { web: signed() } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets with origin access control E1CONTROL now, and no more without a signature: what the bucket policy allows CloudFront it gets and passes on to whoever asks, open to everyone or not.',
          'It no longer asks the website endpoint: index and error documents and redirects of the website do not apply.',
        ],
      },
    ],
  },
  {
    case: 'origin access control where there was no signature',
    fact: 'aws-facts §3.2: R1, R4 become C1, which no flag refuses',
    before: { origins: { web: unsigned } },
    after: { origins: { web: signed() } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'unknown',
        effects: [
          'CloudFront asks bucket assets with origin access control E1CONTROL now, and no more without a signature: what the bucket policy allows CloudFront it gets and passes on to whoever asks, open to everyone or not.',
        ],
      },
    ],
  },
  {
    case: 'from an identity to origin access control',
    fact: 'aws-facts §3.2: C2 becomes C1, another principal',
    before: { origins: { web: identity() } },
    after: { origins: { web: signed() } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets with origin access control E1CONTROL now, and no more as origin access identity E2IDENTITY: where the bucket policy does not allow that, it is refused with 403 AccessDenied.',
        ],
      },
    ],
  },
  {
    case: 'another identity',
    fact: 'aws-facts §3.2 C2: each is a principal of its own',
    before: { origins: { web: identity() } },
    after: { origins: { web: identity('E9OTHER') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks bucket assets as origin access identity E9OTHER now, and no more as origin access identity E2IDENTITY: where the bucket policy does not allow that, it is refused with 403 AccessDenied.',
        ],
      },
    ],
  },
  {
    case: 'another access control that signs the same',
    fact: 'aws-facts §3.2 C1: the principal is the service, and the source the distribution',
    before: { origins: { web: signed() } },
    after: { origins: { web: signed('always', 'E9OTHER') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'same',
        breakage: 'none',
        effects: ['CloudFront signs as before, under origin access control E9OTHER instead of E1CONTROL.'],
      },
    ],
  },
  {
    case: 'viewers may sign themselves',
    fact: 'API model, SigningBehavior no-override',
    before: { origins: { web: signed() } },
    after: { origins: { web: signed('no-override') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'A request that brings an Authorization header of its own now goes to bucket assets with that one: CloudFront signs the others alone.',
        ],
      },
    ],
  },
  {
    case: 'viewers may sign themselves no more',
    fact: 'API model, SigningBehavior always',
    before: { origins: { web: signed('no-override') } },
    after: { origins: { web: signed() } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'A request that brings an Authorization header of its own now goes to bucket assets with CloudFront’s signature instead.',
        ],
      },
    ],
  },
  {
    case: 'from the website endpoint to the bucket itself, unsigned both times',
    fact: 'aws-facts §3.2: C3 becomes R1, R4',
    before: { origins: { web: website } },
    after: { origins: { web: unsigned } },
    is: [
      {
        path: 'origins.web',
        exposure: 'same',
        breakage: 'may-break',
        effects: [
          'It no longer asks the website endpoint: index and error documents and redirects of the website do not apply.',
        ],
      },
    ],
  },
  {
    case: 'the same bucket by another of its names',
    fact: 'UG, virtual hosting',
    before: { origins: { web: unsigned } },
    after: { origins: { web: { ...unsigned, domain: 'assets.s3.us-east-1.amazonaws.com', region: 'us-east-1' } } },
    is: [
      {
        path: 'origins.web',
        exposure: 'same',
        breakage: 'none',
        effects: ['It is bucket assets as before, by another of its names.'],
      },
    ],
  },
  {
    case: 'another bucket',
    fact: 'another bucket has other objects and another policy',
    before: { origins: { web: signed() } },
    after: { origins: { web: { ...signed(), domain: 'other.s3.amazonaws.com', bucket: 'other' } } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: ['CloudFront asks bucket other instead of bucket assets: other objects, under other rules.'],
      },
    ],
  },
  {
    case: 'another server, whose name is a stranger’s text',
    fact: 'API model, Origin.DomainName',
    before: { origins: { web: server('api.example.com') } },
    after: { origins: { web: server('evil.example.net') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: ['CloudFront asks evil.example.net instead of api.example.com: other answers, under other rules.'],
      },
    ],
  },
  {
    case: 'the address of a function that is asked without a signature now',
    fact: 'API model, OriginAccessControlOriginTypes: lambda',
    before: {
      origins: { web: { ...server('abc.lambda-url.us-east-1.on.aws'), accessControl: 'E3', signing: 'always' } },
    },
    after: { origins: { web: server('abc.lambda-url.us-east-1.on.aws') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'CloudFront asks abc.lambda-url.us-east-1.on.aws without a signature now, and no more with origin access control E3: if it lets in signed requests alone, it refuses these.',
        ],
      },
    ],
  },
  {
    case: 'a server is asked over the internet, and was in a VPC',
    fact: 'API model, VpcOriginConfig',
    before: { origins: { web: { domain: 'api.example.com', reachedBy: 'vpc-origin' } } },
    after: { origins: { web: server('api.example.com') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: ['CloudFront comes to it over the internet now, and no more through a VPC.'],
      },
    ],
  },
  {
    case: 'a signing that is not known here',
    fact: 'not knowing is a value',
    before: { origins: { web: signed() } },
    after: { origins: { web: signed('sometimes') } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'unknown',
        effects: [
          'CloudFront asks bucket assets with origin access control E1CONTROL, which signs in a way that is not known here (sometimes) now, and no more with origin access control E1CONTROL: what becomes of its requests is not known.',
        ],
      },
    ],
  },
  {
    case: 'another folder',
    fact: 'API model, Origin.OriginPath',
    before: { origins: { web: unsigned } },
    after: { origins: { web: { ...unsigned, path: '/blue' } } },
    is: [
      {
        path: 'origins.web',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: ['CloudFront asks under /blue instead of /: what is not there is not found.'],
      },
    ],
  },
  {
    case: 'an origin from which nothing is served',
    fact: 'API model, CacheBehavior.TargetOriginId',
    before: { origins: { web: signed(), spare: signed() } },
    after: { origins: { web: signed(), spare: unsigned } },
    is: [
      {
        path: 'origins.spare',
        exposure: 'same',
        breakage: 'none',
        effects: ['The distribution serves no path from this origin, before as after.'],
      },
    ],
  },
  {
    case: 'an origin added, and a path served from it',
    fact: 'API model, CacheBehaviors',
    before: {},
    after: {
      origins: { web: unsigned, files: signed() },
      behaviors: { 'Default (*)': 'web', 'files/*': 'files' },
    },
    is: [
      {
        path: 'origins.files',
        exposure: 'same',
        breakage: 'none',
        effects: ['It is asked only for paths that are served from it, which is told with those.'],
      },
      {
        path: 'behaviors.files/*',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'What files/* matches is served from bucket assets with origin access control E1CONTROL (files); before, it fell to another path.',
        ],
      },
    ],
  },
  {
    case: 'a path is served from elsewhere',
    fact: 'API model, CacheBehavior.TargetOriginId',
    before: { origins: { web: unsigned, api: server('api.example.com') }, behaviors: { 'Default (*)': 'web' } },
    after: { origins: { web: unsigned, api: server('api.example.com') }, behaviors: { 'Default (*)': 'api' } },
    is: [
      {
        path: 'behaviors.Default (*)',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'What Default (*) matches is served from api.example.com (api); before, from bucket assets without a signature (web).',
        ],
      },
    ],
  },
  {
    case: 'a path is no more by itself',
    fact: 'API model, CacheBehaviors',
    before: {
      origins: { web: unsigned, api: server('api.example.com') },
      behaviors: { 'Default (*)': 'web', 'api/*': ['api', 'web'] },
    },
    after: { origins: { web: unsigned, api: server('api.example.com') }, behaviors: { 'Default (*)': 'web' } },
    is: [
      {
        path: 'behaviors.api/*',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: [
          'What api/* matches falls to another path now; before, from api.example.com (api), or else bucket assets without a signature (web).',
        ],
      },
    ],
  },
  {
    case: 'the web ACL taken away',
    fact: 'aws-facts §6: a web ACL decides who is blocked',
    before: { webAcl: arn('edge') },
    after: {},
    is: [
      {
        path: 'webAcl',
        exposure: 'widened',
        breakage: 'none',
        effects: ['No web ACL stands before it any more: whoever edge blocked gets through.'],
      },
    ],
  },
  {
    case: 'a web ACL put before it',
    fact: 'aws-facts §6',
    before: {},
    after: { webAcl: arn('edge') },
    is: [
      {
        path: 'webAcl',
        exposure: 'narrowed',
        breakage: 'may-break',
        effects: [
          'Web ACL edge stands before it: what that blocks is refused, with 403 unless the web ACL says otherwise.',
        ],
      },
    ],
  },
  {
    case: 'another web ACL',
    fact: 'aws-facts §6',
    before: { webAcl: arn('edge') },
    after: { webAcl: arn('strict') },
    is: [
      {
        path: 'webAcl',
        exposure: 'unknown',
        breakage: 'may-break',
        effects: ['Web ACL strict stands before it instead of edge: other rules decide who is blocked.'],
      },
    ],
  },
  {
    case: 'a web ACL of WAF Classic is an id',
    fact: 'API model, WebACLId: the ARN, of WAF Classic the id',
    before: { webAcl: 'a1b2c3d4-5678' },
    after: {},
    is: [
      {
        path: 'webAcl',
        exposure: 'widened',
        breakage: 'none',
        effects: ['No web ACL stands before it any more: whoever a1b2c3d4-5678 blocked gets through.'],
      },
    ],
  },
  {
    case: 'the web ACL of a disabled distribution',
    fact: 'API model, Enabled: it answers nobody',
    before: { enabled: false, webAcl: arn('edge') },
    after: { enabled: false },
    is: [
      {
        path: 'webAcl',
        exposure: 'same',
        breakage: 'none',
        effects: ['The distribution is disabled, before as after: nobody gets anything from it.'],
      },
    ],
  },
  {
    case: 'whether it is enabled was refused: it is taken for enabled',
    fact: 'not knowing is never clean',
    before: { enabled: 'refused', webAcl: arn('edge') },
    after: { enabled: 'refused' },
    is: [
      {
        path: 'webAcl',
        exposure: 'widened',
        breakage: 'none',
        effects: ['No web ACL stands before it any more: whoever edge blocked gets through.'],
      },
    ],
  },
  {
    case: 'disabled',
    fact: 'API model, Enabled',
    before: {},
    after: { enabled: false },
    is: [
      {
        path: 'enabled',
        exposure: 'narrowed',
        breakage: 'breaks',
        effects: [
          'CloudFront answers nobody by the names of this distribution any more: www.example.com, d111111abcdef8.cloudfront.net.',
        ],
      },
    ],
  },
  {
    case: 'enabled again',
    fact: 'API model, Enabled',
    before: { enabled: false },
    after: {},
    is: [
      {
        path: 'enabled',
        exposure: 'widened',
        breakage: 'restores',
        effects: [
          'CloudFront answers by the names of this distribution again: www.example.com, d111111abcdef8.cloudfront.net.',
        ],
      },
    ],
  },
  {
    case: 'created, disabled',
    fact: 'API model, Enabled',
    before: undefined,
    after: { enabled: false },
    is: [
      {
        path: 'exists',
        exposure: 'same',
        breakage: 'none',
        effects: ['It is disabled: nobody gets anything from it.'],
      },
    ],
  },
  {
    case: 'created, and it serves a bucket',
    fact: 'aws-facts §3.2 C1: what only CloudFront may read, whoever asks CloudFront gets',
    before: undefined,
    after: { origins: { web: signed() } },
    is: [
      {
        path: 'exists',
        exposure: 'unknown',
        breakage: 'none',
        effects: [
          'It passes on to whoever asks what it gets from bucket assets with origin access control E1CONTROL; no web ACL stands before it.',
        ],
      },
    ],
  },
  {
    case: 'deleted while it served',
    fact: 'API model, DeleteDistribution',
    before: {},
    after: undefined,
    is: [
      {
        path: 'exists',
        exposure: 'narrowed',
        breakage: 'breaks',
        effects: [
          'CloudFront answers nobody by the names of this distribution any more: www.example.com, d111111abcdef8.cloudfront.net.',
        ],
      },
    ],
  },
  {
    case: 'deleted when it was disabled',
    fact: 'API model, DistributionNotDisabled: only a disabled one can be deleted',
    before: { enabled: false },
    after: undefined,
    is: [
      {
        path: 'exists',
        exposure: 'same',
        breakage: 'none',
        effects: ['It was disabled: nobody got anything from it.'],
      },
    ],
  },
];
