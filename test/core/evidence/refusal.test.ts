import { expect, test } from 'vitest';
import { hasWorked, isRefused, statusOf } from '#core/evidence/refusal.ts';

const request = (operation: string, code?: string, via: 'api' | 'website' = 'api') => ({
  operation,
  via,
  ...(code === undefined ? {} : { error: { code } }),
});

test.each([
  { case: 'no error', of: request('PutObject'), is: 'worked' },
  { case: 'refused (aws-facts §1.1)', of: request('PutObject', 'AccessDenied'), is: 'refused' },
  { case: 'ACLs are off (aws-facts §1.6)', of: request('PutObject', 'AccessControlListNotSupported'), is: 'refused' },
  { case: 'a 403 without a code', of: request('GetObject', 'HTTP 403'), is: 'refused' },
  { case: 'let in, and no such object', of: request('GetObject', 'NoSuchKey'), is: 'worked' },
  { case: 'let in, and no such version', of: request('HeadObject', 'NoSuchVersion'), is: 'worked' },
  { case: 'let in, and not modified', of: request('GetObject', 'HTTP 304'), is: 'worked' },
  {
    case: 'no object is a 404 at a website whoever may read what is there (aws-facts §3.2, H1)',
    of: request('GetObject', 'NoSuchKey', 'website'),
    is: 'neither',
  },
  { case: 'the source of a copy is missing', of: request('CopyObject', 'NoSuchKey'), is: 'neither' },
  { case: 'too many at once', of: request('PutObject', 'SlowDown'), is: 'neither' },
  { case: 'S3 failed', of: request('PutObject', 'InternalError'), is: 'neither' },
  { case: 'who asks could not be told (aws-facts §5.3)', of: request('GetObject', 'ExpiredToken'), is: 'neither' },
  { case: 'the bucket is gone', of: request('PutObject', 'NoSuchBucket'), is: 'neither' },
  { case: 'a 503 without a code', of: request('PutObject', 'HTTP 503'), is: 'neither' },
])('worked, refused, or neither: $case', ({ of, is }) => {
  expect([hasWorked(of), isRefused(of)]).toEqual([is === 'worked', is === 'refused']);
});

test('what stands for a code is a status', () => {
  expect(['HTTP 403', '403', 'Forbidden', 'AccessDenied'].map(statusOf)).toEqual([403, 403, 403, undefined]);
});
