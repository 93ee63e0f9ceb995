import { type Asked } from '../aws-double/ask.ts';
import { BUCKET, OWN_KEY, type Settings } from './settings.ts';

/** A request that shows a row of aws-facts §3.2. */
export interface Probe {
  readonly row: string;
  readonly fact: string;
  /** In a few words: who does what. */
  readonly does: string;
  readonly ask: Asked;
  /** Who reads what was written, where the row says whether its ACL grants anything; the address is that of the write. */
  readonly reader?: 'anonymous' | 'stranger';
  /**
   * It changes settings. `unnoticed`: those that no later request of the table hangs on, so it comes after all others. `put-back`: others,
   * so the bucket is made anew after it.
   */
  readonly leaves?: 'unnoticed' | 'put-back';
  /** Does it show, in a bucket of these settings, what the row speaks of? Asked of both sides; without it always. */
  readonly shows?: (settings: Settings) => boolean;
  /** Is there what the row presumes? Asked of both sides, where not everything that it may be about is in the bucket; without it always. */
  readonly isThere?: (settings: Settings) => boolean;
}

export const object = (key: string): string => `/${BUCKET}/${key}`;
export const get = (key: string, by?: string): Asked => ({
  path: object(key),
  ...(by === undefined ? {} : { key: by }),
});
export const put = (key: string, headers: Record<string, string> = {}, by: string = OWN_KEY): Asked => ({
  method: 'PUT',
  path: object(key),
  key: by,
  headers,
  body: 'x',
});
export const acl = (name: string): Record<string, string> => ({ 'x-amz-acl': name });
export const onBucket = (sub: string, rest: Partial<Asked> = {}): Asked => ({
  method: 'PUT',
  path: `/${BUCKET}?${sub}`,
  key: OWN_KEY,
  ...rest,
});
export const list = (by?: string): Asked => ({
  path: `/${BUCKET}?list-type=2`,
  ...(by === undefined ? {} : { key: by }),
});

/** What a policy opens everywhere is open whatever an ACL says. */
export const isAclAlone = ({ policy }: Settings): boolean => policy !== 'public-everywhere';
