import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Documents } from '#lambda/ports.ts';

/** A link that nobody answers must not hold a person. */
const PATIENCE_MS = 60_000;

const LOCAL_HOST = /^(localhost|\[[0-9a-f:.]+\]|\d{1,3}(\.\d{1,3}){3})$/i;
const S3_HOST = /^s3([.-][a-z0-9-]+)*\.amazonaws\.com(\.cn)?$/;

export interface LinkedAnswer {
  readonly key: string;
  /** As the service answered; checked here. */
  readonly link: Json | undefined;
}

/**
 * The document behind a link that a service gave; undefined where the link leads to anything but that document in that store, or does not
 * open: whoever may read the bucket reads it there.
 */
export async function readLinked(
  { place }: Pick<Documents, 'place'>,
  { key, link }: LinkedAnswer,
): Promise<JsonObject | undefined> {
  const url = isJsonObject(link) && typeof link['url'] === 'string' ? link['url'] : undefined;
  if (url === undefined || !leadsTo(url, `${place}/${key}`)) return undefined;
  try {
    const answer = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!answer.ok) return undefined;
    const value: unknown = JSON.parse(await answer.text());
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Is it S3's address of this document, and of no other? A service that was tampered with could else send a person anywhere. */
export function leadsTo(url: string, address: string): boolean {
  const [, bucket = '', key = ''] = /^s3:\/\/([^/]+)\/(.+)$/.exec(address) ?? [];
  if (bucket === '' || !URL.canParse(url)) return false;
  const { protocol, hostname, pathname, username, password } = new URL(url);
  if (username !== '' || password !== '') return false;
  if (LOCAL_HOST.test(hostname)) return pathname === `/${bucket}/${key}`;
  if (protocol !== 'https:') return false;
  if (S3_HOST.test(hostname)) return pathname === `/${bucket}/${key}`;
  return hostname.startsWith(`${bucket}.`) && S3_HOST.test(hostname.slice(bucket.length + 1)) && pathname === `/${key}`;
}
