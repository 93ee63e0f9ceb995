import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openShell, plumbline, plumblineOf, type Shell } from './command.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});

const policy = (Principal: unknown): object => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal, Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
});
const PUBLIC = JSON.stringify(policy('*'));
const NAMED = JSON.stringify(policy({ AWS: '444455556666' }));

async function judge(text: string, ...args: readonly string[]) {
  await writeFile(join(shell.cwd, 'asked.json'), text);
  return plumbline(shell, 'verdict', 'asked.json', ...args);
}

describe('verdict FILE, with no AWS at all', () => {
  test('a public policy: exit 1, by which door, and what was counted as not set', async () => {
    const { code, out, err } = await judge(PUBLIC);
    expect([code, err]).toEqual([1, '']);
    expect(out).toBe(`Public. Everyone gets in by the bucket policy.

Doors
  Bucket policy     public
                    everyone (*) is let in, and no condition pins who
                    lets in: everyone
  Bucket ACL        not-public: no grants
  Object ownership  not set, which counts as ObjectWriter

Counted as not set, since nothing is said of it: acl, accountBlock, bucketBlock, ownership.
--all shows what it allows, row by row.
`);
  });

  test('a policy for another account is shared, not public: exit 0', async () => {
    const { code, out } = await judge(NAMED);
    expect(code).toBe(0);
    expect(out).toContain('lets in: account 444455556666');
  });

  test('a state with everything, as JSON', async () => {
    const state = {
      id: 's',
      policy: policy('*'),
      accountBlock: { RestrictPublicBuckets: true },
      ownership: 'ObjectWriter',
    };
    const { code, out } = await judge(JSON.stringify(state), '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      id: 's',
      policy: { verdict: 'public' },
      effective: { RestrictPublicBuckets: { value: true, setBy: ['account'] } },
      public: 'no',
      outcomes: { R4: { outcome: 'denied', http: 403 }, W4: { outcome: 'allowed' } },
    });
  });

  test('what is not known: exit 2', async () => {
    expect((await judge(JSON.stringify({ policy: { unreadable: 'AccessDenied' } }))).code).toBe(2);
  });

  test('an ACL as the API returns it, piped in; a mark of byte order does not matter', async () => {
    const acl = {
      Grants: [{ Grantee: { URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'READ' }],
    };
    const { code, out } = await plumblineOf(shell, `\u{feff}${JSON.stringify(acl)}`, 'verdict', '-');
    expect(code).toBe(1);
    expect(out).toContain("Public. Everyone gets in by the bucket's ACL.");
  });

  test.each([
    {
      case: 'no JSON',
      text: '{',
      says: /^plumbline: asked\.json is no JSON \(.*\): give a policy, an ACL or a state$/,
    },
    {
      case: 'a list',
      text: '[]',
      says: /^plumbline: asked\.json: it is no JSON object: write \{"policy": …, "acl": …, "accountBlock": …\}$/,
    },
    {
      case: 'a slip',
      text: '{"Acl": "private"}',
      says: /^plumbline: asked\.json: "Acl" is no member; did you mean "acl"\?$/,
    },
    {
      case: 'nothing to judge',
      text: '{"buckets": []}',
      says: /^plumbline: asked\.json: it holds nothing to judge \(found: buckets\): write policy, acl, accountBlock, bucketBlock, ownership$/,
    },
    {
      case: 'what the AWS command line prints, cut short',
      text: '{"Policy": "{"}',
      says: /^plumbline: asked\.json: "policy" is no policy document: write it as an object, or as its text$/,
    },
  ])('$case: one sentence, exit 2', async ({ text, says }) => {
    const { code, out, err } = await judge(text);
    expect([code, out]).toEqual([2, '']);
    expect(err.trimEnd()).toMatch(says);
  });

  test.each([
    { args: ['verdict'], code: 64, says: 'plumbline: name a file, or - for standard input, or use --ndjson\n' },
    { args: ['verdict', 'none.json'], code: 2, says: 'plumbline: could not read none.json (ENOENT): check the name\n' },
    {
      args: ['verdict', '--ndjson', 'none.json'],
      code: 2,
      says: 'plumbline: could not read none.json (ENOENT): check the name\n',
    },
  ])('$args', async ({ args, code, says }) => {
    expect(await plumbline(shell, ...args)).toEqual({ code, out: '', err: says });
  });

  test("a Sid and a principal are a stranger's text: nothing of it reaches the terminal raw", async () => {
    const hostile = `${String.fromCodePoint(0x1b)}]0;owned${String.fromCodePoint(7)}`;
    const { out } = await judge(JSON.stringify(policy({ AWS: [hostile], Service: hostile })));
    expect(out).not.toContain(String.fromCodePoint(0x1b));
    expect(out).toContain('\\u{1b}]0;owned\\u{7}');
  });
});

describe('verdict --ndjson: a state a line in, an answer a line out', () => {
  test('in order; what is not understood says so, and the run goes on', async () => {
    const lines = [
      `{"id":"a","policy":${PUBLIC}}`,
      'no json',
      '',
      `{"id":"b","policy":${JSON.stringify(NAMED)}}`,
      '{"id":"c","acl":"public-read","accountBlock":{"IgnorePublicAcls":true}}',
      '{"id":{"deep":[1]},"acl":"PublicRead"}',
      '[]',
    ];
    const { code, out, err } = await plumblineOf(shell, lines.join('\r\n'), 'verdict', '--ndjson');
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([code, err]).toEqual([1, '']);
    expect(answers.map(({ id, public: isPublic, error }) => [id, isPublic ?? error])).toEqual([
      ['a', 'yes'],
      [null, expect.stringMatching(/^line 2 is no JSON: /)],
      ['b', 'no'],
      ['c', 'no'],
      [{ deep: [1] }, '"acl": "PublicRead" is no canned ACL; did you mean "public-read"?'],
      [null, 'it is no JSON object: write {"policy": …, "acl": …, "accountBlock": …}'],
    ]);
  });

  test.each([
    { case: 'nothing public', lines: ['{"acl":"private"}'], code: 0 },
    { case: 'one not understood', lines: ['{"acl":"private"}', 'x'], code: 2 },
    { case: 'one public, one not understood', lines: ['x', '{"acl":"public-read"}'], code: 1 },
    { case: 'nothing at all, as of a pipe that broke', lines: [], code: 2 },
  ])('$case: exit $code', async ({ lines, code }) => {
    expect((await plumblineOf(shell, lines.join('\n'), 'verdict', '--ndjson')).code).toBe(code);
  });

  test('fifty thousand lines from a file', async () => {
    const lines = Array.from({ length: 50_000 }, (_, id) => `{"id":${id},"policy":${id % 2 === 0 ? PUBLIC : NAMED}}`);
    await writeFile(join(shell.cwd, 'many.ndjson'), lines.join('\n'));
    const { out } = await plumbline(shell, 'verdict', '--ndjson', 'many.ndjson');
    const answers = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { id: number; public: string });
    expect(answers).toHaveLength(50_000);
    expect(
      answers.every(({ id, public: isPublic }, place) => id === place && isPublic === (id % 2 === 0 ? 'yes' : 'no')),
    ).toBe(true);
  });
});
