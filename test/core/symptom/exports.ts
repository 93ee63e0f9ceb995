import { UseCollector, type Evidence } from '#core/evidence/uses.ts';
import type { LoggedRequest } from '#core/evidence/request.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { marksOf } from '#core/symptom/watched-change.ts';
import { printRef } from '#core/reference.ts';
import { ABSENT, present } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { ACCOUNT, bucketState } from '../../builders.ts';
import { accountState, blockOf } from '../s3/buckets.ts';

/** The change of the incident: `BlockPublicAcls` of the account, on the 28th of October 2025 at 19:00 UTC (incidents A). */
export const AT = '2025-10-28T19:00:00.000Z';

/** Minutes from the change; before it where they are negative. */
export const minutes = (count: number): string => new Date(Date.parse(AT) + count * 60_000).toISOString();

export const ACCOUNT_BLOCK: WatchedChange = {
  id: 'account-block',
  at: AT,
  ref: accountState('-').ref,
  path: 'publicAccessBlock',
  before: ABSENT,
  after: blockOf('1000'),
  says: 'account-level block set',
  call: 'PutAccountPublicAccessBlock',
  who: 'role security-command-center',
};

/** It is taken back after half an hour. */
export const TAKEN_BACK: WatchedChange = {
  ...ACCOUNT_BLOCK,
  id: 'taken-back',
  at: minutes(30),
  before: ACCOUNT_BLOCK.after,
  after: ACCOUNT_BLOCK.before,
  says: 'account-level block gone',
};

/** The bucket's ACLs are turned off. */
export const ACLS_OFF: WatchedChange = {
  id: 'acls-off',
  at: minutes(30),
  ref: bucketState('exports').ref,
  path: 'ownership',
  before: ABSENT,
  after: present('BucketOwnerEnforced'),
  says: 'object ownership set',
};

/** One account, with the bucket `exports` and others of the same settings, before any change. */
export const STATES: ReadonlyMap<string, State> = new Map(
  [accountState('-'), bucketState('exports'), bucketState('imports')].map((state) => [printRef(state.ref), state]),
);

export const BY_THE_BLOCK =
  'User: … is not authorized to perform: s3:PutObject on resource: … because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.';
export const BY_NO_PERMISSION =
  'User: … is not authorized to perform: s3:PutObject on resource: … because no identity-based policy allows the s3:PutObject action';

export const role = (name: string, account = ACCOUNT): LoggedRequest['requester'] => ({
  is: 'principal',
  name: `arn:aws:iam::${account}:role/${name}`,
  account,
});

/** An upload with `public-read` by the application, so many minutes from the change. */
export function upload(minute: number, more: Partial<LoggedRequest> = {}): LoggedRequest {
  return {
    source: 'data-event',
    at: Date.parse(minutes(minute)),
    bucket: 'exports',
    operation: 'PutObject',
    requester: role('scheduler-api'),
    via: 'api',
    isPresigned: false,
    acl: 'public',
    aclRequired: true,
    ...more,
  };
}

export const refused = (says: string, code = 'AccessDenied'): Partial<LoggedRequest> => ({ error: { code, says } });

/** What logs with these requests tell, cut at the changes. */
export function evidenceOf(requests: readonly LoggedRequest[], changes: readonly WatchedChange[]): Evidence {
  const collector = new UseCollector(marksOf(changes, AT));
  for (const request of requests) collector.take(request);
  return collector.evidence();
}
