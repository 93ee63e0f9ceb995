import { expect, test } from 'vitest';
import { parseStorePlace } from '#bin/store-place.ts';

test.each([
  { text: '.plumbline', place: { in: 'folder', folder: '.plumbline' } },
  { text: '/var/lib/plumbline', place: { in: 'folder', folder: '/var/lib/plumbline' } },
  { text: 's3', place: { in: 'folder', folder: 's3' } },
  { text: 's3://kept', place: { in: 'bucket', bucket: 'kept', prefix: '' } },
  { text: 's3://kept/', place: { in: 'bucket', bucket: 'kept', prefix: '' } },
  { text: 'S3://kept.example-1/team/a b/', place: { in: 'bucket', bucket: 'kept.example-1', prefix: 'team/a b' } },
])('$text', ({ text, place }) => {
  expect(parseStorePlace(text)).toEqual(place);
});

const NO_STORE = 'it takes a folder, such as .plumbline, or s3://bucket/prefix';
const NO_BUCKET = 'is no name of a bucket: write s3://bucket or s3://bucket/prefix';
const NO_PREFIX = 'a part of the prefix is empty, dots or unprintable: write one such as s3://bucket/plumbline';

test.each([
  { text: '', says: NO_STORE },
  { text: 'gs://kept', says: NO_STORE },
  { text: 's3:kept', says: NO_STORE },
  { text: 'S3:/kept/team', says: NO_STORE },
  { text: 's3://', says: `"" ${NO_BUCKET}` },
  { text: 's3:///team', says: `"" ${NO_BUCKET}` },
  { text: 's3://Kept', says: `"Kept" ${NO_BUCKET}` },
  { text: 's3://arn:aws:s3:::kept', says: `"arn:aws:s3:::kept" ${NO_BUCKET}` },
  { text: 's3://kept?region=x', says: `"kept?region=x" ${NO_BUCKET}` },
  { text: 's3://kept//team', says: NO_PREFIX },
  { text: 's3://kept/../team', says: NO_PREFIX },
  { text: 's3://kept/te\u0007am', says: NO_PREFIX },
])('"$text" is no store', ({ text, says }) => {
  expect(() => parseStorePlace(text)).toThrow(`--store ${text}: ${says}`);
});
