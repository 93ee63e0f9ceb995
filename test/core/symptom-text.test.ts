import { describe, expect, test } from 'vitest';
import { parseSymptom } from '#core/symptom/symptom.ts';

const AT = '2025-10-29T11:30:00.000Z';
const BUCKETS = ['testmaker-exports', 'my.bucket', 'put'];

describe('what a person copied from a log is understood', () => {
  test.each([
    {
      text: 'AccessDenied PutObject testmaker-exports',
      is: { error: 'AccessDenied', operation: 'PutObject', bucket: 'testmaker-exports' },
    },
    { text: 's3:PutObjectAcl on my.bucket: 403', is: { operation: 'PutObjectAcl', bucket: 'my.bucket', status: 403 } },
    {
      text: 'upload to s3://testmaker-exports/a/b.pdf failed',
      is: { operation: 'PutObject', bucket: 'testmaker-exports' },
    },
    { text: 'arn:aws-cn:s3:::my.bucket/key AccessDenied', is: { bucket: 'my.bucket', error: 'AccessDenied' } },
    {
      text: 'https://testmaker-exports.s3.us-east-1.amazonaws.com/a 403',
      is: { bucket: 'testmaker-exports', status: 403 },
    },
    {
      text: 'website http://my.bucket.s3-website-us-east-1.amazonaws.com 403',
      is: { bucket: 'my.bucket', status: 403, isWebsite: true },
    },
    { text: 'AccessControlListNotSupported', is: { error: 'AccessControlListNotSupported' } },
    {
      case: 'a bucket may be called as an operation',
      text: 'put GetObject',
      is: { bucket: 'put', operation: 'GetObject' },
    },
    {
      text: "ERROR::File-003 : Failed to upload file to given s3 testmaker bucket 'testmaker-exports'",
      is: { operation: 'PutObject', bucket: 'testmaker-exports' },
      rest: ['ERROR::File-003', ':', 'file', 'given', 's3', 'testmaker'],
    },
    {
      case: 'what S3 itself answers',
      text: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error> my.bucket',
      is: { error: 'AccessDenied', bucket: 'my.bucket' },
      rest: ['Access', 'Denied'],
    },
    {
      case: 'the page of a blocked request',
      text: '<HTML><TITLE>ERROR: The request could not be satisfied</TITLE><H1>403 ERROR</H1>Request blocked.</HTML>',
      is: { status: 403 },
      rest: ['ERROR:', 'request', 'could', 'not', 'be', 'satisfied', 'Request', 'blocked.'],
    },
    {
      text: 'PutObject my.bucket because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.',
      is: { operation: 'PutObject', bucket: 'my.bucket', refusedBy: { flag: 'BlockPublicAcls' } },
      rest: expect.anything() as string[],
    },
    {
      text: 'User: x is not authorized to perform: kms:Decrypt on my.bucket',
      is: { bucket: 'my.bucket', refusedBy: { other: 'kms:Decrypt' } },
      rest: expect.anything() as string[],
    },
    {
      text: 'User: x is not authorized to perform: s3:GetObject on my.bucket with an explicit deny in a permissions boundary',
      is: { operation: 'GetObject', bucket: 'my.bucket', refusedBy: { other: 'permissions boundary' } },
      rest: expect.anything() as string[],
    },
    { text: 'login failed', is: {}, rest: ['login'] },
    { case: 'of two the first counts', text: 'AccessDenied NoSuchKey', is: { error: 'AccessDenied' } },
  ])('$text', ({ text, is, rest = [] }) => {
    expect(parseSymptom(text, AT, BUCKETS)).toEqual({ text, at: AT, ...is, rest });
  });

  test('nothing: one sentence that says how to mend it', () => {
    expect(() => parseSymptom(' ', AT, BUCKETS)).toThrow(
      '--symptom: write what failed, such as "AccessDenied PutObject my-bucket"',
    );
  });
});
