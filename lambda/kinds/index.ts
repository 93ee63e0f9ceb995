import type { Kind } from './kind.ts';
import { s3AccountBlock } from './s3-account-block/declaration.ts';
import { judge as s3AccountBlockJudge } from './s3-account-block/judge.ts';
import { s3BucketComparisons, s3BucketKnowsMore } from './s3-bucket/comparison.ts';
import { s3Bucket } from './s3-bucket/declaration.ts';
import { judge as s3BucketJudge } from './s3-bucket/judge.ts';
import { wafIpSet } from './waf-ip-set/declaration.ts';

/** Every watched kind. Patterns, policies, documentation and conformance tests derive from this list. */
export const kinds: readonly Kind[] = [
  {
    declaration: s3AccountBlock,
    judge: s3AccountBlockJudge,
    reader: async () => (await import('./s3-account-block/reader.ts')).reader,
  },
  {
    declaration: s3Bucket,
    comparisons: s3BucketComparisons,
    knowsMore: s3BucketKnowsMore,
    judge: s3BucketJudge,
    reader: async () => (await import('./s3-bucket/reader.ts')).reader,
  },
  { declaration: wafIpSet, reader: async () => (await import('./waf-ip-set/reader.ts')).reader },
];

/** The same by id. */
export const kindsById: ReadonlyMap<string, Kind> = new Map(kinds.map((kind) => [kind.declaration.id, kind]));
