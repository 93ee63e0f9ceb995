import { ACCOUNT } from '../builders.ts';
import { accessLog, dataEvent, type LogLine } from './log-lines.ts';
import {
  accountMay,
  everyoneReads,
  onlyThroughEndpoint,
  PARTNER,
  policyOf,
  type Flag,
  type Flags,
  type ScenarioBucket,
  type Statement,
} from './scenario-buckets.ts';
import {
  background,
  before,
  change,
  ipSetChange,
  policyChange,
  statementsOf,
  type RuledOutBecause,
  type SymptomChange,
  type Told,
} from './symptom-background.ts';

export type { RuledOutBecause, SymptomChange } from './symptom-background.ts';

/** A symptom, what changed around it, and which of that can have caused it. Written from the facts, before the code. */
export interface SymptomCase {
  readonly name: string;
  readonly cites: string;
  /** As `plumbline explain --symptom` gets it. */
  readonly symptom: string;
  readonly at: string;
  /** In order of time. */
  readonly changes: readonly SymptomChange[];
  /** Before the first of the changes. */
  readonly accountBlock?: Flags;
  readonly buckets: readonly ScenarioBucket[];
  readonly logs: readonly LogLine[];
  readonly expect: {
    readonly verdict: 'one' | 'several' | 'none';
    /** The change that is told first, by its id; of several it is not said. */
    readonly first?: string;
    readonly plausible: readonly string[];
    /** Every other change, by its id. */
    readonly ruledOut: Readonly<Record<string, RuledOutBecause>>;
  };
}

interface Scene extends Pick<SymptomCase, 'name' | 'cites' | 'symptom' | 'at' | 'accountBlock'> {
  readonly bucket: ScenarioBucket;
  readonly statements?: readonly Statement[];
  readonly causes: readonly SymptomChange[];
  readonly others?: readonly Told[];
  readonly logs?: readonly LogLine[];
  /** Where the symptom is of no bucket, nothing is another bucket's: why the background is out of it then. */
  readonly elsewhere?: Readonly<Partial<Record<RuledOutBecause, RuledOutBecause>>>;
}

/** Thirty changes: those of the scene, among what goes on anyway. */
function among(scene: Scene): SymptomCase {
  const {
    name,
    cites,
    symptom,
    at,
    accountBlock,
    bucket,
    statements,
    causes,
    others = [],
    logs = [],
    elsewhere,
  } = scene;
  const count = 30 - causes.length - others.length;
  const noise = background({ bucket, at, count, ...(statements === undefined ? {} : { statements }) }).map((told) => ({
    ...told,
    because: elsewhere?.[told.because] ?? told.because,
  }));
  const out = [...others, ...noise];
  const [first] = causes;
  return {
    name,
    cites,
    symptom,
    at,
    changes: [...causes, ...out.map((told) => told.change)].sort((a, b) => a.at.localeCompare(b.at)),
    ...(accountBlock === undefined ? {} : { accountBlock }),
    buckets: [bucket],
    logs,
    expect: {
      verdict: causes.length > 1 ? 'several' : first === undefined ? 'none' : 'one',
      ...(causes.length === 1 && first !== undefined ? { first: first.id } : {}),
      plausible: causes.map(({ id }) => id),
      ruledOut: Object.fromEntries(out.map((told) => [told.change.id, told.because])),
    },
  };
}

/** One flag of the account’s block, turned on. */
function accountFlag(
  flag: Flag,
  at: string,
  { region = 'us-east-1' }: { readonly region?: string } = {},
): SymptomChange {
  return change(`account-${flag}`, {
    of: ['s3-account-block', ACCOUNT],
    at,
    path: flag,
    before: false,
    after: true,
    call: 'PutAccountPublicAccessBlock',
    region,
  });
}

const out = (because: RuledOutBecause, ...changes: readonly SymptomChange[]): readonly Told[] =>
  changes.map((one) => ({ change: one, because }));

const EXPORTS: ScenarioBucket = { name: 'testmaker-exports', owner: 'testmaker' };
const SITE: ScenarioBucket = {
  name: 'www-site',
  ownership: 'BucketOwnerEnforced',
  policy: policyOf(everyoneReads('www-site')),
  website: true,
};
const REPORTS: ScenarioBucket = {
  name: 'reports',
  ownership: 'BucketOwnerEnforced',
  policy: policyOf(accountMay(PARTNER, 'reports')),
};
const DOWNLOADS: ScenarioBucket = {
  name: 'downloads',
  ownership: 'ObjectWriter',
  policy: policyOf(everyoneReads('downloads', 'public/')),
};
const DROPBOX: ScenarioBucket = {
  name: 'dropbox',
  policy: policyOf(everyoneReads('dropbox', 'public/'), accountMay(PARTNER, 'dropbox', ['s3:PutObject'])),
};
const LEDGER: ScenarioBucket = { name: 'ledger', ownership: 'BucketOwnerEnforced' };

/** An upload with public-read by the application, as the log of data events has it. */
const upload = (at: string, refusal?: string): LogLine =>
  dataEvent({
    operation: 'PutObject',
    acl: 'public-read',
    bucket: EXPORTS.name,
    by: { role: 'scheduler-api' },
    at,
    ...(refusal === undefined ? {} : { error: { code: 'AccessDenied', message: refusal } }),
  });

const WHO_MAY_NOT =
  'User: arn:aws:sts::111122223333:assumed-role/scheduler-api/scheduler-api-1 is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::testmaker-exports/a/b.pdf" because';
const BY_THE_BLOCK = `${WHO_MAY_NOT} public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`;
const BY_NO_PERMISSION = `${WHO_MAY_NOT} no identity-based policy allows the s3:PutObject action`;

const THE_29TH = '2025-10-29T13:00:00.000Z';
const THE_CHANGE = '2025-10-28T19:00:00.000Z';
const NOON = '2026-01-05T12:00:00.000Z';

const ONE_CAUSE: readonly SymptomCase[] = [
  among({
    name: 'the incident: uploads are refused since the account’s block came on, a deny list changed in the same hour, and a test upload without an ACL succeeds',
    cites: 'incidents A; aws-facts §3.2 W4, W0; §5.3: the message names the setting; field §3, 7, 8, 9',
    symptom: 'AccessDenied PutObject testmaker-exports',
    at: THE_29TH,
    bucket: EXPORTS,
    causes: [accountFlag('BlockPublicAcls', THE_CHANGE)],
    others: [
      ...out(
        'cannot-refuse',
        accountFlag('IgnorePublicAcls', THE_CHANGE),
        accountFlag('BlockPublicPolicy', THE_CHANGE),
      ),
      ...out('no-effect', accountFlag('RestrictPublicBuckets', THE_CHANGE)),
      ...out('not-on-the-path', ipSetChange('deny-list-of-the-hour', THE_CHANGE)),
    ],
    logs: [
      upload('2025-10-28T18:00:00Z'),
      upload('2025-10-28T18:40:00Z'),
      upload('2025-10-28T19:03:12Z', BY_THE_BLOCK),
      upload('2025-10-28T21:25:00Z', BY_THE_BLOCK),
      upload('2025-10-29T11:30:00Z', BY_THE_BLOCK),
      dataEvent({
        operation: 'PutObject',
        bucket: EXPORTS.name,
        by: { role: 'workstation' },
        userAgent: '[aws-cli/2.31.0]',
        at: '2025-10-29T12:30:00Z',
      }),
    ],
  }),
  among({
    name: 'the account’s block was changed through another region’s endpoint, and nothing is logged: it holds in every region',
    cites: 'aws-facts §4.1: recorded where the endpoint is; §1.2: the account’s setting is global',
    symptom: 'AccessDenied PutObject testmaker-exports',
    at: NOON,
    bucket: EXPORTS,
    causes: [accountFlag('BlockPublicAcls', before(NOON, 1.5), { region: 'eu-west-1' })],
  }),
  among({
    name: 'a 400 that says that ACLs are not supported comes of the bucket’s ownership, not of the account’s block of the same day',
    cites: 'aws-facts §3.2 W4: BOE 400, BA 403; §1.6; field, traps: two failures for one request',
    symptom: 'AccessControlListNotSupported PutObject testmaker-exports',
    at: NOON,
    bucket: EXPORTS,
    causes: [
      change('ownership', {
        of: ['s3-bucket', EXPORTS.name],
        at: before(NOON, 2),
        path: 'ownership',
        before: null,
        after: 'BucketOwnerEnforced',
        call: 'PutBucketOwnershipControls',
      }),
    ],
    others: out('cannot-refuse', accountFlag('BlockPublicAcls', before(NOON, 3))),
  }),
  among({
    name: 'a website answers 403 since public buckets are restricted; its ACLs are off, so that the flags on ACLs do nothing there',
    cites: 'aws-facts §3.2 H1: policy path as R4; §3.4, RP 0→1; §0: ACLs off',
    symptom: 'website 403 www-site',
    at: NOON,
    bucket: SITE,
    causes: [accountFlag('RestrictPublicBuckets', before(NOON, 2))],
    others: [
      ...out(
        'no-effect',
        accountFlag('BlockPublicAcls', before(NOON, 2)),
        accountFlag('IgnorePublicAcls', before(NOON, 2)),
      ),
      ...out('cannot-refuse', accountFlag('BlockPublicPolicy', before(NOON, 2))),
    ],
    logs: [
      accessLog({ bucket: SITE.name, operation: 'WEBSITE.GET.OBJECT', at: before(NOON, 3) }),
      accessLog({ bucket: SITE.name, operation: 'WEBSITE.GET.OBJECT', at: before(NOON, 2.2) }),
      accessLog({
        bucket: SITE.name,
        operation: 'WEBSITE.GET.OBJECT',
        status: 403,
        error: 'AccessDenied',
        at: before(NOON, 1.9),
      }),
    ],
  }),
  among({
    name: 'a partner cannot read since the policy was widened: it became public under RestrictPublicBuckets, and shut out whom it names',
    cites: 'aws-facts §3.4, last row; §3.2 X2',
    symptom: 'AccessDenied GetObject reports',
    at: NOON,
    accountBlock: { RestrictPublicBuckets: true },
    bucket: REPORTS,
    statements: [...statementsOf(REPORTS), everyoneReads('reports', 'public/')],
    causes: [
      policyChange('widened', {
        bucket: REPORTS.name,
        at: before(NOON, 1),
        policies: [
          policyOf(...statementsOf(REPORTS)),
          policyOf(...statementsOf(REPORTS), everyoneReads('reports', 'public/')),
        ],
      }),
    ],
    others: out('no-effect', accountFlag('BlockPublicAcls', before(NOON, 1.2))),
    logs: [
      dataEvent({ operation: 'GetObject', bucket: REPORTS.name, by: { account: PARTNER }, at: before(NOON, 2) }),
      dataEvent({
        operation: 'GetObject',
        bucket: REPORTS.name,
        by: { account: PARTNER },
        at: before(NOON, 0.5),
        error: { code: 'AccessDenied', message: 'Access Denied' },
      }),
    ],
  }),
  among({
    name: 'a Deny came eight hours before and uploads went on; they stopped with the bucket’s own block, and no message says so',
    cites: 'aws-facts §3.2 W4; §1.1: other organisations get plain Access Denied; field §3, 7: error onset',
    symptom: 'AccessDenied PutObject testmaker-exports',
    at: NOON,
    bucket: EXPORTS,
    statements: [...statementsOf(EXPORTS), onlyThroughEndpoint(EXPORTS.name)],
    causes: [
      change('bucket-BlockPublicAcls', {
        of: ['s3-bucket', EXPORTS.name],
        at: before(NOON, 0.7),
        path: 'publicAccessBlock.BlockPublicAcls',
        before: false,
        after: true,
        call: 'PutBucketPublicAccessBlock',
      }),
    ],
    others: out(
      'worked-since',
      policyChange('endpoint-only', {
        bucket: EXPORTS.name,
        at: before(NOON, 8),
        policies: [
          policyOf(...statementsOf(EXPORTS)),
          policyOf(...statementsOf(EXPORTS), onlyThroughEndpoint(EXPORTS.name)),
        ],
      }),
    ),
    logs: [
      upload(before(NOON, 7)),
      upload(before(NOON, 3)),
      upload(before(NOON, 1)),
      upload(before(NOON, 0.6), 'Access Denied'),
      upload(before(NOON, 0.1), 'Access Denied'),
    ],
  }),
];

const SEVERAL_CAUSES: readonly SymptomCase[] = [
  among({
    name: 'an application’s own error tells a bucket and nothing else: whatever refuses anything there may be it',
    cites: 'incidents A 07:30: File-003; field §3, 27',
    symptom: 'File-003 testmaker-exports',
    at: NOON,
    bucket: EXPORTS,
    statements: [...statementsOf(EXPORTS), onlyThroughEndpoint(EXPORTS.name)],
    causes: [
      accountFlag('BlockPublicAcls', before(NOON, 0.9)),
      policyChange('endpoint-only', {
        bucket: EXPORTS.name,
        at: before(NOON, 0.8),
        policies: [
          policyOf(...statementsOf(EXPORTS)),
          policyOf(...statementsOf(EXPORTS), onlyThroughEndpoint(EXPORTS.name)),
        ],
      }),
    ],
  }),
  among({
    name: 'readers came by object ACLs or by the policy, both were shut within minutes, and no log tells which door it was',
    cites: 'aws-facts §3.2 R1, R4; §3.4, IA 0→1 and RP 0→1',
    symptom: 'AccessDenied GetObject downloads',
    at: NOON,
    bucket: DOWNLOADS,
    causes: [
      accountFlag('IgnorePublicAcls', before(NOON, 0.5)),
      accountFlag('RestrictPublicBuckets', before(NOON, 0.4)),
    ],
    others: out('cannot-refuse', accountFlag('BlockPublicAcls', before(NOON, 0.5))),
  }),
  among({
    name: 'all four at once where a partner uploads: for its ACL, or for its account, since the policy is public elsewhere',
    cites: 'aws-facts §3.2 W4, X2; §3.4, BA 0→1 and RP 0→1',
    symptom: 'AccessDenied PutObject dropbox',
    at: NOON,
    bucket: DROPBOX,
    causes: [accountFlag('BlockPublicAcls', before(NOON, 2)), accountFlag('RestrictPublicBuckets', before(NOON, 2))],
    others: out(
      'cannot-refuse',
      accountFlag('IgnorePublicAcls', before(NOON, 2)),
      accountFlag('BlockPublicPolicy', before(NOON, 2)),
    ),
  }),
];

const NO_CAUSE: readonly SymptomCase[] = [
  among({
    name: 'a login fails while tokens are validated: no watched change explains this',
    cites: 'incidents D, E: no configuration cause is told; aws-facts §3.2: operations of S3 only',
    symptom: '401 token validation login-api',
    at: NOON,
    bucket: EXPORTS,
    causes: [],
    others: out('cannot-refuse', accountFlag('BlockPublicAcls', before(NOON, 1))),
    // Where the gateway is, and what stands before it, is not told; but a web ACL refuses with 403, and S3's settings refuse S3's operations.
    elsewhere: {
      'other-bucket': 'cannot-refuse',
      'other-region': 'cannot-refuse',
      'not-on-the-path': 'cannot-refuse',
    },
  }),
  among({
    name: 'uploads fail since the morning for want of a permission; the account’s block came hours later',
    cites: 'aws-facts §1.1: implicit deny text; §5.3; field §3, 7: error onset',
    symptom: 'AccessDenied PutObject testmaker-exports',
    at: NOON,
    bucket: EXPORTS,
    causes: [],
    others: out('began-before', accountFlag('BlockPublicAcls', before(NOON, 2))),
    logs: [
      upload(before(NOON, 9)),
      upload(before(NOON, 6), BY_NO_PERMISSION),
      upload(before(NOON, 4), BY_NO_PERMISSION),
      upload(before(NOON, 0.2), BY_NO_PERMISSION),
    ],
  }),
  among({
    name: 'all four came on, and the bucket has its ACLs off and no public policy: none of them refuses an upload there',
    cites: 'aws-facts §0: only buckets with ACLs on; §3.3: uploads without an ACL are ok in all 16 rows',
    symptom: 'AccessDenied PutObject ledger',
    at: NOON,
    bucket: LEDGER,
    causes: [],
    others: [
      ...out(
        'no-effect',
        accountFlag('BlockPublicAcls', before(NOON, 1)),
        accountFlag('IgnorePublicAcls', before(NOON, 1)),
        accountFlag('RestrictPublicBuckets', before(NOON, 1)),
      ),
      ...out('cannot-refuse', accountFlag('BlockPublicPolicy', before(NOON, 1))),
    ],
  }),
];

export const SYMPTOM_CASES: readonly SymptomCase[] = [...ONE_CAUSE, ...SEVERAL_CAUSES, ...NO_CAUSE];
