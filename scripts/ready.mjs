// What `npm start` and `npm test` need before anything of ours can run. Plain JavaScript: nothing is installed yet.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const OLDEST = [20, 19];

/** Runs a program, its output on standard error, so that standard output stays what the command prints. */
export function runOrExit(program, args, says) {
  if (says) process.stderr.write(`${says}\n`);
  const { status, error } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  process.stderr.write(`${program} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}\n`);
  process.exit(status ?? 1);
}

/** Installs what is missing and builds what is stale. */
export function makeReady() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    process.stderr.write(
      `Plumbline needs Node ${OLDEST.join('.')} or newer; this is ${process.versions.node}. See https://nodejs.org\n`,
    );
    process.exit(64);
  }
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
    runOrExit('npm', ['ci', '--ignore-scripts'], 'Installing what Plumbline needs (once) …');
  }
  if (isStale()) runOrExit(process.execPath, [join(root, 'scripts', 'build.mjs')], 'Building …');
}

/** Is anything that is built from newer than what was built? */
export function isStale() {
  const built = join(root, 'dist', 'bin', 'plumbline.js');
  if (!existsSync(built)) return true;
  const builtAt = statSync(built).mtimeMs;
  const sources = ['bin', 'lambda', 'lib', 'package.json', 'tsconfig.json', 'tsconfig.build.json'];
  return sources.some((name) => newestIn(join(root, name)) > builtAt);
}

function newestIn(path) {
  if (!existsSync(path)) return 0;
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newestIn(join(path, name))));
}
