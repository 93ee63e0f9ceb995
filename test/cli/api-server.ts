import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Organizations } from './organizations.ts';

/** The API server's pinned version. */
const PINNED = 'moto[server]==5.2.1';
const AWS_CLI = 'awscli==1.45.11';
const CFN_LINT = 'cfn-lint==1.51.0';

const root = join(import.meta.dirname, '..', '..');
const venv = join(root, '.venv');
const lock = `${venv}.lock`;

/** Where a program is: on the PATH, or in the virtual environment that is made for it once. */
export function findProgram(program: string): string | undefined {
  const onPath = spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
  if (onPath.status === 0) return onPath.stdout.trim();
  const own = join(venv, 'bin', program);
  return existsSync(own) ? own : undefined;
}

export type Programs = { readonly server: string; readonly aws: string } | { readonly missing: string };

/** The API server and the AWS command line; installs the pinned ones where neither is at hand. Says why where that is impossible. */
export function findPrograms(): Programs {
  const at = (): Programs | undefined => {
    const [server, aws] = [findProgram('moto_server'), findProgram('aws')];
    return server === undefined || aws === undefined ? undefined : { server, aws };
  };
  // What another run is still installing may be there by name and not yet work.
  return (
    (existsSync(lock) ? undefined : at()) ??
    alone(() => at() ?? install() ?? at() ?? { missing: 'moto_server and aws were installed and are not there' })
  );
}

function install(): { readonly missing: string } | undefined {
  for (const [program, args] of [
    ['python3', ['-m', 'venv', venv]],
    [join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', PINNED, AWS_CLI, CFN_LINT]],
  ] as const) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8' });
    if (status !== 0)
      return {
        missing: `moto_server and aws are not on the PATH, and "${program} ${args.join(' ')}" failed: ${error?.message ?? stderr.trim().split('\n').at(-1) ?? ''}`,
      };
  }
  return undefined;
}

/** Older than this, a lock was left by a run that was stopped: an installation takes a minute. */
const LOCK_IS_OLD_MS = 300_000;

/** Test files run side by side; two installations into one folder would break each other. */
function alone<T>(work: () => T): T {
  while (isTaken()) {
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LOCK_IS_OLD_MS) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Takes the lock, if nobody has it. Where no folder can be made, the installation itself will say why. */
function isTaken(): boolean {
  try {
    mkdirSync(lock);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EEXIST';
  }
}

interface SignIn {
  readonly AccessKeyId: string;
  readonly SecretAccessKey: string;
  readonly SessionToken: string;
}

interface Running {
  readonly aws: string;
  readonly process: ChildProcess;
  readonly organizations: Organizations;
  readonly signIn?: SignIn;
}

/** A real AWS API server on loopback, with one of Organizations beside it, and the `aws` command line pointed at it as a stranger would. */
export class ApiServer {
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly #aws: string;
  readonly #process: ChildProcess;
  readonly #organizations: Organizations;

  private constructor(url: string, { aws, process, organizations, signIn }: Running) {
    this.url = url;
    this.#aws = aws;
    this.#process = process;
    this.#organizations = organizations;
    this.environment = {
      AWS_ENDPOINT_URL: url,
      AWS_ENDPOINT_URL_ORGANIZATIONS: organizations.url,
      AWS_ACCESS_KEY_ID: signIn?.AccessKeyId ?? 'test',
      AWS_SECRET_ACCESS_KEY: signIn?.SecretAccessKey ?? 'test',
      ...(signIn === undefined ? {} : { AWS_SESSION_TOKEN: signIn.SessionToken }),
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
    };
  }

  /** `settings` are the server's own, as variables of its environment. */
  static async start(
    { server, aws }: { server: string; aws: string },
    settings: Readonly<Record<string, string>> = {},
  ): Promise<ApiServer> {
    const port = await freePort();
    const process = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], {
      stdio: 'ignore',
      env: { ...globalThis.process.env, ...settings },
    });
    const url = `http://127.0.0.1:${port}`;
    for (let tries = 0; tries < 150; tries += 1) {
      const isUp = await fetch(`${url}/moto-api/`).then(
        () => true,
        () => false,
      );
      if (isUp) return new ApiServer(url, { aws, process, organizations: await Organizations.start() });
      await wait(200);
    }
    process.kill();
    throw new Error('the API server did not come up in 30 seconds');
  }

  /** Runs `aws …`. */
  async aws(...args: readonly string[]): Promise<string> {
    const { stdout } = await promisify(execFile)(this.#aws, [...args, '--endpoint-url', this.url], {
      env: { ...process.env, ...this.environment },
    });
    return stdout;
  }

  /** The same server as a role sees it, in the role's account. */
  async as(role: string): Promise<ApiServer> {
    const told = await this.aws('sts', 'assume-role', '--role-arn', role, '--role-session-name', 'set-up');
    const { Credentials: signIn } = JSON.parse(told) as { Credentials: SignIn };
    const running = { aws: this.#aws, process: this.#process, organizations: this.#organizations };
    return new ApiServer(this.url, { ...running, signIn });
  }

  async stop(): Promise<void> {
    this.#process.kill('SIGKILL');
    this.#organizations.stop();
    await wait(50);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
