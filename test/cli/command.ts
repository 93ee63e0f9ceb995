import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The command line as it is installed: the built one, in a process of its own. */
export const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'bin', 'plumbline.js');

export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface Shell {
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** A folder of its own, and nothing of AWS but what is given. */
export async function openShell(environment: Readonly<Record<string, string>> = {}): Promise<Shell> {
  return { cwd: await mkdtemp(join(tmpdir(), 'plumbline-cli-')), environment };
}

function environmentOf({ environment }: Shell): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_') && name !== 'FORCE_COLOR');
  return { ...Object.fromEntries(own), AWS_EC2_METADATA_DISABLED: 'true', ...environment };
}

/** Runs `plumbline …` to its end. */
export function plumbline(shell: Shell, ...args: readonly string[]): Promise<Ended> {
  return plumblineOf(shell, '', ...args);
}

/** Runs `plumbline …` to its end with something piped in. */
export function plumblineOf(shell: Shell, input: string, ...args: readonly string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [BUILT, ...args],
      { cwd: shell.cwd, env: environmentOf(shell), maxBuffer: 512 * 1024 * 1024 },
      (error, out, err) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
        resolve({ code, out, err });
      },
    );
    child.stdin?.end(input);
  });
}

/** Starts `plumbline …` and leaves it running. */
export function startPlumbline(shell: Shell, ...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [BUILT, ...args], { cwd: shell.cwd, env: environmentOf(shell), stdio: 'ignore' });
}

/** Runs `plumbline … | reader` and gives plumbline's own exit code. */
export function pipedTo(shell: Shell, reader: string, ...args: readonly string[]): Promise<{ code: number }> {
  const command = [process.execPath, BUILT, ...args].map((word) => `'${word}'`).join(' ');
  return new Promise((resolve) => {
    execFile(
      'bash',
      ['-c', `${command} | ${reader} >/dev/null; echo "$PIPESTATUS"`],
      { cwd: shell.cwd, env: environmentOf(shell) },
      (_error, out) => {
        resolve({ code: Number(out.trim()) });
      },
    );
  });
}
