import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { takeTold } from '#lambda/parts-keeping.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';

const STACKS = [{ region: 'eu-west-1', name: 'Plumbline', deployer: 'cdk-exec-role' }];
const WHOLE = { rule: { s3: 'rule-1', wafv2: 'rule-2' }, alarms: 'Plumbline-', regions: ['eu-west-1'], stacks: STACKS };
const FEWER = { ...WHOLE, rule: { s3: 'rule-1' } };

/** What the watch takes to be its parts, one telling after the other. */
async function told(
  ...tellings: readonly { readonly parts: Json; readonly wasDeployed: boolean }[]
): Promise<readonly (readonly string[])[]> {
  const documents = new MemoryDocuments();
  const taken: (readonly string[])[] = [];
  for (const { parts, wasDeployed } of tellings) {
    const { named } = await takeTold(documents, {
      description: { account: '111122223333', region: 'eu-west-1', parts },
      wasDeployed: async () => wasDeployed,
    });
    taken.push(named.map(({ name }) => name));
  }
  return taken;
}

const ALL = ['rule-1', 'rule-2'];
const ONE = ['rule-1'];

test.each([
  {
    case: 'what is told first is taken',
    tellings: [{ parts: WHOLE, wasDeployed: false }],
    parts: [ALL],
  },
  {
    case: 'less than was told before, and no deployment: what was told before holds, also the next time',
    tellings: [
      { parts: WHOLE, wasDeployed: false },
      { parts: FEWER, wasDeployed: false },
      { parts: FEWER, wasDeployed: false },
    ],
    parts: [ALL, ALL, ALL],
  },
  {
    case: 'less, and the stack was deployed: it is made of less now',
    tellings: [
      { parts: WHOLE, wasDeployed: false },
      { parts: FEWER, wasDeployed: true },
      { parts: FEWER, wasDeployed: false },
    ],
    parts: [ALL, ONE, ONE],
  },
  {
    case: 'another stack, whose deployments would be expected, is taken from no input either',
    tellings: [
      { parts: FEWER, wasDeployed: false },
      { parts: { ...WHOLE, stacks: [...STACKS, { region: 'eu-west-1', name: 'Other' }] }, wasDeployed: false },
    ],
    parts: [ONE, ONE],
  },
])('$case', async ({ tellings, parts }) => {
  expect(await told(...tellings)).toEqual(parts);
});
