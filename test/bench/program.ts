import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';

const MEGABYTE = 1_000_000;
const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'bin', 'plumbline.js');

/** What a process says when it ends: the most memory that it ever held, in KiB, and its processor time in microseconds. */
const TELLS_USE = `data:text/javascript,${encodeURIComponent(`
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    process.stderr.write('\\nmost resident: ' + process.resourceUsage().maxRSS + '\\nprocessor time: ' + (user + system) + '\\n');
  });`)}`;

export interface ProgramRun {
  readonly wallMs: number;
  readonly processorMs: number;
  readonly megabytes: number;
  readonly report: string;
}

/**
 * Runs the built program in a process of its own: its memory and its processor time are nobody else's. Throws where it ends otherwise than
 * expected. It is waited for without holding this process: a connection to the double that ends meanwhile must be seen to end.
 */
export async function runProgram(args: readonly string[], expected = 0): Promise<ProgramRun> {
  const startedAt = performance.now();
  const { stdout, stderr, status } = await endOf(['--import', TELLS_USE, PROGRAM, ...args]);
  const wallMs = performance.now() - startedAt;
  if (status !== expected) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  const told = (what: string): number => Number(new RegExp(`${what}: (\\d+)`).exec(stderr)?.[1]);
  return {
    wallMs,
    processorMs: told('processor time') / 1000,
    megabytes: (told('most resident') * 1024) / MEGABYTE,
    report: stdout,
  };
}

interface End {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | string;
}

function endOf(args: readonly string[]): Promise<End> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { maxBuffer: 256 * MEGABYTE }, (error, stdout, stderr) => {
      resolve({ stdout, stderr, status: error === null ? 0 : (error.code ?? error.signal ?? 'an error') });
    });
  });
}
