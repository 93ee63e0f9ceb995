import { PlumblineError } from '#core/errors.ts';

/** Where documents are kept, as it was asked for. */
export type StorePlace =
  | { readonly in: 'folder'; readonly folder: string }
  | { readonly in: 'bucket'; readonly bucket: string; readonly prefix: string };

export const DEFAULT_STORE = '.plumbline';

/** A name as S3 allows it: 3 to 63 small letters, digits, dots and hyphens. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads a folder, or `s3://bucket` with a prefix or without. Throws ARGUMENT_INVALID for what is neither. */
export function parseStorePlace(text: string): StorePlace {
  return parsePlace(text, { option: '--store', takes: `a folder, such as ${DEFAULT_STORE}`, example: 'plumbline' });
}

/** What an option calls the places that it takes. */
export interface PlaceWords {
  readonly option: string;
  /** What it takes beside a bucket. */
  readonly takes: string;
  /** A prefix that somebody might have. */
  readonly example: string;
}

/** The same for another option. */
export function parsePlace(text: string, { option, takes, example }: PlaceWords): StorePlace {
  const refusal = (says: string): PlumblineError =>
    new PlumblineError('ARGUMENT_INVALID', `${option} ${text}: ${says}`);
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/is.exec(text) ?? [];
  const isSlip = scheme === undefined && /^s3:/i.test(text); // a folder of that name would silently keep what was meant for a bucket
  if (text === '' || isSlip || (scheme !== undefined && scheme.toLowerCase() !== 's3'))
    throw refusal(`it takes ${takes}, or s3://bucket/prefix`);
  if (scheme === undefined) return { in: 'folder', folder: text };
  const [bucket = '', ...parts] = rest.replace(/\/$/, '').split('/');
  if (!BUCKET.test(bucket))
    throw refusal(`"${bucket}" is no name of a bucket: write s3://bucket or s3://bucket/prefix`);
  if (parts.some((part) => ['', '.', '..'].includes(part) || /\p{Cc}/u.test(part)))
    throw refusal(`a part of the prefix is empty, dots or unprintable: write one such as s3://bucket/${example}`);
  return { in: 'bucket', bucket, prefix: parts.join('/') };
}
