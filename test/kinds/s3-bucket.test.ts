import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareStates } from '#core/comparison.ts';
import { canonicalGrants } from '#core/acl.ts';
import { collect } from '#lambda/collect.ts';
import { createReads } from '#aws/reads.ts';
import { openSession } from '#aws/session.ts';
import { kinds, kindsById } from '#kinds';
import type { State } from '#core/state.ts';
import { AwsDouble } from '../aws-double/client.ts';
import { ALL_USERS, OWNER_ID, type Bucket, type World } from '../aws-double/world.ts';
import { bucketState } from '../builders.ts';
import { useEnvironment } from '../environment.ts';
import {
  ACL_COMPARISONS,
  CALL_PLANS,
  type AclGrants,
  type BucketFacts,
  type BucketRead,
  type Mask,
} from './s3-bucket.cases.ts';

const OPERATION: Record<BucketRead, string> = {
  publicAccessBlock: 'GetPublicAccessBlock',
  policy: 'GetBucketPolicy',
  ownership: 'GetBucketOwnershipControls',
  policyStatus: 'GetBucketPolicyStatus',
  acl: 'GetBucketAcl',
  website: 'GetBucketWebsite',
};

const allow = (Principal: unknown) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
  });
const POLICY_TEXT = {
  wildcard: allow('*'),
  named: allow({ AWS: '444455556666' }),
  'not-json': '{not json',
  refused: allow('*'),
};
const GRANTS = {
  private: [{ to: OWNER_ID, permission: 'FULL_CONTROL' }],
  public: [{ to: ALL_USERS, permission: 'READ' }],
  refused: [],
};

let double: AwsDouble;
beforeAll(async () => {
  double = await AwsDouble.start();
  useEnvironment(double.environment);
});
afterAll(() => double.stop());

function worldOf({ ownership, policy, acl, accountIgnoresPublicAcls }: BucketFacts): Partial<World> {
  const bucket: Bucket = {
    region: 'us-east-1',
    ...(ownership ? { ownership } : {}),
    ...(policy ? { policy: POLICY_TEXT[policy] } : {}),
    ...(acl ? { grants: GRANTS[acl] } : {}),
  };
  return { buckets: { b: bucket }, ...(accountIgnoresPublicAcls ? { accountBlock: { IgnorePublicAcls: true } } : {}) };
}

async function readBucket(): Promise<State> {
  const session = await openSession({});
  const aws = createReads({ account: session.account, clients: session.clients, concurrency: 4 });
  const scan = await collect({
    kinds,
    partition: 'aws',
    ownerTags: ['team'],
    regions: ['us-east-1'],
    onlyThose: true,
    accepted: [],
    aws,
  });
  const state = scan.observations.flatMap((seen) =>
    seen.seen === 'state' && seen.state.ref.id === 'b' ? [seen.state] : [],
  )[0];
  if (!state) throw new Error('the bucket was not read');
  return state;
}

describe('as few calls as the facts allow', () => {
  test.each(CALL_PLANS)('$case ($fact)', async ({ bucket, calls, skipped }) => {
    await double.show(worldOf(bucket));
    const refuse = [
      ...(bucket.policy === 'refused' ? [{ call: 'GetBucketPolicy', code: 'AccessDenied', status: 403 }] : []),
      ...(bucket.acl === 'refused' ? [{ call: 'GetBucketAcl', code: 'AccessDenied', status: 403 }] : []),
    ];
    await double.misbehave({ refuse });
    await double.forgetCalls();
    const { watched } = await readBucket();
    const made = (await double.calls()).calls;
    const expected = new Set(calls.map((read) => OPERATION[read]));
    expect(Object.fromEntries(Object.values(OPERATION).map((name) => [name, made[name] ?? 0]))).toEqual(
      Object.fromEntries(Object.values(OPERATION).map((name) => [name, expected.has(name) ? 1 : 0])),
    );
    const reasons = Object.entries(watched).flatMap(([path, reading]) =>
      reading.status === 'skipped' ? [[path, reading.because]] : [],
    );
    expect(Object.fromEntries(reasons)).toEqual(skipped);
  });
});

describe('what is read is what AWS said', () => {
  test('a policy that is no JSON is unreadable, and shown as it is', async () => {
    await double.show(worldOf({ policy: 'not-json' }));
    await double.misbehave({});
    const { watched, carried } = await readBucket();
    expect([watched['policy'], carried['policyText']]).toEqual([
      { status: 'unreadable', code: 'MalformedPolicy' },
      '{not json',
    ]);
  });

  test("AWS's own policy status is carried beside the policy; a refusal of it is no unreadable path", async () => {
    await double.show({ buckets: { b: { region: 'us-east-1', policy: POLICY_TEXT.wildcard, isPublic: true } } });
    await double.misbehave({});
    expect((await readBucket()).carried['policyStatus']).toBe('public');
    await double.misbehave({ refuse: [{ call: 'GetBucketPolicyStatus', code: 'AccessDenied', status: 403 }] });
    const refused = await readBucket();
    expect([
      refused.carried['policyStatus'],
      Object.values(refused.watched).filter(({ status }) => status === 'unreadable'),
    ]).toEqual([{ refused: 'AccessDenied' }, []]);
  });

  test('tags are carried', async () => {
    await double.show({ buckets: { b: { region: 'us-east-1', tags: { team: 'assessment' } } } });
    await double.misbehave({});
    expect((await readBucket()).carried['tags']).toEqual({ team: 'assessment' });
  });

  test.each([
    {
      case: 'the account ignores public ACLs',
      world: { accountBlock: { IgnorePublicAcls: true } },
      mask: 'ignore-public-acls',
    },
    { case: 'nobody ignores them', world: {}, mask: 'nothing' },
  ])('what masks the ACL: $case', async ({ world, mask }) => {
    await double.show({ ...world, buckets: { b: { region: 'us-east-1' } } });
    await double.misbehave({});
    expect((await readBucket()).carried['aclMaskedBy']).toBe(mask);
  });

  test("what masks the ACL: not known when the account's block cannot be read", async () => {
    await double.show({ buckets: { b: { region: 'us-east-1' } } });
    await double.misbehave({ refuse: [{ call: 'GetAccountPublicAccessBlock', code: 'AccessDenied', status: 403 }] });
    expect((await readBucket()).carried['aclMaskedBy']).toBe('unknown');
  });
});

describe('an ACL that is only masked has not changed', () => {
  const kind = kindsById.get('s3-bucket');
  if (!kind) throw new Error('no such kind');
  const ID: Record<AclGrants[number], object> = {
    owner: { ID: OWNER_ID },
    partner: { ID: 'b'.repeat(64) },
    stranger: { ID: 'c'.repeat(64) },
    everyone: { URI: ALL_USERS },
  };
  const stateWith = ({ grants, mask }: { grants: AclGrants; mask: Mask }): State =>
    bucketState('b', {
      watched: {
        acl: {
          status: 'present',
          value: canonicalGrants(grants.map((who) => ({ Grantee: ID[who], Permission: 'READ' }))),
        },
      },
      carried: { aclMaskedBy: mask },
    });

  test.each(ACL_COMPARISONS)('$case', ({ before, after, changed, said }) => {
    const comparison = compareStates(kind, stateWith(before), stateWith(after));
    expect(comparison.changes.map(({ path }) => path)).toEqual(changed ? ['acl'] : []);
    expect(comparison.notCompared.map(({ path }) => path)).toEqual(said === 'not-compared' ? ['acl'] : []);
  });

  test('nor has the website that was only not looked at because of it', () => {
    const site = { ...stateWith({ grants: ['owner', 'everyone'], mask: 'nothing' }) };
    const before = {
      ...site,
      watched: {
        ...site.watched,
        website: { status: 'present' as const, value: { IndexDocument: { Suffix: 'index.html' } } },
      },
    };
    const after = stateWith({ grants: ['owner'], mask: 'ignore-public-acls' });
    const { changes, notCompared } = compareStates(kind, before, after);
    expect([changes, notCompared.map(({ path }) => path)]).toEqual([[], ['acl', 'website']]);
  });

  const SITE = { status: 'present' as const, value: { IndexDocument: { Suffix: 'index.html' } } };
  const NOT_READ = { status: 'skipped' as const, because: 'no-public-door' };
  test.each([
    {
      case: 'the ACL is refused now, so whether a door is open is not known',
      before: 'shut',
      after: 'unknown',
      changed: false,
    },
    { case: 'it was refused when it was accepted', before: 'unknown', after: 'shut', changed: false },
    { case: 'a policy opened a door', before: 'shut', after: 'open-by-policy', changed: true },
    {
      case: 'a policy opened a door while grants were hidden',
      before: 'shut-masked',
      after: 'open-by-policy',
      changed: true,
    },
    { case: 'a grant opened a door', before: 'shut', after: 'open-by-acl', changed: true },
    { case: 'a grant came to sight', before: 'shut-masked', after: 'open-by-acl', changed: false },
    { case: 'a grant went out of sight', before: 'open-by-acl', after: 'shut-masked', changed: false },
    { case: 'a grant was taken away', before: 'open-by-acl', after: 'shut', changed: true },
  ] as const)('a website: $case', ({ before, after, changed }) => {
    const state = (door: string): State =>
      bucketState('b', {
        watched: { website: door.startsWith('shut') ? NOT_READ : SITE },
        carried: { publicDoor: door },
      });
    const { changes, notCompared } = compareStates(kind, state(before), state(after));
    expect([changes.length, notCompared.length]).toEqual(changed ? [1, 0] : [0, 1]);
  });

  test('an ACL that is read only because ownership was refused is not in force again', () => {
    const enforced = bucketState('b', {
      watched: {
        acl: { status: 'skipped', because: 'ownership-enforced' },
        ownership: { status: 'present', value: 'BucketOwnerEnforced' },
      },
    });
    const blind = bucketState('b', {
      watched: { ownership: { status: 'unreadable', code: 'SlowDown' } },
      carried: { aclMaskedBy: 'unknown' },
    });
    const { changes, unreadable, notCompared } = compareStates(kind, enforced, blind);
    expect([changes, unreadable.map(({ path }) => path), notCompared.map(({ path }) => path)]).toEqual([
      [],
      ['ownership'],
      ['acl'],
    ]);
    expect(
      kind.knowsMore?.['acl']?.(
        { reading: enforced.watched['acl'] ?? NOT_READ, carried: enforced.carried },
        { reading: blind.watched['acl'] ?? NOT_READ, carried: blind.carried },
      ),
    ).toBe(true);
  });
});
