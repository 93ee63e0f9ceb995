import { ALL_USERS, AUTHENTICATED_USERS, OWNER_ID, type Grant } from './world.ts';

/** The group that server access logs used to be delivered as; not a public one (aws-facts §1.5). */
export const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';

/** Stands for the account that EC2 reads images with. */
const EC2 = 'e'.repeat(64);

/** The ACL that a request carries: a canned one, or grants from headers or XML. */
export interface CarriedAcl {
  canned?: string;
  grants?: Grant[];
}

/** What each canned ACL grants beyond full control for whoever writes (§1.5). */
const CANNED: Readonly<Record<string, readonly Grant[]>> = {
  private: [],
  'public-read': [{ to: ALL_USERS, permission: 'READ' }],
  'public-read-write': [
    { to: ALL_USERS, permission: 'READ' },
    { to: ALL_USERS, permission: 'WRITE' },
  ],
  'authenticated-read': [{ to: AUTHENTICATED_USERS, permission: 'READ' }],
  'aws-exec-read': [{ to: EC2, permission: 'READ' }],
  'bucket-owner-read': [{ to: OWNER_ID, permission: 'READ' }],
  'bucket-owner-full-control': [{ to: OWNER_ID, permission: 'FULL_CONTROL' }],
  'log-delivery-write': [
    { to: LOG_DELIVERY, permission: 'WRITE' },
    { to: LOG_DELIVERY, permission: 'READ_ACP' },
  ],
};

/** What a request without any ACL leaves behind. */
export const OWNERS_ONLY: readonly Grant[] = [{ to: OWNER_ID, permission: 'FULL_CONTROL' }];

export function isCannedAcl(name: string): boolean {
  return Object.hasOwn(CANNED, name);
}

/** The grants that are stored for a request of this writer. */
export function grantsOf(acl: CarriedAcl | undefined, writer: string): readonly Grant[] {
  if (acl?.grants !== undefined) return acl.grants;
  return [{ to: writer, permission: 'FULL_CONTROL' }, ...(CANNED[acl?.canned ?? 'private'] ?? [])];
}

/** Any permission for either group; `log-delivery-write` and named accounts are not public (§1.5). */
export function isPublicGrant({ to }: Grant): boolean {
  return to === ALL_USERS || to === AUTHENTICATED_USERS;
}

/** What counts of a stored ACL under IgnorePublicAcls (§1.1). */
export function heededGrants(grants: readonly Grant[], ignored: 'public-grants' | 'whole'): readonly Grant[] {
  if (ignored === 'whole' && grants.some(isPublicGrant)) return [];
  return grants.filter((grant) => !isPublicGrant(grant));
}

/** Addresses went out of use as grantees on 1 October 2025 (§1.1). */
export function isMailGrant({ to }: Grant): boolean {
  return to.includes('@');
}
