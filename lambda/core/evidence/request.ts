/** Which log told of a request. */
export type LogSource = 'access-log' | 'data-event';

/**
 * What a request's ACL was, as far as the log tells (aws-facts §5.1, §5.2). `none-or-owner`: none, or `bucket-owner-full-control`, which no
 * setting refuses. `not-told`: one was set, or may have been, and which it was does not stand in the log.
 */
export type RequestAcl = 'none-or-owner' | 'private' | 'not-public' | 'public' | 'not-told';

/** Who sent a request. */
export type Requester =
  | { readonly is: 'anonymous' }
  /**
   * An ARN, or the canonical id of an account; `account` where it is told. A role's sessions are one: its name is the role's ARN, without its
   * path, which a session's does not tell. `isOwner`: a canonical id that is the bucket owner's own.
   */
  | { readonly is: 'principal'; readonly name: string; readonly account?: string; readonly isOwner?: true }
  | { readonly is: 'service'; readonly name: string }
  /** A special CloudFront user: an origin access identity. */
  | { readonly is: 'origin-access-identity'; readonly name: string }
  | { readonly is: 'unknown' };

/** One request to a bucket, as a log of AWS tells it. Member by member: what a log does not tell is not there. */
export interface LoggedRequest {
  readonly source: LogSource;
  /** Milliseconds since 1970: millions of them are compared. */
  readonly at: number;
  readonly bucket: string;
  /** The API's name: `PutObject`; of an access log's `REST.PUT.OBJECT` too. What has no such name stands as it was logged. */
  readonly operation: string;
  readonly requester: Requester;
  /** Through the website endpoint, which reads no signature. */
  readonly via: 'api' | 'website';
  /** Signed in the address: whoever has the link sends it. */
  readonly isPresigned: boolean;
  readonly acl: RequestAcl;
  /** Did an ACL decide, or was one set (aws-facts §5.1)? Undefined: the log is of a format that does not tell. */
  readonly aclRequired: boolean | undefined;
  readonly address?: string;
  readonly userAgent?: string;
  /** HTTP status, where the log has one. */
  readonly status?: number;
  /**
   * S3's error code, with its text where the log has it: one that names BlockPublicAcls is proof (aws-facts §1.1). Who and which object stand
   * as `…` in it, so that alike errors are one.
   */
  readonly error?: { readonly code: string; readonly says?: string };
}
