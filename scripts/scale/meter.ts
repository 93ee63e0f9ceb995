import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Clients } from '#aws/clients.ts';
import type { ClientClass } from '#kinds/kind.ts';

/** Objects that were written under one sort of key. */
export interface Kept {
  readonly objects: number;
  readonly bytes: number;
}

/** What a run used of AWS. Plain data, so that it can be kept and compared. */
export interface Usage {
  /** Calls that read what is watched, by service and operation: `S3 GetBucketPolicy`. */
  readonly watched: Readonly<Record<string, number>>;
  /** Calls to the service's own bucket, table, queues and topics. */
  readonly own: Readonly<Record<string, number>>;
  /** Request units of DynamoDB: a read of 4 KB, a write of 1 KB, the index's writes too (AWS: "Read and write capacity"). */
  readonly ledgerReads: number;
  readonly ledgerWrites: number;
  readonly kept: Readonly<Record<string, Kept>>;
  /** Messages that were put on the queues. */
  readonly messages: number;
  /** The largest item that was written, and the largest message that was published, in bytes. */
  readonly largestItem: number;
  readonly largestPublication: number;
}

type Attributes = Readonly<Record<string, AttributeValue>>;
type Side = 'watched' | 'own';

/** The members of requests and answers that are metered. */
interface Metered {
  readonly Key?: string;
  readonly Body?: Uint8Array;
  readonly Item?: Attributes;
  readonly Items?: readonly Attributes[];
  readonly IndexName?: string;
  readonly Responses?: Readonly<Record<string, readonly Attributes[]>>;
  readonly RequestItems?: Readonly<Record<string, { readonly Keys?: readonly unknown[] }>>;
  readonly Entries?: readonly { readonly MessageBody: string }[];
  readonly MessageBody?: string;
  readonly Message?: string;
}

interface Stack {
  readonly middlewareStack: {
    add(
      middleware: (next: Next, context: Context) => (args: { readonly input: Metered }) => Promise<Answer>,
      options: { readonly step: 'initialize'; readonly name: string },
    ): void;
  };
}

type Next = (args: { readonly input: Metered }) => Promise<Answer>;
interface Answer {
  readonly output: Metered;
}
interface Context {
  readonly clientName?: string;
  readonly commandName?: string;
}

/** What a client is sent. */
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: Readonly<Record<string, unknown>>;
}

const WRITE_UNIT_BYTES = 1024;
const READ_UNIT_BYTES = 4096;
/** An entry of the index holds keys alone, so each write of it is the smallest that there is. */
const INDEX_ENTRY_UNITS = 1;

/** Counts what the SDK's clients are asked, and how large it is: every try counts, as AWS counts it. */
export class Meter {
  /** Bodies of messages, in the order in which they were put on a queue. */
  readonly sent: string[] = [];
  readonly #seen = new WeakSet<object>();
  readonly #dueOf = new Map<string, string | undefined>();
  #usage = emptyUsage();

  /** The same clients, metered. */
  over(clients: Clients, side: Side): Clients {
    return {
      for: <C>(service: ClientClass<C>, region: string): C => {
        const client = clients.for(service, region);
        if (!this.#seen.has(client as object)) this.#attach(client as unknown as Stack, side);
        this.#seen.add(client as object);
        return client;
      },
    };
  }

  /** Clients that something else answers for, metered as well. */
  answering(answer: (command: Command) => object, side: Side): Clients {
    return {
      for: <C>(service: ClientClass<C>): C => {
        const send = async (command: Command): Promise<object> => {
          this.#count(side, `${serviceOf(service.name)} ${operationOf(command.constructor.name)}`);
          return answer(command);
        };
        return { send } as unknown as C;
      },
    };
  }

  /** What was used since the last time that this was asked. */
  take(): Usage {
    const usage = this.#usage;
    this.#usage = emptyUsage();
    return { ...usage, watched: sorted(usage.watched), own: sorted(usage.own), kept: sorted(usage.kept) };
  }

  /** A message that is published: topics are not in the double. */
  notePublication(input: Metered): void {
    this.#count('own', 'SNS Publish');
    const bytes = Buffer.byteLength(JSON.stringify(input));
    this.#usage.largestPublication = Math.max(this.#usage.largestPublication, bytes);
  }

  #attach({ middlewareStack }: Stack, side: Side): void {
    middlewareStack.add(
      (next, { clientName = '', commandName = '' }) =>
        async (args) => {
          const operation = `${serviceOf(clientName)} ${operationOf(commandName)}`;
          this.#count(side, operation);
          if (side === 'own') this.#noteRequest(operation, args.input);
          const answer = await next(args);
          if (side === 'own') this.#noteAnswer(operation, args.input, answer.output);
          return answer;
        },
      { step: 'initialize', name: 'meter' },
    );
  }

  #count(side: Side, operation: string): void {
    this.#usage[side][operation] = (this.#usage[side][operation] ?? 0) + 1;
  }

  #noteRequest(operation: string, input: Metered): void {
    switch (operation) {
      case 'S3 PutObject':
        this.#noteObject(input.Key ?? '', input.Body?.byteLength ?? 0);
        break;
      case 'DynamoDB PutItem':
        this.#noteItem(input.Item ?? {});
        break;
      case 'SQS SendMessage':
        this.#noteMessages([input.MessageBody ?? '']);
        break;
      case 'SQS SendMessageBatch':
        this.#noteMessages((input.Entries ?? []).map(({ MessageBody }) => MessageBody));
        break;
    }
  }

  #noteAnswer(operation: string, input: Metered, output: Metered): void {
    switch (operation) {
      case 'DynamoDB GetItem':
        this.#usage.ledgerReads += readUnits(output.Item === undefined ? [] : [output.Item]);
        break;
      case 'DynamoDB BatchGetItem': {
        const asked = Object.values(input.RequestItems ?? {}).flatMap(({ Keys = [] }) => Keys).length;
        const items = Object.values(output.Responses ?? {}).flat();
        // Each item is rounded by itself, and one that is not there costs as the smallest.
        this.#usage.ledgerReads += items.reduce((sum, item) => sum + readUnits([item]), asked - items.length);
        break;
      }
      case 'DynamoDB Query':
        // A query is rounded as a whole; of an index it is eventually consistent, and costs half.
        this.#usage.ledgerReads += readUnits(output.Items ?? []) * (input.IndexName === undefined ? 1 : 0.5);
        break;
    }
  }

  #noteObject(key: string, bytes: number): void {
    const sort = sortOfKey(key);
    const before = this.#usage.kept[sort] ?? { objects: 0, bytes: 0 };
    this.#usage.kept[sort] = { objects: before.objects + 1, bytes: before.bytes + bytes };
  }

  /** The write of the item, and of its entry in the index: one that moves is taken away and put (AWS: two writes). */
  #noteItem(item: Attributes): void {
    const bytes = bytesOfItem(item);
    const key = JSON.stringify([item['family'], item['id']]);
    const before = this.#dueOf.get(key);
    const now = item['dueAt']?.S;
    this.#dueOf.set(key, now);
    const moved = before === now ? 0 : (before === undefined ? 0 : 1) + (now === undefined ? 0 : 1);
    this.#usage.ledgerWrites += Math.ceil(bytes / WRITE_UNIT_BYTES) + moved * INDEX_ENTRY_UNITS;
    this.#usage.largestItem = Math.max(this.#usage.largestItem, bytes);
  }

  #noteMessages(bodies: readonly string[]): void {
    this.#usage.messages += bodies.length;
    this.sent.push(...bodies);
  }
}

type OpenUsage = {
  -readonly [Name in keyof Usage]: Usage[Name] extends Readonly<Record<string, infer Value>>
    ? Record<string, Value>
    : Usage[Name];
};

function emptyUsage(): OpenUsage {
  return {
    watched: {},
    own: {},
    ledgerReads: 0,
    ledgerWrites: 0,
    kept: {},
    messages: 0,
    largestItem: 0,
    largestPublication: 0,
  };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** AWS's name of the service: `S3ControlClient` is S3 Control. */
function serviceOf(clientName: string): string {
  const name = clientName.replace(/Client$/, '');
  return { S3Control: 'S3 Control', ResourceGroupsTaggingAPI: 'Tagging', WAFV2: 'WAF' }[name] ?? name;
}

function operationOf(commandName: string): string {
  return commandName.replace(/Command$/, '');
}

/** Which sort of document a key is of. */
function sortOfKey(key: string): string {
  if (key.includes('/listed/')) return 'listed';
  if (key.endsWith('/manifest.json')) return 'manifest';
  return key.split('/', 1)[0] ?? key;
}

function readUnits(items: readonly Attributes[]): number {
  return Math.max(1, Math.ceil(items.reduce((sum, item) => sum + bytesOfItem(item), 0) / READ_UNIT_BYTES));
}

/** Names and values as UTF-8; a number has about a byte for two digits (AWS: "DynamoDB item sizes and formats"). */
export function bytesOfItem(item: Attributes): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

function valueBytes({ S, N, B }: AttributeValue): number {
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.length / 2) + 1;
  return B?.byteLength ?? 0;
}
