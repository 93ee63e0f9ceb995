import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { sendSigned, type Credentials } from './signed.ts';

const root = join(import.meta.dirname, '..', '..');
const REGION = 'us-east-1';
export const ACCOUNT = '123456789012';

/** The key of nobody: the server takes it for the root of its own account. */
const NOBODY: Credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A cold bootstrap and deployment take 25 s here; a machine that is shared takes longer. */
const DEPLOY_PATIENCE_MS = 240_000;

const run = promisify(execFile);

export interface LabSettings {
  /** Seconds until a message that a function failed on is seen again. @default 0.3 */
  readonly visibilitySeconds?: number;
  /** Seconds between the tries of an asynchronous invocation. @default 0.3 */
  readonly retryDelaySeconds?: number;
}

export interface Invoked {
  readonly payload: unknown;
  /** `Unhandled`, where the function threw, ended or took too long. */
  readonly functionError?: string;
}

/** An event as EventBridge delivers it. */
export interface BusEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
  readonly time?: string;
  readonly resources?: readonly string[];
  /** The bus that it comes to. @default the bus of the lab's own account and region */
  readonly account?: string;
  readonly region?: string;
  /** The ARN of a bus, also of another account. @default the default bus */
  readonly bus?: string;
}

export interface LabState {
  readonly running: number;
  readonly started: number;
  readonly isIdle: boolean;
  /** The queues that functions take from: what is there, handed out or not, and what is not due yet. */
  readonly queues: readonly { readonly arn: string; readonly present: number; readonly delayed: number }[];
}

export interface SettleOptions {
  /** Whether messages that are not due yet are waited for, or left. @default 'wait' */
  readonly delayed?: 'wait' | 'leave';
  /** @default 60,000 */
  readonly patienceMs?: number;
}

export interface Deployment {
  readonly stackName: string;
  /** Where the outputs are written as well. */
  readonly outputsFile?: string;
}

/** A region of AWS on loopback in which what is deployed runs. */
export class Lab {
  readonly url: string;
  /** What a program that is to find AWS here needs in its environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** A folder that goes when the lab stops. */
  readonly home: string;
  readonly #aws: string;
  readonly #process: ChildProcess;
  readonly #lambda: LambdaClient;
  readonly #sqs: SQSClient;
  #bootstrapped: Promise<unknown> | undefined;

  private constructor(url: string, { aws, home, process }: { aws: string; home: string; process: ChildProcess }) {
    this.url = url;
    this.home = home;
    this.#aws = aws;
    this.#process = process;
    this.environment = environmentFor(url);
    const client = { endpoint: url, region: REGION, credentials: NOBODY };
    this.#lambda = new LambdaClient(client);
    this.#sqs = new SQSClient({ ...client, useQueueUrlAsEndpoint: false });
  }

  static async start(programs: { python: string; aws: string }, settings: LabSettings = {}): Promise<Lab> {
    const [port, home] = [await freePort(), await mkdtemp(join(tmpdir(), 'plumbline-lab-'))];
    const process = startServer(programs.python, { port, home, settings });
    // The name and not the address: the CDK takes a template's URL for a path-style one only at `localhost`.
    const lab = new Lab(`http://localhost:${port}`, { aws: programs.aws, home, process });
    for (let tries = 0; tries < 300; tries += 1) {
      if (process.exitCode !== null) break;
      if (await lab.state().catch(() => undefined)) return lab;
      await wait(100);
    }
    const log = await lab.serverLog();
    await lab.stop();
    throw new Error(`the lab did not come up in 30 seconds:\n${log}`);
  }

  /** Runs `aws …`. */
  async aws(...args: readonly string[]): Promise<string> {
    // S3 Control puts the account id before the name, so there has to be one; everywhere else an address keeps buckets in paths.
    const url = args[0] === 's3control' ? this.url : this.url.replace('localhost', '127.0.0.1');
    const env = { ...strangersEnvironment(), ...this.environment, PYTHONPATH: join(import.meta.dirname, 'aws-cli') };
    return (await run(this.#aws, [...args, '--endpoint-url', url], { env })).stdout;
  }

  /** Deploys a stack with the real CDK command line and gives its outputs; bootstraps before the first one. */
  async deploy(appCommand: string, { stackName, outputsFile }: Deployment): Promise<Record<string, string>> {
    // Two labs at once do not synthesise into one folder.
    const bootstrap = ['bootstrap', `aws://${ACCOUNT}/${REGION}`, '--output', join(this.home, 'cdk.bootstrap')];
    await (this.#bootstrapped ??= this.#cdk(...bootstrap));
    const outputs = outputsFile ?? join(this.home, `${stackName}.outputs.json`);
    const app = ['--app', appCommand, '--output', join(this.home, 'cdk.out')];
    // Change sets hide from the CDK what failed here, and cannot update a stack.
    const how = ['--method=direct', '--require-approval', 'never', '--outputs-file', outputs];
    await this.#cdk('deploy', stackName, ...app, ...how);
    const all = JSON.parse(await readFile(outputs, 'utf8')) as Record<string, Record<string, string>>;
    return all[stackName] ?? {};
  }

  /** Takes a stack away, with the real CDK command line. */
  async destroy(appCommand: string, stackName: string): Promise<void> {
    const app = ['--app', appCommand, '--output', join(this.home, 'cdk.out')];
    await this.#cdk('destroy', stackName, ...app, '--force');
  }

  async #cdk(...args: readonly string[]): Promise<void> {
    const env = {
      ...strangersEnvironment(),
      ...this.environment,
      CDK_HOME: join(this.home, 'cdk'),
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      CDK_DISABLE_VERSION_CHECK: '1',
    };
    const cdk = join(root, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    const options = { env, cwd: root, timeout: DEPLOY_PATIENCE_MS };
    await run(process.execPath, [cdk, ...args, '--no-notices', '--ci'], options).catch(async (cause: unknown) => {
      const { stdout = '', stderr = '' } = cause as { stdout?: string; stderr?: string };
      const said = [stdout, stderr, await this.serverLog()].map((text) => text.slice(-4_000)).join('\n');
      throw new Error(`cdk ${args.slice(0, 2).join(' ')} failed:\n${said}`, { cause });
    });
  }

  /** Invokes a function and waits for its answer. */
  async invoke(functionName: string, payload: unknown): Promise<Invoked> {
    const answer = await this.#lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload) }),
    );
    const text = answer.Payload?.transformToString() ?? 'null';
    return {
      payload: JSON.parse(text),
      ...(answer.FunctionError === undefined ? {} : { functionError: answer.FunctionError }),
    };
  }

  /** Has a function invoked asynchronously and gives the status that this was taken with. */
  async invokeLater(functionName: string, payload: unknown): Promise<number> {
    const { StatusCode } = await this.#lambda.send(
      new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(payload), InvocationType: 'Event' }),
    );
    return StatusCode ?? 0;
  }

  /** Puts an event on the bus of its account and region, also under the names that only AWS may use there, such as `aws.s3`. */
  async putEvent(event: BusEvent): Promise<void> {
    const entry = {
      Source: event.source,
      DetailType: event['detail-type'],
      Detail: JSON.stringify(event.detail),
      Resources: event.resources ?? [],
      ...(event.bus === undefined ? {} : { EventBusName: event.bus }),
      ...(event.time === undefined ? {} : { Time: Date.parse(event.time) / 1000 }),
    };
    const headers = {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': 'AWSEvents.PutEvents',
      'x-moto-account-id': event.account ?? ACCOUNT,
    };
    const response = await sendSigned(
      { url: `${this.url}/`, headers, body: JSON.stringify({ Entries: [entry] }) },
      { service: 'events', region: event.region ?? REGION, credentials: NOBODY },
    );
    const text = await response.text();
    if (!response.ok || text.includes('ErrorCode')) throw new Error(`the event was not taken: ${text}`);
  }

  /** Calls a function URL, signed by whoever is given, or by nobody. */
  async callUrl(
    url: string,
    {
      credentials = NOBODY,
      ...request
    }: { method?: string; body?: string; headers?: Record<string, string>; credentials?: Credentials | 'none' } = {},
  ): Promise<Response> {
    if (credentials === 'none') return fetch(url, request);
    return sendSigned({ method: 'GET', ...request, url }, { service: 'lambda', region: REGION, credentials });
  }

  /** Takes everything from a queue, until it has been empty for a second. */
  async messagesOf(queueUrl: string): Promise<readonly Message[]> {
    const taken: Message[] = [];
    for (;;) {
      const { Messages = [] } = await this.#sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrl,
          MaxNumberOfMessages: 10,
          WaitTimeSeconds: 1,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      if (Messages.length === 0) return taken;
      for (const { ReceiptHandle } of Messages)
        await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle }));
      taken.push(...Messages);
    }
  }

  /** Waits until no function runs and no queue that functions take from holds anything. */
  async settle({ delayed = 'wait', patienceMs = 60_000 }: SettleOptions = {}): Promise<void> {
    const until = performance.now() + patienceMs;
    for (;;) {
      // Between two looks that start nothing, nothing moved: one look alone could miss a message on its way.
      const [before, now] = [await this.state(), await this.state()];
      const isEmpty = now.queues.every((queue) => queue.present + (delayed === 'wait' ? queue.delayed : 0) === 0);
      if (before.isIdle && now.isIdle && before.started === now.started && isEmpty) return;
      if (performance.now() > until)
        throw new Error(`not settled in ${patienceMs} ms: ${JSON.stringify(now)}\n${await this.logs()}`);
      await wait(50);
    }
  }

  /** Makes everything that was sent with a delay due now, and says how much that was. */
  async hurry(): Promise<number> {
    const response = await fetch(`${this.url}/_lab/hurry`, { method: 'POST' });
    return ((await response.json()) as { hurried: number }).hurried;
  }

  async state(): Promise<LabState> {
    return (await (await fetch(`${this.url}/_lab/state`)).json()) as LabState;
  }

  /** Everything that functions printed, each line after `[name]`; of one function alone, without it. */
  async logs(functionName?: string): Promise<string> {
    const all = await readFile(join(this.home, 'functions.log'), 'utf8').catch(() => '');
    if (functionName === undefined) return all;
    const sign = `[${functionName}] `;
    return all
      .split('\n')
      .flatMap((line) => (line.startsWith(sign) ? [line.slice(sign.length)] : []))
      .join('\n');
  }

  /** What the server itself said: requests, and resource types that it left out. */
  serverLog(): Promise<string> {
    return readFile(join(this.home, 'server.log'), 'utf8').catch(() => '');
  }

  async stop(): Promise<void> {
    this.#lambda.destroy();
    this.#sqs.destroy();
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill();
      await ended;
    }
    await rm(this.home, { recursive: true, force: true });
  }
}

function startServer(
  python: string,
  { port, home, settings }: { port: number; home: string; settings: LabSettings },
): ChildProcess {
  const log = openSync(join(home, 'server.log'), 'a');
  const process = spawn(python, [join(import.meta.dirname, 'server.py'), String(port)], {
    stdio: ['ignore', log, log],
    env: {
      ...strangersEnvironment(),
      PYTHONDONTWRITEBYTECODE: '1',
      PLUMBLINE_LAB_HOME: home,
      PLUMBLINE_LAB_LOG: join(home, 'functions.log'),
      PLUMBLINE_LAB_NODE: globalThis.process.execPath,
      PLUMBLINE_LAB_VISIBILITY: String(settings.visibilitySeconds ?? 0.3),
      PLUMBLINE_LAB_RETRY_DELAY: String(settings.retryDelaySeconds ?? 0.3),
    },
  });
  closeSync(log);
  return process;
}

function environmentFor(url: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: NOBODY.accessKeyId,
    AWS_SECRET_ACCESS_KEY: NOBODY.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** The environment without what it says about AWS, and without what the test runner set for itself. */
function strangersEnvironment(): NodeJS.ProcessEnv {
  const isOthers = (name: string) => /^(AWS_|VITEST|NODE_OPTIONS$|NODE_ENV$|FORCE_COLOR$)/.test(name);
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOthers(name)));
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
