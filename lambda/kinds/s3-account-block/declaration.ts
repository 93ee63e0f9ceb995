import type { KindDeclaration } from '#core/declaration.ts';

const S3 = 's3.amazonaws.com';

/** The account-level S3 Block Public Access. Facts: aws-facts §1.1–1.3; event names §4.1. */
export const s3AccountBlock = {
  id: 's3-account-block',
  title: 'account-level S3 Block Public Access',
  why: 'One switch over every bucket of the account, at once and without a word: the change of 28 October 2025.',
  shape: 1,
  regions: 'global',
  context: [],
  polled: true,
  list: { by: 'account', actions: [] },
  idsAreUnique: 'everywhere',
  goneWhen: [],
  reads: {
    publicAccessBlock: {
      operation: 'GetPublicAccessBlock (S3 Control)',
      actions: ['s3:GetAccountPublicAccessBlock'],
      absentWhen: ['NoSuchPublicAccessBlockConfiguration'],
    },
  },
  paths: {
    publicAccessBlock: { title: 'account-level block', form: 'record', since: 1 },
  },
  carries: {},
  events: [
    { name: 'PutAccountPublicAccessBlock', source: S3, id: 'account' },
    { name: 'DeleteAccountPublicAccessBlock', source: S3, id: 'account' },
  ],
  checks: [
    {
      id: 's3-account-block-changed',
      title: 'The account-level S3 Block Public Access changed',
      actionItems: ['TM-1', 'TM-3', 'TM-7'],
      paths: ['publicAccessBlock', 'exists'],
      remedy:
        'Ask who set it and for what before you touch it. To go back: aws s3control put-public-access-block with the value before.',
    },
  ],
} as const satisfies KindDeclaration;
