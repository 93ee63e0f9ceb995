import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Baseline } from '#core/baseline.ts';
import { blastRadiusOf, type BlastRadius } from '#core/blast-radius.ts';
import { departureFrom } from '#core/drift.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { canonicalPolicy } from '#core/policy.ts';
import { present } from '#core/reading.ts';
import { compareScans } from '#core/report.ts';
import { BLOCK_FLAGS } from '#core/s3/block.ts';
import type { Scan } from '#core/scan.ts';
import type { Observation, State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { proposalsFor, type Wish } from '#lambda/proposals.ts';
import { renderBlastRadius } from '#render/blast-radius.ts';
import { ACCOUNT, baselineOf, bucketRef, bucketState, scanOf, seen, T0, unseen } from '../builders.ts';
import { accountState, bucketOf, POLICIES } from './s3/buckets.ts';
import type { BucketSide } from './s3/toggles.cases.ts';

const bucket = (id: string, side: BucketSide, owner?: string): State => {
  const state = bucketOf(side);
  return { ...state, ref: bucketRef(id), carried: { ...state.carried, ...(owner ? { tags: { owner } } : {}) } };
};
const legacy: BucketSide = { ownership: '-', acl: 'private', policy: 'none' };
const ipSet: State = {
  ref: { account: ACCOUNT, region: 'us-east-1', kind: 'waf-ip-set', id: 'office' },
  shape: 1,
  takenAt: T0,
  watched: { addresses: present(['198.51.100.0/24']), addressVersion: present('IPV4') },
  carried: {},
};

const SET_ARN = `arn:aws:wafv2:us-east-1:${ACCOUNT}:regional/ipset/office/set-1`;

/** A web ACL of one rule over the IP set. */
const webAcl = (action: string, defaultAction: string): State => ({
  ref: { account: ACCOUNT, region: 'us-east-1', kind: 'waf-web-acl', id: 'front' },
  shape: 1,
  takenAt: T0,
  watched: {
    rules: present<Json>({ own: { priority: 0, action, statement: { IPSetReferenceStatement: { ARN: SET_ARN } } } }),
    firewallManagerRules: present({}),
    ruleGroups: present({}),
    managedVersions: present({}),
    defaultAction: present(defaultAction),
    associations: present([]),
  },
  carried: {},
});

const guarded = (action: string, defaultAction: string, more: readonly Observation[] = []): Scan =>
  scanOf([...[{ ...ipSet, carried: { arn: SET_ARN } }, webAcl(action, defaultAction)].map(seen), ...more], {
    listings: [{ kind: 'waf-web-acl', region: 'us-east-1', shape: 1, complete: true }],
  });

const states = [
  accountState('-'),
  bucket('exports', { ...legacy, acl: 'public' }, 'assessment'),
  bucket('documents', legacy),
  bucket('modern', { ownership: 'BucketOwnerEnforced', policy: 'none', block: '1111' }),
  ipSet,
];
const here = scanOf(states.map(seen));

async function ask(wishes: readonly Wish[], scan: Scan = here, baseline?: Baseline): Promise<BlastRadius> {
  const proposals = proposalsFor(wishes, { scan, kinds: kindsById });
  return blastRadiusOf({ scan, proposals, baseline, kinds: kindsById, ownerTags: ['owner'] });
}

const textOf = async (wishes: readonly Wish[], scan?: Scan): Promise<string> =>
  renderBlastRadius(await ask(wishes, scan), { colour: false });

test('what is so already is said to be that; and of a proposal that sets nothing watched, that', async () => {
  const blocked = scanOf([accountState('1000')].map(seen));
  const texts = [
    await textOf([['s3-account-block.BlockPublicAcls', true]], blocked),
    renderBlastRadius(
      blastRadiusOf({ scan: blocked, proposals: [], baseline: undefined, kinds: kindsById, ownerTags: [] }),
      { colour: false },
    ),
  ];
  expect(texts.map((text) => text.split('\n\n')[0]).join('\n\n')).toMatchInlineSnapshot(`
    "Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, if this were set:
      ~ 111122223333/global/s3-account-block/account#publicAccessBlock.BlockPublicAcls: true, as it is already

    Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, and nothing of what is watched would be set."
  `);
});

const PUBLIC_POLICY: Json = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::documents/*' }],
};
const PUBLIC_LISTING: Json = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:ListBucket', Resource: 'arn:aws:s3:::partners' }],
};

const ALL = 'arn:aws:s3:::partners/*';
const EVERYONE: JsonObject = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: ALL };
const SERVICE: JsonObject = { ...EVERYONE, Principal: { Service: 'cloudtrail.amazonaws.com' }, Action: 's3:PutObject' };
const denied = (Action: string): JsonObject => ({ ...EVERYONE, Effect: 'Deny', Action });

describe('what would flip', () => {
  const ON = 's3-account-block.BlockPublicAcls';
  const ALL_ON: Json = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  };
  const CASES: readonly {
    case: string;
    wishes: readonly Wish[];
    scan?: Scan;
    accepted?: Baseline;
    is: Partial<Pick<BlastRadius, 'exitCode' | 'breakage' | 'exposure' | 'opensToWorld'>>;
    counts?: Partial<BlastRadius['counts']>;
    why?: string;
  }[] = [
    {
      case: 'the change of 28 October 2025',
      wishes: [[ON, true]],
      is: { exitCode: 1, breakage: 'breaks', exposure: 'narrowed', opensToWorld: false },
      counts: { affected: 2, broken: 2, notAffected: 1, opened: 0, unknown: 0 },
    },
    {
      case: 'what is so already',
      wishes: [[ON, false]],
      is: { exitCode: 0, breakage: 'none', exposure: 'same' },
      counts: { affected: 0, unknown: 0 },
    },
    {
      case: 'a flag off that opens what is stored, and refuses nothing',
      wishes: [['s3-account-block', null]],
      scan: scanOf([accountState('1111'), bucket('exports', { ...legacy, acl: 'public', account: '1111' })].map(seen)),
      is: { exitCode: 0, breakage: 'restores', exposure: 'widened', opensToWorld: true },
      counts: { affected: 1, opened: 1, broken: 0, unknown: 0 },
    },
    {
      case: 'a public policy on one bucket',
      wishes: [['s3-bucket/documents#policy', PUBLIC_POLICY]],
      is: { exitCode: 0, exposure: 'widened', opensToWorld: true },
      counts: { affected: 1, opened: 1 },
    },
    {
      case: 'the same under a block that is proposed with it: nothing is opened',
      wishes: [
        ['documents#policy', PUBLIC_POLICY],
        ['s3-account-block', ALL_ON],
      ],
      is: { exitCode: 1, opensToWorld: false },
      counts: { opened: 0 },
    },
    {
      case: "one flag of a bucket's own block",
      wishes: [['exports#publicAccessBlock.IgnorePublicAcls', true]],
      is: { exitCode: 1, exposure: 'narrowed' },
      counts: { affected: 1, broken: 1, opened: 0 },
    },
    {
      case: 'ACLs off',
      wishes: [['exports#ownership', 'BucketOwnerEnforced']],
      is: { exitCode: 1, breakage: 'breaks' },
      counts: { affected: 1, broken: 1 },
    },
    {
      case: 'whoever is named no more is refused, though no row of the table flips',
      wishes: [['partners#policy', null]],
      scan: scanOf([accountState('-'), bucket('partners', { ...legacy, policy: 'named' }, 'assessment')].map(seen)),
      is: { exitCode: 1, breakage: 'breaks', exposure: 'narrowed' },
      counts: { affected: 1, broken: 1, willBreak: 0, couldBreak: 0, notLogged: 1 },
    },
    {
      case: 'the same where others are let in in its place: what is lost counts',
      wishes: [['partners#policy', PUBLIC_LISTING]],
      scan: scanOf([accountState('-'), bucket('partners', { ...legacy, policy: 'named' })].map(seen)),
      is: { exitCode: 1, breakage: 'breaks', exposure: 'widened', opensToWorld: true },
      counts: { affected: 1, broken: 1, opened: 1 },
    },
    {
      case: 'a grant to another account that the bucket ACL no longer has',
      wishes: [['partners#acl', 'private']],
      scan: scanOf([accountState('-'), bucket('partners', { ...legacy, acl: 'partner' })].map(seen)),
      is: { exitCode: 1, breakage: 'breaks', exposure: 'narrowed' },
      counts: { affected: 1, broken: 1 },
    },
    {
      case: 'more is denied: whom it meets is not computed, and that it meets nobody is not said',
      wishes: [['partners#policy', { Version: '2012-10-17', Statement: POLICIES.denied } as Json]],
      scan: scanOf([accountState('-'), bucket('partners', { ...legacy, policy: 'named' })].map(seen)),
      is: { exitCode: 1, breakage: 'may-break' },
      counts: { affected: 1, broken: 1 },
    },
    {
      case: 'what is denied is another thing, and everyone is let in besides: that something flips is no answer to the first',
      wishes: [['partners#policy', { Version: '2012-10-17', Statement: [SERVICE, EVERYONE, denied('s3:PutObject')] }]],
      scan: scanOf([
        seen(accountState('-')),
        seen({
          ...bucket('partners', legacy),
          watched: {
            ...bucket('partners', legacy).watched,
            policy: present<Json>(
              canonicalPolicy({ Version: '2012-10-17', Statement: [SERVICE, denied('s3:DeleteObject')] }),
            ),
          },
        }),
      ]),
      is: { exitCode: 2, breakage: 'unknown', exposure: 'widened', opensToWorld: true },
      counts: { affected: 1, unknown: 1 },
      why: 'what this change of the bucket does could not be computed',
    },
    {
      case: 'a list of addresses: what uses it is not read',
      wishes: [['waf-ip-set/office+', '203.0.113.0/24']],
      is: { exitCode: 2, breakage: 'unknown', exposure: 'unknown' },
      counts: { broken: 0, unknown: 1 },
      why: 'Which web ACLs refer to it is not known: their list in us-east-1 was not read',
    },
    {
      case: 'an IP set whose addresses a web ACL refuses (aws-facts §6)',
      wishes: [['waf-ip-set/office+', '203.0.113.0/24']],
      scan: guarded('block', 'allow'),
      is: { exitCode: 1, breakage: 'may-break', exposure: 'narrowed' },
      counts: { affected: 1, broken: 1, unknown: 0 },
    },
    {
      case: 'an allowed address that is taken out where all others are refused',
      wishes: [['waf-ip-set/office-', '198.51.100.0/24']],
      scan: guarded('allow', 'block'),
      is: { exitCode: 1, breakage: 'may-break', exposure: 'narrowed' },
      counts: { affected: 1, broken: 1, unknown: 0 },
    },
    {
      case: 'an address that is let in',
      wishes: [['waf-ip-set/office+', '203.0.113.0/24']],
      scan: guarded('allow', 'block'),
      is: { exitCode: 0, breakage: 'restores', exposure: 'widened' },
      counts: { affected: 1, broken: 0, unknown: 0 },
    },
    {
      case: 'an IP set that is only counted',
      wishes: [['waf-ip-set/office+', '203.0.113.0/24']],
      scan: guarded('count', 'allow'),
      is: { exitCode: 0, breakage: 'none', exposure: 'same' },
      counts: { affected: 0, broken: 0, unknown: 0 },
    },
    {
      case: 'an address that is let in, and a web ACL that could not be read and may refuse it',
      wishes: [['waf-ip-set/office+', '203.0.113.0/24']],
      scan: guarded('allow', 'block', [unseen({ ...webAcl('block', 'allow').ref, id: 'dark' })]),
      is: { exitCode: 2 },
      counts: { unknown: 1 },
      why: 'Whether web ACL dark refers to it is not known: nothing of it could be read (AccessDenied)',
    },
    {
      case: 'what breaks beats what is not known',
      wishes: [
        [ON, true],
        ['waf-ip-set/office', '203.0.113.0/24'],
      ],
      is: { exitCode: 1, breakage: 'breaks' },
      counts: { unknown: 1 },
    },
    {
      case: 'a bucket of which nothing could be read',
      wishes: [['dark#policy', null]],
      scan: scanOf([...states.map(seen), unseen(bucketRef('dark'))]),
      is: { exitCode: 2, breakage: 'unknown' },
      counts: { unknown: 1 },
      why: 'policy could not be read (AccessDenied)',
    },
    {
      case: "an account's block of which one flag would be set and the others could not be read",
      wishes: [[ON, true]],
      scan: scanOf([
        seen({ ...accountState('-'), watched: { publicAccessBlock: { status: 'unreadable', code: 'AccessDenied' } } }),
        seen(bucket('exports', legacy)),
      ]),
      is: { exitCode: 2 },
      counts: { unknown: 1 },
      why: 'publicAccessBlock.BlockPublicAcls could not be read (AccessDenied)',
    },
    {
      case: 'a bucket below that could not be read',
      wishes: [[ON, true]],
      scan: scanOf([seen(accountState('-')), unseen(bucketRef('dark'))]),
      is: { exitCode: 2 },
      counts: { unknown: 1 },
      why: 'nothing of it could be read (AccessDenied)',
    },
    {
      case: 'a region that is accepted and that this scan left out',
      wishes: [[ON, true]],
      scan: scanOf([seen(accountState('-'))]),
      accepted: baselineOf([], { covers: [{ kind: 's3-bucket', region: 'eu-west-1', shape: 1 }] }),
      is: { exitCode: 2 },
      counts: { unknown: 1 },
      why: 'the scan left out s3-bucket in eu-west-1, which is accepted: there may be more',
    },
    {
      case: 'a list that was not complete',
      wishes: [[ON, true]],
      scan: scanOf([seen(accountState('-'))], {
        listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false, code: 'AccessDenied' }],
      }),
      is: { exitCode: 2 },
      counts: { unknown: 1 },
      why: 'the list of s3-bucket was not complete in us-east-1: there may be more',
    },
  ];

  test.each(CASES)('$case', async ({ wishes, scan, accepted, is, counts = {}, why }) => {
    const report = await ask(wishes, scan, accepted);
    expect(report).toMatchObject({ version: 1, account: ACCOUNT, ...is, counts });
    if (why !== undefined) expect(report.unknown.map((one) => one.why)).toContain(why);
  });

  test('an ACL that S3 hides now is taken as it was accepted', async () => {
    const hidden = bucket('exports', { ...legacy, acl: 'private', account: '0100' });
    const masked: State = { ...hidden, carried: { ...hidden.carried, aclMaskedBy: 'ignore-public-acls' } };
    const scan = scanOf([seen(accountState('0100')), seen(masked)]);
    const wish: readonly Wish[] = [['s3-account-block.IgnorePublicAcls', false]];
    expect(await ask(wish, scan)).toMatchObject({ opensToWorld: false });
    expect(await ask(wish, scan, baselineOf([bucket('exports', { ...legacy, acl: 'public' })]))).toMatchObject({
      opensToWorld: true,
      counts: { opened: 1 },
    });
  });

  test('whose it is, as far as a tag says so', async () =>
    expect((await ask([[ON, true]])).owners).toEqual({ '111122223333/us-east-1/s3-bucket/exports': 'assessment' }));

  test('nothing that was read moves: the same question twice has the same answer', async () => {
    const before = JSON.stringify(here);
    expect(await ask([[ON, true]])).toEqual(await ask([[ON, true]]));
    expect(JSON.stringify(here)).toBe(before);
  });
});

describe('what S3 itself would refuse to set is said, and the rest is computed as if it were set', () => {
  const PUBLIC: Json = { Version: '2012-10-17', Statement: [{ ...EVERYONE, Resource: 'arn:aws:s3:::b/*' }] };
  const organization = (value: Json): State => ({
    ref: { account: ACCOUNT, region: 'global', kind: 's3-organization-policy', id: 'policy' },
    shape: 1,
    takenAt: T0,
    watched: { effectivePolicy: present(value) },
    carried: {},
  });
  test.each<{
    case: string;
    fact: string;
    side: BucketSide;
    more?: readonly State[];
    wishes: readonly Wish[];
    exitCode: number;
    refused: readonly string[];
  }>([
    {
      case: 'a public ACL under BlockPublicAcls',
      fact: '§3.2 A1',
      side: { ...legacy, block: '1000' },
      wishes: [['b#acl', 'public-read']],
      // Turning ACLs off would be refused over such an ACL.
      exitCode: 1,
      refused: ['acl: S3 would refuse to set it, with 403 AccessDenied: BlockPublicAcls refuses public ACLs'],
    },
    {
      case: 'any ACL where ACLs are off, even private',
      fact: '§1.6 BOE: always 400, even acl=private',
      side: { ownership: 'BucketOwnerEnforced' },
      wishes: [['b#acl', 'private']],
      exitCode: 0,
      refused: [
        'acl: S3 would refuse to set it, with 400 AccessControlListNotSupported: ACLs are off (BucketOwnerEnforced)',
      ],
    },
    {
      case: 'the same with ACLs turned on beside it: in which order is not told',
      fact: '§1.6',
      side: { ownership: 'BucketOwnerEnforced' },
      wishes: [
        ['b#ownership', 'ObjectWriter'],
        ['b#acl', 'private'],
      ],
      exitCode: 0,
      refused: [
        'acl: S3 would refuse to set it, with 400 AccessControlListNotSupported: ACLs are off (BucketOwnerEnforced), unless what is proposed beside it is set first',
      ],
    },
    {
      case: "a public policy under the account's BlockPublicPolicy",
      fact: '§3.2 P1',
      side: { ...legacy, account: '0010' },
      wishes: [['b#policy', PUBLIC]],
      exitCode: 0,
      refused: ['policy: S3 would refuse to set it, with 403 AccessDenied: BlockPublicPolicy refuses public policies'],
    },
    {
      case: 'a public policy with the flag beside it',
      fact: '§3.2 P1',
      side: legacy,
      wishes: [
        ['b#policy', PUBLIC],
        ['b#publicAccessBlock.BlockPublicPolicy', true],
      ],
      exitCode: 1,
      refused: [
        'policy: S3 would refuse to set it, with 403 AccessDenied: BlockPublicPolicy refuses public policies, once what is proposed beside it is set',
      ],
    },
    {
      case: 'ACLs off over a stored ACL that grants somebody else',
      fact: '§3.2 A3',
      side: { ...legacy, acl: 'partner' },
      wishes: [['b#ownership', 'BucketOwnerEnforced']],
      exitCode: 1,
      refused: [
        'ownership: S3 would refuse to set it, with 400 InvalidBucketAclWithObjectOwnership: the stored bucket ACL grants somebody else',
      ],
    },
    {
      case: "the account's block while an S3 policy of the organisation sets it",
      fact: '§1.8, §3.2 M1',
      side: { ownership: 'BucketOwnerEnforced', account: '1111' },
      more: [organization({ publicAccessBlock: 'all' })],
      wishes: [['s3-account-block.BlockPublicAcls', false]],
      exitCode: 0,
      refused: [
        "publicAccessBlock.BlockPublicAcls: S3 would refuse to set it, with 403 AccessDenied: an S3 policy of the organisation holds the account's block",
      ],
    },
    {
      case: 'what nothing refuses',
      fact: '§3.2 A2, P2',
      side: { ...legacy, block: '1111' },
      more: [organization({})],
      wishes: [
        ['b#acl', 'private'],
        ['b#policy', { Version: '2012-10-17', Statement: POLICIES.named } as Json],
        ['s3-account-block.BlockPublicAcls', true],
        ['b#website', null],
      ],
      exitCode: 0,
      refused: [],
    },
  ])('$case ($fact)', async ({ side, more = [], wishes, exitCode, refused }) => {
    const scan = scanOf([accountState(side.account ?? '-'), bucket('b', side), ...more].map(seen));
    const report = await ask(wishes, scan);
    expect(report.refused.map(({ setting, says }) => `${setting}: ${says}`)).toEqual(refused);
    expect(report.exitCode).toBe(exitCode);
  });

  test('as a person reads it', async () =>
    expect(
      `\n${await textOf([['b#acl', 'public-read']], scanOf([accountState('-'), bucket('b', { ...legacy, block: '1000' })].map(seen)))}`,
    ).toMatchInlineSnapshot(`
      "
      Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, if this were set:
        ~ 111122223333/us-east-1/s3-bucket/b#acl: [{"grantee":"79a5","permission":"FULL_CONTROL"}] → [{"grantee":"79a5","permission":"FULL_CONTROL"},{"grantee":"http://acs.amazonaws.com/groups/global/AllUsers","permission … (130 characters)

        ! us-east-1/s3-bucket/b#acl: S3 would refuse to set it, with 403 AccessDenied: BlockPublicAcls refuses public ACLs.
        What follows is computed as if it were set.

        The bucket ACL grants READ to everyone now.

      ┌───────────────────────┬───────┬──────────┬────────────────────┬───────────────────────────────────────────────────┐
      │ resource              │ owner │ breakage │ exposure           │ what flips                                        │
      ├───────────────────────┼───────┼──────────┼────────────────────┼───────────────────────────────────────────────────┤
      │ us-east-1/s3-bucket/b │       │ none     │ opens to the world │ allowed → 400 InvalidBucketAclWithObjectOwnership │
      │                       │       │          │                    │   Turn ACLs off (BucketOwnerEnforced)             │
      │                       │       │          │                    │ 403 AccessDenied → allowed                        │
      │                       │       │          │                    │   Anonymous listing by the bucket's ACL           │
      └───────────────────────┴───────┴──────────┴────────────────────┴───────────────────────────────────────────────────┘

      This would break something. 1 resource affected; 1 with something refused or useless; 1 opened to the world.
      No evidence of use was looked at: no evidence is never no impact.
      "
    `));
});

describe('laws', () => {
  const digits = ['-', '0000', '1000', '0100', '0010', '0001', '1111'];
  const sides: readonly BucketSide[] = [
    { ...legacy, acl: 'public' },
    legacy,
    { ownership: 'BucketOwnerEnforced', policy: 'public' },
    { ownership: 'ObjectWriter', acl: 'everything', policy: 'mixed' },
  ];
  const flagsOf = (block: string): Json =>
    block === '-' ? null : Object.fromEntries(BLOCK_FLAGS.map((flag, place) => [flag, block[place] === '1'] as const));
  const scanUnder = (block: string): Scan =>
    scanOf([accountState(block), ...sides.map((side, index) => bucket(`b-${index}`, side))].map(seen));

  test.each(digits.flatMap((from) => digits.map((to) => ({ from, to }))))(
    'the block from $from to $to: what is computed before is what is told afterwards',
    async ({ from, to }) => {
      const report = await ask([['s3-account-block', flagsOf(to)]], scanUnder(from));
      const { baseline, scan } = compareScans(scanUnder(from), scanUnder(to));
      const { drifts, consequences } = departureFrom(baseline, scan, kindsById);
      expect([report.drifts, report.consequences]).toEqual([drifts, consequences]);
      if (from === to) expect(report).toMatchObject({ exitCode: 0, counts: { affected: 0, unknown: 0 } });
    },
  );

  test('the document has these members and no others', async () => {
    const ref = z.strictObject({ account: z.string(), region: z.string(), kind: z.string(), id: z.string() });
    const reading = z.object({ status: z.enum(['present', 'absent', 'unreadable', 'skipped']) });
    const exposure = z.enum(['widened', 'narrowed', 'same', 'unknown']);
    const breakage = z.enum(['breaks', 'may-break', 'restores', 'none', 'unknown']);
    const counts = z.strictObject({
      affected: z.number(),
      notAffected: z.number(),
      broken: z.number(),
      opened: z.number(),
      unknown: z.number(),
      willBreak: z.number(),
      couldBreak: z.number(),
      notLogged: z.number(),
    });
    const schema = z.strictObject({
      version: z.literal(1),
      exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
      account: z.string(),
      scan: z.strictObject({
        id: z.string(),
        startedAt: z.string(),
        finishedAt: z.string(),
        regions: z.array(z.string()),
      }),
      proposed: z.array(z.strictObject({ ref, setting: z.string(), before: reading, after: reading })),
      refused: z.array(z.strictObject({ ref, setting: z.string(), says: z.string() })),
      exposure,
      breakage,
      opensToWorld: z.boolean(),
      counts,
      drifts: z.array(z.object({ ref, changes: z.array(z.object({ path: z.string(), exposure, breakage })) })),
      consequences: z.array(z.object({ cause: ref, of: z.string(), affected: z.array(z.object({})) })),
      unknown: z.array(z.strictObject({ ref: z.optional(ref), why: z.string() })),
      owners: z.record(z.string(), z.string()),
      verdicts: z.array(
        z.strictObject({
          refs: z.array(ref),
          row: z.string(),
          title: z.string(),
          word: z.enum(['will-break', 'could-break', 'unknown']),
          reason: z.enum(['not-looked', 'not-computed']),
          why: z.optional(z.string()),
          isLater: z.boolean(),
          uses: z.array(z.never()),
        }),
      ),
      distributions: z.array(z.strictObject({ bucket: ref, distribution: ref, says: z.string() })),
      evidence: z.strictObject({ looked: z.literal(false), says: z.string() }),
      ways: z.array(z.string()),
    });
    const wishes: readonly Wish[] = [
      ['s3-account-block.BlockPublicAcls', true],
      ['waf-ip-set/office+', '203.0.113.0/24'],
    ];
    expect(schema.safeParse(JSON.parse(JSON.stringify(await ask(wishes)))).error?.issues).toBeUndefined();
  });
});

describe('as a person reads it', () => {
  test('the change of 28 October 2025', async () =>
    expect(`\n${await textOf([['s3-account-block.BlockPublicAcls', true]])}`).toMatchInlineSnapshot(`
      "
      Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, if this were set:
        ~ 111122223333/global/s3-account-block/account#publicAccessBlock.BlockPublicAcls: not set → true

        New uploads that carry a public ACL, and changes to a public ACL, are now refused with 403 AccessDenied; uploads without an ACL still work, so a test without --acl proves nothing.

      ┌───────────────────────────────┬────────────┬──────────┬──────────┬──────────────────────────────────────┐
      │ resource                      │ owner      │ breakage │ exposure │ what flips                           │
      ├───────────────────────────────┼────────────┼──────────┼──────────┼──────────────────────────────────────┤
      │ us-east-1/s3-bucket/exports   │ assessment │ breaks   │ narrowed │ allowed → 403 AccessDenied           │
      │ us-east-1/s3-bucket/documents │            │          │          │   Upload with a public ACL           │
      │                               │            │          │          │   Change to a public ACL             │
      │                               │            │          │          │   Presigned upload with a public ACL │
      └───────────────────────────────┴────────────┴──────────┴──────────┴──────────────────────────────────────┘

      Gentler ways, of which Plumbline goes none:
        - Set it on buckets instead of the account: on 1 of them nothing flips, and the others can follow one by one.
        - Uploads need no public ACL where a bucket policy allows s3:GetObject on what is to be public: leave the ACL out of the upload, and BlockPublicAcls refuses nothing. BlockPublicPolicy and RestrictPublicBuckets must then stay off for that bucket.

      This would break something. 2 resources affected; 2 with something refused or useless; 1 not affected.
      No evidence of use was looked at: no evidence is never no impact.
      "
    `));

  test('an IP set that a web ACL refuses', async () =>
    expect(`\n${await textOf([['waf-ip-set/office+', '203.0.113.0/24']], guarded('block', 'allow'))}`)
      .toMatchInlineSnapshot(`
      "
      Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, if this were set:
        ~ 111122223333/us-east-1/waf-ip-set/office#addresses: ["198.51.100.0/24"] → ["198.51.100.0/24","203.0.113.0/24"]

        Web ACL front, for 203.0.113.0/24, which was added: rule own (priority 0, IP set office) refuses it from now on; the default action let it through before.

      ┌─────────────────────────────┬───────┬───────────┬──────────┬───────────────────────────────────────────────────────┐
      │ resource                    │ owner │ breakage  │ exposure │ what flips                                            │
      ├─────────────────────────────┼───────┼───────────┼──────────┼───────────────────────────────────────────────────────┤
      │ us-east-1/waf-ip-set/office │       │ may-break │ narrowed │ allowed → 403 Forbidden, where there is any           │
      │                             │       │           │          │   Request from an added address through web ACL front │
      └─────────────────────────────┴───────┴───────────┴──────────┴───────────────────────────────────────────────────────┘

      This would break something. 1 resource affected; 1 with something refused or useless.
      No evidence of use was looked at: no evidence is never no impact.
      "
    `));

  test('an IP set', async () =>
    expect(`\n${await textOf([['waf-ip-set/office-', '198.51.100.0/24']])}`).toMatchInlineSnapshot(`
      "
      Account 111122223333, 1 region, as read at 2026-01-01 00:00:00 UTC, if this were set:
        ~ 111122223333/us-east-1/waf-ip-set/office#addresses: ["198.51.100.0/24"] → []

        Which web ACLs refer to it is not known: their list in us-east-1 was not read.

      ┌─────────────────────────────┬───────┬──────────┬──────────┬─────────────────────────────────────┐
      │ resource                    │ owner │ breakage │ exposure │ what flips                          │
      ├─────────────────────────────┼───────┼──────────┼──────────┼─────────────────────────────────────┤
      │ us-east-1/waf-ip-set/office │       │ unknown  │ unknown  │ perhaps                             │
      │                             │       │          │          │   Request through any other web ACL │
      └─────────────────────────────┴───────┴──────────┴──────────┴─────────────────────────────────────┘

      Could not be computed:
        ? office: Which web ACLs refer to it is not known: their list in us-east-1 was not read

      Cannot tell. 1 resource affected; 0 with something refused or useless; 1 not known.
      No evidence of use was looked at: no evidence is never no impact.
      "
    `));
});

describe('what cannot be asked', () => {
  const says = async (target: string, value: Json): Promise<readonly string[]> => {
    try {
      await ask([[target, value]]);
    } catch (error) {
      if (error instanceof PlumblineError) return [error.code, error.message];
    }
    return ['answered'];
  };

  test.each<{ target: string; value: Json; code: string; message: string }>([
    {
      target: 's3-acount-block.BlockPublicAcls',
      value: true,
      code: 'REFERENCE_INVALID',
      message: 'there is no kind "s3-acount-block"; did you mean "s3-account-block"?',
    },
    {
      target: 's3-buckets/exports#policy',
      value: null,
      code: 'REFERENCE_INVALID',
      message: 'there is no kind "s3-buckets"; did you mean "s3-bucket"?',
    },
    {
      target: 's3-bucket/export#policy',
      value: null,
      code: 'REFERENCE_INVALID',
      message: 'nothing here is called "s3-bucket/export"; did you mean "exports"?',
    },
    {
      target: 'exports#polcy',
      value: null,
      code: 'REFERENCE_INVALID',
      message: 'a bucket has no setting "polcy"; did you mean "policy"?',
    },
    {
      target: 'exports',
      value: null,
      code: 'REFERENCE_INVALID',
      message:
        'exports names no setting: write exports#policy, or one of publicAccessBlock, policy, acl, ownership, website',
    },
    {
      target: 's3-account-block.BlockPublicAcl',
      value: true,
      code: 'ARGUMENT_INVALID',
      message: 's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
    },
    {
      target: 's3-account-block.BlockPublicAcls',
      value: 'maybe',
      code: 'ARGUMENT_INVALID',
      message: 's3-account-block.BlockPublicAcls: "maybe" is no value of BlockPublicAcls: write true or false',
    },
    {
      target: 'exports#policy',
      value: { Version: '2012-10-17' },
      code: 'ARGUMENT_INVALID',
      message: 'exports#policy: it is no policy document: write @FILE, an object with a Statement, or null for none',
    },
    {
      target: 'exports#acl',
      value: 'public-reed',
      code: 'ARGUMENT_INVALID',
      message: 'exports#acl: "public-reed" is no canned ACL; did you mean "public-read"?',
    },
    {
      target: 'exports#ownership',
      value: 'BucketOwnerEnforce',
      code: 'ARGUMENT_INVALID',
      message: 'exports#ownership: "BucketOwnerEnforce" is no object ownership; did you mean "BucketOwnerEnforced"?',
    },
    {
      target: 'exports#policy+',
      value: {},
      code: 'ARGUMENT_INVALID',
      message: 'exports#policy+: it is set as a whole: write = instead of += or -=',
    },
    {
      target: 'waf-ip-set/office+',
      value: '203.0.113.7',
      code: 'ARGUMENT_INVALID',
      message: 'waf-ip-set/office+: "203.0.113.7" is no CIDR range: write one such as 203.0.113.0/24',
    },
    {
      target: 'waf-ip-set/office+',
      value: '2001:db8::/32',
      code: 'ARGUMENT_INVALID',
      message: 'waf-ip-set/office+: 2001:db8::/32 is no range of IPV4, which is what the IP set holds',
    },
    {
      target: 'waf-ip-set/office-',
      value: '192.0.2.0/24',
      code: 'ARGUMENT_INVALID',
      message: 'waf-ip-set/office-: 192.0.2.0/24 is not in the IP set, so it cannot be taken out',
    },
  ])('$target = $value', async ({ target, value, code, message }) =>
    expect(await says(target, value)).toEqual([code, message]),
  );

  test('nothing at all', () =>
    expect(ask([])).rejects.toThrow('say what would be set, such as s3-account-block.BlockPublicAcls=true'));

  test('names may hold dots', async () => {
    const scan = scanOf([accountState('-'), bucketState('my.bucket.name')].map(seen));
    expect(await ask([['s3-bucket/my.bucket.name#policy', PUBLIC_POLICY]], scan)).toMatchObject({
      proposed: [{ ref: { id: 'my.bucket.name' }, setting: 'policy' }],
    });
  });
});

describe('CloudFront before a bucket', () => {
  const site = bucket('site', { ownership: 'BucketOwnerEnforced', policy: 'public', website: 'set' });
  const distribution = (id: string, origin: Json): State => ({
    ref: { account: ACCOUNT, region: 'global', kind: 'cloudfront-distribution', id },
    shape: 1,
    takenAt: T0,
    watched: {
      enabled: present(true),
      origins: present({ site: origin }),
      behaviors: present({ 'Default (*)': ['site'] }),
    },
    carried: { aliases: [`${id.toLowerCase()}.example.com`] },
  });
  const scan = scanOf(
    [
      accountState('-'),
      site,
      distribution('E1', { domain: 'site.s3-website-us-east-1.amazonaws.com', bucket: 'site', reachedBy: 'website' }),
      distribution('E2', {
        domain: 'site.s3.us-east-1.amazonaws.com',
        bucket: 'site',
        reachedBy: 'origin-access-control',
        accessControl: 'EC',
        signing: 'always',
      }),
    ].map(seen),
  );

  test('one over the website endpoint is refused with everyone; one with origin access control never is (aws-facts §3.2 C3, C1)', async () => {
    const report = await ask([['s3-account-block.RestrictPublicBuckets', true]], scan);
    expect(report.distributions.map(({ says }) => says)).toEqual([
      'distribution E1 (e1.example.com) reads this bucket over its website endpoint',
    ]);
    expect(renderBlastRadius(report, { colour: false })).toContain(
      'CloudFront comes by a door that would be shut, or may be:\n  site: distribution E1 (e1.example.com) reads this bucket over its website endpoint',
    );
  });

  test('what refuses other requests alone names none', async () => {
    expect((await ask([['s3-account-block.BlockPublicPolicy', true]], scan)).distributions).toEqual([]);
  });
});
