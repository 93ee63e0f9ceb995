/** An AWS call that failed for good: `code` is AWS's error name, or the name of what went wrong on the way there. */
export class AwsFailure extends Error {
  readonly code: string;
  readonly kind: FailureKind;

  constructor(code: string, kind: FailureKind, options: ErrorOptions & { readonly message: string }) {
    super(options.message, { cause: options.cause });
    this.name = 'AwsFailure';
    this.code = code;
    this.kind = kind;
  }
}

/** `throttled` and `transient` are worth another try; `refused` is an answer; `credentials` says who we are not. */
export type FailureKind = 'throttled' | 'transient' | 'refused' | 'credentials';

const THROTTLED = new Set([
  'SlowDown',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'TooManyRequestsException',
  'TooManyRequests',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'BandwidthLimitExceeded',
  'ProvisionedThroughputExceededException',
  'LimitExceededException',
  'EC2ThrottledException',
]);

const CREDENTIALS = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'TokenRefreshRequired',
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'AuthFailure',
]);

const ON_THE_WAY = new Set([
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'TimeoutError',
  'RequestTimeout',
  'RequestTimeoutException',
  'InternalError',
  'InternalFailure',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);

/** The names that stand for a status where the answer had no body to name itself (HEAD requests). */
const NAME_BY_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  403: 'AccessDenied',
  404: 'NotFound',
  503: 'SlowDown',
};

/** Understands anything that an SDK client throws. The only place that interprets error names. */
export function failureOf(error: unknown): AwsFailure {
  if (error instanceof AwsFailure) return error;
  const status = statusOf(error);
  const code = nameOf(error, status);
  return new AwsFailure(code, kindOf(code, status), {
    cause: error,
    message: error instanceof Error ? error.message : String(error),
  });
}

function kindOf(code: string, status: number | undefined): FailureKind {
  if (THROTTLED.has(code) || status === 429) return 'throttled';
  if (CREDENTIALS.has(code)) return 'credentials';
  return ON_THE_WAY.has(code) || (status !== undefined && status >= 500 && status !== 501) ? 'transient' : 'refused';
}

function nameOf(error: unknown, status: number | undefined): string {
  const own = textMember(error, 'code') ?? textMember(error, 'Code') ?? textMember(error, 'name');
  // An answer that is no XML or JSON at all: the SDK then throws the parser's own error.
  if (own === 'SyntaxError') return 'UnintelligibleAnswer';
  const isNameless =
    own === undefined || own === 'Error' || own === 'Unknown' || own === 'UnknownError' || /^\d+$/.test(own);
  return isNameless ? (NAME_BY_STATUS[status ?? 0] ?? (status === undefined ? 'Unknown' : `Http${status}`)) : own;
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === 'number' ? status : undefined;
}

function textMember(error: unknown, member: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, member);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Nothing more can be read with these credentials, anywhere. (`InvalidClientTokenId` may be one disabled region's answer.) */
export function isEndOfSession({ code }: AwsFailure): boolean {
  return ['ExpiredToken', 'ExpiredTokenException', 'TokenRefreshRequired', 'CredentialsProviderError'].includes(code);
}
