import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { emptyWorld, type Faults, type World } from './world.ts';

export interface Calls {
  readonly calls: Readonly<Record<string, number>>;
  readonly refused: number;
  /** Those of them that were told to slow down; the others are answers, such as "not set". */
  readonly slowedDown: number;
  readonly mostUnderWay: number;
  /** Processor time of the double itself since they were forgotten, in milliseconds. */
  readonly processorMs: number;
  /** The ARNs of the role sessions that were handed out. */
  readonly sessions: readonly string[];
  /** By account that a role was assumed in: the first call there and the last answer, in milliseconds since 1970. */
  readonly spans: Readonly<Record<string, { readonly from: number; readonly to: number }>>;
  /** By account and region: the most LookupEvents in any one second, refused ones too. */
  readonly mostLookups: Readonly<Record<string, number>>;
}

/** A running double, from the test's side. */
export class AwsDouble {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<AwsDouble> {
    const root = join(import.meta.dirname, '..', '..');
    const child = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'main.ts')], {
      cwd: root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    const [line] = (await once(lines, 'line')) as [string];
    const { port } = JSON.parse(line) as { port: number };
    return new AwsDouble(`http://127.0.0.1:${port}`, child);
  }

  /** The environment of a stranger who points the AWS SDK at it. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'AKIADOUBLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  async show(world: Partial<World>): Promise<void> {
    await this.#control('world', 'PUT', { ...emptyWorld(), ...world });
  }

  async misbehave(faults: Partial<Faults>): Promise<void> {
    await this.#control('faults', 'PUT', faults);
  }

  async calls(): Promise<Calls> {
    return (await (await fetch(`${this.url}/_double/calls`)).json()) as Calls;
  }

  async forgetCalls(): Promise<void> {
    await this.#control('calls', 'DELETE', {});
  }

  async stop(): Promise<void> {
    // One that ended by itself ends no second time, and who waited for that would hide why.
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await ended;
  }

  async #control(what: string, method: string, body: object): Promise<void> {
    await fetch(`${this.url}/_double/${what}`, { method, body: JSON.stringify(body) });
  }
}
