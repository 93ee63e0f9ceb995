import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openShell, plumbline, type Shell } from '../cli/command.ts';
import { ACCOUNT, Lab } from './lab.ts';
import { findLabPrograms } from './programs.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const programs = findLabPrograms();
const missing = 'missing' in programs ? programs.missing : undefined;
// In CI a server that cannot be had is a failure, not a reason to skip.
const isSkipped = missing !== undefined && process.env['CI'] === undefined;
if (missing !== undefined) process.stderr.write(`The upgrade cannot be tried: ${missing}\n`);

const SETTINGS = 'regions: [us-east-1]\n';
/** A sweep is looked at again after ten seconds: until then it still runs. */
const SWEEP_ENDS_AFTER_MS = 11_000;

/** The commit before this one, built in a folder of its own; undefined where the history is not there (a shallow clone). */
async function buildPrevious(home: string): Promise<string | undefined> {
  const folder = join(home, 'previous');
  mkdirSync(folder);
  const archive = join(home, 'previous.tar');
  try {
    await run('git', ['archive', '--format=tar', '-o', archive, 'HEAD~1'], { cwd: root });
  } catch {
    return undefined;
  }
  await run('tar', ['-xf', archive, '-C', folder]);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, [join(folder, 'scripts', 'build.mjs')], { cwd: folder });
  return existsSync(join(folder, 'dist', 'bin', 'plumbline.js')) ? folder : undefined;
}

describe.skipIf(isSkipped)('an upgrade, and the end', { timeout: 240_000 }, () => {
  let lab: Lab;
  let before: Record<string, string>;
  let after: Record<string, string>;
  let previous = root;
  let settings = '';
  let shell: Shell;
  let finding = '';

  const appIn = (folder: string): string =>
    `node -C plumbline-source --import tsx ${join(folder, 'test', 'lab', 'service-app.ts')} ${settings}`;
  const tick = async (out: Record<string, string>): Promise<void> => {
    await lab.invoke(out['OnTick'] ?? '', {});
    await lab.settle({ delayed: 'leave' });
  };
  /** The command line as it was before, or as it is now. */
  const asBefore = async (...args: readonly string[]): Promise<string> => {
    const program = join(previous, 'dist', 'bin', 'plumbline.js');
    const options = { cwd: shell.cwd, env: { ...process.env, ...shell.environment } };
    const { stdout } = await run(process.execPath, [program, ...args, '--store', before['Store'] ?? ''], options).catch(
      (error: unknown) => error as { stdout: string },
    );
    return stdout;
  };
  const now = (...args: readonly string[]) => plumbline(shell, ...args, '--store', after['Store'] ?? '');

  beforeAll(async () => {
    if ('missing' in programs) throw new Error(programs.missing);
    lab = await Lab.start(programs, { visibilitySeconds: 2 });
    settings = join(lab.home, 'plumbline.yaml');
    writeFileSync(settings, SETTINGS);
    previous = (await buildPrevious(lab.home)) ?? root;
    before = await lab.deploy(appIn(previous), { stackName: 'Plumbline' });
    shell = await openShell(lab.environment);
    writeFileSync(join(shell.cwd, 'plumbline.yaml'), SETTINGS);
    for (const name of ['exports', 'documents']) await lab.aws('s3api', 'create-bucket', '--bucket', name);
    // The first sweep, an acceptance, a finding, and a mute.
    await tick(before);
    await wait(SWEEP_ENDS_AFTER_MS);
    await tick(before);
    await asBefore('scan', '--region', 'us-east-1');
    await asBefore('baseline', 'accept', '--all', '--reason', 'before the upgrade');
    await lab.aws(
      's3control',
      'put-public-access-block',
      '--account-id',
      ACCOUNT,
      '--public-access-block-configuration',
      'BlockPublicAcls=true',
    );
    await tick(before);
    [finding = ''] = /f-[0-9a-f]{10}/.exec(await asBefore('findings', 'list')) ?? [];
    await asBefore('findings', 'mute', finding, '--for', '8h', '--note', 'upgrade tonight');
    after = await lab.deploy(appIn(root), { stackName: 'Plumbline' });
  }, 600_000);
  afterAll(() => lab?.stop());

  test('what holds something is the same', () => {
    expect([after['Store'], after['Ledger'], after['AlertsTopic']]).toEqual([
      before['Store'],
      before['Ledger'],
      before['AlertsTopic'],
    ]);
  });

  test('the baseline is kept, with who accepted it and why', async () => {
    const { out } = await now('baseline', 'show', '--json');
    expect(JSON.parse(out)).toMatchObject({ accepted: { generation: 1, reason: 'before the upgrade' } });
  });

  test('the finding is kept, and stays muted', async () => {
    await tick(after);
    const { out } = await now('findings', 'show', finding);
    expect(finding).toMatch(/^f-/);
    expect(out).toContain('muted');
    const list = await now('findings', 'list', '--json');
    expect((JSON.parse(list.out) as { findings: unknown[] }).findings).toHaveLength(1);
  });

  test('what is muted still ends when it is taken back', async () => {
    await lab.aws('s3control', 'delete-public-access-block', '--account-id', ACCOUNT);
    await tick(after);
    await tick(after);
    const { out } = await now('findings', 'show', finding);
    expect(out).toContain('recovered');
  });

  test('the stack goes, and leaves the audit bucket and nothing else', async () => {
    await lab.destroy(appIn(root), 'Plumbline');
    const count = async (query: string, ...args: readonly string[]): Promise<unknown> =>
      JSON.parse((await lab.aws(...args, '--query', query)) || 'null');
    const named = "?contains(@, 'Plumbline')";
    expect({
      buckets: await count(`Buckets[${named.replace('@', 'Name')}].Name | length(@)`, 's3api', 'list-buckets'),
      tables: await count('TableNames', 'dynamodb', 'list-tables'),
      functions: await count('Functions[].FunctionName', 'lambda', 'list-functions'),
      topics: await count('Topics', 'sns', 'list-topics'),
      queues: await count('QueueUrls', 'sqs', 'list-queues'),
      rules: await count('Rules[].Name', 'events', 'list-rules'),
      logs: await count("logGroups[?contains(logGroupName, 'Plumbline')].logGroupName", 'logs', 'describe-log-groups'),
    }).toEqual({ buckets: 0, tables: [], functions: [], topics: [], queues: null, rules: [], logs: [] });
    const kept = await lab.aws(
      's3api',
      'list-objects-v2',
      '--bucket',
      (after['Store'] ?? '').slice(5),
      '--prefix',
      'baseline/',
    );
    expect(kept).toContain('head.json');
  });
});
