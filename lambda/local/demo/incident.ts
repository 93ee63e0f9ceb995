import type { MadeAccount, Traffic } from './traffic.ts';
import { ACCOUNT, OWNER } from './recording.ts';

/** The times of the incident (incidents.md A; EDT is four hours behind UTC). Every duration that is told is computed from them. */
export const TIMES = {
  /** The logs begin: fourteen days before the day before. */
  loggedFrom: '2025-10-13T14:00:00.000Z',
  /** The day before, when somebody might have asked. */
  askedBefore: '2025-10-27T14:05:00.000Z',
  listsChanged: '2025-10-28T18:45:00.000Z',
  changed: '2025-10-28T19:00:00.000Z',
  /** Whoever reports first. */
  reported: '2025-10-28T21:25:00.000Z',
  /** Developers find the failures, and begin to look for why. */
  found: '2025-10-29T11:30:00.000Z',
  /** The upload from a workstation that succeeded, since it sent no ACL. */
  probed: '2025-10-29T12:30:00.000Z',
  /** The root cause is known. */
  explained: '2025-10-29T14:00:00.000Z',
  /** The decision to roll back. */
  decided: '2025-10-29T14:10:00.000Z',
  rolledBack: '2025-10-29T14:30:00.000Z',
  /** A setting of the account is in force everywhere some seconds after it was made. */
  settled: '2025-10-29T14:30:12.000Z',
  loggedTo: '2025-10-29T14:45:00.000Z',
  /** By then the access logs of that time are there, which come hours late (aws-facts §5.2). */
  deliveredTo: '2025-10-29T17:50:00.000Z',
} as const;

/** Who accepted the account as it was the day before. */
export function acceptedBy(account: string): string {
  return `arn:aws:iam::${account}:user/platform-engineer`;
}

/** The tool's role and session, and where it ran. */
export const TOOL = { role: 'SecurityTooling', session: 'security-command-center', address: '192.0.2.80' } as const;

const SINCE_CHANGE = {
  since: TIMES.changed,
  code: 'AccessDenied',
  status: 403,
} as const;
/** What CloudTrail has behind a refusal (aws-facts §1.1, §5.3). */
const BY_THE_BLOCK = 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';

const SDK = 'aws-sdk-js/2.1692.0 linux/v18.20.4 exec-env/AWS_ECS_FARGATE';

/** One caller of one bucket, with how many requests before the change, while it stood, and after it. */
interface Caller extends Pick<Traffic, 'by' | 'bucket' | 'operation' | 'acl' | 'userAgent' | 'addresses'> {
  readonly counts: { readonly before: number; readonly failing: number; readonly after: number };
}

const uploader = (role: string, bucket: string, addresses: readonly string[]) =>
  ({
    by: { role },
    bucket,
    operation: 'PutObject',
    acl: 'public-read',
    userAgent: SDK,
    addresses,
  }) as const;

/** Those whom it hit; 967 failures are of one bucket, and all others are made up. */
const CALLERS: readonly Caller[] = [
  {
    ...uploader('scheduler-api', 'testmaker-exports', ['192.0.2.14', '192.0.2.15']),
    counts: { before: 3_648, failing: 712, after: 9 },
  },
  {
    ...uploader('content-extraction-api', 'testmaker-exports', ['192.0.2.31']),
    counts: { before: 1_216, failing: 255, after: 4 },
  },
  {
    ...uploader('document-api', 'testmaker-documents', ['192.0.2.22', '192.0.2.23']),
    counts: { before: 1_064, failing: 148, after: 3 },
  },
  {
    ...uploader('content-extraction-api', 'backend-manuscript-import', ['192.0.2.31']),
    counts: { before: 456, failing: 61, after: 1 },
  },
  {
    // Nobody of the CDN's readers reported it.
    by: 'anonymous',
    bucket: 'marketing-cdn-content',
    operation: 'GetObject',
    userAgent: 'Amazon CloudFront',
    addresses: ['198.51.100.200', '198.51.100.201', '198.51.100.202'],
    counts: { before: 3_040, failing: 234, after: 3 },
  },
];

/** Requests that no public ACL lets in, before and after alike. */
const UNTOUCHED: readonly Traffic[] = [
  even(
    {
      ...uploader('scheduler-api', 'testmaker-exports', ['192.0.2.14']),
      operation: 'GetObject',
      acl: undefined,
    },
    { from: TIMES.loggedFrom, to: TIMES.loggedTo, count: 240 },
  ),
  even(
    {
      by: { role: 'scheduler-api' },
      bucket: 'testmaker-exports',
      operation: 'PutObject',
      userAgent: 'aws-cli/2.31.13 md/command#s3.cp',
      addresses: ['192.0.2.99'],
    },
    { from: TIMES.probed, to: new Date(Date.parse(TIMES.probed) + 20_000).toISOString(), count: 1 },
  ),
];

/** The production account, as its logs have it. */
export const MADE: MadeAccount = {
  account: ACCOUNT,
  canonicalId: OWNER,
  region: 'us-east-1',
  traffic: [...CALLERS.flatMap(phasesOf), ...UNTOUCHED],
};

function phasesOf({ counts, ...who }: Caller): readonly Traffic[] {
  const fails = { ...SINCE_CHANGE, ...(who.by === 'anonymous' ? {} : { because: BY_THE_BLOCK }) };
  return [
    even(who, { from: TIMES.loggedFrom, to: TIMES.changed, count: counts.before }),
    { ...even(who, { from: TIMES.changed, to: TIMES.settled, count: counts.failing }), fails },
    even(who, { from: TIMES.settled, to: TIMES.loggedTo, count: counts.after }),
  ];
}

interface Phase {
  readonly from: string;
  readonly to: string;
  readonly count: number;
}

type Who = Omit<Traffic, 'everyMs' | 'isEven' | 'from' | 'to' | 'acl'> & { readonly acl?: string | undefined };

/** Exactly so many requests, each at some time of its own part of the phase. */
function even({ acl, ...who }: Who, { from, to, count }: Phase): Traffic {
  const everyMs = (Date.parse(to) - Date.parse(from)) / count;
  return { ...who, ...(acl === undefined ? {} : { acl }), from, to, everyMs, isEven: true };
}
