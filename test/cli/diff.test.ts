import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { beforeAll, describe, expect, test } from 'vitest';
import { corpora } from '../corpora.ts';
import { POLICY_PAIRS } from '../core/policy-meaning.cases.ts';
import { openShell, plumbline, type Ended, type Shell } from './command.ts';

let shell: Shell;
beforeAll(async () => {
  shell = await openShell();
});

let files = 0;
async function diff(a: string, b: string, ...options: readonly string[]): Promise<Ended> {
  files += 1;
  const names = [`a${files}.json`, `b${files}.json`] as const;
  await writeFile(join(shell.cwd, names[0]), a);
  await writeFile(join(shell.cwd, names[1]), b);
  return plumbline(shell, 'diff', '--policy', ...names, ...options);
}

describe('diff --policy: do two policies mean the same?', () => {
  const statement = (more: object) => ({
    Sid: 'Read',
    Effect: 'Allow',
    Principal: { AWS: '444455556666' },
    Action: 's3:GetObject',
    Resource: '*',
    ...more,
  });
  const policy = (...Statement: object[]): string => JSON.stringify({ Version: '2012-10-17', Statement });

  test('the same: exit 0', async () => {
    const ended = await diff(
      policy(statement({})),
      policy(
        statement({ Action: ['S3:GETOBJECT'], Sid: 'Other', Principal: { AWS: ['arn:aws:iam::444455556666:root'] } }),
      ),
    );
    expect(ended).toEqual({ code: 0, out: 'The two policies mean the same.\n', err: '' });
  });

  test('different: exit 1, and the statements that tell the difference, as they were written', async () => {
    const ended = await diff(policy(statement({})), policy(statement({ Action: ['s3:GetObject', 's3:PutObject'] })));
    expect(ended).toEqual({
      code: 1,
      err: '',
      out: `The two policies differ in meaning: statements +1 −1
  - {"Sid":"Read","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":"s3:GetObject","Resource":"*"}
  + {"Sid":"Read","Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["s3:GetObject","s3:PutObject"],"Resource":"*"}
`,
    });
  });

  test('different only in the language version', async () => {
    const { code, out } = await diff(JSON.stringify({ Statement: [statement({})] }), policy(statement({})));
    expect([code, out]).toEqual([
      1,
      'The two policies differ in meaning: statements +0 −0\n  ~ Version: none, which is 2008-10-17 → "2012-10-17"\n',
    ]);
  });

  test('--json', async () => {
    const { code, out } = await diff(policy(statement({})), policy(), '--json');
    expect([code, JSON.parse(out)]).toEqual([1, { version: 1, same: false, added: [], removed: [statement({})] }]);
  });

  test.each([
    { case: 'no JSON', text: '{', says: 'it is no JSON' },
    { case: 'a list', text: '[]', says: 'it is JSON, but no object' },
    {
      case: 'nested to hurt',
      text: `{"Statement":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      says: 'it is nested too deeply',
    },
  ])('$case: exit 2', async ({ text, says }) => {
    const { code, out, err } = await diff(policy(), text);
    expect([code, out, err.includes(says)]).toEqual([2, '', true]);
  });

  test('every pair of our own table', async () => {
    const codes = await pMap(
      POLICY_PAIRS,
      async ({ a, b }) => (await diff(JSON.stringify(a), JSON.stringify(b))).code,
      { concurrency: 3 },
    );
    expect(codes).toEqual(POLICY_PAIRS.map(({ same }) => (same ? 0 : 1)));
  });

  test.skipIf(corpora.absent)('every pair of policy_equivalence.jsonl', async () => {
    const cases = corpora.read('policy_equivalence.jsonl') as readonly {
      policy1: string;
      policy2: string;
      equivalent: boolean;
      error: boolean;
    }[];
    const codes = await pMap(cases, async ({ policy1, policy2 }) => (await diff(policy1, policy2)).code, {
      concurrency: 3,
    });
    expect(codes).toEqual(cases.map(({ equivalent, error }) => (error ? 2 : equivalent ? 0 : 1)));
  });
});

describe('the demo', () => {
  test('tells the incident, plainly when piped, and ends with 0', async () => {
    const { code, out, err } = await plumbline(shell, 'demo');
    expect([code, err, out.includes('\u001b')]).toEqual([0, '', false]);
    expect(out).toContain('+ BlockPublicAcls: true');
    expect(out).toContain('19 h 30 min in all.');
    expect(out).not.toContain('~ acl');
  });

  test('--json is one document, with each alert and each answer', async () => {
    const { code, out } = await plumbline(shell, 'demo', '--json');
    const { alerts, blastRadius } = JSON.parse(out) as {
      alerts: Record<string, { status?: string; severity?: string }>;
      blastRadius: { code: number };
    };
    const told = Object.entries(alerts).map(([name, { status, severity }]) =>
      [name, status, severity].join(' ').trim(),
    );
    expect([code, blastRadius.code, told]).toEqual([
      0,
      1,
      [
        'opened opened high',
        'used changed critical',
        'failing changed critical',
        'recovered recovered critical',
        'proved proved critical',
        'hub',
      ],
    ]);
  });

  test('--files writes what it is computed from, for every command that it names, and never into a folder that holds something', async () => {
    const { code, out, err } = await plumbline(shell, 'demo', '--files', 'incident');
    expect([code, out]).toEqual([0, `${join(shell.cwd, 'incident')}\n`]);
    const commands = err.split('\n').filter((line) => line.startsWith('  plumbline '));
    const inFolder = { ...shell, cwd: join(shell.cwd, 'incident') };
    const codes = await pMap(
      commands,
      async (command) => (await plumbline(inFolder, ...wordsOf(command).slice(1))).code,
      { concurrency: 1 },
    );
    expect(codes).toEqual([1, 0, 0]);
    const again = await plumbline(shell, 'demo', '--files', 'incident');
    expect([again.code, again.err]).toEqual([
      64,
      `plumbline: --files: ${join(shell.cwd, 'incident')} holds something already: name a new folder\n`,
    ]);
  });

  /** As a shell takes them apart. */
  function wordsOf(command: string): readonly string[] {
    return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  }

  test('is in colour where that is asked for', async () => {
    const { out } = await plumbline({ ...shell, environment: { FORCE_COLOR: '1' } }, 'demo');
    expect(out).toContain('\u001b[33m');
  });
});

describe('help', () => {
  test.each([[], ['scan'], ['snapshot'], ['baseline', 'show'], ['baseline', 'accept'], ['diff'], ['doctor'], ['demo']])(
    '%s %s has an example and exits 0',
    async (...command) => {
      const { code, out } = await plumbline(shell, ...command.filter((word) => typeof word === 'string'), '--help');
      expect([code, /Examples?:\n {2}plumbline /.test(out)]).toEqual([0, true]);
    },
  );
});
