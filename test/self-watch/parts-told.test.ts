import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { endRemoved, takeTold } from '#lambda/parts-keeping.ts';
import type { LedgerItem } from '#lambda/ports.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
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
      removed: async () => undefined,
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

test('what a deployment took away ends what was open of it: nobody looks at it any more', async () => {
  const documents = new MemoryDocuments();
  const ledger = new DocumentsLedger(documents);
  const now = (): Date => new Date('2026-03-02T08:00:00.000Z');
  const tells = (parts: Json) =>
    takeTold(documents, {
      description: { account: '111122223333', region: 'eu-west-1', parts },
      wasDeployed: async () => true,
      removed: (refs) => endRemoved(refs, { ledger, now }),
    });
  await tells(WHOLE);
  const record = (id: string): LedgerItem => ({
    family: 'drift',
    id: `111122223333/eu-west-1/plumbline-self/${id}`,
    revision: 0,
    body: { status: 'open', finding: 'f-1' },
  });
  for (const id of ['rule:s3', 'rule:wafv2']) await ledger.write(record(id));
  await tells(FEWER);
  const after = await ledger.list('drift');
  expect(after.map(({ id, body, dueAt }) => [id.split('/')[3], body, dueAt])).toEqual([
    ['rule:s3', { status: 'open', finding: 'f-1' }, undefined],
    [
      'rule:wafv2',
      { status: 'closed', finding: 'f-1', closedAt: '2026-03-02T08:00:00.000Z', endedBy: 'acceptance' },
      '2026-03-02T08:00:00.000Z',
    ],
  ]);
});
