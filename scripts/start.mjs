// `npm start` runs the demo; `npm start -- scan …` runs any command.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { makeReady, root } from './ready.mjs';

makeReady();
const args = process.argv.slice(2);
const command = args.length === 0 ? ['demo'] : args;
const { status } = spawnSync(process.execPath, [join(root, 'dist', 'bin', 'plumbline.js'), ...command], {
  stdio: 'inherit',
  cwd: process.env.INIT_CWD ?? process.cwd(),
});
process.exitCode = status ?? 1;
