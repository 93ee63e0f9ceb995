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
describe('does a public policy let everyone read objects, or do something else', () => {
  test.each<{ case: string; statements: readonly Json[]; objects: boolean; others?: boolean }>([
    { case: 'GetObject', statements: [open()], objects: true, others: false },
    { case: 'any case', statements: [open({ Action: 'S3:getOBJECT' })], objects: true, others: false },
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
    {
      case: 'NotAction of several, it among them',
      statements: [without('Action', { NotAction: ['s3:PutObject', 's3:GetObject'] })],
      objects: false,
    },
    {
      case: 'several actions, of which one is it',
      statements: [open({ Action: ['s3:GetObject', 's3:PutObject'] })],
      objects: true,
    },
    { case: 'no action at all', statements: [without('Action')], objects: false, others: false },
    { case: 'an action that is no text', statements: [open({ Action: 7 })], objects: false },
    { case: 'the bucket alone', statements: [open({ Resource: 'arn:aws:s3:::b' })], objects: false, others: false },
    {
      case: 'the bucket in another partition',
      statements: [open({ Resource: 'arn:aws-cn:s3:::b' })],
      objects: false,
      others: false,
    },
    {
      case: 'a prefix',
      statements: [open({ Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/p/'] })],
      objects: true,
      others: false,
    },
    {
      case: 'a wildcard that may stand for a slash',
      statements: [open({ Resource: 'arn:aws:s3:::b*' })],
      objects: true,
      others: false,
    },
    {
      case: 'a question mark that may',
      statements: [open({ Resource: 'arn:aws:s3:::b?k' })],
      objects: true,
      others: false,
    },
    { case: 'any resource', statements: [open({ Resource: '*' })], objects: true, others: false },
    { case: 'no resource', statements: [without('Resource')], objects: true, others: false },
    { case: 'a resource that is no text', statements: [open({ Resource: 7 })], objects: false, others: false },
    {
      case: 'another statement, which is not public',
      statements: [open({ Action: 's3:ListBucket' }), open({ Principal: { AWS: '444455556666' } })],
      objects: false,
    },
  ])('$case: $objects', ({ statements, objects, others = true }) => {
    expect(openingOf(statements)).toEqual({
      toObjects: { is: objects },
      toOthers: { is: others },
      readsMayBeDenied: NO,
      mayBeDenied: NO,
      deniesPlainHttp: false,
    });
  });

  test('a policy that is not public opens nothing', () =>
    expect(openingOf([open({ Principal: { AWS: '444455556666' } })])).toEqual({
      toObjects: NO,
      toOthers: NO,
      readsMayBeDenied: NO,
      mayBeDenied: NO,
      deniesPlainHttp: false,
    }));
});

/** A condition that does not make a statement non-public still decides who gets in (aws-facts §2.2). */
describe('do unsigned requests fulfil a public statement', () => {
  const BY_CONDITION = {
    is: 'unknown',
    why: 'the condition of the public statement decides, and S3 does not count it as a limit',
  };
  const when = (operator: string, key: string, value: Json): JsonObject =>
    open({ Condition: { [operator]: { [key]: value } } });

  test.each<{ case: string; statement: JsonObject; fact: unknown }>([
    { case: 'without a condition', statement: open(), fact: { is: true } },
    { case: 'an empty condition', statement: open({ Condition: {} }), fact: { is: true } },
    { case: 'everyone in a list', statement: open({ Principal: { AWS: ['*'] } }), fact: { is: true } },
    { case: 'over TLS', statement: when('Bool', 'aws:SecureTransport', 'true'), fact: { is: true } },
    { case: 'over TLS, as a boolean', statement: when('bool', 'AWS:securetransport', true), fact: { is: true } },
    {
      case: 'with TLS or without',
      statement: when('Bool', 'aws:SecureTransport', ['true', 'false']),
      fact: BY_CONDITION,
    },
    { case: 'true of another key', statement: when('Bool', 'aws:ViaAWSService', 'true'), fact: BY_CONDITION },
    { case: 'without TLS', statement: when('Bool', 'aws:SecureTransport', 'false'), fact: BY_CONDITION },
    {
      case: 'TLS by another operator',
      statement: when('StringEquals', 'aws:SecureTransport', 'true'),
      fact: BY_CONDITION,
    },
    { case: 'a referer', statement: when('StringLike', 'aws:Referer', 'https://a/*'), fact: BY_CONDITION },
    { case: 'any organisation', statement: when('StringLike', 'aws:PrincipalOrgID', '*'), fact: NO },
    { case: 'any user name', statement: when('StringLike', 'aws:username', '*'), fact: NO },
    { case: 'any user id', statement: when('StringLike', 'aws:userid', '*'), fact: NO },
    { case: 'any VPC endpoint', statement: when('StringLike', 'aws:SourceVpce', '*'), fact: NO },
    { case: 'any source ARN', statement: when('ArnLike', 'AWS:SourceArn', '*'), fact: NO },
    { case: 'a key whose name goes on', statement: when('StringLike', 'aws:usernames', '*'), fact: BY_CONDITION },
    {
      case: 'not some organisation',
      statement: when('StringNotEquals', 'aws:PrincipalOrgID', 'o-x'),
      fact: BY_CONDITION,
    },
    { case: 'if it exists', statement: when('StringLikeIfExists', 'aws:PrincipalOrgID', 'o-*'), fact: BY_CONDITION },
    {
      case: 'for all values',
      statement: when('ForAllValues:StringLike', 'aws:PrincipalOrgPaths', 'o-*'),
      fact: BY_CONDITION,
    },
    { case: 'where it is missing', statement: when('Null', 'aws:PrincipalOrgID', 'true'), fact: BY_CONDITION },
    {
      case: 'one that it lacks beside one that decides',
      statement: open({ Condition: { StringLike: { 'aws:Referer': 'a', 'aws:PrincipalArn': '*' } } }),
      fact: NO,
    },
  ])('$case', ({ statement, fact }) => {
    expect(openingOf([statement]).toObjects).toEqual(fact);
  });

  test('it takes one statement without a condition', () =>
    expect(openingOf([when('StringLike', 'aws:Referer', 'a'), open()]).toObjects).toEqual({ is: true }));

  test('a statement that names all but some', () =>
    expect(openingOf([without('Principal', { NotPrincipal: { AWS: '111122223333' } })]).toObjects).toEqual({
      is: 'unknown',
      why: 'the public statement names no plain *, and whether it takes in unsigned requests is not known',
    }));
});

describe('a Deny of whoever comes without TLS shuts website endpoints', () => {
  const noTls: JsonObject = { Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
  test.each<{ case: string; statement: JsonObject; isDenied: boolean }>([
    { case: 'of everything', statement: deny({ ...noTls, Action: 's3:*' }), isDenied: true },
    { case: 'of everything, by a whole wildcard', statement: deny({ ...noTls, Resource: '*' }), isDenied: true },
    {
      case: 'of every object of the bucket, and of the bucket',
      statement: deny({ ...noTls, Resource: ['arn:aws:s3:::b', 'arn:aws:s3:::b/*'] }),
      isDenied: true,
    },
    {
      case: 'of everything that starts so',
      statement: deny({ ...noTls, Resource: 'arn:aws:s3:::b/*.html' }),
      isDenied: false,
    },
    { case: 'of every action but it', statement: { ...deny(noTls), Action: 's3:Put*' }, isDenied: false },
    {
      case: 'with TLS or without',
      statement: deny({ Condition: { Bool: { 'aws:SecureTransport': ['true', 'false'] } } }),
      isDenied: false,
    },
    { case: 'of one folder', statement: deny({ ...noTls, Resource: 'arn:aws:s3:::b/p/*' }), isDenied: false },
    { case: 'of one object', statement: deny({ ...noTls, Resource: 'arn:aws:s3:::b/k' }), isDenied: false },
    { case: 'of another action', statement: deny({ ...noTls, Action: 's3:PutObject' }), isDenied: false },
    { case: 'of one account', statement: deny({ ...noTls, Principal: { AWS: '444455556666' } }), isDenied: false },
    {
      case: 'of some addresses',
      statement: deny({
        Condition: { Bool: { 'aws:SecureTransport': 'false' }, IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } },
      }),
      isDenied: false,
    },
    { case: 'without a condition', statement: deny(), isDenied: false },
  ])('$case: $isDenied', ({ statement, isDenied }) => {
    expect(openingOf([open(), statement]).deniesPlainHttp).toBe(isDenied);
  });
});

describe('a Deny may shut people out', () => {
  const DOUBT = {
    is: 'unknown',
    why: 'a Deny statement, which does not count for what S3 calls public, may still shut people out',
  };
  test.each<{ case: string; statement: Json; mayShutOut: boolean; reads?: boolean }>([
    { case: 'without a condition', statement: deny(), mayShutOut: true },
    { case: 'in lower case', statement: deny({ Effect: 'deny' }), mayShutOut: true },
    {
      case: 'unless a VPC endpoint',
      statement: deny({ Condition: { StringNotEquals: { 'aws:SourceVpce': 'v' } } }),
      mayShutOut: true,
    },
    { case: 'of another action', statement: deny({ Action: 's3:PutObject' }), mayShutOut: true, reads: false },
    { case: 'of the bucket alone', statement: deny({ Resource: 'arn:aws:s3:::b' }), mayShutOut: true, reads: false },
    { case: 'of one account', statement: deny({ Principal: { AWS: '444455556666' } }), mayShutOut: true, reads: false },
    {
      case: 'of everyone but one account',
      statement: without('Principal', { Effect: 'Deny', NotPrincipal: { AWS: '444455556666' } }),
      mayShutOut: true,
    },
    { case: 'of whoever comes without TLS', statement: tls('false'), mayShutOut: false },
    { case: 'the same with a boolean', statement: tls([false]), mayShutOut: false },
    { case: 'the same in another case', statement: tls('false', 'BOOL', 'AWS:securetransport'), mayShutOut: false },
    { case: 'of whoever comes with TLS', statement: tls('true'), mayShutOut: true },
    { case: 'by another operator', statement: tls('false', 'StringEquals'), mayShutOut: true },
    { case: 'by another key', statement: tls('false', 'Bool', 'aws:ViaAWSService'), mayShutOut: true },
    { case: 'by a condition that is none', statement: deny({ Condition: { Bool: 'x' } }), mayShutOut: true },
    { case: 'an Allow is none', statement: open(), mayShutOut: false },
    { case: 'what is no statement is none', statement: 'x', mayShutOut: false },
  ])('$case: $mayShutOut', ({ statement, mayShutOut, reads = mayShutOut }) => {
    const opening = openingOf([open(), open({ Action: 's3:ListBucket' }), statement]);
    // What is denied without TLS is open with it.
    expect(opening).toMatchObject({
      toObjects: reads ? DOUBT : { is: true },
      toOthers: mayShutOut ? DOUBT : { is: true },
      readsMayBeDenied: reads ? DOUBT : NO,
      mayBeDenied: mayShutOut ? DOUBT : NO,
    });
  });
});

describe('where AWS calls public what we do not', () => {
  const UNREAD = { is: 'unknown', why: 'the bucket policy was not read, so what it opens is not known' };
  const DOUBT = { is: 'unknown', why: 'AWS calls the policy public, and it is not known by which statement' };

  test('and it could be read', () =>
    expect(openingOf([open({ Principal: { AWS: '444455556666' } })], 'public')).toEqual({
      toObjects: DOUBT,
      toOthers: DOUBT,
      readsMayBeDenied: NO,
      mayBeDenied: NO,
      deniesPlainHttp: false,
    }));

  test('and it could not be read', () => {
    const policy = unreadable('AccessDenied');
    expect(publicOpeningOf(policy, opinionOn(policy, { aws: 'public', isRestricted: NO }))).toEqual({
      toObjects: UNREAD,
      toOthers: UNREAD,
      readsMayBeDenied: NO,
      mayBeDenied: NO,
      deniesPlainHttp: false,
    });
  });
});

function without(member: string, more: JsonObject = {}): JsonObject {
  return Object.fromEntries(Object.entries(open(more)).filter(([name]) => name !== member));
}
