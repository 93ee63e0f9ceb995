import { beforeEach, describe, expect, test } from 'vitest';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlumblineError } from '#core/errors.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { Report } from '#core/report.ts';
import { kindsById } from '#kinds';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { actionItemsIn } from '#lambda/action-items.ts';
import { answer, type AnswerPorts } from '#lambda/answer.ts';
import { parseSettings } from '#lambda/settings.ts';
import { LAST_SWEEP } from '#lambda/sweep-plan.ts';
import { FINDING_ID, keepIncident } from '../incident-notes.ts';
import { byEvent, changed, eventNamed, noted } from '../noted.ts';
import { acceptAllIn, allow, OWNER, PUBLIC } from './account.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

/** Each question is answered with the document that the command line prints with --json, byte for byte. */

const on = useDouble();

const ACCOUNT = '111122223333';
const buckets = {
  site: { region: 'us-east-1', grants: [OWNER, PUBLIC], website: { index: 'index.html' } },
  shared: { region: 'us-east-1', policy: allow({ AWS: '444455556666' }) },
};

let ports: AnswerPorts;

/** The service with the documents of the command line, whose last scan is its last sweep. */
async function serve(scan: string): Promise<void> {
  const ledger = new DocumentsLedger(new MemoryDocuments());
  await ledger.write({ ...LAST_SWEEP, revision: 0, body: { sweep: scan, resources: 3 } });
  const shipped = join(import.meta.dirname, '..', '..', 'plumbline.yaml');
  const settings = parseSettings(await readFile(shipped, 'utf8'), 'plumbline.yaml');
  ports = {
    documents: new FolderDocuments(join(on.shell.cwd, '.plumbline')),
    ledger,
    account: ACCOUNT,
    kinds: kindsById,
    shapes: new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape])),
    ownerTags: settings.ownerTags,
    timeZone: settings.timeZone,
    partition: 'aws',
    actionItems: actionItemsIn(settings),
    asking: { ask: () => Promise.resolve() },
    identify: () => Promise.reject(new PlumblineError('CREDENTIALS_UNUSABLE', 'nobody is known here')),
    testAlert: () => Promise.resolve(),
    nudge: () => Promise.resolve(),
    now: () => new Date(),
  };
}

/** The answer as the command line would print it, without what only an answer from a snapshot says. */
async function answered(question: JsonObject): Promise<string> {
  const { body } = await answer(question, ports);
  const { ageSeconds: _age, ...document } = body as { ageSeconds?: number };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A bucket that is explained is read anew by the command line: when, is all that differs. */
const withoutTimes = (text: string): string => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '(time)');

beforeEach(async () => {
  await on.double.show({ regions: ['us-east-1'], buckets });
  await acceptAllIn(on.shell);
  await on.double.show({ regions: ['us-east-1'], buckets, accountBlock: { BlockPublicAcls: true } });
});

describe('the answer is what --json prints', () => {
  const scanned = async (...more: readonly string[]): Promise<string> => {
    const { out } = await plumbline(on.shell, 'scan', '--json', ...more);
    await serve((JSON.parse(out) as Report).scan.id);
    return out;
  };

  test('scan', async () => {
    const out = await scanned();
    expect((JSON.parse(out) as Report).exitCode).toBe(1);
    expect(await answered({ ask: 'scan' })).toBe(out);
  });

  test('scan --all', async () => {
    const out = await scanned('--all');
    expect(await answered({ ask: 'scan', all: true })).toBe(out);
  });

  test('explain', async () => {
    await scanned();
    const { out } = await plumbline(on.shell, 'explain', 'site', '--json');
    expect(withoutTimes(await answered({ ask: 'explain', bucket: 'site' }))).toBe(withoutTimes(out));
  });

  test('blast-radius', async () => {
    await scanned();
    const { out } = await plumbline(on.shell, 'blast-radius', '--set', 's3-account-block=null', '--json');
    expect(await answered({ ask: 'blast-radius', set: { 's3-account-block': null } })).toBe(out);
  });

  test('baseline show', async () => {
    await scanned();
    const { out } = await plumbline(on.shell, 'baseline', 'show', '--json');
    expect(await answered({ ask: 'baseline' })).toBe(out);
  });

  test('baseline show RESOURCE', async () => {
    await scanned();
    const { out } = await plumbline(on.shell, 'baseline', 'show', 'site', '--json');
    expect(await answered({ ask: 'baseline', names: ['site'] })).toBe(out);
  });

  test.each([
    { case: 'changes', args: [], question: {} },
    {
      case: 'changes of a kind, a resource and somebody',
      args: ['--kind', 's3-bucket', '--resource', 'exports', '--actor', 'ana'],
      question: { kind: 's3-bucket', resource: 'exports', actor: 'ana' },
    },
    { case: 'changes of another account', args: ['--account', '444455556666'], question: { account: '444455556666' } },
  ])('$case', async ({ args, question }) => {
    await scanned();
    const at = '2026-03-02T08:00:00.000Z';
    const put = eventNamed('PutBucketPolicy', 'e-1');
    const evidence = { moves: 'policy', shows: 'yes' };
    await noted(ports.documents, at, byEvent(put, evidence, { changes: [changed('policy'), changed('acl')] }));
    const [since, until] = ['2026-03-02T07:30Z', '2026-03-02T08:30Z'];
    const time = ['--since', since, '--until', until];
    const { out, code } = await plumbline(on.shell, 'changes', '--store', '.plumbline', '--json', ...time, ...args);
    expect(code).toBe(0);
    expect(await answered({ ask: 'changes', since, until, ...question })).toBe(out);
  });

  test('explain --symptom', async () => {
    await scanned();
    await keepIncident(ports.documents);
    const [symptom, at] = ['AccessDenied PutObject exports', '2025-10-29T11:30Z'];
    const { out, code } = await plumbline(on.shell, 'explain', '--symptom', symptom, '--at', at, '--json');
    expect(code).toBe(0);
    expect(await answered({ ask: 'explain', symptom, at })).toBe(out);
    const since = await plumbline(on.shell, 'explain', '--symptom', symptom, '--at', at, '--since', '2h', '--json');
    expect(await answered({ ask: 'explain', symptom, at, since: '2h' })).toBe(since.out);
  });

  test('blast-radius --finding', async () => {
    await scanned();
    await keepIncident(ports.documents);
    ports = { ...ports, ledger: new DocumentsLedger(ports.documents) };
    const { out, code } = await plumbline(on.shell, 'blast-radius', '--finding', FINDING_ID, '--json');
    expect(code).toBe(2);
    // It is open: up to when it is looked at is all that differs.
    expect(withoutTimes(await answered({ ask: 'blast-radius', finding: FINDING_ID }))).toBe(withoutTimes(out));
  });

  test('verdict', async () => {
    await scanned();
    const input: Json = { id: 7, policy: JSON.parse(allow('*')) as Json };
    await writeFile(join(on.shell.cwd, 'state.json'), JSON.stringify(input));
    const { out } = await plumbline(on.shell, 'verdict', 'state.json', '--json');
    expect(await answered({ ask: 'verdict', input })).toBe(out);
  });
});

describe('plumbline ask', () => {
  test.each([
    {
      case: 'no question',
      args: ['scna', '--store', 's3://audit'],
      says: '"scna" is no question; did you mean "scan"?',
    },
    {
      case: 'no JSON',
      args: ['{"ask":', '--store', 's3://audit'],
      says: 'the question is no JSON object: write one such as {"ask":"scan"}',
    },
    {
      case: 'a folder',
      args: ['scan'],
      says: 'a folder has no service: name its bucket with --store s3://BUCKET, the output "Store" of its stack',
    },
  ])('$case: one sentence, exit 64', async ({ args, says }) =>
    expect(await plumbline(on.shell, 'ask', ...args)).toEqual({ code: 64, out: '', err: `plumbline: ${says}\n` }),
  );
});
