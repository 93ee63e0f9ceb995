import { GetPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { mapReading } from '#core/reading.ts';
import type { KindReader } from '../kind.ts';
import { blockFlags } from '#core/s3/block.ts';
import { s3AccountBlock } from './declaration.ts';

export const reader: KindReader = {
  /** There is one in every account, set or not: nothing is asked. */
  async *list({ aws }) {
    yield [{ ref: { account: aws.account, region: 'global', kind: s3AccountBlock.id, id: 'account' }, hint: {} }];
  },

  /** Reads the *effective* value: an organisation's S3 policy is folded in, and not told apart (aws-facts §1.3). */
  async read({ found: { ref }, aws }) {
    const block = await aws.read(s3AccountBlock.reads.publicAccessBlock, {
      client: S3ControlClient,
      region: ref.region,
      send: (client) => client.send(new GetPublicAccessBlockCommand({ AccountId: ref.account })),
    });
    return {
      seen: 'state',
      state: {
        ref,
        shape: s3AccountBlock.shape,
        takenAt: aws.now().toISOString(),
        watched: {
          publicAccessBlock: mapReading(block, (answer) => blockFlags(answer.PublicAccessBlockConfiguration)),
        },
        carried: {},
      },
    };
  },
};
