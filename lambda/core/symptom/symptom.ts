import { PlumblineError } from '../errors.ts';

/** What went wrong, as somebody saw it. */
export interface Symptom {
  /** As it was written. */
  readonly text: string;
  /** When it was seen (ISO 8601, UTC). */
  readonly at: string;
  /** The API's name of what failed. */
  readonly operation?: string;
  /** S3's error code. */
  readonly error?: string;
  /** HTTP status. */
  readonly status?: number;
  /** The name of a bucket that is known. */
  readonly bucket?: string;
  /** It lasts until `at`, as logs have it: a change explains it that stood when the first such request since it was refused. */
  readonly isLasting?: true;
  /** It came through a website endpoint. */
  readonly isWebsite?: boolean;
  /** What the error's own text names as what refused it, where it does (aws-facts §1.1). */
  readonly refusedBy?: NamedRefusal;
  /** Words of which nothing is understood. */
  readonly rest: readonly string[];
}

/** A flag of a block; or what nothing that is watched decides: an action of another service, a policy of another sort. */
export type NamedRefusal = { readonly flag: string } | { readonly other: string };

const FLAG = /prevented by the (\w+) setting in S3 Block Public Access/;
const ACTION = /not authorized to perform: (?!s3:)([\w-]+:\w+)/;
/** Of a policy of the resource, S3 says that also where it is RestrictPublicBuckets that refuses: so that is not among them. */
const POLICY =
  /explicit deny in an? (service control policy|resource control policy|permissions boundary|session policy|identity-based policy|VPC endpoint policy)/;

function refusalNamedIn(text: string): NamedRefusal | undefined {
  const [, flag] = FLAG.exec(text) ?? [];
  if (flag !== undefined) return { flag };
  const other = ACTION.exec(text)?.[1] ?? POLICY.exec(text)?.[1];
  return other === undefined ? undefined : { other };
}

/** A page or a document of an error: what stands in its tags tells nothing. */
const TAGS = /<[^<>]*>/g;

/** Operations of S3 by the words that people and SDKs write, in lower case and without what stands between. */
const OPERATIONS: ReadonlyMap<string, string> = new Map(
  [
    'PutObject',
    'CopyObject',
    'CreateMultipartUpload',
    'PostObject',
    'UploadPart',
    'PutObjectAcl',
    'PutBucketAcl',
    'GetObject',
    'HeadObject',
    'ListObjects',
    'ListObjectsV2',
    'ListObjectVersions',
    'HeadBucket',
    'DeleteObject',
    'PutBucketPolicy',
    'CreateBucket',
    'GetObjectAcl',
  ].map((name) => [name.toLowerCase(), name]),
);

const WORDS: ReadonlyMap<string, string> = new Map([
  ['upload', 'PutObject'],
  ['uploads', 'PutObject'],
  ['put', 'PutObject'],
  ['uploadobject', 'PutObject'],
  ['download', 'GetObject'],
  ['downloads', 'GetObject'],
  ['get', 'GetObject'],
  ['list', 'ListObjectsV2'],
  ['listbucket', 'ListObjectsV2'],
]);

/** Error codes of S3 that a setting which is watched can be the cause of, and those that are told apart from them. */
const ERRORS: ReadonlyMap<string, string> = new Map(
  [
    'AccessDenied',
    'AllAccessDisabled',
    'AccessControlListNotSupported',
    'InvalidBucketAclWithObjectOwnership',
    'InvalidBucketAclWithBlockPublicAccessError',
    'NoSuchBucket',
    'NoSuchKey',
    'NoSuchWebsiteConfiguration',
    'MethodNotAllowed',
    'SlowDown',
    'InternalError',
    'SignatureDoesNotMatch',
    'InvalidAccessKeyId',
    'ExpiredToken',
    'RequestTimeTooSkewed',
  ].map((code) => [code.toLowerCase(), code]),
);

const WEBSITE = new Set(['website', 's3-website', 'site']);
const FILLERS = new Set(['on', 'to', 'in', 'from', 'the', 'of', 'at', 'error', 'failed', 'bucket', 'object', 'for']);

/**
 * Understands what a person copied from a log: an error, an operation and the name of a bucket, in whatever order; what is not understood
 * stands in `rest`. `buckets`: those that are known. Throws ARGUMENT_INVALID where nothing was written. Pure.
 */
export function parseSymptom(text: string, at: string, buckets: readonly string[]): Symptom {
  const words = text
    .replace(TAGS, ' ')
    .split(/[\s,;()'"]+/)
    .filter((word) => word !== '');
  if (words.length === 0)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      '--symptom: write what failed, such as "AccessDenied PutObject my-bucket"',
    );
  const known = new Set(buckets);
  const parts = words.map((word) => ({ word, part: partIn(word, known) }));
  // Of two words for one thing the first counts.
  const found: Part = Object.assign({}, ...parts.map(({ part }) => part ?? {}).toReversed()) as Part;
  const rest = parts.filter(({ word, part }) => part === undefined && !FILLERS.has(word.toLowerCase()));
  const refusedBy = refusalNamedIn(text);
  return { text, at, ...found, ...(refusedBy === undefined ? {} : { refusedBy }), rest: rest.map(({ word }) => word) };
}

type Part = Pick<Symptom, 'operation' | 'error' | 'status' | 'bucket' | 'isWebsite'>;

/** What one word tells; undefined where it is not understood. */
function partIn(word: string, known: ReadonlySet<string>): Part | undefined {
  const bucket = bucketIn(word, known);
  if (bucket !== undefined) return { bucket };
  const plain = word
    .toLowerCase()
    .replace(/^s3:(?!\/)/, '')
    .replace(/[.:]+$/, '');
  const operation = OPERATIONS.get(plain) ?? WORDS.get(plain);
  if (operation !== undefined) return { operation };
  const error = ERRORS.get(plain);
  if (error !== undefined) return { error };
  if (/^[45]\d\d$/.test(plain)) return { status: Number(plain) };
  return WEBSITE.has(plain) ? { isWebsite: true } : undefined;
}

/** The bucket that a word names: by itself, in an ARN, in an address, or before a key. */
function bucketIn(word: string, known: ReadonlySet<string>): string | undefined {
  const bare = word.replace(/[.:]+$/, '');
  const arn = /^arn:[\w-]+:s3:::([^/*]+)/.exec(bare)?.[1];
  const address = /^(?:s3|https?):\/\/([^/?#]+)(?:\/([^/?#]+))?/.exec(bare);
  const host = address?.[1]?.replace(/\.s3(?:-website)?[.-].*$/, '');
  return [bare, arn, host, address?.[2], bare.split('/')[0]].find((name) => name !== undefined && known.has(name));
}

/** Does it tell what failed? A bucket's name beside words that are not understood does not: a timeout there is nothing that a setting explains. */
export function isFailureNamed({ error, status, operation, isWebsite, rest }: Symptom): boolean {
  return (
    error !== undefined || status !== undefined || operation !== undefined || isWebsite === true || rest.length === 0
  );
}
