import { EXISTS } from '#core/declaration.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { canonicalPolicy, parsePolicy } from '#core/policy.ts';
import { ABSENT, mapReading, present, type JsonReading } from '#core/reading.ts';
import { blockFlags } from '#core/s3/block.ts';
import type { EventValue, Kind } from '../kind.ts';

const REMOVES: Readonly<Record<string, string>> = {
  DeleteBucketPublicAccessBlock: 'publicAccessBlock',
  DeleteBucketPolicy: 'policy',
  DeleteBucketOwnershipControls: 'ownership',
  DeleteBucketWebsite: 'website',
};

/** What an event set of a bucket. Two shapes of the same parameters are known: scalars, and lists of one (aws-facts §4.2). */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters = {} }) => {
  const removed = REMOVES[name];
  if (removed !== undefined) return { path: removed, reading: ABSENT };
  switch (name) {
    case 'CreateBucket':
      return { path: EXISTS, reading: present(true) };
    case 'DeleteBucket':
      return { path: EXISTS, reading: ABSENT };
    case 'PutBucketPublicAccessBlock':
      return valueAt('publicAccessBlock', parameters['PublicAccessBlockConfiguration'], (block) =>
        present(blockFlags(block)),
      );
    case 'PutBucketPolicy':
      return valueAt('policy', parameters['bucketPolicy'], (policy) =>
        mapReading(parsePolicy(JSON.stringify(policy)), canonicalPolicy),
      );
    case 'PutBucketOwnershipControls':
      return { path: 'ownership' };
    case 'PutBucketAcl':
      return { path: 'acl' };
    case 'PutBucketWebsite':
      return { path: 'website' };
    default:
      return undefined;
  }
};

function valueAt(path: string, value: Json | undefined, readingOf: (object: JsonObject) => JsonReading): EventValue {
  const only = Array.isArray(value) && value.length === 1 ? (value as readonly Json[])[0] : value;
  if (!isJsonObject(only)) return { path };
  const reading = readingOf(only);
  return reading.status === 'present' ? { path, reading } : { path };
}
