import { WAFV2Client } from '@aws-sdk/client-wafv2';
import { textOf } from '#core/json.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { Observation } from '#core/state.ts';
import type { AwsReads, Found } from './kind.ts';

/** Things a page; 100 is the most that WAF's lists take (aws-facts §6). */
const PAGE = 100;

export type WafScope = 'CLOUDFRONT' | 'REGIONAL';

/** The `global` region holds what is of CLOUDFRONT scope. */
export function wafScopeOf(region: string): WafScope {
  return region === 'global' ? 'CLOUDFRONT' : 'REGIONAL';
}

/** What WAF's lists tell of one thing. */
export interface WafSummary {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
  readonly ARN?: string | undefined;
  readonly LockToken?: string | undefined;
}

export interface WafPage {
  readonly items: readonly WafSummary[] | undefined;
  readonly marker: string | undefined;
}

export interface WafListing {
  readonly kind: string;
  readonly region: string;
  readonly aws: AwsReads;
  readonly send: (
    waf: WAFV2Client,
    input: { readonly Scope: WafScope; readonly Limit: number; readonly NextMarker?: string },
  ) => Promise<WafPage>;
}

/** Everything of one kind in one scope, a page at a time, with AWS's ids and lock tokens as hints. */
export async function* listWaf({ kind, region, aws, send }: WafListing): AsyncIterable<readonly Found[]> {
  const seen = new Set<string>();
  let marker: string | undefined;
  do {
    const input = { Scope: wafScopeOf(region), Limit: PAGE, ...(marker === undefined ? {} : { NextMarker: marker }) };
    const page = await aws.call({ client: WAFV2Client, region, send: (waf) => send(waf, input) });
    yield (page.items ?? []).flatMap(({ Name, Id, ARN, LockToken }) =>
      Name === undefined || Id === undefined
        ? []
        : [
            {
              ref: { account: aws.account, region, kind, id: Name },
              hint: { id: Id, lockToken: LockToken ?? '', ...(ARN === undefined ? {} : { arn: ARN }) },
            },
          ],
    );
    if (marker !== undefined) seen.add(marker);
    marker = page.marker;
    // Whether the last page may carry a marker too is unsettled (aws-facts §6): an empty page or a marker come back ends it.
  } while (marker !== undefined && marker !== '' && !seen.has(marker));
}

/** One thing with the id that AWS gave it. */
export interface FoundById extends Found {
  readonly id: string;
}

export interface NamedRead {
  readonly list: () => AsyncIterable<readonly Found[]>;
  readonly read: (found: FoundById) => Promise<Observation>;
  readonly now: () => Date;
}

/** The reference is the name; an id that is known of it may be that of a thing which is gone, and whose name was taken again. */
export async function readByName({ ref, hint }: Found, { list, read, now }: NamedRead): Promise<Observation> {
  const known = textOf(hint['id']);
  const seen = known === undefined ? undefined : await read({ ref, hint, id: known });
  if (seen !== undefined && seen.seen !== 'gone') return seen;
  const found = await foundIn(list(), ref);
  const id = textOf(found?.hint['id']);
  if (found !== undefined && id !== undefined && id !== known) return read({ ...found, id });
  return seen ?? { seen: 'gone', ref, takenAt: now().toISOString(), code: 'NotListed' };
}

/** What bears the name now; undefined: nothing of the region does. */
async function foundIn(pages: AsyncIterable<readonly Found[]>, ref: ResourceRef): Promise<Found | undefined> {
  for await (const page of pages) {
    const found = page.find((one) => one.ref.id === ref.id);
    if (found !== undefined) return found;
  }
  return undefined;
}
