import type { Drift } from './change.ts';
import type { FlipVerdict } from './evidence/verdicts.ts';

export interface AroundRequest {
  /** What would be set. */
  readonly drifts: readonly Drift[];
  readonly verdicts: readonly FlipVerdict[];
  /** Resources below what would be set, on which nothing flips. */
  readonly notAffected: number;
}

/** Which operations a gentler way is known for, and which way: each in one sentence, the cheapest first. */
const WAYS: readonly { readonly rows: ReadonlySet<string>; readonly says: string }[] = [
  {
    rows: new Set(['W4', 'U3', 'A1']),
    says: 'Uploads need no public ACL where a bucket policy allows s3:GetObject on what is to be public: leave the ACL out of the upload, and BlockPublicAcls refuses nothing. BlockPublicPolicy and RestrictPublicBuckets must then stay off for that bucket.',
  },
  {
    rows: new Set(['R1', 'R2', 'R3', 'R4', 'R5', 'H1', 'C3', 'C2']),
    says: 'Readers lose nothing where CloudFront reads the bucket with origin access control: it comes as an AWS service, which none of the four flags refuses.',
  },
  {
    rows: new Set(['X2', 'U2', 'S3']),
    says: 'Other accounts that a policy names keep their access once no statement of that policy is public: RestrictPublicBuckets shuts them out only beside a public one.',
  },
  {
    rows: new Set(['W2', 'W3', 'A2', 'X3', 'X4', 'S4']),
    says: 'Before ACLs are turned off, grant by bucket policy what ACLs grant now, and have writers send no ACL, or bucket-owner-full-control, which is accepted either way.',
  },
  {
    rows: new Set(['P1', 'P3']),
    says: 'Deployments that put the same public policy again fail from then on: take the public statement out of their templates first.',
  },
];

/** Gentler ways to what is wanted (aws-facts §3.2, §3.4). Pure. */
export function waysAround({ drifts, verdicts, notAffected }: AroundRequest): readonly string[] {
  const rows = new Set(verdicts.map(({ row }) => row));
  if (rows.size === 0) return [];
  const isAccount = drifts.some(({ ref }) => ref.kind === 's3-account-block');
  const onBuckets =
    isAccount && notAffected > 0
      ? [
          `Set it on buckets instead of the account: on ${notAffected} of them nothing flips, and the others can follow one by one.`,
        ]
      : [];
  return [...onBuckets, ...WAYS.filter((way) => [...way.rows].some((row) => rows.has(row))).map(({ says }) => says)];
}
