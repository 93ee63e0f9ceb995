import type { JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { bucketState } from '../../builders.ts';
import { minutes, refused, upload } from './exports.ts';

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

export const SEARCH_CASES: readonly SearchCase[] = [
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
];
