import { describe, expect, test } from 'vitest';
import { acceptAllIn, allow, blindIn, buckets, changesIn, OWNER, PUBLIC, scanIn } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const scan = (...args: readonly string[]) => scanIn(on.shell, ...args);
const acceptAll = () => acceptAllIn(on.shell);

describe('the account block flips over 300 buckets with public ACLs', () => {
  test('one drift; no ACL that is only masked, and no website that is only not looked at, is told', async () => {
    const world = {
      buckets: buckets(300, (index) => ({
        grants: [OWNER, PUBLIC],
        ...(index % 3 === 0 ? { website: { index: 'index.html' } } : {}),
      })),
    };
    await on.double.show(world);
    await acceptAll();
    await on.double.show({ ...world, accountBlock: { BlockPublicAcls: true, IgnorePublicAcls: true } });
    const { code, report } = await scan();
    expect([code, changesIn(report)]).toEqual([1, ['s3-account-block/account#publicAccessBlock']]);
    expect(report.counts).toMatchObject({ findings: 1, drifts: 1, unreadable: 0, notCompared: 400 });
  });

  test('and back: nothing is left to tell', async () => {
    const world = { buckets: buckets(20, () => ({ grants: [OWNER, PUBLIC] })) };
    await on.double.show({ ...world, accountBlock: { IgnorePublicAcls: true } });
    await acceptAll();
    await on.double.show(world);
    const { report } = await scan();
    expect(changesIn(report)).toEqual(['s3-account-block/account#publicAccessBlock']);
  });
});

describe('what cannot be read is said, and is nothing else', () => {
  test('an accepted policy that is refused now is unreadable, exit 2, and not removed; readable again it is clean', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1', policy: allow('*') } } });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'GetBucketPolicy', code: 'AccessDenied', status: 403 }] });
    const refused = await scan();
    expect([refused.code, changesIn(refused.report), blindIn(refused.report)]).toEqual([
      2,
      [],
      ['a#policy AccessDenied'],
    ]);
    await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'accepted while blind');
    await on.double.misbehave({});
    expect((await scan()).code).toBe(0);
    await on.double.show({ buckets: { a: { region: 'us-east-1' } } });
    expect(changesIn((await scan()).report)).toEqual(['s3-bucket/a#policy']);
  });

  test('findings beat blindness in the exit code, and the report has both counts', async () => {
    await on.double.show({ buckets: buckets(2) });
    await acceptAll();
    await on.double.show({ buckets: buckets(2, () => ({ ownership: 'ObjectWriter' })) });
    await on.double.misbehave({
      refuse: [{ call: 'GetBucketPolicy', of: 'bucket-00000', code: 'AccessDenied', status: 403 }],
    });
    const { code, report } = await scan();
    expect([code, report.counts.drifts, report.counts.unreadable]).toEqual([1, 2, 1]);
  });

  test('throttled reads recover', async () => {
    await on.double.show({ buckets: buckets(40) });
    await acceptAll();
    await on.double.misbehave({ slowDownChance: 0.1, seed: 3 });
    const { code, report } = await scan();
    expect([code, report.counts.unreadable, report.counts.resources['s3-bucket']]).toEqual([0, 0, 40]);
    expect((await on.double.calls()).refused).toBeGreaterThan(5);
  });

  test('a bucket that is throttled for good costs one unreadable path, not the run', async () => {
    await on.double.show({ buckets: buckets(5) });
    await acceptAll();
    await on.double.misbehave({
      refuse: [{ call: 'GetBucketPolicy', of: 'bucket-00001', code: 'SlowDown', status: 503 }],
    });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['bucket-00001#policy SlowDown']]);
  });

  test('a listing that is refused deletes nothing', async () => {
    await on.double.show({ buckets: buckets(30) });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'ListBuckets', code: 'AccessDenied', status: 403 }] });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['listing AccessDenied']]);
    expect(report.counts.resources['s3-bucket']).toBe(30);
  });

  test('a listing cut short after its first page deletes nothing, also of what is really gone', async () => {
    await on.double.show({ buckets: buckets(30), bucketsPerPage: 20 });
    await acceptAll();
    await on.double.show({ buckets: buckets(28), bucketsPerPage: 20 });
    await on.double.misbehave({ refuse: [{ call: 'ListBuckets', of: 'page-2', code: 'AccessDenied', status: 403 }] });
    const { code, report } = await scan();
    expect([code, changesIn(report)]).toEqual([2, []]);
    expect(blindIn(report)).toContain('listing AccessDenied');
    expect(blindIn(report)).toContain('bucket-00029 NoSuchBucket');
  });

  test('a bucket deleted between list and read costs one unreadable', async () => {
    await on.double.show({ buckets: buckets(3) });
    await acceptAll();
    await on.double.misbehave({
      refuse: ['GetPublicAccessBlock', 'GetBucketPolicy', 'GetBucketOwnershipControls'].map((call) => ({
        call,
        of: 'bucket-00002',
        code: 'NoSuchBucket',
        status: 404,
      })),
    });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['bucket-00002 NoSuchBucket']]);
  });

  test('a bucket whose name somebody else took is refused, not read', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1' }, b: { region: 'us-east-1' } } });
    await acceptAll();
    await on.double.show({
      buckets: { a: { region: 'us-east-1' }, b: { region: 'us-east-1', owner: '999999999999', policy: allow('*') } },
    });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['b AccessDenied']]);
    expect(report.unreadable[0]?.says).toContain('its name taken by somebody else');
    expect(await plumbline(on.shell, 'baseline', 'accept', 's3-bucket/b', '--reason', 'it is gone')).toMatchObject({
      code: 0,
    });
    expect((await scan()).code).toBe(0);
  });

  test('refused tags are a caveat and move no exit code', async () => {
    await on.double.show({ buckets: buckets(2) });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'GetResources', code: 'AccessDeniedException', status: 400 }] });
    const { code, report } = await scan();
    expect([code, report.caveats.map(({ code: why }) => why)]).toEqual([0, ['AccessDeniedException']]);
  });
});

describe('circumstances that move', () => {
  test('the block goes on in the middle of the scan: no phantom', async () => {
    const world = { buckets: buckets(3, () => ({ grants: [OWNER, PUBLIC], website: { index: 'index.html' } })) };
    await on.double.show(world);
    await acceptAll();
    await on.double.show({ ...world, accountBlock: { IgnorePublicAcls: true } });
    // The first answer about the account's block is still the old one; the buckets' answers are already masked.
    await on.double.misbehave({
      refuse: [
        { call: 'GetAccountPublicAccessBlock', code: 'NoSuchPublicAccessBlockConfiguration', status: 404, times: 1 },
      ],
    });
    const { code, report } = await scan();
    expect([code, changesIn(report)]).toEqual([1, ['s3-account-block/account#publicAccessBlock']]);
  });

  test('a bucket that was made again in another region is gone from the one and new in the other', async () => {
    await on.double.show({ regions: ['us-east-1', 'eu-west-1'], buckets: { a: { region: 'us-east-1' } } });
    await acceptAll();
    await on.double.show({ regions: ['us-east-1', 'eu-west-1'], buckets: { a: { region: 'eu-west-1' } } });
    const { report } = await scan();
    expect(
      report.findings
        .flatMap(({ drifts }) => drifts.map(({ ref, changes }) => `${ref.region} ${changes[0]?.says ?? ''}`))
        .toSorted(),
    ).toEqual(['eu-west-1 bucket created', 'us-east-1 bucket deleted']);
  });

  test('a refused policy status is a caveat and moves no exit code', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1', policy: allow('*') } } });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'GetBucketPolicyStatus', code: 'AccessDenied', status: 403 }] });
    const { code, report } = await scan();
    expect([code, report.caveats]).toEqual([
      0,
      [{ about: '1 of s3-bucket', code: 'AccessDenied', says: "AWS's own policy status could not be read" }],
    ]);
  });

  test('a refused ownership read of an enforced bucket is no ACL in force again, also after it was accepted blind', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1', ownership: 'BucketOwnerEnforced' } } });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'GetBucketOwnershipControls', code: 'AccessDenied', status: 403 }] });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['a#ownership AccessDenied']]);
    await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'blind');
    await on.double.misbehave({});
    expect((await scan()).code).toBe(0);
  });

  test('a refused ACL of a private bucket with a website is no website', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1', website: { index: 'index.html' } } } });
    await acceptAll();
    await on.double.misbehave({ refuse: [{ call: 'GetBucketAcl', code: 'AccessDenied', status: 403 }] });
    const { code, report } = await scan();
    expect([code, changesIn(report), blindIn(report)]).toEqual([2, [], ['a#acl AccessDenied']]);
  });
});

describe('coverage', () => {
  test('one region more than the baseline covers: not yet accepted, not created', async () => {
    const world = { buckets: { a: { region: 'us-east-1' } } };
    await on.double.show(world);
    await acceptAll();
    const set = { name: 'deny', id: 'id-1', addresses: ['203.0.113.0/24'], version: 'IPV4' as const, lockToken: 't' };
    await on.double.show({
      regions: ['us-east-1', 'eu-west-1'],
      buckets: { ...world.buckets, far: { region: 'eu-west-1' } },
      ipSets: { 'REGIONAL/eu-west-1': [set] },
    });
    const { code, report } = await scan();
    expect([code, changesIn(report), report.resourcesNotYetAccepted.map(({ id }) => id)]).toEqual([
      0,
      [],
      ['far', 'deny'],
    ]);
  });

  test('a scan of one region says what it did not look at', async () => {
    await on.double.show({
      regions: ['us-east-1', 'eu-west-1'],
      buckets: { a: { region: 'us-east-1' }, far: { region: 'eu-west-1' } },
    });
    await acceptAll();
    const { code, report } = await scan('--region', 'us-east-1');
    expect([code, report.notLookedAt.map(({ id }) => id)]).toEqual([0, ['far']]);
  });

  test('IP sets in pages', async () => {
    const sets = Array.from({ length: 250 }, (_, index) => ({
      name: `set-${index}`,
      id: `id-${index}`,
      addresses: [],
      version: 'IPV4' as const,
      lockToken: 't',
    }));
    await on.double.show({
      ipSets: { 'REGIONAL/us-east-1': sets.slice(0, 3), 'CLOUDFRONT/us-east-1': sets.slice(0, 2) },
    });
    const { report } = await scan();
    expect(report.counts.resources['waf-ip-set']).toBe(5);
  });
});

describe('accept takes only what the last scan showed', () => {
  test('a change between scan and accept is still told by the next scan', async () => {
    await on.double.show({ buckets: { a: { region: 'us-east-1' } } });
    expect((await scan()).code).toBe(2);
    await on.double.show({ buckets: { a: { region: 'us-east-1', policy: allow('*') } } });
    await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'first look');
    const { code, report } = await scan();
    expect([code, changesIn(report)]).toEqual([1, ['s3-bucket/a#policy']]);
  });

  test('one resource, by any unambiguous tail of its name, and one path of it', async () => {
    await on.double.show({ buckets: buckets(3) });
    await acceptAll();
    await on.double.show({ buckets: buckets(3, () => ({ policy: allow('*'), ownership: 'ObjectWriter' })) });
    await scan();
    expect(
      await plumbline(
        on.shell,
        'baseline',
        'accept',
        'bucket-00000',
        's3-bucket/bucket-00001#policy',
        '--reason',
        'right',
      ),
    ).toMatchObject({ code: 0 });
    expect([...changesIn((await scan()).report)].sort()).toEqual([
      's3-bucket/bucket-00001#ownership',
      's3-bucket/bucket-00002#ownership',
      's3-bucket/bucket-00002#policy',
    ]);
  });

  test('deleting the ownership controls of an enforced bucket that has an old public ACL is drift', async () => {
    await on.double.show({
      buckets: { a: { region: 'us-east-1', ownership: 'BucketOwnerEnforced', grants: [OWNER, PUBLIC] } },
    });
    await acceptAll();
    await on.double.show({ buckets: { a: { region: 'us-east-1', grants: [OWNER, PUBLIC] } } });
    const { code, report } = await scan();
    expect([code, [...changesIn(report)].sort()]).toEqual([1, ['s3-bucket/a#acl', 's3-bucket/a#ownership']]);
  });
});

describe('what a change breaks and exposes', () => {
  const flags = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

  test('the account block over buckets of three sorts: each is judged, by the ACL that was accepted where S3 hides it', async () => {
    const world = {
      buckets: {
        ...buckets(3, () => ({ grants: [OWNER, PUBLIC] })),
        'legacy-private': { region: 'us-east-1', grants: [OWNER] },
        modern: { region: 'us-east-1', ownership: 'BucketOwnerEnforced' as const, block: flags },
      },
    };
    await on.double.show(world);
    await acceptAll();
    await on.double.show({ ...world, accountBlock: flags });
    const { report } = await scan();
    expect(report.findings).toMatchObject([
      {
        severity: 'high',
        drifts: [{ changes: [{ exposure: 'narrowed', breakage: 'breaks' }] }],
        consequences: [
          {
            of: 's3-bucket',
            notAffected: 1,
            unknown: [],
            incomplete: [],
            affected: [
              {
                breakage: 'breaks',
                exposure: 'narrowed',
                resources: [{ id: 'bucket-00000' }, { id: 'bucket-00001' }, { id: 'bucket-00002' }],
              },
              { breakage: 'breaks', exposure: 'narrowed', resources: [{ id: 'legacy-private' }] },
            ],
          },
        ],
      },
    ]);
    // And back: what is stored lets everyone in again, which is as grave as it gets.
    await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'hardened');
    await on.double.show(world);
    const back = await scan();
    expect(back.report.findings).toMatchObject([
      {
        severity: 'critical',
        drifts: [{ changes: [{ exposure: 'widened', breakage: 'restores', opensToWorld: true }] }],
      },
    ]);
  });

  test('findings stand in the order of what they do', async () => {
    const before = {
      'a-owner': { region: 'us-east-1', ownership: 'ObjectWriter' as const },
      'b-shared': { region: 'us-east-1', policy: allow({ AWS: '444455556666' }) },
      'c-open': { region: 'us-east-1', ownership: 'BucketOwnerEnforced' as const },
    };
    await on.double.show({ buckets: before });
    await acceptAll();
    await on.double.show({
      buckets: {
        'a-owner': { region: 'us-east-1', ownership: 'BucketOwnerPreferred' },
        'b-shared': { region: 'us-east-1' },
        'c-open': { ...before['c-open'], policy: allow('*') },
        'd-new': { region: 'us-east-1', ownership: 'BucketOwnerEnforced' },
      },
    });
    const { report } = await scan();
    expect(report.findings.map(({ severity, drifts }) => [severity, drifts[0]?.ref.id])).toEqual([
      ['critical', 'c-open'],
      ['high', 'b-shared'],
      ['low', 'a-owner'],
      ['info', 'd-new'],
    ]);
  });

  test("AWS's verdict is believed, and a disagreement is shown with a line for the tests; it moves no exit code", async () => {
    await on.double.show({ buckets: { odd: { region: 'us-east-1', policy: allow('*'), isPublic: false } } });
    await acceptAll();
    const { code, report } = await scan();
    expect(code).toBe(0);
    expect(report.disagreements).toMatchObject([{ ref: { id: 'odd' }, own: 'public', aws: 'not-public' }]);
    const line = JSON.parse(report.disagreements[0]?.case ?? '') as { expected: string; policy: object };
    expect(line).toMatchObject({ id: 'odd', expected: 'not-public' });
    const { out } = await plumbline(on.shell, 'scan');
    expect(out).toContain(
      'AWS and Plumbline disagree on 1 of the policies; AWS is believed. Please report the lines that start with {:\n  111122223333/us-east-1/s3-bucket/odd#policy: AWS says not-public, Plumbline public (everyone (*) is let in, and no condition pins who)\n    {"id":"odd"',
    );
  });
});
