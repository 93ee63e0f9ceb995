import { promisify } from 'node:util';
import { brotliCompress, brotliDecompress, constants } from 'node:zlib';
import {
  BatchGetItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type AttributeValue,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { codeOf, type AwsReads } from '#kinds/kind.ts';
import type { Ledger, LedgerItem, LedgerKey, WriteOutcome } from '../ports.ts';
import { LEDGER } from '../service-names.ts';

/** Items may have 400 KB: two lists of ten thousand addresses have more, and fit when they are packed. */
const PACK_FROM_BYTES = 64 * 1024;
/** BatchGetItem takes 100 keys. */
const KEYS_A_CALL = 100;
/** Lists that repeat each other lie far apart: the window must span both. */
const PACKING = { params: { [constants.BROTLI_PARAM_LGWIN]: 22, [constants.BROTLI_PARAM_QUALITY]: 5 } };

type Attributes = Record<string, AttributeValue>;

/** The live state in one DynamoDB table; its sparse index holds the items that are due. */
export class DynamoDbLedger implements Ledger {
  readonly #aws: AwsReads;
  readonly #table: { readonly TableName: string };
  readonly #region: string;

  constructor(aws: AwsReads, { table, region }: { readonly table: string; readonly region: string }) {
    this.#aws = aws;
    this.#table = { TableName: table };
    this.#region = region;
  }

  async read(key: LedgerKey): Promise<LedgerItem | undefined> {
    const { Item } = await this.#send((client) =>
      client.send(new GetItemCommand({ ...this.#table, Key: keyOf(key), ConsistentRead: true })),
    );
    return Item === undefined ? undefined : itemOf(Item);
  }

  async readMany(keys: readonly LedgerKey[]): Promise<readonly LedgerItem[]> {
    const found: LedgerItem[] = [];
    const { TableName } = this.#table;
    // BatchGetItem refuses a key that stands twice.
    const once = [...new Map(keys.map((key) => [`${key.family} ${key.id}`, key])).values()];
    for (let at = 0; at < once.length; at += KEYS_A_CALL) {
      let asked: Attributes[] = once.slice(at, at + KEYS_A_CALL).map(keyOf);
      while (asked.length > 0) {
        const RequestItems = { [TableName]: { Keys: asked, ConsistentRead: true } };
        const { Responses, UnprocessedKeys } = await this.#send((client) =>
          client.send(new BatchGetItemCommand({ RequestItems })),
        );
        for (const item of Responses?.[TableName] ?? []) found.push(await itemOf(item));
        asked = UnprocessedKeys?.[TableName]?.Keys ?? [];
      }
    }
    return found;
  }

  async write(item: LedgerItem): Promise<WriteOutcome> {
    const Item = await attributesOf(item);
    const condition =
      item.revision === 0
        ? { ConditionExpression: 'attribute_not_exists(#family)', ExpressionAttributeNames: { '#family': 'family' } }
        : {
            ConditionExpression: '#revision = :revision',
            ExpressionAttributeNames: { '#revision': 'revision' },
            ExpressionAttributeValues: { ':revision': { N: String(item.revision) } },
          };
    try {
      await this.#send((client) => client.send(new PutItemCommand({ ...this.#table, Item, ...condition })));
      return 'written';
    } catch (error) {
      if (codeOf(error) === 'ConditionalCheckFailedException') return 'conflict';
      throw error;
    }
  }

  async due(until: string): Promise<readonly LedgerKey[]> {
    const items = await this.#query({
      ...this.#table,
      IndexName: LEDGER.dueIndex,
      KeyConditionExpression: '#due = :due AND #dueAt <= :until',
      ExpressionAttributeNames: { '#due': 'due', '#dueAt': 'dueAt' },
      ExpressionAttributeValues: { ':due': { S: LEDGER.due }, ':until': { S: until } },
    });
    return items.map(({ family, id }) => ({ family: family?.S ?? '', id: id?.S ?? '' }));
  }

  async list(family: string): Promise<readonly LedgerItem[]> {
    const items = await this.#query({
      ...this.#table,
      ConsistentRead: true,
      KeyConditionExpression: '#family = :family',
      ExpressionAttributeNames: { '#family': 'family' },
      ExpressionAttributeValues: { ':family': { S: family } },
    });
    const read: LedgerItem[] = [];
    for (const item of items) read.push(await itemOf(item));
    return read;
  }

  async #query(input: QueryCommandInput): Promise<readonly Attributes[]> {
    const items: Attributes[] = [];
    let start: Attributes | undefined;
    do {
      const more = start === undefined ? {} : { ExclusiveStartKey: start };
      const page = await this.#send((client) => client.send(new QueryCommand({ ...input, ...more })));
      items.push(...(page.Items ?? []));
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
    return items;
  }

  #send<O>(send: (client: DynamoDBClient) => Promise<O>): Promise<O> {
    return this.#aws.call({ client: DynamoDBClient, region: this.#region, send });
  }
}

function keyOf({ family, id }: LedgerKey): Attributes {
  return { family: { S: family }, id: { S: id } };
}

async function attributesOf({ revision, body, dueAt, expiresAt, ...key }: LedgerItem): Promise<Attributes> {
  const text = JSON.stringify(body);
  const isLarge = Buffer.byteLength(text) > PACK_FROM_BYTES;
  const packed = isLarge ? await promisify(brotliCompress)(text, PACKING) : undefined;
  return {
    ...keyOf(key),
    revision: { N: String(revision + 1) },
    body: packed === undefined ? { S: text } : { B: packed },
    ...(dueAt === undefined ? {} : { due: { S: LEDGER.due }, dueAt: { S: dueAt } }),
    ...(expiresAt === undefined ? {} : { expiresAt: { N: String(Math.ceil(Date.parse(expiresAt) / 1000)) } }),
  };
}

async function itemOf({ family, id, revision, body, dueAt, expiresAt }: Attributes): Promise<LedgerItem> {
  const text = await textOf(body);
  if (family?.S === undefined || id?.S === undefined || text === undefined)
    throw new PlumblineError(
      'STORE_DAMAGED',
      `an item of the ledger (${id?.S ?? 'without an id'}) was not written by Plumbline: delete it`,
    );
  return {
    family: family.S,
    id: id.S,
    revision: Number(revision?.N ?? 0),
    body: JSON.parse(text) as Json,
    ...(dueAt?.S === undefined ? {} : { dueAt: dueAt.S }),
    ...(expiresAt?.N === undefined ? {} : { expiresAt: new Date(Number(expiresAt.N) * 1000).toISOString() }),
  };
}

/** What was packed is unpacked. */
async function textOf(body: AttributeValue | undefined): Promise<string | undefined> {
  return body?.B === undefined ? body?.S : (await promisify(brotliDecompress)(body.B)).toString('utf8');
}
