import { ACCOUNT } from '../builders.ts';
import { ownRoleReads, PARTNER, policyOf, type ScenarioBucket, type Statement } from './scenario-buckets.ts';

/** One change of one path, as the change record has it. */
export interface SymptomChange {
  readonly id: string;
  readonly at: string;
  readonly account: string;
  /** Where it was recorded: of the account's block it is the endpoint that was called (aws-facts §4.1). */
  readonly region: string;
  readonly ref: { readonly kind: string; readonly id: string };
  readonly path: string;
  /** `null`: not set. */
  readonly before: unknown;
  readonly after: unknown;
  readonly who: string;
  readonly call: string;
  /** The error of an attempt that changed nothing. */
  readonly failed?: string;
}

/**
 * Why a change is not the cause. Where several hold, the first of this order is told: it is the one that needs the least belief. The
 * evidence of logs comes last: it may have gaps.
 */
export type RuledOutBecause =
  /** The attempt changed nothing. */
  | 'failed'
  | 'other-account'
  | 'after-the-symptom'
  | 'other-bucket'
  | 'other-region'
  /** No web ACL stands before the S3 API. */
  | 'not-on-the-path'
  /** Undone before the symptom. */
  | 'taken-back'
  /** Another level had it already, ACLs are off, or no policy is public that the flag would act on. */
  | 'no-effect'
  /** It only lets more in. */
  | 'opens'
  /** It does not refuse that operation, or not with that error. */
  | 'cannot-refuse'
  /** The failures began before it. */
  | 'began-before'
  /** Requests of that sort succeeded after it. */
  | 'worked-since';

export interface Told {
  readonly change: SymptomChange;
  readonly because: RuledOutBecause;
}

interface Around {
  readonly bucket: ScenarioBucket;
  readonly at: string;
  /** The bucket's statements when the symptom comes; the background's own is among them. */
  readonly statements?: readonly Statement[];
  /** How many of it. */
  readonly count: number;
}

/** `hours` before `at`; after it where they are negative. */
export const before = (at: string, hours: number): string => new Date(Date.parse(at) - hours * 3_600_000).toISOString();

/** What the bucket's policy states once the background's reader has been added. */
export const statementsOf = ({ name, policy }: ScenarioBucket): readonly Statement[] => [
  ...((policy as { Statement: readonly Statement[] } | undefined)?.Statement ?? []),
  ownRoleReads('reader', name),
];

const TEAM = ['role/platform, session ana', 'role/cdk-deploy', 'role/security-tooling, session nightly'];

/** A change of the account that is asked about, in us-east-1, and what differs. */
export function change(
  id: string,
  what: Pick<SymptomChange, 'at' | 'path' | 'before' | 'after' | 'call'> & {
    readonly of: readonly [kind: string, id: string];
    readonly who?: string;
    readonly region?: string;
    readonly account?: string;
    readonly failed?: string;
  },
): SymptomChange {
  const { of, who = 'role/security-command-center, session scheduled', ...rest } = what;
  return { id, account: ACCOUNT, region: 'us-east-1', ref: { kind: of[0], id: of[1] }, who, ...rest };
}

/** What goes on in an account anyway: up to 29 changes within 30 hours, none of which has refused anything in the bucket by then. */
export function background({ bucket, at, statements = statementsOf(bucket), count }: Around): readonly Told[] {
  const policyBefore = bucket.policy ?? null;
  const told: readonly (readonly [RuledOutBecause, readonly SymptomChange[]])[] = [
    ['taken-back', [flagOf(bucket.name, 'flag-on', { at: before(at, 30), value: true })]],
    ['opens', [flagOf(bucket.name, 'flag-off', { at: before(at, 29.5), value: false })]],
    [
      'opens',
      [
        policyChange('reader', {
          bucket: bucket.name,
          at: before(at, 28),
          policies: [policyBefore, policyOf(...statementsOf(bucket))],
        }),
      ],
    ],
    ['cannot-refuse', [tagsOf(bucket.name, 1, before(at, 20)), tagsOf(bucket.name, 2, before(at, 0.3))]],
    [
      'failed',
      [1, 2].map((n) => failedAttempt(bucket.name, n, { at: before(at, n / 4), now: policyOf(...statements) })),
    ],
    [
      'after-the-symptom',
      [
        policyChange('after', {
          bucket: bucket.name,
          at: before(at, -0.2),
          policies: [policyOf(...statements), policyOf(...statements, denyEverything(bucket.name))],
        }),
        ipSetChange('after-ip-set', before(at, -0.3)),
        change('after-address', {
          of: ['elastic-ip', 'eipalloc-0a1b2c3d4e5f60718'],
          at: before(at, -0.5),
          path: 'association',
          before: 'i-0a1b2c3d4e5f60718',
          after: null,
          call: 'DisassociateAddress',
        }),
      ],
    ],
    ['other-bucket', [...otherPolicies(at), ...otherBlocks(at)]],
    ['other-account', otherAccounts(at)],
    ['other-region', [1, 2].map((n) => ({ ...ipSetChange(`region-${n}`, before(at, n * 3)), region: 'eu-west-1' }))],
    ['not-on-the-path', [1, 2, 3, 4, 5, 6].map((n) => ipSetChange(`deny-list-${n}`, before(at, n * 2.5 - 2)))],
  ];
  return told.flatMap(([because, changes]) => changes.map((one) => ({ change: one, because }))).slice(0, count);
}

function flagOf(bucket: string, id: string, { at, value }: { at: string; value: boolean }): SymptomChange {
  return change(id, {
    of: ['s3-bucket', bucket],
    at,
    path: 'publicAccessBlock.BlockPublicPolicy',
    before: !value,
    after: value,
    call: 'PutBucketPublicAccessBlock',
    who: 'role/platform, session ana',
  });
}

/** A bucket's policy replaced by another. */
export function policyChange(
  id: string,
  { bucket, at, policies }: { bucket: string; at: string; policies: readonly [unknown, unknown] },
): SymptomChange {
  return change(id, {
    of: ['s3-bucket', bucket],
    at,
    path: 'policy',
    before: policies[0],
    after: policies[1],
    call: 'PutBucketPolicy',
    who: 'role/cdk-deploy',
  });
}

const denyEverything = (bucket: string): Statement => ({
  Sid: 'DenyEverything',
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: `arn:aws:s3:::${bucket}/*`,
});

function failedAttempt(bucket: string, n: number, { at, now }: { at: string; now: object }): SymptomChange {
  return {
    ...policyChange(`attempt-${n}`, { bucket, at, policies: [now, policyOf(denyEverything(bucket))] }),
    failed: 'AccessDenied',
  };
}

const tagsOf = (bucket: string, n: number, at: string): SymptomChange =>
  change(`tags-${n}`, {
    of: ['s3-bucket', bucket],
    at,
    path: 'tags.review',
    before: `quarter ${n}`,
    after: `quarter ${n + 1}`,
    call: 'PutBucketTagging',
    who: 'role/platform, session ana',
  });

/** Ranges added to a deny list. */
export const ipSetChange = (id: string, at: string): SymptomChange =>
  change(id, {
    of: ['waf-ip-set', id],
    at,
    path: 'addresses',
    before: ['198.51.100.0/25'],
    after: ['198.51.100.0/24', '203.0.113.0/24'],
    call: 'UpdateIPSet',
  });

const otherPolicies = (at: string): readonly SymptomChange[] =>
  ['reports-eu', 'invoices', 'frames', 'backups', 'lb-logs'].map((bucket, index) =>
    policyChange(`policy-of-${bucket}`, {
      bucket,
      at: before(at, 1 + index * 4),
      policies: [null, policyOf(denyEverything(bucket))],
    }),
  );

const otherBlocks = (at: string): readonly SymptomChange[] =>
  ['invoices', 'frames', 'backups'].map((bucket, index) =>
    change(`block-of-${bucket}`, {
      of: ['s3-bucket', bucket],
      at: before(at, 0.7 + index),
      path: 'publicAccessBlock.BlockPublicAcls',
      before: false,
      after: true,
      call: 'PutBucketPublicAccessBlock',
      who: TEAM[index] ?? '',
    }),
  );

const otherAccounts = (at: string): readonly SymptomChange[] => [
  ...['BlockPublicAcls', 'RestrictPublicBuckets'].map((path) =>
    change(`partner-${path}`, {
      account: PARTNER,
      of: ['s3-account-block', PARTNER],
      at: before(at, 1),
      path,
      before: false,
      after: true,
      call: 'PutAccountPublicAccessBlock',
    }),
  ),
  { ...ipSetChange('partner-ip-set', before(at, 1.1)), account: PARTNER },
];
