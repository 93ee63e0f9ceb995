import { EXISTS } from '#core/declaration.ts';
import type { Json } from '#core/json.ts';
import { canonicalPolicy, parsePolicy, policyIn } from '#core/policy.ts';
import { ABSENT, mapReading, present } from '#core/reading.ts';
import { blockSetBy, loneValue } from '../event-shapes.ts';
import type { EventValue, Kind } from '../kind.ts';

const REMOVES: ReadonlyMap<string, string> = new Map([
  ['DeleteBucketPublicAccessBlock', 'publicAccessBlock'],
  ['DeleteBucketPolicy', 'policy'],
  ['DeleteBucketOwnershipControls', 'ownership'],
  ['DeleteBucketWebsite', 'website'],
]);

/** What an event set of a bucket (aws-facts §4.2). */
export const eventValue: NonNullable<Kind['eventValue']> = ({ name, parameters = {} }) => {
  const removed = REMOVES.get(name);
  if (removed !== undefined) return { path: removed, reading: ABSENT };
  switch (name) {
    case 'CreateBucket':
      return { path: EXISTS, reading: present(true) };
    case 'DeleteBucket':
      return { path: EXISTS, reading: ABSENT };
    case 'PutBucketPublicAccessBlock': {
      const block = blockSetBy(parameters);
      return { path: 'publicAccessBlock', ...(block === undefined ? {} : { reading: present(block) }) };
    }
    case 'PutBucketPolicy':
      return policySetBy(loneValue(parameters['bucketPolicy']));
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

/** A policy comes parsed; once it came as its text. */
function policySetBy(policy: Json | undefined): EventValue {
  if (policy === undefined) return { path: 'policy' };
  const reading = mapReading(typeof policy === 'string' ? parsePolicy(policy) : policyIn(policy), canonicalPolicy);
  return { path: 'policy', ...(reading.status === 'present' ? { reading } : {}) };
}
