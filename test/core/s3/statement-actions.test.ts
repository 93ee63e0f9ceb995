import { describe, expect, test } from 'vitest';
import { bearsOn, namesOperation } from '#core/s3/statement-actions.ts';

const names = (Action: string | readonly string[]) => ({ Action: Action as string });
const but = (NotAction: string | readonly string[]) => ({ NotAction: NotAction as string });

describe('which operations a statement is about (aws-facts §1.1, §7; service authorization reference of S3)', () => {
  test.each([
    { of: names('s3:PutObject'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:putobject'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:Put*'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:P?tObject'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:PutObjec?'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:PutObject?'), operation: 'PutObject', is: 'neither' },
    { of: names('s3:?ut*Acl'), operation: 'PutObject', is: 'needed by some' },
    { of: names('*'), operation: 'PutObject', is: 'about it' },
    { of: names('s3:PutObjectAcl'), operation: 'PutObject', is: 'needed by some' },
    { of: names('s3:PutObjectTagging'), operation: 'CreateMultipartUpload', is: 'needed by some' },
    { of: names('s3:PutObjectAcl'), operation: 'CopyObject', is: 'needed by some' },
    { of: names('s3:GetObject'), operation: 'CopyObject', is: 'needed by some' },
    { of: names('s3:PutObject'), operation: 'CopyObject', is: 'about it' },
    { of: names('s3:PutObjectAcl'), operation: 'UploadPart', is: 'neither' },
    { of: names('s3:PutObject'), operation: 'CompleteMultipartUpload', is: 'about it' },
    { of: names('s3:PutObject'), operation: 'UploadPartCopy', is: 'about it' },
    { of: names('s3:GetObject'), operation: 'UploadPartCopy', is: 'needed by some' },
    { of: names('s3:GetObjectVersion'), operation: 'GetObject', is: 'needed by some' },
    { of: names('s3:GetObjectVersion'), operation: 'HeadObject', is: 'needed by some' },
    { of: names('s3:GetObject'), operation: 'HeadObject', is: 'about it' },
    { of: names('s3:DeleteObjectVersion'), operation: 'DeleteObject', is: 'needed by some' },
    { of: names('s3:DeleteObject'), operation: 'DeleteObjects', is: 'about it' },
    { of: names('s3:ListBucketVersions'), operation: 'ListObjectVersions', is: 'about it' },
    { of: names('s3:ListBucketVersions'), operation: 'ListObjects', is: 'neither' },
    { of: names('s3:PutObjectVersionAcl'), operation: 'PutObjectAcl', is: 'needed by some' },
    { of: names(['s3:GetObject', 's3:DeleteObject']), operation: 'PutObject', is: 'neither' },
    { of: but('s3:PutObject'), operation: 'PutObject', is: 'needed by some' },
    { of: but(['s3:PutObject*', 's3:AbortMultipartUpload']), operation: 'PutObject', is: 'neither' },
    { of: but('s3:Get*'), operation: 'PutObject', is: 'about it' },
    { of: {}, operation: 'PutObject', is: 'neither' },
  ])('$of, and $operation: $is', ({ of, operation, is }) => {
    expect([namesOperation(of, operation), bearsOn(of, operation)]).toEqual([is === 'about it', is !== 'neither']);
  });

  test('many stars and marks cost no more than their length', () => {
    const action = `s3:${'*?a'.repeat(2_000)}b`;
    const begun = performance.now();
    expect(bearsOn(names(action), `Put${'a'.repeat(2_000)}`)).toBe(false);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
