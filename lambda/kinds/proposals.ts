import type { KindProposal } from './kind.ts';
import { proposal as s3AccountBlock } from './s3-account-block/proposal.ts';
import { proposal as s3Bucket } from './s3-bucket/proposal.ts';
import { proposal as wafIpSet } from './waf-ip-set/proposal.ts';

/**
 * The kinds of which can be asked what a change would do, by id. Beside the registry and not in it: most functions are never asked, and
 * every kilobyte of a bundle is read at each cold start.
 */
export const proposals: ReadonlyMap<string, KindProposal> = new Map([
  ['s3-account-block', s3AccountBlock],
  ['s3-bucket', s3Bucket],
  ['waf-ip-set', wafIpSet],
]);
