import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellQuoted, type AdviceRequest, type KindAdvice } from '#core/advice.ts';
import type { Change } from '#core/change.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import type { ResourceRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { ACCOUNT, bucketRef, T0 } from '../builders.ts';

const env = { ...process.env, LC_ALL: 'C.UTF-8' };

/** What a shell makes of the words that it is given, byte for byte. */
function wordsIn(shell: 'bash' | 'sh', text: string): readonly string[] {
  const printed = execFileSync(shell, ['-c', `printf '%s\\0' ${text}`], { env });
  return printed.toString('utf8').split('\0').slice(0, -1);
}

/** The arguments that `aws` is called with when the command is pasted; `$(aws … get-ip-set …)` answers `token`. */
function argumentsOf(command: string): readonly string[] {
  const aws = `aws() { if [ "$2" = get-ip-set ]; then printf token; else printf '%s\\0' "$@"; fi; }`;
  const printed = execFileSync('bash', ['-c', `${aws}; ${command}`], { env });
  return printed.toString('utf8').split('\0').slice(0, -1);
}

function adviceOf(kind: string): KindAdvice {
  const found = kindsById.get(kind);
  if (found === undefined) throw new TypeError(`no kind ${kind}`);
  return found.advice;
}

const ABSENT: JsonReading = { status: 'absent' };
const REFUSED: JsonReading = { status: 'unreadable', code: 'AccessDenied' };
const present = (value: Json): JsonReading => ({ status: 'present', value });
const change = (path: string, before: JsonReading, after: JsonReading): Change => ({
  path,
  before,
  after,
  exposure: 'unknown',
  breakage: 'unknown',
  says: 'moved',
  check: 'check',
});

interface Accepted {
  readonly watched: Readonly<Record<string, JsonReading>>;
  readonly carried?: JsonObject;
}

function request(
  ref: ResourceRef,
  accepted: Accepted | undefined,
  changes: readonly (string | Change)[],
): AdviceRequest {
  return {
    ref,
    accepted: accepted && { ref, shape: 1, takenAt: T0, watched: accepted.watched, carried: accepted.carried ?? {} },
    changes: changes.map((one) =>
      typeof one === 'string' ? change(one, accepted?.watched[one] ?? REFUSED, present('now')) : one,
    ),
    partition: 'aws',
  };
}

describe('one word for the shell', () => {
  test.each([
    { case: 'a plain name', text: 'exports', quoted: 'exports' },
    { case: 'nothing', text: '', quoted: "''" },
    { case: 'a space', text: 'a b', quoted: "'a b'" },
    { case: 'a quote', text: "it's", quoted: `'it'\\''s'` },
    { case: 'a command', text: '$(rm -rf ~); `id` && x > y', quoted: "'$(rm -rf ~); `id` && x > y'" },
    { case: 'a home', text: '~/x', quoted: "'~/x'" },
    { case: 'a pattern', text: '*?[a]{b,c}', quoted: "'*?[a]{b,c}'" },
    { case: 'a comment', text: '#x', quoted: "'#x'" },
    { case: 'history', text: '!!', quoted: "'!!'" },
    { case: 'a terminal’s escape, which is shown and not obeyed', text: '\u001B[2J', quoted: `$'\\U0000001b[2J'` },
    { case: 'a line break, which is no second command', text: 'a\nrm x', quoted: `$'a\\U0000000arm x'` },
    { case: 'text that runs backwards', text: 'a\u202Eb', quoted: `$'a\\U0000202eb'` },
    { case: 'both quotes and a control', text: `'"\\\t`, quoted: `$'\\'"\\\\\\U00000009'` },
  ])('$case', ({ text, quoted }) => {
    expect(shellQuoted(text)).toBe(quoted);
    expect(wordsIn('bash', quoted)).toEqual([text]);
  });

  // A NUL can stand in no argument of any program.
  const texts = (unit: 'binary' | 'grapheme-ascii') =>
    fc.array(
      fc.string({ unit }).map((text) => text.replaceAll('\0', '')),
      { minLength: 1, maxLength: 50 },
    );

  test('whatever a stranger wrote comes out of bash byte for byte', () => {
    fc.assert(
      fc.property(texts('binary'), (all) => {
        expect(wordsIn('bash', all.map(shellQuoted).join(' '))).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  test('without control characters out of any POSIX shell', () => {
    fc.assert(
      fc.property(texts('grapheme-ascii'), (all) => {
        expect(wordsIn('sh', all.map(shellQuoted).join(' '))).toEqual(all);
      }),
      { numRuns: 60 },
    );
  });

  test('holds nothing that a terminal would obey', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(shellQuoted(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 1000 },
    );
  });
});

const ON = { BlockPublicAcls: true, IgnorePublicAcls: false, BlockPublicPolicy: true, RestrictPublicBuckets: false };
const TEXT_OF_ON = 'BlockPublicAcls=true,IgnorePublicAcls=false,BlockPublicPolicy=true,RestrictPublicBuckets=false';
const OWNER = 'a'.repeat(64);
const PARTNER = 'b'.repeat(64);
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers';
const UNKNOWN = 'what it was before is not known';

interface Case {
  readonly case: string;
  readonly ref: ResourceRef;
  readonly accepted: Accepted | undefined;
  readonly changes: readonly (string | Change)[];
  readonly commands: readonly string[];
  readonly note?: string;
}

const account: ResourceRef = { account: ACCOUNT, region: 'global', kind: 's3-account-block', id: 'account' };
const set = (region: string, id = 'deny-list'): ResourceRef => ({ account: ACCOUNT, region, kind: 'waf-ip-set', id });
const exports = bucketRef('exports', 'eu-west-1');
const POLICY = '{"Version":"2012-10-17","Statement":[{"Sid":"it\'s","Effect":"Allow"}]}';

describe('the way back, as whole commands', () => {
  const cases: readonly Case[] = [
    {
      case: 'the account’s block was set',
      ref: account,
      accepted: { watched: { publicAccessBlock: present(ON) } },
      changes: ['publicAccessBlock'],
      commands: [
        `aws s3control put-public-access-block --account-id ${ACCOUNT} --public-access-block-configuration ${TEXT_OF_ON}`,
      ],
    },
    {
      case: 'the account’s block was not set',
      ref: account,
      accepted: { watched: { publicAccessBlock: ABSENT } },
      changes: ['publicAccessBlock'],
      commands: [`aws s3control delete-public-access-block --account-id ${ACCOUNT}`],
    },
    {
      case: 'the account’s block could not be read then',
      ref: account,
      accepted: { watched: { publicAccessBlock: REFUSED } },
      changes: ['publicAccessBlock'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'nobody accepted anything of the account',
      ref: account,
      accepted: undefined,
      changes: ['publicAccessBlock'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'a bucket’s block was set',
      ref: exports,
      accepted: { watched: { publicAccessBlock: present(ON) } },
      changes: ['publicAccessBlock'],
      commands: [
        `aws s3api put-public-access-block --bucket exports --public-access-block-configuration ${TEXT_OF_ON}`,
      ],
    },
    {
      case: 'a bucket’s block was not set',
      ref: exports,
      accepted: { watched: { publicAccessBlock: ABSENT } },
      changes: ['publicAccessBlock'],
      commands: ['aws s3api delete-public-access-block --bucket exports'],
    },
    {
      case: 'a policy: as AWS returned it, not its canonical form',
      ref: exports,
      accepted: { watched: { policy: present({ Version: 'x' }) }, carried: { policyText: POLICY } },
      changes: ['policy'],
      commands: [
        `aws s3api put-bucket-policy --bucket exports --policy '{"Version":"2012-10-17","Statement":[{"Sid":"it'\\''s","Effect":"Allow"}]}'`,
      ],
    },
    {
      case: 'a policy whose text is not carried',
      ref: exports,
      accepted: { watched: { policy: present({ Version: 'x' }) } },
      changes: ['policy'],
      commands: [`aws s3api put-bucket-policy --bucket exports --policy '{"Version":"x"}'`],
    },
    {
      case: 'there was no policy',
      ref: exports,
      accepted: { watched: { policy: ABSENT } },
      changes: ['policy'],
      commands: ['aws s3api delete-bucket-policy --bucket exports'],
    },
    {
      case: 'the policy could not be read then',
      ref: exports,
      accepted: { watched: { policy: REFUSED } },
      changes: ['policy'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'of two settings one could not be read then',
      ref: exports,
      accepted: { watched: { policy: REFUSED, publicAccessBlock: ABSENT } },
      changes: ['policy', 'publicAccessBlock'],
      commands: ['aws s3api delete-public-access-block --bucket exports'],
      note: 'what it was before is not known of: policy',
    },
    {
      case: 'a policy that is too long for a command',
      ref: exports,
      accepted: {
        watched: { policy: present({}), publicAccessBlock: ABSENT },
        carried: { policyText: `{"Version":"${'x'.repeat(4000)}"}` },
      },
      changes: ['policy', 'publicAccessBlock'],
      commands: ['aws s3api delete-public-access-block --bucket exports'],
      note: 'one value is too long for a command: take it from "plumbline baseline show exports --json"',
    },
    {
      case: 'grants, with the owner that the API wants named',
      ref: exports,
      accepted: {
        watched: {
          acl: present([
            { grantee: OWNER, permission: 'FULL_CONTROL' },
            { grantee: ALL_USERS, permission: 'READ' },
          ]),
        },
        carried: { aclOwner: OWNER },
      },
      changes: ['acl'],
      commands: [
        `aws s3api put-bucket-acl --bucket exports --access-control-policy '${JSON.stringify({
          Owner: { ID: OWNER },
          Grants: [
            { Grantee: { Type: 'CanonicalUser', ID: OWNER }, Permission: 'FULL_CONTROL' },
            { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' },
          ],
        })}'`,
      ],
    },
    {
      case: 'grants whose owner is not known',
      ref: exports,
      accepted: { watched: { acl: present([{ grantee: OWNER, permission: 'FULL_CONTROL' }]) } },
      changes: ['acl'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'ACLs were on: first that, since none can be put while they are off (aws-facts §1.6)',
      ref: exports,
      accepted: {
        watched: { ownership: present('ObjectWriter'), acl: present([{ grantee: PARTNER, permission: 'READ' }]) },
        carried: { aclOwner: OWNER },
      },
      changes: ['acl', 'ownership'],
      commands: [
        `aws s3api put-bucket-ownership-controls --bucket exports --ownership-controls 'Rules=[{ObjectOwnership=ObjectWriter}]'`,
        `aws s3api put-bucket-acl --bucket exports --access-control-policy '{"Owner":{"ID":"${OWNER}"},"Grants":[{"Grantee":{"Type":"CanonicalUser","ID":"${PARTNER}"},"Permission":"READ"}]}'`,
      ],
    },
    {
      case: 'ACLs were off: that last, since it is refused while others have grants, and no ACL can be put after it (aws-facts §1.6)',
      ref: exports,
      accepted: {
        watched: {
          ownership: present('BucketOwnerEnforced'),
          acl: present([{ grantee: OWNER, permission: 'FULL_CONTROL' }]),
        },
        carried: { aclOwner: OWNER },
      },
      changes: ['acl', 'ownership'],
      commands: [
        `aws s3api put-bucket-acl --bucket exports --access-control-policy '{"Owner":{"ID":"${OWNER}"},"Grants":[{"Grantee":{"Type":"CanonicalUser","ID":"${OWNER}"},"Permission":"FULL_CONTROL"}]}'`,
        `aws s3api put-bucket-ownership-controls --bucket exports --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]'`,
      ],
    },
    {
      case: 'ownership was not set',
      ref: exports,
      accepted: { watched: { ownership: ABSENT } },
      changes: ['ownership'],
      commands: ['aws s3api delete-bucket-ownership-controls --bucket exports'],
    },
    {
      case: 'a website',
      ref: exports,
      accepted: { watched: { website: present({ IndexDocument: { Suffix: 'index.html' } }) } },
      changes: ['website'],
      commands: [
        `aws s3api put-bucket-website --bucket exports --website-configuration '{"IndexDocument":{"Suffix":"index.html"}}'`,
      ],
    },
    {
      case: 'there was no website',
      ref: exports,
      accepted: { watched: { website: ABSENT } },
      changes: ['website'],
      commands: ['aws s3api delete-bucket-website --bucket exports'],
    },
    {
      case: 'only what changed is put back',
      ref: exports,
      accepted: { watched: { website: ABSENT, policy: ABSENT, publicAccessBlock: ABSENT, ownership: ABSENT } },
      changes: [change('publicAccessBlock.BlockPublicAcls', ABSENT, present(true))],
      commands: ['aws s3api delete-public-access-block --bucket exports'],
    },
    {
      case: 'a bucket is gone',
      ref: exports,
      accepted: { watched: {} },
      changes: [change('exists', present(true), ABSENT)],
      commands: [
        'aws s3api create-bucket --bucket exports --region eu-west-1 --create-bucket-configuration LocationConstraint=eu-west-1',
      ],
      note: 'the name is free for anyone to take until it is created again; its objects do not come back',
    },
    {
      case: 'a bucket of us-east-1 is gone: S3 takes no location constraint there',
      ref: bucketRef('exports'),
      accepted: { watched: {} },
      changes: [change('exists', present(true), ABSENT)],
      commands: ['aws s3api create-bucket --bucket exports --region us-east-1'],
      note: 'the name is free for anyone to take until it is created again; its objects do not come back',
    },
    {
      case: 'a bucket came',
      ref: exports,
      accepted: undefined,
      changes: [change('exists', ABSENT, present(true))],
      commands: [],
      note: 'nobody lost anything by a new bucket: close what it opens, or accept it',
    },
    {
      case: 'nobody accepted anything of the bucket',
      ref: exports,
      accepted: undefined,
      changes: ['policy'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'a set’s addresses: the whole list, with the newest lock token',
      ref: set('eu-west-1'),
      accepted: { watched: { addresses: present(['198.51.100.0/24', '2001:db8::/32']) }, carried: { id: 'set-1' } },
      changes: ['addresses'],
      commands: [
        'aws wafv2 update-ip-set --name deny-list --scope REGIONAL --region eu-west-1 --id set-1 --lock-token "$(aws wafv2 get-ip-set --name deny-list --scope REGIONAL --region eu-west-1 --id set-1 --query LockToken --output text)" --addresses 198.51.100.0/24 2001:db8::/32',
      ],
      note: 'an update replaces the whole list: leave none out',
    },
    {
      case: 'a set of CLOUDFRONT scope: in us-east-1 (aws-facts §6)',
      ref: set('global'),
      accepted: { watched: { addresses: present(['198.51.100.0/24']) }, carried: { id: 'set-1' } },
      changes: ['addresses'],
      commands: [
        'aws wafv2 update-ip-set --name deny-list --scope CLOUDFRONT --region us-east-1 --id set-1 --lock-token "$(aws wafv2 get-ip-set --name deny-list --scope CLOUDFRONT --region us-east-1 --id set-1 --query LockToken --output text)" --addresses 198.51.100.0/24',
      ],
      note: 'an update replaces the whole list: leave none out',
    },
    {
      case: 'a set that was empty',
      ref: set('eu-west-1'),
      accepted: { watched: { addresses: present([]) }, carried: { id: 'set-1' } },
      changes: ['addresses'],
      commands: [
        'aws wafv2 update-ip-set --name deny-list --scope REGIONAL --region eu-west-1 --id set-1 --lock-token "$(aws wafv2 get-ip-set --name deny-list --scope REGIONAL --region eu-west-1 --id set-1 --query LockToken --output text)" --addresses',
      ],
      note: 'an update replaces the whole list: leave none out',
    },
    {
      case: 'a set of more addresses than a person copies',
      ref: set('eu-west-1'),
      accepted: {
        watched: { addresses: present(Array.from({ length: 201 }, (_, index) => `198.51.${index}.0/24`)) },
        carried: { id: 'set-1' },
      },
      changes: ['addresses'],
      commands: [],
      note: 'the list before has 201 addresses: take it from "plumbline baseline show deny-list --json"',
    },
    {
      case: 'a set whose id is not known',
      ref: set('eu-west-1'),
      accepted: { watched: { addresses: present([]) } },
      changes: ['addresses'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'a set that could not be read then',
      ref: set('eu-west-1'),
      accepted: { watched: { addresses: REFUSED }, carried: { id: 'set-1' } },
      changes: ['addresses'],
      commands: [],
      note: UNKNOWN,
    },
    {
      case: 'a set is gone',
      ref: set('eu-west-1'),
      accepted: { watched: {}, carried: { id: 'set-1' } },
      changes: [change('exists', present(true), ABSENT)],
      commands: [],
      note: 'web ACLs refer to a set by its id: a new one of the same name does not come back into them',
    },
  ];

  test.each(cases)('$case', ({ ref, accepted, changes, commands, note }) =>
    expect(adviceOf(ref.kind).wayBack(request(ref, accepted, changes))).toEqual(
      note === undefined ? { commands } : { commands, note },
    ),
  );
});

describe('hostile names and values in a command that is pasted', () => {
  const HOSTILE = [
    "x'; exit 7; '",
    '$(id)',
    '`id`',
    'a\nb',
    '\u001B]0;owned\u0007',
    'a b',
    '--profile',
    '"; exit 1; "',
  ];

  test('a bucket’s policy comes to AWS byte for byte', () => {
    for (const hostile of HOSTILE) {
      const policyText = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: hostile }] }, null, 2);
      const ref = { ...exports, id: hostile };
      const { commands } = adviceOf('s3-bucket').wayBack(
        request(ref, { watched: { policy: present({}) }, carried: { policyText } }, ['policy']),
      );
      expect(commands.map(argumentsOf)).toEqual([
        ['s3api', 'put-bucket-policy', '--bucket', hostile, '--policy', policyText],
      ]);
    }
  });

  test('so does everything else that is put back', () => {
    for (const hostile of HOSTILE) {
      const accepted = {
        watched: {
          ownership: present(hostile),
          acl: present([{ grantee: hostile, permission: hostile }]),
          website: present({ ErrorDocument: { Key: hostile } }),
        },
        carried: { aclOwner: hostile },
      };
      const { commands } = adviceOf('s3-bucket').wayBack(request(exports, accepted, ['ownership', 'acl', 'website']));
      expect(commands.map(argumentsOf).map((words) => words.slice(4))).toEqual([
        ['--ownership-controls', `Rules=[{ObjectOwnership=${hostile}}]`],
        [
          '--access-control-policy',
          JSON.stringify({
            Owner: { ID: hostile },
            Grants: [{ Grantee: { Type: 'CanonicalUser', ID: hostile }, Permission: hostile }],
          }),
        ],
        ['--website-configuration', JSON.stringify({ ErrorDocument: { Key: hostile } })],
      ]);
    }
  });

  test('so do an IP set’s name, id and addresses, also inside the call for its lock token', () => {
    for (const hostile of HOSTILE) {
      const accepted = { watched: { addresses: present([hostile, '198.51.100.0/24']) }, carried: { id: hostile } };
      const { commands } = adviceOf('waf-ip-set').wayBack(request(set('eu-west-1', hostile), accepted, ['addresses']));
      expect(commands.map(argumentsOf)).toEqual([
        [
          'wafv2',
          'update-ip-set',
          '--name',
          hostile,
          '--scope',
          'REGIONAL',
          '--region',
          'eu-west-1',
          '--id',
          hostile,
          '--lock-token',
          'token',
          '--addresses',
          hostile,
          '198.51.100.0/24',
        ],
      ]);
    }
  });

  test('a deleted bucket of any name and region is created again by that name', () => {
    for (const hostile of HOSTILE) {
      const ref = { ...bucketRef(hostile), region: hostile };
      const { commands } = adviceOf('s3-bucket').wayBack(
        request(ref, { watched: {} }, [change('exists', present(true), ABSENT)]),
      );
      expect(commands.map(argumentsOf)).toEqual([
        [
          's3api',
          'create-bucket',
          '--bucket',
          hostile,
          '--region',
          hostile,
          '--create-bucket-configuration',
          `LocationConstraint=${hostile}`,
        ],
      ]);
    }
  });

  test('a note that names a command quotes the name in it', () => {
    const addresses = present(Array.from({ length: 201 }, (_, index) => `198.51.${index}.0/24`));
    const { note } = adviceOf('waf-ip-set').wayBack(
      request(set('eu-west-1', 'a; id'), { watched: { addresses }, carried: { id: 'set-1' } }, ['addresses']),
    );
    expect(note).toBe(`the list before has 201 addresses: take it from "plumbline baseline show 'a; id' --json"`);
  });
});

describe('what not to be misled by', () => {
  const block = (before: Json, after: Json) => change('publicAccessBlock', present(before), present(after));
  const OFF = { ...ON, BlockPublicAcls: false };
  const OVERRIDES = 'The settings of a single bucket may look unchanged: the account level overrides them all.';
  const WITHOUT_ACL =
    'A test upload without --acl succeeds and proves nothing: only uploads that carry a public ACL are refused.';

  const cases: readonly { case: string; ref: ResourceRef; changes: readonly Change[]; says: readonly string[] }[] = [
    {
      case: 'the account’s BlockPublicAcls was turned on (incidents.md A, 08:30)',
      ref: account,
      changes: [block(OFF, ON)],
      says: [WITHOUT_ACL, OVERRIDES],
    },
    {
      case: 'the same, told flag by flag',
      ref: account,
      changes: [change('publicAccessBlock.BlockPublicAcls', present(false), present(true))],
      says: [WITHOUT_ACL, OVERRIDES],
    },
    { case: 'it was turned off', ref: account, changes: [block(ON, OFF)], says: [OVERRIDES] },
    {
      case: 'another flag was turned on, and that one was on before',
      ref: account,
      changes: [block(ON, { ...ON, IgnorePublicAcls: true })],
      says: [OVERRIDES],
    },
    {
      case: 'another flag was turned on',
      ref: account,
      changes: [change('publicAccessBlock.IgnorePublicAcls', present(false), present(true))],
      says: [OVERRIDES],
    },
    {
      case: 'it was taken away',
      ref: account,
      changes: [change('publicAccessBlock', present(ON), ABSENT)],
      says: [OVERRIDES],
    },
    {
      case: 'a bucket’s ownership',
      ref: exports,
      changes: [change('ownership', ABSENT, present('BucketOwnerEnforced'))],
      says: [
        'An upload without --acl succeeds whatever the ownership: with ACLs off only those that carry one are refused.',
      ],
    },
    {
      case: 'a bucket’s block',
      ref: exports,
      changes: [block(OFF, ON)],
      says: ['A test with the owner’s credentials and without --acl succeeds and proves nothing.'],
    },
    { case: 'a bucket’s policy', ref: exports, changes: [change('policy', ABSENT, present({}))], says: [] },
    {
      case: 'an IP set',
      ref: set('eu-west-1'),
      changes: [change('addresses', present([]), present(['198.51.100.0/24']))],
      says: ['Calls to the S3 API pass no web ACL: a failing upload to S3 is not explained by an IP set.'],
    },
  ];
  test.each(cases)('$case', ({ ref, changes, says }) =>
    expect(adviceOf(ref.kind).notMisledBy(request(ref, undefined, changes))).toEqual(says),
  );
});

describe('where it is in the console', () => {
  test.each([
    { ref: account, partition: 'aws', link: 'https://console.aws.amazon.com/s3/settings' },
    { ref: account, partition: 'aws-cn', link: 'https://console.amazonaws.cn/s3/settings' },
    { ref: account, partition: 'aws-us-gov', link: 'https://console.amazonaws-us-gov.com/s3/settings' },
    {
      ref: exports,
      partition: 'aws',
      link: 'https://console.aws.amazon.com/s3/buckets/exports?region=eu-west-1&tab=permissions',
    },
    {
      ref: { ...exports, id: 'a/../b?x=1#y' },
      partition: 'aws',
      link: 'https://console.aws.amazon.com/s3/buckets/a%2F..%2Fb%3Fx%3D1%23y?region=eu-west-1&tab=permissions',
    },
    {
      ref: set('global'),
      partition: 'aws',
      link: 'https://console.aws.amazon.com/wafv2/homev2/ip-sets?region=global#deny-list',
    },
    {
      ref: set('eu-west-1', 'a b'),
      partition: 'aws',
      link: 'https://console.aws.amazon.com/wafv2/homev2/ip-sets?region=eu-west-1#a%20b',
    },
  ])('$ref.kind $ref.region in $partition', ({ ref, partition, link }) =>
    expect(adviceOf(ref.kind).consoleLink(ref, partition)).toBe(link),
  );
});
