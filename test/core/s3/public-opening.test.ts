import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { present, unreadable } from '#core/reading.ts';
import { NO } from '#core/s3/fact.ts';
import { opinionOn, type AwsStatus } from '#core/s3/opinion.ts';
import { publicOpeningOf } from '#core/s3/public-opening.ts';

const open = (more: JsonObject = {}): JsonObject => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::b/*',
  ...more,
});
const deny = (more: JsonObject = {}): JsonObject => open({ Effect: 'Deny', ...more });
const tls = (value: Json, operator = 'Bool', key = 'aws:SecureTransport'): JsonObject =>
  deny({ Condition: { [operator]: { [key]: value } } });

const openingOf = (statements: readonly Json[], aws: AwsStatus = 'not-told') => {
  const policy = present<JsonObject>({ Statement: statements });
  return publicOpeningOf(policy, opinionOn(policy, { aws, isRestricted: NO }));
};

/** What a public policy opens to everyone (aws-facts §2.3: public whatever the action; §3.2 R4). */
describe('does a public policy let everyone read objects', () => {
  test.each<{ case: string; statements: readonly Json[]; objects: boolean }>([
    { case: 'GetObject', statements: [open()], objects: true },
    { case: 'any case', statements: [open({ Action: 'S3:getOBJECT' })], objects: true },
    { case: 'Get*', statements: [open({ Action: ['s3:PutObject', 's3:Get*'] })], objects: true },
    { case: 'everything', statements: [open({ Action: '*' })], objects: true },
    { case: 'one letter open', statements: [open({ Action: 's3:Get?bject' })], objects: true },
    { case: 'a letter short', statements: [open({ Action: 's3:GetObjec' })], objects: false },
    { case: 'a letter long', statements: [open({ Action: 's3:GetObjects' })], objects: false },
    { case: 'a question mark too many', statements: [open({ Action: 's3:GetObject?' })], objects: false },
    { case: 'a star that stands for nothing', statements: [open({ Action: 's3:GetObject*' })], objects: true },
    { case: 'two stars', statements: [open({ Action: '*:*object' })], objects: true },
    { case: 'two stars that do not fit', statements: [open({ Action: '*:*object*x' })], objects: false },
    { case: 'another action', statements: [open({ Action: 's3:ListBucket' })], objects: false },
    { case: 'everything but it', statements: [open({ Action: 'x', NotAction: 'y' })], objects: false },
    { case: 'NotAction of another', statements: [without('Action', { NotAction: 's3:PutObject' })], objects: true },
    { case: 'NotAction of it', statements: [without('Action', { NotAction: ['s3:Get*'] })], objects: false },
    { case: 'no action at all', statements: [without('Action')], objects: false },
    { case: 'an action that is no text', statements: [open({ Action: 7 })], objects: false },
    { case: 'the bucket alone', statements: [open({ Resource: 'arn:aws:s3:::b' })], objects: false },
    { case: 'the bucket in another partition', statements: [open({ Resource: 'arn:aws-cn:s3:::b' })], objects: false },
    { case: 'a prefix', statements: [open({ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/p/'] })], objects: true },
    {
      case: 'a wildcard that may stand for a slash',
      statements: [open({ Resource: 'arn:aws:s3:::b*' })],
      objects: true,
    },
    { case: 'a question mark that may', statements: [open({ Resource: 'arn:aws:s3:::b?k' })], objects: true },
    { case: 'any resource', statements: [open({ Resource: '*' })], objects: true },
    { case: 'no resource', statements: [without('Resource')], objects: true },
    { case: 'a resource that is no text', statements: [open({ Resource: 7 })], objects: false },
    {
      case: 'another statement, which is not public',
      statements: [open({ Action: 's3:ListBucket' }), open({ Principal: { AWS: '444455556666' } })],
      objects: false,
    },
  ])('$case: $objects', ({ statements, objects }) => {
    expect(openingOf(statements)).toEqual({ toRequests: { is: true }, toObjects: { is: objects } });
  });

  test('a policy that is not public opens nothing', () =>
    expect(openingOf([open({ Principal: { AWS: '444455556666' } })])).toEqual({ toRequests: NO, toObjects: NO }));
});

describe('a Deny may shut people out', () => {
  const DOUBT = {
    is: 'unknown',
    why: 'a Deny statement, which does not count for what S3 calls public, may still shut people out',
  };
  test.each<{ case: string; statement: Json; mayShutOut: boolean }>([
    { case: 'without a condition', statement: deny(), mayShutOut: true },
    { case: 'in lower case', statement: deny({ Effect: 'deny' }), mayShutOut: true },
    {
      case: 'unless a VPC endpoint',
      statement: deny({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'v' } } }),
      mayShutOut: true,
    },
    { case: 'of another action', statement: deny({ Action: 's3:PutObject' }), mayShutOut: true },
    { case: 'of whoever comes without TLS', statement: tls('false'), mayShutOut: false },
    { case: 'the same with a boolean', statement: tls([false]), mayShutOut: false },
    { case: 'the same in another case', statement: tls('false', 'BOOL', 'AWS:securetransport'), mayShutOut: false },
    { case: 'of whoever comes with TLS', statement: tls('true'), mayShutOut: true },
    { case: 'by another operator', statement: tls('false', 'StringEquals'), mayShutOut: true },
    { case: 'by another key', statement: tls('false', 'Bool', 'aws:ViaAWSService'), mayShutOut: true },
    { case: 'by a condition that is none', statement: deny({ Condition: { Bool: 'x' } }), mayShutOut: true },
    { case: 'an Allow is none', statement: open(), mayShutOut: false },
    { case: 'what is no statement is none', statement: 'x', mayShutOut: false },
  ])('$case: $mayShutOut', ({ statement, mayShutOut }) => {
    const fact = mayShutOut ? DOUBT : { is: true };
    expect(openingOf([open(), statement])).toEqual({ toRequests: fact, toObjects: fact });
  });
});

describe('where AWS calls public what we do not', () => {
  const DOUBT = { is: 'unknown', why: 'AWS calls the policy public, and it is not known by which statement' };

  test('and it could be read', () =>
    expect(openingOf([open({ Principal: { AWS: '444455556666' } })], 'public')).toEqual({
      toRequests: DOUBT,
      toObjects: DOUBT,
    }));

  test('and it could not be read', () => {
    const policy = unreadable('AccessDenied');
    expect(publicOpeningOf(policy, opinionOn(policy, { aws: 'public', isRestricted: NO }))).toEqual({
      toRequests: { is: true },
      toObjects: DOUBT,
    });
  });
});

function without(member: string, more: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries(open(more)).filter(([name]) => name !== member));
}
