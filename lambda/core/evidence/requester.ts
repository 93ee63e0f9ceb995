import type { Requester } from './request.ts';

/** S3 by a rule of the bucket: lifecycle, replication, logging. */
export const S3_ITSELF: Requester = { is: 'service', name: 's3.amazonaws.com' };

/** How access logs name S3 where a rule of the bucket asks. */
const S3_BY_RULE = 'AmazonS3';
const SERVICE = /^(?:svc:)?(?<name>[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?)$/;
const CANONICAL_ID = /^[0-9a-f]{64}$/;
const ARN = /^arn:(?<partition>[a-z-]+):(?<service>iam|sts)::(?<account>\d{12}):(?<rest>.+)$/;
const IDENTITY = /:cloudfront:user\/CloudFront Origin Access Identity (?<name>\S+)$/;

/** Whom a text names: an ARN, the canonical id of an account, or a service. `canonicalId`: of the account that owns the bucket. Pure. */
export function requesterOf(text: string, owner: { readonly canonicalId?: string } = {}): Requester {
  if (text === S3_BY_RULE) return S3_ITSELF;
  if (CANONICAL_ID.test(text))
    return { is: 'principal', name: text, ...(text === owner.canonicalId ? { isOwner: true as const } : {}) };
  const { name } = SERVICE.exec(text)?.groups ?? {};
  if (name !== undefined) return { is: 'service', name };
  const identity = identityIn(text);
  if (identity !== undefined) return { is: 'origin-access-identity', name: identity };
  const arn = ARN.exec(text)?.groups;
  if (arn === undefined) return { is: 'unknown' };
  return { is: 'principal', name: roleOf(arn) ?? text, account: arn['account'] ?? '' };
}

/** The id of an origin access identity of CloudFront. */
export function identityIn(arn: string): string | undefined {
  return IDENTITY.exec(arn)?.groups?.['name'];
}

const ROLE = /^(?:assumed-role\/(?<ofSession>[^/]+)|role\/(?:.*\/)?(?<ofRole>[^/]+)$)/;

/**
 * A role's ARN, without its path: the ARN of a session does not tell it, a name is one in an account, and one role is to be one requester in
 * both logs.
 */
function roleOf({ partition = '', account = '', rest = '' }: Readonly<Record<string, string>>): string | undefined {
  const { ofSession, ofRole } = ROLE.exec(rest)?.groups ?? {};
  const role = ofSession ?? ofRole;
  return role === undefined ? undefined : `arn:${partition}:iam::${account}:role/${role}`;
}
