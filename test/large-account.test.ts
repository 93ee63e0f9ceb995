import { describe, expect, test } from 'vitest';
import { createReads } from '#aws/reads.ts';
import { openSession } from '#aws/session.ts';
import { ABSENT } from '#core/reading.ts';
import { refOf } from '#core/state.ts';
import { kindsById } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import { collect } from '#lambda/collect.ts';
import { buckets } from './cli/account.ts';
import { useDoubleHere } from './double-here.ts';

const on = useDoubleHere();

/** Lists over HTTP; that nothing is set anywhere it answers itself: what is asked here is the list. */
async function readsThatList(): Promise<AwsReads> {
  const { account, clients } = await openSession({});
  const aws = createReads({ account, clients, concurrency: 32 });
  return {
    account,
    now: () => aws.now(),
    call: (call) => aws.call(call),
    endedBy: () => aws.endedBy(),
    read: () => Promise.resolve(ABSENT),
  };
}

describe('the largest account that anybody told of', () => {
  test('25,000 buckets in pages of a thousand: none is lost, none is twice', async () => {
    const all = buckets(25_000);
    await on.double.show({ buckets: all });
    await on.double.forgetCalls();
    const kinds = ['s3-account-block', 's3-bucket'].flatMap((id) => kindsById.get(id) ?? []);
    const scan = await collect({
      kinds,
      partition: 'aws',
      ownerTags: [],
      regions: ['us-east-1'],
      onlyThose: true,
      accepted: [],
      aws: await readsThatList(),
    });
    const seen = scan.observations.filter(({ seen: how }) => how === 'state').map((one) => refOf(one));
    expect(seen.filter(({ kind }) => kind === 's3-bucket').map(({ id }) => id)).toEqual(Object.keys(all));
    expect((await on.double.calls()).calls).toMatchObject({ ListBuckets: 25 });
  });
});
