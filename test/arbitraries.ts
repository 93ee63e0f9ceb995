import fc from 'fast-check';
import type { Json, JsonObject } from '#core/json.ts';

const word = fc.constantFrom(
  'a',
  'b',
  'B',
  'vpc-1',
  'vpc-2',
  '*',
  '${aws:username}',
  '203.0.113.7',
  '10.1.2.3/8',
  'true',
  '',
);
const oneOrMany = <T extends Json>(of: fc.Arbitrary<T>): fc.Arbitrary<Json> =>
  fc.oneof(of, fc.array(of, { maxLength: 3 }));
const action = fc.constantFrom('s3:GetObject', 'S3:getobject', 's3:*', '*', 's3:PutObject');
const principal = fc.oneof(
  fc.constant<Json>('*'),
  fc.record(
    {
      AWS: oneOrMany(
        fc.constantFrom('*', '111122223333', 'arn:aws:iam::111122223333:root', 'arn:aws:iam::111122223333:role/r'),
      ),
      Service: oneOrMany(fc.constantFrom('logging.s3.amazonaws.com', 'cloudtrail.amazonaws.com')),
    },
    { requiredKeys: [] },
  ),
);
const condition = fc.dictionary(
  fc.constantFrom('StringEquals', 'stringLike', 'IpAddress', 'Bool', 'ForAnyValue:StringLike', 'Null'),
  fc.dictionary(
    fc.constantFrom('aws:SourceVpc', 'AWS:SourceVpc', 'aws:SourceIp', 'aws:SecureTransport'),
    oneOrMany<Json>(fc.oneof(word, fc.boolean(), fc.integer())),
  ),
);
const statement = fc.record(
  {
    Sid: word,
    Effect: fc.constantFrom('Allow', 'Deny', 'allow'),
    Principal: principal,
    NotPrincipal: principal,
    Action: oneOrMany(action),
    NotAction: oneOrMany(action),
    Resource: oneOrMany(word),
    Condition: condition,
  },
  { requiredKeys: ['Effect'] },
);

/** Policies as people and tools write them, and some that AWS would not take. */
export const policies: fc.Arbitrary<JsonObject> = fc.record(
  {
    Version: fc.constantFrom('2012-10-17', '2008-10-17'),
    Id: word,
    Statement: fc.oneof(statement, fc.array(statement, { maxLength: 4 })),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<JsonObject>;

/** The same value with keys and lists in another order. */
export function shuffled(value: Json, random: () => number): Json {
  if (Array.isArray(value))
    return mix(
      value.map((item: Json) => shuffled(item, random)),
      random,
    );
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    mix(Object.entries(value), random).map(([key, inner]) => [key, shuffled(inner as Json, random)]),
  );
}

function mix<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** A repeatable source of chance. */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}
