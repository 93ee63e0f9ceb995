import { describe, expect, test } from 'vitest';
import { reportOn } from '#core/report.ts';
import type { JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { printable, shellWord } from '#render/printable.ts';
import { renderTerminal } from '#render/terminal.ts';
import { ACCOUNT, baselineOf, bucketRef, bucketState, gone, scanOf, seen, T0 } from '../builders.ts';

const ACTION_ITEMS = [
  { id: 'TM-6', title: 'Understand public and private use', link: 'https://status.example.com/one' },
  { id: 'TM-7', title: 'Log what changes', link: 'https://status.example.com/one' },
];

function render(
  accepted: readonly State[] | undefined,
  observations: Parameters<typeof scanOf>[0],
  { width, ...more }: Parameters<typeof scanOf>[1] & { readonly width?: number } = {},
): string {
  const report = reportOn({
    scan: scanOf(observations, more),
    baseline: accepted && baselineOf(accepted),
    kinds: kindsById,
    actionItems: ACTION_ITEMS,
    ownerTags: ['team'],
    withStates: false,
  });
  return renderTerminal(report, { colour: false, width, kinds: kindsById });
}

const statement = (more: object) => ({
  Effect: 'Allow',
  Principal: { AWS: ['111122223333'] },
  Action: ['s3:getobject'],
  Resource: ['*'],
  ...more,
});
const policy = (...Statement: object[]): JsonReading => ({
  status: 'present',
  value: { Version: '2012-10-17', Statement: Statement as never },
});
const text = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

describe('the whole text', () => {
  test('nothing accepted', () => {
    expect(render(undefined, [seen(bucketState('a'))]))
      .toBe(`Account 111122223333, 1 region: read 0 cloudfront-distribution, 0 s3-account-block, 1 s3-bucket, 0 s3-organization-policy, 0 waf-ip-set, 0 waf-web-acl at 2026-01-01 00:00:00 UTC
Nothing is accepted in this account yet, so there is nothing to compare with.

What is there:
  s3-bucket
      bucket-level block: set on 0 of 1
      bucket policy: set on 0 of 1
      bucket ACL: set on 1 of 1
      object ownership: set on 0 of 1
      static website: set on 0 of 1 (1 not read, since it cannot matter)

Cannot tell. 1 not yet accepted.

Next: look through it (plumbline scan --all --json), then accept what is there:
  plumbline baseline accept --all --reason "first look"
`);
  });

  test('nothing drifted', () => {
    expect(render([bucketState('a')], [seen(bucketState('a'))]))
      .toBe(`Account 111122223333, 1 region: read 0 cloudfront-distribution, 0 s3-account-block, 1 s3-bucket, 0 s3-organization-policy, 0 waf-ip-set, 0 waf-web-acl at 2026-01-01 00:00:00 UTC
Compared with what arn:aws:iam::111122223333:user/ana accepted at 2026-01-01 00:00:00 UTC (generation 1: first look)

Nothing drifted. 0 changed, 0 created, 0 deleted.
`);
  });

  test('everything at once', () => {
    const before = statement({ Sid: 'Old' });
    const after = statement({ Sid: 'New', Principal: '*' });
    const block = (BlockPublicAcls: boolean): JsonReading => ({
      status: 'present',
      value: { BlockPublicAcls, IgnorePublicAcls: false },
    });
    const accepted = [
      bucketState('a', {
        watched: { policy: policy(before), publicAccessBlock: block(false) },
        carried: { policyText: text(before), tags: { team: 'assessment' } },
      }),
      bucketState('b', { watched: { policy: policy(before) } }),
      bucketState('gone'),
      bucketState('far', { region: 'eu-west-1' }),
      bucketState('masked', {
        watched: {
          acl: {
            status: 'present',
            value: [{ grantee: 'http://acs.amazonaws.com/groups/global/AllUsers', permission: 'READ' }],
          },
        },
      }),
    ];
    const now = [
      seen(
        bucketState('a', {
          watched: { policy: policy(after), publicAccessBlock: block(true) },
          carried: { policyText: text(after) },
        }),
      ),
      seen(bucketState('b', { watched: { policy: { status: 'unreadable', code: 'AccessDenied' } } })),
      gone(bucketRef('gone')),
      seen(bucketState('new')),
      seen(bucketState('masked', { carried: { aclMaskedBy: 'ignore-public-acls' } })),
      seen(bucketState('other', { region: 'us-west-2' })),
    ];
    const caveats = [
      {
        about: 's3-bucket in us-east-1',
        code: 'AccessDenied',
        says: 'tags could not be read, so owners are not known',
      },
    ];
    expect(render(accepted, now, { caveats }))
      .toBe(`Account 111122223333, 1 region: read 0 cloudfront-distribution, 0 s3-account-block, 5 s3-bucket, 0 s3-organization-policy, 0 waf-ip-set, 0 waf-web-acl at 2026-01-01 00:00:00 UTC
Compared with what arn:aws:iam::111122223333:user/ana accepted at 2026-01-01 00:00:00 UTC (generation 1: first look)

  - 111122223333/us-east-1/s3-bucket/gone  deleted  high  breakage: breaks, exposure: unknown  f-85a8137277
      - acl: 0 members → not set
      Whatever used it gets 404 NoSuchBucket. Its name is free for anybody to take.
      watched for TM-6, TM-7

  ~ 111122223333/us-east-1/s3-bucket/a  changed  medium  breakage: unknown, exposure: unknown  owner assessment  f-868203cdae
      ~ publicAccessBlock.BlockPublicAcls: false → true
      ~ policy: statements +1 −1
          + {"Effect":"Allow","Principal":"*","Action":["s3:getobject"],"Resource":["*"],"Sid":"New"}
          - {"Effect":"Allow","Principal":{"AWS":["111122223333"]},"Action":["s3:getobject"],"Resource":["*"],"Sid":"Old"}
      BlockPublicAcls turned on for this bucket; what that does cannot be told: the account's block was not read.
      The bucket policy changed; what that does cannot be told: the account's block was not read.
      watched for TM-6, TM-7

  + 111122223333/us-east-1/s3-bucket/new  created  info  breakage: none, exposure: same  f-32325ee1a4
      + acl: not set → 0 members
      It lets in nobody from outside.
      watched for TM-6, TM-7

Could not be read (1); what was accepted of it stays accepted:
  ! 111122223333/us-east-1/s3-bucket/b#policy: AccessDenied (could not be read)

Not yet accepted, so not compared: 1 resource of kinds or regions that the baseline does not cover:
  ? 111122223333/us-west-2/s3-bucket/other

Not compared: 1 reading (masked#acl), because one of the two readings was masked: S3 does not show public grants under IgnorePublicAcls, and shows them again without it
Not looked at: 1 accepted resource in regions that this scan left out
Caveat: s3-bucket in us-east-1: tags could not be read, so owners are not known (AccessDenied)

Action items:
  TM-6  Understand public and private use
  TM-7  Log what changes
        https://status.example.com/one

Drift. 1 changed, 1 created, 1 deleted; 1 could not be read; 1 not yet accepted.

Next: see what lets whom in; undo what nobody wanted; accept what is right, by name or all of it:
  plumbline explain a
  plumbline baseline accept us-east-1/s3-bucket/gone --reason "…"
  plumbline baseline accept --all --reason "…"
`);
  });
});

describe('more whole texts', () => {
  test('what happens alike to each of several is said once, in lines of the width', () => {
    const on = { status: 'present', value: { BlockPublicAcls: true } } as const;
    const off = { status: 'present', value: { BlockPublicAcls: false } } as const;
    const legacy = (id: string, publicAccessBlock: JsonReading) =>
      bucketState(id, { watched: { publicAccessBlock, ownership: { status: 'absent' } } });
    const out = render([legacy('a', off), legacy('b', off)], [seen(legacy('a', on)), seen(legacy('b', on))], {
      width: 80,
    });
    expect(out.split('\n').slice(3, 14).join('\n')).toMatchInlineSnapshot(`
      "  The same settings changed on 2 × bucket: f-537fcf99bc
        ~ 111122223333/us-east-1/s3-bucket/a  changed  medium  breakage: unknown, exposure: unknown
            ~ publicAccessBlock.BlockPublicAcls: false → true
        ~ 111122223333/us-east-1/s3-bucket/b  changed  medium  breakage: unknown, exposure: unknown
            ~ publicAccessBlock.BlockPublicAcls: false → true
            BlockPublicAcls turned on for this bucket; what that does cannot be told:
              the account's block was not read.
            watched for TM-7

      Action items:
        TM-7  Log what changes"
    `);
    expect(out.split('turned on for this bucket').length).toBe(2);
  });

  test('a policy that is no JSON is shown as it is, and doctor is not advised', () => {
    const broken = bucketState('a', {
      watched: { policy: { status: 'unreadable', code: 'MalformedPolicy' } },
      carried: { policyText: '{not json' },
    });
    expect(render([bucketState('a')], [seen(broken)]))
      .toContain(`Could not be read (1); what was accepted of it stays accepted:
  ! 111122223333/us-east-1/s3-bucket/a#policy: MalformedPolicy (what AWS answered cannot be used)
      {not json

Cannot tell. 0 changed, 0 created, 0 deleted; 1 could not be read.
`);
  });

  test('settings of which nothing was accepted are counted and named, and are no drift', () => {
    const old = { ...bucketState('a'), watched: { policy: { status: 'absent' as const } } };
    expect(render([old], [seen(bucketState('a'))]))
      .toContain(`Not yet accepted, so not compared: 4 settings of which nothing was accepted:
  ? 111122223333/us-east-1/s3-bucket/a#publicAccessBlock
  ? 111122223333/us-east-1/s3-bucket/a#acl
  ? 111122223333/us-east-1/s3-bucket/a#ownership
  ? 111122223333/us-east-1/s3-bucket/a#website

Nothing drifted. 0 changed, 0 created, 0 deleted; 4 not yet accepted.
`);
  });

  test('a created resource shows everything that it holds', () => {
    const open = bucketState('new', {
      watched: {
        policy: policy(statement({ Principal: { AWS: ['*'] } })),
        ownership: { status: 'present', value: 'ObjectWriter' },
      },
    });
    expect(render([], [seen(open)]))
      .toContain(`  + 111122223333/us-east-1/s3-bucket/new  created  medium  breakage: none, exposure: unknown  f-32325ee1a4
      + policy: not set → set, statements +1 −0
          + {"Effect":"Allow","Principal":{"AWS":["*"]},"Action":["s3:getobject"],"Resource":["*"]}
      + acl: not set → 0 members
      + ownership: not set → ObjectWriter
      Whether it lets everyone in cannot be told: the account's block was not read.
`);
  });
});

describe('text that somebody else chose', () => {
  const ESC = String.fromCodePoint(0x1b);
  const BIDI = String.fromCodePoint(0x202e);

  test.each([
    { case: 'an escape sequence', given: `${ESC}[2Jcleared`, shown: '\\u{1b}[2Jcleared' },
    { case: 'a new line', given: 'one\ntwo', shown: 'one\\u{a}two' },
    { case: 'a turn of direction', given: `safe${BIDI}exe`, shown: 'safe\\u{202e}exe' },
    { case: 'a character without width', given: `a${String.fromCodePoint(0x200b)}b`, shown: 'a\\u{200b}b' },
    { case: 'letters of any script', given: 'Größe 大きさ', shown: 'Größe 大きさ' },
  ])('$case', ({ given, shown }) => expect(printable(given)).toBe(shown));

  test('a Sid, a tag, a reason and a code cannot reach the terminal raw', () => {
    const hostile = `${ESC}]0;owned${String.fromCodePoint(7)}`;
    const written = text(statement({ Sid: hostile }));
    const output = render(
      [bucketState('a')],
      [
        seen(
          bucketState('a', {
            watched: { policy: policy(statement({})), acl: { status: 'unreadable', code: hostile } },
            carried: { policyText: written, tags: { team: hostile } },
          }),
        ),
      ],
      { caveats: [{ about: hostile, code: hostile, says: hostile }] },
    );
    expect(output).not.toContain(ESC);
    expect(output).toContain('owner \\u{1b}]0;owned\\u{7}');
  });

  test.each([
    { given: 's3-bucket/my.bucket', word: 's3-bucket/my.bucket' },
    { given: 'a;rm -rf ~', word: "'a;rm -rf ~'" },
    { given: "it's", word: `'it'\\''s'` },
    { given: '$(id)', word: "'$(id)'" },
  ])('$given becomes one word of a shell', ({ given, word }) => expect(shellWord(given)).toBe(word));

  test('the reference grammar keeps control characters out of a name', () => {
    expect(render([], [seen({ ...bucketState('x'), ref: { ...bucketRef(`x\n${ESC}y`) }, takenAt: T0 })])).toContain(
      `${ACCOUNT}/us-east-1/s3-bucket/x%0A%1By`,
    );
  });
});
