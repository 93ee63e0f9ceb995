import type { JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { bucketState } from '../../builders.ts';
import { ACCOUNT_BLOCK, ACLS_OFF, BY_THE_BLOCK, minutes, refused, upload } from './exports.ts';

/** A failure beside changes, and which of them explain it, or may. */
export interface SearchCase {
  readonly name: string;
  readonly cites: string;
  readonly symptom: string;
  readonly changes: readonly WatchedChange[];
  readonly requests?: readonly LoggedRequest[];
  readonly verdict: 'one' | 'several' | 'none';
  /** `id: fit`, the likeliest first. */
  readonly causes: readonly string[];
  /** `id: reason`. */
  readonly ruledOut?: readonly string[];
}

type Statement = Readonly<Record<string, string | object>>;

const policyOf = (...statements: readonly Statement[]): JsonObject =>
  ({ Version: '2012-10-17', Statement: statements }) as unknown as JsonObject;

/** A bucket's first policy, so many minutes from the block. */
function policyChange(id: string, minute: number, ...statements: readonly Statement[]): WatchedChange {
  return {
    id,
    at: minutes(minute),
    ref: bucketState('exports').ref,
    path: 'policy',
    before: ABSENT,
    after: present(canonicalPolicy(policyOf(...statements))),
    says: 'policy set',
  };
}

const statement = (Effect: 'Allow' | 'Deny', Action: string, more: Statement = {}): Statement => ({
  Sid: 'New',
  Effect,
  Principal: '*',
  Action,
  Resource: 'arn:aws:s3:::exports/*',
  ...more,
});

/** What everyone beyond an endpoint is denied. */
const unlessThere = { Condition: { StringNotEquals: { 'aws:SourceVpce': 'vpce-0a1b2c3d' } } };

const DENY = policyChange('deny', 5, statement('Deny', 's3:PutObject', unlessThere));

const NOT_AUTHORIZED = 'AccessDenied: User: arn:aws:sts::111122223333:assumed-role/app/s is not authorized to perform:';
const ON_A_KEY = 'on resource: "arn:aws:s3:::exports/exports/42.pdf"';

export const SEARCH_CASES: readonly SearchCase[] = [
  {
    name: 'the error that was met names the flag: that proves it without logs',
    cites: 'aws-facts §1.1: the text names BlockPublicAcls',
    symptom: `${NOT_AUTHORIZED} s3:PutObject ${ON_A_KEY} because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`,
    changes: [ACCOUNT_BLOCK, DENY],
    verdict: 'one',
    causes: ['account-block: explains (proven)', 'deny: may'],
  },
  {
    name: 'the error names an action of another service: nothing that is watched refuses that',
    cites: 'aws-facts §1.1: the text names the action',
    symptom: `${NOT_AUTHORIZED} kms:GenerateDataKey on resource: arn:aws:kms:us-east-1:111122223333:key/1 because no identity-based policy allows the kms:GenerateDataKey action (PutObject exports)`,
    changes: [ACCOUNT_BLOCK, DENY],
    verdict: 'none',
    causes: [],
    ruledOut: ['account-block: cannot-refuse', 'deny: cannot-refuse'],
  },
  {
    name: 'the error names a policy of the organisation',
    cites: 'aws-facts §1.1: of several policies that deny, the text names one',
    symptom: `${NOT_AUTHORIZED} s3:PutObject ${ON_A_KEY} with an explicit deny in a service control policy`,
    changes: [ACCOUNT_BLOCK, DENY],
    verdict: 'none',
    causes: [],
    ruledOut: ['account-block: cannot-refuse', 'deny: cannot-refuse'],
  },
  {
    name: 'a policy of the bucket may be what the error names, and so may RestrictPublicBuckets: neither is ruled out by it',
    cites: 'aws-facts §1.1: RestrictPublicBuckets answers with an explicit deny in a resource-based policy',
    symptom: `${NOT_AUTHORIZED} s3:PutObject ${ON_A_KEY} with an explicit deny in a resource-based policy`,
    changes: [DENY],
    verdict: 'one',
    causes: ['deny: may'],
  },
  {
    name: 'no bucket is named, and the logs have refusals whose text names what the block turned on: it comes first, and no more than may',
    cites: 'aws-facts §1.1: the text names BlockPublicAcls',
    symptom: 'AccessDenied',
    changes: [ACCOUNT_BLOCK, DENY],
    requests: [upload(-20), upload(20, refused(BY_THE_BLOCK))],
    verdict: 'several',
    causes: ['account-block: may (proven)', 'deny: may'],
  },
  {
    name: 'no bucket is named, nor anything of S3: what refuses requests to buckets may be it',
    cites: 'aws-facts §1.1',
    symptom: 'it is broken',
    changes: [ACCOUNT_BLOCK],
    verdict: 'one',
    causes: ['account-block: may'],
  },
  {
    name: 'no bucket is named, and the status is none that S3 refuses with',
    cites: 'aws-facts §1.1, §1.6',
    symptom: '500',
    changes: [ACCOUNT_BLOCK],
    verdict: 'none',
    causes: [],
    ruledOut: ['account-block: cannot-refuse'],
  },
  {
    name: 'a timeout is no refusal: that such uploads are refused is in the logs, and need not be what failed',
    cites: 'aws-facts §1.1: 403 AccessDenied',
    symptom: 'timeout connecting to exports',
    changes: [ACCOUNT_BLOCK],
    requests: [upload(-20), upload(20, refused(BY_THE_BLOCK))],
    verdict: 'one',
    causes: ['account-block: may (proven)'],
  },
  {
    name: 'a missing object is the answer to who was let in',
    cites: 'aws-facts §1.1: 403 AccessDenied',
    symptom: 'NoSuchKey GetObject exports',
    changes: [ACCOUNT_BLOCK],
    verdict: 'none',
    causes: [],
    ruledOut: ['account-block: cannot-refuse'],
  },
  {
    name: 'a new Deny of what an upload needs only with an ACL: whether it had one is not known',
    cites: 'aws-facts §1.1: s3:PutObject and s3:PutObjectAcl',
    symptom: 'AccessDenied PutObject exports',
    changes: [policyChange('deny-acl', 5, statement('Deny', 's3:PutObjectAcl', unlessThere))],
    verdict: 'one',
    causes: ['deny-acl: may'],
  },
  {
    name: 'a new Deny of what an upload needs only with tags: that others of the caller work speaks not against it',
    cites: 'service authorization reference: s3:PutObjectTagging',
    symptom: 'AccessDenied PutObject exports',
    changes: [policyChange('deny-tags', 5, statement('Deny', 's3:PutObjectTagging', unlessThere))],
    requests: [upload(-20), upload(20, refused('Access Denied')), upload(18), upload(40)],
    verdict: 'one',
    causes: ['deny-tags: may'],
  },
  {
    name: 'a new Deny of uploads with an ACL, and one without went on: it is none of the sort',
    cites: 'incidents A, the upload from a workstation; aws-facts §9: s3:x-amz-acl',
    symptom: 'AccessDenied PutObject exports',
    changes: [
      policyChange(
        'deny-public',
        5,
        statement('Deny', 's3:PutObject', { Condition: { StringEquals: { 's3:x-amz-acl': 'public-read' } } }),
      ),
    ],
    requests: [
      upload(-20),
      upload(20, refused('Access Denied')),
      upload(18, { acl: 'none-or-owner', aclRequired: false }),
    ],
    verdict: 'one',
    causes: ['deny-public: may'],
  },
  {
    name: 'a new Deny of what no upload needs',
    cites: 'service authorization reference: s3:PutObject',
    symptom: 'AccessDenied PutObject exports',
    changes: [policyChange('deny-delete', 5, statement('Deny', 's3:DeleteObject', unlessThere))],
    verdict: 'none',
    causes: [],
    ruledOut: ['deny-delete: cannot-refuse'],
  },
  {
    name: 'no log tells what the upload was: the block refuses only one with a public ACL, and a Deny of five minutes later any',
    cites: 'aws-facts §3.2 W0, W4: only requests with a public ACL fail',
    symptom: 'AccessDenied PutObject exports',
    changes: [ACCOUNT_BLOCK, DENY],
    verdict: 'several',
    causes: ['deny: may', 'account-block: may'],
  },
  {
    name: 'without a rival it may explain it, and no more: an upload without an ACL it does not refuse',
    cites: 'aws-facts §3.2 W0; incidents A, the upload from a workstation',
    symptom: 'AccessDenied PutObject exports',
    changes: [ACCOUNT_BLOCK],
    verdict: 'one',
    causes: ['account-block: may'],
  },
  {
    name: 'a log has the public ACL: the block refuses such an upload for sure',
    cites: 'aws-facts §3.2 W4; §4.2: x-amz-acl stands in the data event',
    symptom: 'AccessDenied PutObject exports',
    changes: [ACCOUNT_BLOCK, DENY],
    requests: [upload(-20), upload(6, refused('Access Denied'))],
    verdict: 'one',
    causes: ['account-block: explains', 'deny: may'],
  },
  {
    name: 'an access log tells of no ACL which it was',
    cites: 'aws-facts §5.2: that one was set, and not that it was public',
    symptom: 'AccessDenied PutObject exports',
    changes: [ACCOUNT_BLOCK, DENY],
    requests: [
      upload(-20, { source: 'access-log', acl: 'not-told' }),
      upload(6, { source: 'access-log', acl: 'not-told', error: { code: 'AccessDenied' } }),
    ],
    verdict: 'several',
    causes: ['deny: may', 'account-block: may'],
  },
  {
    name: 'the text of the error names the flag',
    cites: 'aws-facts §1.1: proof',
    symptom: 'AccessDenied PutObject exports',
    changes: [ACCOUNT_BLOCK, DENY],
    requests: [upload(6, { acl: 'not-told', ...refused(BY_THE_BLOCK) })],
    verdict: 'one',
    causes: ['account-block: explains (proven)', 'deny: may'],
  },
  {
    name: 'the code of the error is one that only ACLs that are off give',
    cites: 'aws-facts §1.6',
    symptom: 'AccessControlListNotSupported PutObject exports',
    changes: [ACLS_OFF, DENY],
    verdict: 'one',
    causes: ['acls-off: explains'],
    ruledOut: ['deny: cannot-refuse'],
  },
  {
    name: 'every request of that sort is refused: a public ACL is what the operation is about',
    cites: 'aws-facts §3.2 A1, A2: BOE refuses both',
    symptom: '400 PutObjectAcl exports',
    changes: [ACLS_OFF],
    verdict: 'one',
    causes: ['acls-off: explains'],
  },
  {
    name: 'which bucket it was is not known, and a policy became public: under RestrictPublicBuckets that shuts out whom it names elsewhere',
    cites: 'aws-facts §3.4, last row; §3.2 X2',
    symptom: 'AccessDenied GetObject reports',
    changes: [policyChange('widened', 5, statement('Allow', 's3:GetObject'))],
    verdict: 'one',
    causes: ['widened: may'],
  },
  {
    name: 'which bucket it was is not known, and a policy lets in one account more: it becomes no public one, and shuts out nobody',
    cites: 'aws-facts §2.3: a fixed principal; §3.2 X1',
    symptom: 'AccessDenied GetObject reports',
    changes: [
      policyChange(
        'partner',
        5,
        statement('Allow', 's3:GetObject', { Principal: { AWS: 'arn:aws:iam::444455556666:root' } }),
      ),
    ],
    verdict: 'none',
    causes: [],
    ruledOut: ['partner: opens'],
  },
];
