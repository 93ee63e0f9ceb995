import { Refused, type Service } from '../request.ts';
import type { Item, World } from '../world.ts';
import { jsonService, type Input } from './json.ts';

type Table = Record<string, Item>;

/** DynamoDB as far as single items go: put under a condition, and got. Keys are `family` and `id`; queries it has none. */
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
