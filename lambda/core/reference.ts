import { distance } from 'fastest-levenshtein';
import { PlumblineError } from './errors.ts';

/** Names one watched thing. The region of global things, and of CLOUDFRONT-scope WAF, is `global`. */
export interface ResourceRef {
  readonly account: string;
  readonly region: string;
  readonly kind: string;
  readonly id: string;
}

/** A resource, or one path of its state. */
export interface Selection {
  readonly ref: ResourceRef;
  readonly path: string | undefined;
}

/** What has nothing to encode, as nearly every name: told at a tenth of the price. */
const PLAIN = /^[\w.:@=+,-]*$/;

const encodePart = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/[%#/\p{Cc}\p{Cf}\p{Z}\s]/gu, (character) => encodeURIComponent(character));
/** An id may hold slashes: it is the last part. */
const encodeId = (text: string): string =>
  PLAIN.test(text) ? text : text.replace(/[%#\p{Cc}\p{Cf}\p{Z}\s]/gu, (character) => encodeURIComponent(character));

function decode(text: string, whole: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `"${whole}" has a % that starts no escape: write %25 for a per cent sign`,
      { cause },
    );
  }
}

/** `account/region/kind/id`. `%`, `#`, white space and control characters in a part are percent-encoded. */
export function printRef(ref: ResourceRef): string {
  return `${encodePart(ref.account)}/${encodePart(ref.region)}/${encodePart(ref.kind)}/${encodeId(ref.id)}`;
}

/** `account/region/kind/id#path`. */
export function printSelection({ ref, path }: Selection): string {
  return path === undefined ? printRef(ref) : `${printRef(ref)}#${encodePart(path)}`;
}

/** Reads what `printRef` writes. */
export function parseRef(text: string): ResourceRef {
  const [account, region, kind, ...id] = text.split('/');
  if (!account || !region || !kind || id.length === 0 || id.join('/') === '') {
    throw new PlumblineError('REFERENCE_INVALID', `"${text}" is no resource: write account/region/kind/id`);
  }
  return {
    account: decode(account, text),
    region: decode(region, text),
    kind: decode(kind, text),
    id: decode(id.join('/'), text),
  };
}

/** Splits `RESOURCE#path`; the resource may be a tail. */
export function splitPath(text: string): { readonly resource: string; readonly path: string | undefined } {
  const at = text.indexOf('#');
  if (at < 0) return { resource: text, path: undefined };
  const path = text.slice(at + 1);
  if (path === '')
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `"${text}" ends in # without a path: write RESOURCE#path, or leave the # out`,
    );
  return { resource: text.slice(0, at), path: decode(path, text) };
}

/**
 * Finds the resource that a person named: the whole reference, or any unambiguous tail of it (`my-bucket`,
 * `s3-bucket/my-bucket`), optionally with `#path`.
 * Throws REFERENCE_INVALID when nothing or more than one thing bears the name; the sentence lists what does, or what is near.
 */
export function selectFrom(known: readonly ResourceRef[], text: string): Selection {
  const { resource, path } = splitPath(text);
  const printed = known.map((ref) => ({ ref, text: printRef(ref) }));
  const exact = printed.find((entry) => entry.text === resource);
  if (exact) return { ref: exact.ref, path };
  const tails = printed.filter((entry) => entry.text.endsWith(`/${resource}`));
  const [only, ...others] = tails;
  if (only && others.length === 0) return { ref: only.ref, path };
  if (only) {
    const names = tails.map((entry) => entry.text).sort();
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `"${resource}" names ${names.length} resources: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}. Write more of the one you mean`,
    );
  }
  if (resource === '')
    throw new PlumblineError(
      'REFERENCE_INVALID',
      'the name of a resource is empty: write account/region/kind/id, or any unambiguous tail of it',
    );
  const shown = resource.length > 80 ? `${resource.slice(0, 80)}…` : resource;
  const ids = known.map((ref) => ref.id);
  // Of more than a name, its last part is the name.
  const near = nearest(resource, ids) ?? nearest(resource.split('/').at(-1) ?? resource, ids);
  throw new PlumblineError(
    'REFERENCE_INVALID',
    `nothing here is called "${shown}"${near ? `; did you mean "${near}"?` : ': "plumbline scan --all --json" has every name'}`,
  );
}

/** Does a name, with a path or without, name anything at all of what is known? */
export function isNamed(known: readonly ResourceRef[], text: string): boolean {
  const { resource } = splitPath(text);
  return known.some((ref) => `/${printRef(ref)}`.endsWith(`/${resource}`));
}

/** The known name nearest to what was written, if it is near enough to be a slip of the hand. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const most = Math.max(2, Math.floor(written.length / 3));
  let best: { name: string; far: number } | undefined;
  for (const name of known) {
    const far = distance(written, name);
    if (far <= most && (best === undefined || far < best.far)) best = { name, far };
  }
  return best?.name;
}
