import type { LoggedRequest } from './request.ts';

/** What S3 answers when somebody may not, or not so; other errors (`NoSuchKey`) are answers to requests that were let in (aws-facts §1.1, §1.6). */
export const REFUSALS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'AccessControlListNotSupported',
  'InvalidBucketAclWithObjectOwnership',
  'InvalidBucketAclWithBlockPublicAccessError',
  'MethodNotAllowed',
  'Forbidden',
  '403',
]);

/** Was the request refused? */
export function isRefused({ error }: Pick<LoggedRequest, 'error'>): boolean {
  return error !== undefined && (REFUSALS.has(error.code) || error.code.startsWith('AccessDenied'));
}

/** The flag or setting that the error's own text names as what refused it (aws-facts §1.1); undefined where it names none. */
export function refusedBy({ error }: Pick<LoggedRequest, 'error'>): string | undefined {
  if (error?.code === 'AccessControlListNotSupported') return 'BucketOwnerEnforced';
  const says = error?.says ?? '';
  return ['BlockPublicAcls', 'BlockPublicPolicy'].find((flag) => says.includes(`prevented by the ${flag} setting`));
}
