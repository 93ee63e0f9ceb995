import { describe, expect, test } from 'vitest';
import { accountsBlastRadius, standingOf, type ProposedBlastRadius } from '#core/accounts-blast-radius.ts';
import { blastRadiusOf } from '#core/blast-radius.ts';
import { departureFrom } from '#core/drift.ts';
import { plannedInChangeSet, type ResourceChange } from '#core/planned/change-set.ts';
import { plannedInTerraform } from '#core/planned/terraform-plan.ts';
import { present, skipped } from '#core/reading.ts';
import { compareScans } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { proposalsFor } from '#lambda/proposals.ts';
import { answerTo, type Asked } from '#lambda/whole-proposals.ts';
import { ACCOUNT, bucketRef, gone, scanOf, seen, T0, unseen } from './builders.ts';
import { resource } from './core/planned/change-set.cases.ts';
import { ALL_ON, change } from './core/planned/terraform-plan.cases.ts';
import { accountState, bucketOf } from './core/s3/buckets.ts';
import type { BucketSide } from './core/s3/toggles.cases.ts';

const OTHER = '444455556666';
const legacy: BucketSide = { ownership: '-', acl: 'private', policy: 'none' };
const bucket = (id: string, side: BucketSide = legacy): State => ({ ...bucketOf(side), ref: bucketRef(id) });
const ipSet: State = {
  ref: { account: ACCOUNT, region: 'us-east-1', kind: 'waf-ip-set', id: 'office' },
  shape: 1,
  takenAt: T0,
  watched: { addresses: present(['198.51.100.0/24']), addressVersion: present('IPV4') },
  carried: {},
};
const here = scanOf(
  [accountState('-'), bucket('films', { ...legacy, acl: 'public' }), bucket('books'), ipSet].map(seen),
);
const cut = scanOf([accountState('-')].map(seen), {
  listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false, code: 'AccessDenied' }],
});

const ask = (asked: Asked, scan: Scan = here, isOneOfMany = false): ProposedBlastRadius =>
  answerTo(asked, { scan, kinds: kindsById, baseline: undefined, ownerTags: [], isOneOfMany });
const terraform = (...changes: readonly ReturnType<typeof change>[]): Asked => ({
  by: 'plan',
  planned: plannedInTerraform({ format_version: '1.2', resource_changes: changes }, 'plan.json'),
});
const changeSet = (...changes: readonly ReturnType<typeof resource>[]): Asked => ({
  by: 'plan',
  planned: plannedInChangeSet(
    changes.map((one) => one['ResourceChange'] as ResourceChange),
    { account: ACCOUNT, region: 'us-east-1' },
  ),
});
const blockOf = (id: string, after_unknown = {}): ReturnType<typeof change> =>
  change(`aws_s3_bucket_public_access_block.${id}`, ['create'], {
    after: { bucket: id, block_public_acls: true },
    after_unknown,
  });
const accountBlock = change('aws_s3_account_public_access_block.this', ['create'], {
  after: { block_public_acls: true },
  after_unknown: { account_id: true },
});
const goes = (id: string): ReturnType<typeof change> =>
  change(`aws_s3_bucket.${id}`, ['delete'], { before: { bucket: id } });

const shut = bucket('quiet');
/** As a bucket is read that nothing opens: whether it has a website nobody asks. */
const quiet = scanOf(
  [
    accountState('-'),
    {
      ...shut,
      watched: { ...shut.watched, website: skipped('no-public-door') },
      carried: { ...shut.carried, publicDoor: 'shut' },
    },
  ].map(seen),
);
const website = change('aws_s3_bucket_website_configuration.quiet', ['create'], {
  after: { bucket: 'quiet', index_document: [{ suffix: 'index.html' }] },
});
const OPEN = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::quiet/*' }],
};

const ALL_ON_IN_PLAN = {
  block_public_acls: true,
  ignore_public_acls: true,
  block_public_policy: true,
  restrict_public_buckets: true,
};

const newBlock = change('aws_s3_bucket_public_access_block.new', ['create'], {
  after: { bucket: 'films', ...ALL_ON_IN_PLAN },
});
const oldBlock = change('aws_s3_bucket_public_access_block.old', ['delete'], { before: { bucket: 'films' } });

interface Row {
  readonly case: string;
  readonly asked: Asked;
  readonly scan?: Scan;
  readonly is: Partial<Pick<ProposedBlastRadius, 'exitCode' | 'breakage' | 'exposure' | 'opensToWorld'>>;
  readonly why?: readonly string[];
  readonly notJudged?: readonly string[];
}

const ROWS: readonly Row[] = [
  {
    case: "a plan that turns a bucket's block on breaks what it refuses",
    asked: terraform(blockOf('films')),
    is: { exitCode: 1, breakage: 'breaks' },
  },
  { case: "the account's block concerns each account", asked: terraform(accountBlock), is: { exitCode: 1 } },
  {
    case: 'a value that is known after apply leaves the answer open',
    asked: terraform(blockOf('films', { ignore_public_acls: true })),
    is: { exitCode: 2, breakage: 'unknown' },
    why: ['what publicAccessBlock would be is known only when it is applied'],
  },
  {
    case: 'what breaks for sure beats it',
    asked: terraform(blockOf('films'), blockOf('books', { ignore_public_acls: true })),
    is: { exitCode: 1 },
    why: ['what publicAccessBlock would be is known only when it is applied'],
  },
  ...[
    [newBlock, oldBlock],
    [oldBlock, newBlock],
  ].map((changes, place): Row => {
    const names = ['aws_s3_bucket_public_access_block.new', 'aws_s3_bucket_public_access_block.old'];
    return {
      case: `a block that one resource sets and another no longer does: which of them is done last is not told (${place + 1})`,
      asked: terraform(...changes),
      is: { exitCode: 2, breakage: 'unknown' },
      why: [
        `${(place === 0 ? names : names.toReversed()).join(' and ')} set publicAccessBlock, each to something else, and which of them is done last is not told`,
        'what publicAccessBlock would be is not told: more than one resource of the plan sets it',
      ],
    };
  }),
  {
    case: 'the same twice is one',
    asked: terraform(
      ...['a', 'b'].map((name) =>
        change(`aws_s3_bucket_public_access_block.${name}`, ['create'], {
          after: { bucket: 'films', ...ALL_ON_IN_PLAN },
        }),
      ),
    ),
    is: { exitCode: 1, breakage: 'breaks' },
  },
  {
    case: 'a bucket that goes breaks whatever used it',
    asked: terraform(goes('books')),
    is: { exitCode: 1, breakage: 'breaks' },
  },
  {
    case: 'one that goes and of which nothing could be read',
    asked: terraform(goes('dark')),
    scan: scanOf([accountState('-')].map(seen).concat(unseen(bucketRef('dark')))),
    is: { exitCode: 2 },
    why: ['nothing of it could be read, so what its going does is not known'],
  },
  {
    case: 'one that is gone already is not there',
    asked: terraform(goes('old')),
    scan: scanOf([accountState('-')].map(seen).concat(gone(bucketRef('old')))),
    is: { exitCode: 0 },
    notJudged: ['s3-bucket/old: not there'],
  },
  {
    case: 'what is not understood leaves the answer open',
    asked: terraform(change('awscc_s3_bucket.films', ['update'], { after: {} })),
    is: { exitCode: 2 },
    why: ['awscc_s3_bucket.films: what it changes is not understood: Plumbline reads the resources of hashicorp/aws'],
  },
  {
    case: 'a value that AWS would refuse is no answer',
    asked: terraform(
      change('aws_wafv2_ip_set.office', ['update'], {
        after: { name: 'office', scope: 'REGIONAL', region: 'us-east-1', addresses: ['2001:db8::/32'] },
      }),
    ),
    is: { exitCode: 2 },
    why: ['aws_wafv2_ip_set.office: 2001:db8::/32 is no range of IPV4, which is what the IP set holds'],
  },
  {
    case: 'a named thing that is not there is harmless here',
    asked: terraform(blockOf('elsewhere')),
    is: { exitCode: 0, breakage: 'none' },
    notJudged: ['s3-bucket/elsewhere: not there'],
  },
  {
    case: 'unless the list was cut short: then it may be there',
    asked: terraform(blockOf('elsewhere')),
    scan: cut,
    is: { exitCode: 2 },
    why: ['whether s3-bucket/elsewhere is there is not known: the list of s3-bucket was not complete in us-east-1'],
  },
  {
    case: 'what the plan makes is not judged',
    asked: terraform(change('aws_s3_bucket.new', ['create'], { after: { bucket: 'new' } }), blockOf('new')),
    is: { exitCode: 0 },
    notJudged: [
      'aws_s3_bucket.new: it would be created: nothing uses it yet, and what it would let in is not computed',
      's3-bucket/new: the plan makes it, so it is not there yet',
    ],
  },
  {
    case: 'a canned ACL that is there already, under ownership that leaves ACLs on, moves nothing',
    asked: terraform(
      change('aws_s3_bucket_ownership_controls.quiet', ['create'], {
        after: { bucket: 'quiet', rule: [{ object_ownership: 'BucketOwnerPreferred' }] },
      }),
      change('aws_s3_bucket_acl.quiet', ['create'], { after: { bucket: 'quiet', acl: 'private' } }),
    ),
    scan: quiet,
    is: { exitCode: 0, breakage: 'none' },
  },
  {
    case: 'a website on a bucket that nothing opens is no doubt, though nobody read whether there was one',
    asked: terraform(website),
    scan: quiet,
    is: { exitCode: 0, breakage: 'none' },
  },
  {
    case: 'a website with the policy that opens it',
    asked: terraform(
      website,
      change('aws_s3_bucket_policy.quiet', ['create'], {
        after: { bucket: 'quiet', policy: JSON.stringify(OPEN) },
      }),
    ),
    scan: quiet,
    is: { exitCode: 0, exposure: 'widened', opensToWorld: true },
  },
  {
    case: 'a change set of this account',
    asked: changeSet(
      resource('Films', ['AWS::S3::Bucket', 'Modify'], {
        id: 'films',
        before: {},
        after: { OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] } },
      }),
    ),
    is: { exitCode: 1 },
  },
  {
    case: 'a change set of another account moves nothing here',
    asked: changeSet(
      resource('Films', ['AWS::S3::Bucket', 'Remove'], { id: 'films', more: { PolicyAction: 'Delete' } }),
    ),
    scan: scanOf([], { account: OTHER }),
    is: { exitCode: 0 },
    notJudged: ['s3-bucket/films: not there'],
  },
];

describe('what a whole proposal does in one account', () => {
  test.each(ROWS)('$case', ({ asked, scan, is, why = [], notJudged = [] }) => {
    const report = ask(asked, scan);
    expect(report).toMatchObject(is);
    expect(report.unknown.map((one) => one.why)).toEqual(expect.arrayContaining([...why]));
    expect((report.notJudged ?? []).map((one) => `${one.name}: ${one.why}`)).toEqual(notJudged);
  });

  test('wishes of one account have the document with which the service answers', () => {
    const wishes = [['s3-account-block', ALL_ON]] as const;
    const proposals = proposalsFor(wishes, { scan: here, kinds: kindsById });
    const request = { scan: here, kinds: kindsById, baseline: undefined, ownerTags: [] };
    expect(ask({ by: 'set', wishes })).toEqual(blastRadiusOf({ ...request, proposals }));
  });
});

describe('a snapshot as the proposal', () => {
  const digits = ['-', '0000', '1000', '0100', '0010', '0001', '1111'];
  const sides: readonly BucketSide[] = [
    { ...legacy, acl: 'public' },
    { ownership: 'BucketOwnerEnforced', policy: 'public' },
    { ownership: 'ObjectWriter', acl: 'everything', policy: 'mixed' },
    { ...legacy, block: '1111' },
  ];
  const scanUnder = (block: string, from: number): Scan =>
    scanOf([
      seen(accountState(block)),
      ...sides.map((_side, index) => seen(bucket(`b-${index}`, sides[(index + from) % sides.length] ?? legacy))),
    ]);

  test.each(digits.flatMap((block, from) => digits.map((to, shift) => ({ block, to, from, shift }))))(
    'from $block to $to, settings of $from and $shift: as the two compare',
    ({ block, to, from, shift }) => {
      const [before, after] = [scanUnder(block, from), scanUnder(to, shift)];
      const report = ask({ by: 'snapshot', after }, before);
      const compared = compareScans(before, after);
      const { drifts, consequences } = departureFrom(compared.baseline, compared.scan, kindsById);
      expect([report.drifts, report.consequences]).toEqual([drifts, consequences]);
    },
  );

  test('what it has not any more goes; what it has and is not here is not judged; what it could not read is not known', () => {
    const after = scanOf([seen(accountState('-')), unseen(bucketRef('films')), seen(bucket('new')), seen(ipSet)]);
    const report = ask({ by: 'snapshot', after });
    expect(report.exitCode).toBe(1);
    expect(report.proposed.map(({ ref, setting }) => `${ref.id}#${setting}`)).toEqual(['books#exists']);
    expect(report.unknown.map(({ ref, why }) => [ref?.id, why])).toEqual([
      ['films', 'the snapshot has nothing of it (AccessDenied)'],
    ]);
    expect(report.notJudged?.map(({ name }) => name)).toEqual([`${ACCOUNT}/us-east-1/s3-bucket/new`]);
  });

  test('one that is as it is now proposes nothing', () =>
    expect(ask({ by: 'snapshot', after: here })).toMatchObject({ exitCode: 0, proposed: [], notJudged: [] }));

  test('one of another account is refused', () =>
    expect(() => ask({ by: 'snapshot', after: { ...here, account: OTHER } })).toThrow(
      `the proposed snapshot is of account ${OTHER}, what is there of ${ACCOUNT}: give two of one account`,
    ));
});

describe('several accounts', () => {
  const of = (account: string, ids: readonly string[]): Scan =>
    scanOf(
      [accountState('-'), ...ids.map((id) => bucket(id, { ...legacy, acl: 'public' }))].map((state) =>
        seen({ ...state, ref: { ...state.ref, account } }),
      ),
      { account },
    );
  const wish = (id: string): Asked => ({
    by: 'set',
    wishes: [[`s3-bucket/${id}#publicAccessBlock.BlockPublicAcls`, true]],
  });
  const over = (asked: Asked, ...scans: readonly Scan[]) =>
    accountsBlastRadius(scans.map((scan) => ask(asked, scan, true)));

  test('a named bucket concerns the accounts that have it', () => {
    const { exitCode, accounts } = over(wish('films'), of(ACCOUNT, ['films']), of(OTHER, ['books']));
    expect([exitCode, ...accounts.map((one) => one.exitCode)]).toEqual([1, 1, 0]);
    expect(accounts[1]).toMatchObject({ notJudged: [{ name: 's3-bucket/films', why: 'not there', isMissing: true }] });
  });

  test('what no account has is known to none', () => {
    const { exitCode, accounts } = over(wish('films'), of(ACCOUNT, []), of(OTHER, ['books']));
    expect([exitCode, ...accounts.map((one) => one.exitCode)]).toEqual([2, 2, 2]);
    expect(accounts[0]).toMatchObject({
      notJudged: [],
      breakage: 'unknown',
      counts: { unknown: 1 },
      unknown: [
        {
          why: 's3-bucket/films is in no account that was looked at: it may be newer than what was read, or elsewhere',
        },
      ],
    });
  });

  test('1 beats 2 beats 0, and one that failed is not known', () => {
    const failed = { account: '777788889999', exitCode: 2, error: { code: 'AWS_REFUSED', message: 'no' } } as const;
    const harmless = ask(wish('films'), of(OTHER, []), true);
    const breaks = ask(wish('films'), of(ACCOUNT, ['films']), true);
    const code = (...accounts: Parameters<typeof accountsBlastRadius>[0]): number =>
      accountsBlastRadius(accounts).exitCode;
    expect([code(failed, breaks), code(failed, harmless), code(breaks, harmless)]).toEqual([1, 2, 1]);
  });

  test('a typing error in the kind is refused in every account', () =>
    expect(() => ask({ by: 'set', wishes: [['s3-buckets/films#policy', null]] }, here, true)).toThrow(
      'there is no kind "s3-buckets"; did you mean "s3-bucket"?',
    ));

  test.each<{ case: string; asked: Asked; scan?: Scan; is: ReturnType<typeof standingOf> }>([
    {
      case: 'what stands above counts by what it moves',
      asked: terraform(accountBlock),
      is: { breaks: 2, couldBreak: 0, harmless: 0, blind: 0 },
    },
    {
      case: 'a bucket that goes',
      asked: terraform(goes('books')),
      is: { breaks: 1, couldBreak: 0, harmless: 0, blind: 0 },
    },
    {
      case: 'what is not known',
      asked: terraform(blockOf('films', { ignore_public_acls: true })),
      is: { breaks: 0, couldBreak: 0, harmless: 0, blind: 1 },
    },
    {
      case: 'nothing',
      asked: terraform(blockOf('elsewhere')),
      is: { breaks: 0, couldBreak: 0, harmless: 0, blind: 0 },
    },
  ])('counted: $case', ({ asked, scan, is }) => expect(standingOf(ask(asked, scan))).toEqual(is));
});
