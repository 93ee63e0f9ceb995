import { Refused, type Service } from '../request.ts';
import type { Item, World } from '../world.ts';
import { jsonService, type Input } from './json.ts';

type Table = Record<string, Item>;

/** DynamoDB as far as a ledger needs it: items put under a condition and got, a family, and the sparse index of what is due. */
export function dynamodb(world: () => World): Service {
  return jsonService('DynamoDB_20120810', (operation, input) => {
    switch (operation) {
      case 'PutItem':
        return putItem(tableOf(world(), String(input['TableName'])), input);
      case 'GetItem': {
        const item = tableOf(world(), String(input['TableName']))[keyOf(input['Key'] as Item)];
        return item === undefined ? {} : { Item: item };
      }
      case 'BatchGetItem':
        return batchGet(world(), input);
      case 'Query':
        return query(tableOf(world(), String(input['TableName'])), input);
      default:
        throw new Refused('UnknownOperationException', 400, `the double knows no ${operation} of DynamoDB`);
    }
  });
}

function tableOf(world: World, name: string): Table {
  world.tables ??= {};
  return (world.tables[name] ??= {});
}

function keyOf({ family, id }: Item): string {
  return JSON.stringify([family?.['S'], id?.['S']]);
}

/** The two conditions that a ledger has: not there yet, or still of the revision that was read. */
function putItem(table: Table, input: Input): Input {
  const item = input['Item'] as Item;
  const there = table[keyOf(item)];
  const { ConditionExpression: condition = '' } = input as { readonly ConditionExpression?: string };
  const values = (input['ExpressionAttributeValues'] ?? {}) as Item;
  const isMet =
    condition === '' ||
    (condition.startsWith('attribute_not_exists') && there === undefined) ||
    (condition.includes('=') && there !== undefined && there['revision']?.['N'] === values[':revision']?.['N']);
  if (!isMet) throw new Refused('ConditionalCheckFailedException', 400, 'The conditional request failed');
  table[keyOf(item)] = item;
  return {};
}

function batchGet(world: World, input: Input): Input {
  const asked = input['RequestItems'] as Record<string, { Keys: Item[] }>;
  const found = Object.entries(asked).map(([name, { Keys }]): [string, Item[]] => [
    name,
    Keys.map((key) => tableOf(world, name)[keyOf(key)]).filter((item) => item !== undefined),
  ]);
  return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
}

/** A page of a query ends where its items have a megabyte. */
const PAGE_BYTES = 1024 * 1024;

/** The two queries that a ledger has: a family, sorted by id, or what is due until a time, the oldest first. */
function query(table: Table, input: Input): Input {
  const { values, sortKey, project } = queryOf(input);
  const start = input['ExclusiveStartKey'] as Item | undefined;
  const all = Object.values(table)
    .filter((item) => values(item))
    .sort((a, b) => (textOf(a, sortKey) < textOf(b, sortKey) ? -1 : 1));
  const from = start === undefined ? 0 : all.findIndex((item) => keyOf(item) === keyOf(start)) + 1;
  const page: Item[] = [];
  let bytes = 0;
  for (const item of all.slice(from)) {
    const told = project(item);
    bytes += JSON.stringify(told).length;
    if (bytes > PAGE_BYTES && page.length > 0) break;
    page.push(told);
  }
  const last = page.at(-1);
  const isCut = from + page.length < all.length && last !== undefined;
  return { Items: page, Count: page.length, ...(isCut ? { LastEvaluatedKey: keysOf(last) } : {}) };
}

function queryOf(input: Input): {
  readonly values: (item: Item) => boolean;
  readonly sortKey: string;
  readonly project: (item: Item) => Item;
} {
  const given = (input['ExpressionAttributeValues'] ?? {}) as Item;
  const family = given[':family']?.['S'];
  if (family !== undefined)
    return { values: (item) => textOf(item, 'family') === family, sortKey: 'id', project: (item) => item };
  const due = given[':due']?.['S'];
  const until = given[':until']?.['S'];
  if (due === undefined || until === undefined)
    throw new Refused('ValidationException', 400, 'the double knows two queries: a family, and what is due');
  return {
    values: (item) => textOf(item, 'due') === due && textOf(item, 'dueAt') <= until,
    sortKey: 'dueAt',
    project: ({ due: partition = {}, dueAt = {}, ...item }) => ({ due: partition, dueAt, ...keysOf(item) }),
  };
}

function keysOf({ family = {}, id = {} }: Item): Item {
  return { family, id };
}

function textOf(item: Item, name: string): string {
  return item[name]?.['S'] ?? '';
}
