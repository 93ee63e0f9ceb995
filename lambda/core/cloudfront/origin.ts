import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { s3DomainOf, type S3Domain } from './s3-domain.ts';

/** What CloudFront's API says of one origin. */
export interface OriginFacts {
  readonly domain: string;
  /** What is put before the path of every request; empty for nothing. */
  readonly path?: string;
  readonly accessControl?: { readonly id: string; readonly signing: string };
  /** As the API has it: `origin-access-identity/cloudfront/ID`, or empty. */
  readonly identity?: string;
  readonly isVpcOrigin?: boolean;
}

/** By what CloudFront comes to an origin: it decides which row of aws-facts §3.2 its requests stand under. */
export type ReachedBy =
  'origin-access-control' | 'origin-access-identity' | 'unsigned' | 'website' | 'custom-origin' | 'vpc-origin';

/** One origin as a state has it. */
export interface Origin {
  readonly domain: string;
  readonly path: string;
  readonly reachedBy: string;
  readonly bucket: string | undefined;
  readonly accessPoint: string | undefined;
  readonly accessControl: string | undefined;
  readonly signing: string | undefined;
  readonly identity: string | undefined;
}

/** The compared form of an origin. What a distribution sends to it in headers of its own may be a secret, and is not kept. */
export function canonicalOrigin({ path = '', accessControl, identity = '', ...facts }: OriginFacts): JsonObject {
  const domain = facts.domain.toLowerCase();
  const s3 = facts.isVpcOrigin === true ? undefined : s3DomainOf(domain, path);
  const identityId = identity.split('/').at(-1) ?? '';
  const control =
    accessControl === undefined ? {} : { accessControl: accessControl.id, signing: accessControl.signing };
  return {
    domain,
    ...(path === '' ? {} : { path }),
    ...(s3 === undefined ? {} : thingOf(s3)),
    reachedBy: reachedBy(s3, { accessControl, identityId, isVpcOrigin: facts.isVpcOrigin === true }),
    ...control,
    ...(identityId === '' ? {} : { identity: identityId }),
  };
}

function thingOf({ endpoint, name, region }: S3Domain): JsonObject {
  const place = region === undefined ? {} : { region };
  return endpoint === 'access-point' ? { accessPoint: name, ...place } : { bucket: name, ...place };
}

function reachedBy(
  s3: S3Domain | undefined,
  by: { readonly accessControl: object | undefined; readonly identityId: string; readonly isVpcOrigin: boolean },
): ReachedBy {
  if (by.isVpcOrigin) return 'vpc-origin';
  if (s3 === undefined) return 'custom-origin';
  // Website endpoints read no signature (aws-facts §3.2 H1).
  if (s3.endpoint === 'website') return 'website';
  if (by.accessControl !== undefined) return 'origin-access-control';
  return by.identityId === '' ? 'unsigned' : 'origin-access-identity';
}

/** An origin out of a state; undefined for what is none. */
export function originIn(value: Json | undefined): Origin | undefined {
  if (!isJsonObject(value)) return undefined;
  const text = (member: string): string | undefined => textOf(value[member]);
  return {
    domain: text('domain') ?? '',
    path: text('path') ?? '',
    reachedBy: text('reachedBy') ?? '',
    bucket: text('bucket'),
    accessPoint: text('accessPoint'),
    accessControl: text('accessControl'),
    signing: text('signing'),
    identity: text('identity'),
  };
}

/** Whether requests to an origin are signed, and as whom, as far as an origin can tell principals apart. */
export type Signer = 'nobody' | 'cloudfront' | 'identity' | 'unknown';

/** Who signs. An access control counts for servers of other kinds too, such as the address of a function. */
export function signerOf({ reachedBy: by, accessControl, identity, signing }: Origin): Signer {
  // Website endpoints read no signature (aws-facts §3.2 H1).
  if (by === 'website') return 'nobody';
  if (accessControl === undefined) return identity === undefined ? 'nobody' : 'identity';
  if (signing === 'never') return 'nobody';
  return signing === 'always' || signing === 'no-override' ? 'cloudfront' : 'unknown';
}

/** Is it S3, with policies of buckets and access points? */
export function isS3({ bucket, accessPoint }: Origin): boolean {
  return bucket !== undefined || accessPoint !== undefined;
}

/** As whom an origin is asked, in a few words: `with origin access control E1`. */
export function signerText(origin: Origin): string {
  const { accessControl = '', identity = '', signing = '' } = origin;
  switch (signerOf(origin)) {
    case 'nobody':
      return 'without a signature';
    case 'identity':
      return `as origin access identity ${identity}`;
    case 'cloudfront':
      return `with origin access control ${accessControl}`;
    case 'unknown':
      return `with origin access control ${accessControl}, which signs in a way that is not known here (${signing})`;
  }
}

/** What an origin is, in a few words: `bucket assets`, or its host. */
export function placeText({ bucket, accessPoint, domain }: Origin): string {
  if (bucket !== undefined) return `bucket ${bucket}`;
  return accessPoint === undefined ? domain : `access point ${accessPoint}`;
}

/** What is asked and as whom: `bucket assets with origin access control E1`; of a server that is asked unsigned its host alone. */
export function originText(origin: Origin): string {
  const place = placeText(origin);
  return signerOf(origin) === 'nobody' && !isS3(origin) ? place : `${place} ${signerText(origin)}`;
}
