import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { GetQueueAttributesCommand, SendMessageBatchCommand, SQSClient, type Message } from '@aws-sdk/client-sqs';
import { ACCOUNT, Lab, type LabSettings } from './lab.ts';
import type { LabPrograms } from './programs.ts';

export const REGION = 'us-east-1';
/** A further region, whose events come home. */
export const FURTHER = 'eu-west-1';

/** Everything that an alarm may be about: the account is a hub and its own member, and has a further region. */
export const SETTINGS_OF_ALL = `regions: [${REGION}, ${FURTHER}]
feeds: [${FURTHER}]
hub:
  account: '${ACCOUNT}'
  region: ${REGION}
  organization: o-a1b2c3d4e5
`;

/** A sweep is looked at again after ten seconds: until then it still runs. */
const SWEEP_ENDS_AFTER_MS = 11_000;
/** Of all that is sent at once: what SQS takes in one call. */
const A_CALL_BYTES = 256 * 1024;

export type WorkQueueName = 'changes' | 'sweeps' | 'nudges' | 'own' | 'hub';

/** The queue's construct, as logical ids begin with it. */
const CONSTRUCTS: Readonly<Record<WorkQueueName, string>> = {
  changes: 'Changes',
  sweeps: 'Sweeps',
  nudges: 'Nudges',
  own: 'Own',
  hub: 'Alerts',
};

export interface Queued {
  readonly url: string;
  readonly name: string;
}

export interface Depth {
  readonly visible: number;
  readonly delayed: number;
}

interface Template {
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Export?: { readonly Name: string } }>>;
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>>;
}

type Reference =
  | { readonly Ref: string }
  | { readonly 'Fn::Select': readonly [index: number, of: { readonly 'Fn::Split': readonly [string, unknown] }] }
  | { readonly 'Fn::GetAtt': readonly [string, string] }
  | { readonly 'Fn::ImportValue': string };

/** The service with a hub and a further region, deployed in a lab, and what a test does with it. */
export class Deployed {
  readonly lab: Lab;
  /** The templates as they were deployed: the service's, and the hub's. */
  readonly templates: readonly Template[];
  readonly #out: Readonly<Record<string, string>>;
  /** By logical id: what each resource is called. */
  readonly #names: ReadonlyMap<string, string>;
  readonly #sqs: SQSClient;
  #undelivered: Queued = { url: '', name: '' };

  private constructor(
    lab: Lab,
    parts: {
      templates: readonly Template[];
      out: Record<string, string>;
      names: ReadonlyMap<string, string>;
    },
  ) {
    this.lab = lab;
    this.templates = parts.templates;
    this.#out = parts.out;
    this.#names = parts.names;
    this.#sqs = new SQSClient({
      endpoint: lab.url,
      region: REGION,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      useQueueUrlAsEndpoint: false,
    });
  }

  static async start(programs: LabPrograms, settings: LabSettings = {}): Promise<Deployed> {
    if ('missing' in programs) throw new Error(programs.missing);
    const lab = await Lab.start(programs, settings);
    try {
      const file = join(lab.home, 'plumbline.yaml');
      writeFileSync(file, SETTINGS_OF_ALL);
      const app = `node -C plumbline-source --import tsx ${join(import.meta.dirname, 'service-app.ts')} ${file}`;
      const out = await lab.deploy(app, { stackName: 'Plumbline' });
      const stacks = ['PlumblineHub', 'Plumbline'];
      const templates: Template[] = [];
      const names = new Map<string, string>();
      for (const stack of stacks) {
        templates.push(await templateOf(lab, stack));
        for (const [id, name] of await namesIn(lab, stack)) names.set(id, name);
        names.set('AWS::StackId', stack);
        names.set('AWS::URLSuffix', 'amazonaws.com');
      }
      // The server gives a bus no name that a template could refer to: they all have one of their own.
      for (const [id, { Type, Properties }] of templates.flatMap(({ Resources }) => Object.entries(Resources)))
        if (Type === 'AWS::Events::EventBus') names.set(id, String(Properties['Name']));
      await makeKeys(lab, { templates, names });
      const service = new Deployed(lab, { templates, out, names });
      await service.#makeFeed();
      return service;
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  /** The further region's stack is not deployed: of it there is the queue, where the tick is told that it is, but on this server. */
  async #makeFeed(): Promise<void> {
    const { undelivered: [told] = [] } = this.#broughtBy('ClockTick') as { undelivered?: readonly { url: string }[] };
    const name = told?.url.split('/').at(-1) ?? '';
    await this.lab.aws('sqs', 'create-queue', '--queue-name', name, '--region', FURTHER);
    this.#undelivered = { name, url: `${this.lab.url}/${ACCOUNT}/${name}` };
  }

  /** Where the events of the further region lie that could not be delivered. */
  get undelivered(): Queued {
    return this.#undelivered;
  }

  /** Sets variables of a function, or takes them away: its next call starts anew. */
  async setVariables(output: string, variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    const before = await this.#variablesOf(output);
    await this.#setAll(output, { ...before, ...variables });
  }

  /** Does something while variables of a function are others. */
  async withVariables<T>(
    output: string,
    variables: Readonly<Record<string, string | undefined>>,
    work: () => Promise<T>,
  ): Promise<T> {
    const before = await this.#variablesOf(output);
    await this.#setAll(output, { ...before, ...variables });
    try {
      return await work();
    } finally {
      await this.#setAll(output, before);
    }
  }

  async #variablesOf(output: string): Promise<Readonly<Record<string, string>>> {
    const text = await this.lab.aws('lambda', 'get-function-configuration', '--function-name', this.at(output));
    return (JSON.parse(text) as { Environment: { Variables: Record<string, string> } }).Environment.Variables;
  }

  async #setAll(output: string, variables: Readonly<Record<string, string | undefined>>): Promise<void> {
    const file = join(this.lab.home, 'variables.json');
    writeFileSync(file, JSON.stringify({ Variables: variables }));
    const to = ['--function-name', this.at(output), '--environment', `file://${file}`];
    await this.lab.aws('lambda', 'update-function-configuration', ...to);
  }

  /** An output of the service's stack. */
  at(output: string): string {
    const value = this.#out[output];
    if (value === undefined) throw new Error(`the stack has no output ${output}`);
    return value;
  }

  /** What a template's value is by now: a text, or the name of the resource that it refers to. */
  nameOf(value: unknown): string {
    if (typeof value === 'string') return value;
    const reference = value as Reference;
    if ('Fn::Select' in reference) {
      const [
        index,
        {
          'Fn::Split': [between, whole],
        },
      ] = reference['Fn::Select'];
      return this.nameOf(whole).split(between)[index] ?? '';
    }
    const name =
      'Ref' in reference
        ? this.#names.get(reference.Ref)
        : 'Fn::GetAtt' in reference
          ? this.#attribute(...reference['Fn::GetAtt'])
          : this.#exported(reference['Fn::ImportValue']);
    if (name === undefined) throw new Error(`nothing was deployed that is ${JSON.stringify(value)}`);
    return name;
  }

  #exported(name: string): string | undefined {
    const outputs = this.templates.flatMap(({ Outputs = {} }) => Object.values(Outputs));
    const output = outputs.find(({ Export }) => Export?.Name === name);
    return output === undefined ? undefined : this.nameOf(output.Value);
  }

  /** Of everything the name will do, but of a rule on a bus of ours: it is known by both. */
  #attribute(id: string, attribute: string): string | undefined {
    const name = this.#names.get(id);
    const { Type, Properties } =
      this.templates.map(({ Resources }) => Resources[id]).find((one) => one !== undefined) ?? {};
    if (name === undefined || Type !== 'AWS::Events::Rule' || attribute !== 'Arn') return name;
    const bus = Properties?.['EventBusName'];
    return `arn:aws:events:${REGION}:${ACCOUNT}:rule/${bus === undefined ? '' : `${this.nameOf(bus)}/`}${name}`;
  }

  /** A queue of work, or where its dead letters lie. */
  queue(name: WorkQueueName, which: 'Queue' | 'DeadLetters' = 'Queue'): Queued {
    const start = `${CONSTRUCTS[name]}${which}`;
    const [id] = [...this.#names.keys()].filter((one) => new RegExp(`^${start}[0-9A-F]{8}$`).test(one));
    const called = this.#names.get(id ?? '');
    if (called === undefined) throw new Error(`no queue is called ${start}`);
    return { name: called, url: `${this.lab.url}/${ACCOUNT}/${called}` };
  }

  /** A round, as the schedule starts it. `undelivered`: where the further region's dead letters are to be. */
  async tick(undelivered = this.#undelivered.url): Promise<void> {
    await this.lab.invoke(this.at('OnTick'), { undelivered: [{ region: FURTHER, url: undelivered }] });
    await this.settle();
  }

  /** A sweep that has ended. */
  async sweep(): Promise<void> {
    await this.lab.invoke(this.at('OnSweep'), {});
    await this.settle();
    await wait(SWEEP_ENDS_AFTER_MS);
    await this.tick();
  }

  /** Waits until all is done but what waits for its time. */
  settle(): Promise<void> {
    return this.lab.settle({ delayed: 'leave', patienceMs: 120_000 });
  }

  /** What the service is made of, as its schedule brings it. */
  get parts(): Readonly<Record<string, Readonly<Record<string, string>>>> {
    return (this.#broughtBy('OwnWatchLook') as { parts: Record<string, Record<string, string>> }).parts;
  }

  /** What a schedule brings to what it starts. */
  #broughtBy(schedule: string): unknown {
    const resources = Object.assign({}, ...this.templates.map(({ Resources }) => Resources)) as Template['Resources'];
    const [, found] = Object.entries(resources).find(([id]) => id.startsWith(schedule)) ?? [];
    const target = found?.Properties['Target'] as { Input: { 'Fn::Join': [string, unknown[]] } };
    const [, pieces] = target.Input['Fn::Join'];
    return JSON.parse(pieces.map((piece) => this.nameOf(piece)).join(''));
  }

  /** Puts messages on a queue while nobody takes from it, so that they come to the function together. */
  async together(name: WorkQueueName, bodies: readonly string[]): Promise<void> {
    const sources = await this.#sourcesOf(name);
    for (const uuid of sources) await this.#switch(uuid, 'off');
    await this.send(this.queue(name).url, bodies);
    for (const uuid of sources) await this.#switch(uuid, 'on');
    await this.settle();
  }

  /** Has nobody take from a queue any more. */
  async stopsTaking(name: WorkQueueName): Promise<void> {
    for (const uuid of await this.#sourcesOf(name)) await this.#switch(uuid, 'off');
  }

  async takesAgain(name: WorkQueueName): Promise<void> {
    for (const uuid of await this.#sourcesOf(name)) await this.#switch(uuid, 'on');
  }

  async send(url: string, bodies: readonly string[]): Promise<void> {
    for (const call of callsOf(bodies)) {
      const Entries = call.map((MessageBody, index) => ({ Id: String(index), MessageBody }));
      const { Failed = [] } = await this.#sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
      if (Failed.length > 0) throw new Error(`${Failed.length} messages were not taken: ${Failed[0]?.Message}`);
    }
  }

  /** What a queue holds, without taking it. */
  async depthOf({ url }: Queued): Promise<Depth> {
    const { Attributes = {} } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    );
    return {
      visible: Number(Attributes['ApproximateNumberOfMessages']),
      delayed: Number(Attributes['ApproximateNumberOfMessagesDelayed']),
    };
  }

  async redriveOf({
    url,
  }: Queued): Promise<{ readonly deadLetterTargetArn: string; readonly maxReceiveCount: number }> {
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['RedrivePolicy'] }),
    );
    return JSON.parse(Attributes?.RedrivePolicy ?? '{}') as { deadLetterTargetArn: string; maxReceiveCount: number };
  }

  messagesOf({ url }: Queued): Promise<readonly Message[]> {
    return this.lab.messagesOf(url);
  }

  /** The ids of the events that stand in the record of changes. */
  async recordedEvents(): Promise<readonly string[]> {
    const folder = join(this.lab.home, `changes-${randomUUID()}`);
    await this.lab.aws('s3', 'cp', '--recursive', '--quiet', `${this.at('Store')}/changes/`, folder);
    return [...new Set(recordsIn(folder).flatMap(({ event }) => event?.id ?? []))];
  }

  async stop(): Promise<void> {
    this.#sqs.destroy();
    await this.lab.stop();
  }

  async #sourcesOf(name: WorkQueueName): Promise<readonly string[]> {
    const { EventSourceMappings } = JSON.parse(await this.lab.aws('lambda', 'list-event-source-mappings')) as {
      EventSourceMappings: readonly { UUID: string; EventSourceArn: string }[];
    };
    const { name: called } = this.queue(name);
    return EventSourceMappings.flatMap(({ UUID, EventSourceArn }) =>
      EventSourceArn.endsWith(`:${called}`) ? UUID : [],
    );
  }

  async #switch(uuid: string, to: 'on' | 'off'): Promise<void> {
    const flag = to === 'on' ? '--enabled' : '--no-enabled';
    await this.lab.aws('lambda', 'update-event-source-mapping', '--uuid', uuid, flag);
  }
}

async function templateOf(lab: Lab, stack: string): Promise<Template> {
  const text = await lab.aws('cloudformation', 'get-template', '--stack-name', stack);
  return (JSON.parse(text) as { TemplateBody: Template }).TemplateBody;
}

async function namesIn(lab: Lab, stack: string): Promise<readonly (readonly [id: string, name: string])[]> {
  const text = await lab.aws('cloudformation', 'list-stack-resources', '--stack-name', stack);
  const { StackResourceSummaries: made } = JSON.parse(text) as {
    StackResourceSummaries: readonly { LogicalResourceId: string; PhysicalResourceId: string }[];
  };
  return made.map(({ LogicalResourceId: id, PhysicalResourceId: name }) => [id, name.split(/[:/]/).at(-1) ?? '']);
}

/** The server's CloudFormation makes keys that it cannot describe: they are made by hand, and bear the name in place of those. */
async function makeKeys(
  lab: Lab,
  { templates, names }: { readonly templates: readonly Template[]; readonly names: Map<string, string> },
): Promise<void> {
  const resources = templates.flatMap(({ Resources }) => Object.entries(Resources));
  for (const [id] of resources.filter(([, { Type }]) => Type === 'AWS::KMS::Key')) {
    const { KeyMetadata } = JSON.parse(await lab.aws('kms', 'create-key')) as { KeyMetadata: { KeyId: string } };
    names.set(id, KeyMetadata.KeyId);
  }
}

function recordsIn(folder: string): readonly { readonly event?: { readonly id: string } }[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
  return files.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { event?: { id: string } });
}

function callsOf(bodies: readonly string[]): readonly (readonly string[])[] {
  const calls: string[][] = [];
  let bytes = Infinity;
  for (const body of bodies) {
    bytes += Buffer.byteLength(body);
    const last = calls.at(-1);
    if (last === undefined || bytes > A_CALL_BYTES || last.length === 10) {
      calls.push([body]);
      bytes = Buffer.byteLength(body);
    } else last.push(body);
  }
  return calls;
}
