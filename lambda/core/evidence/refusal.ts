import type { LoggedRequest } from './request.ts';

/** What S3 answers when somebody may not, or not so (aws-facts §1.1, §1.6); `HTTP 403`: the log has a status and no code. */
export const REFUSALS: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AllAccessDisabled',
  'AccessControlListNotSupported',
  'InvalidBucketAclWithObjectOwnership',
  'InvalidBucketAclWithBlockPublicAccessError',
  'MethodNotAllowed',
  'Forbidden',
  '403',
  'HTTP 403',
]);

/** What S3 answers to a read that it let in. */
const LET_IN: ReadonlySet<string> = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'NotModified',
  'PreconditionFailed',
  'InvalidRange',
  '304',
  'HTTP 304',
]);

/** Was the request refused? */
export function isRefused({ error }: Pick<LoggedRequest, 'error'>): boolean {
  return error !== undefined && (REFUSALS.has(error.code) || error.code.startsWith('AccessDenied'));
}

/**
 * Does the request prove that such requests work? Without an error it does; so does a read that was let in, and had another answer than an object.
 * Whatever else ended in an error proves nothing: S3 was too busy, or could not tell who asks. Nor does a missing object at a website, which is a 404
 * whoever may read what is there (aws-facts §3.2, H1). Pure.
 */
export function hasWorked({ error, operation, via }: Pick<LoggedRequest, 'error' | 'operation' | 'via'>): boolean {
  if (error === undefined) return true;
  return via === 'api' && /^(?:Get|Head|Select)/.test(operation) && LET_IN.has(error.code);
}

/** The HTTP status that a log has in place of S3's code; undefined for a code. */
export function statusOf(code: string): number | undefined {
  if (code === 'Forbidden') return 403;
  const [, status] = /^(?:HTTP )?(\d{3})$/.exec(code) ?? [];
  return status === undefined ? undefined : Number(status);
}

/** The flag or setting that the error's own text names as what refused it (aws-facts §1.1); undefined where it names none. */
export function refusedBy({ error }: Pick<LoggedRequest, 'error'>): string | undefined {
  if (error?.code === 'AccessControlListNotSupported') return 'BucketOwnerEnforced';
  const says = error?.says ?? '';
  return ['BlockPublicAcls', 'BlockPublicPolicy'].find((flag) => says.includes(`prevented by the ${flag} setting`));
}
