import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { createClients } from '#aws/clients.ts';
import { linkTo } from '#aws/document-link.ts';
import { leadsTo } from '#bin/linked-answer.ts';
import { answer } from '#lambda/answer.ts';
import { describeService } from '#lambda/service-document.ts';
import { FolderDocuments } from '#local/folder-documents.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { AUDIT, bucketOf, HUB, HubQuestions, ONE, TWO } from '../hub-questions-scene.ts';
import { noteMember } from '#lambda/hub-members.ts';
import { plumbline } from './command.ts';
import { useDouble } from './on-double.ts';

/** The command line against a hub that is deployed: its function's URL is this server, and its worker takes what is on the queue meanwhile. */

const on = useDouble();
const before = { ...process.env };
const STORE = `s3://${AUDIT}`;
const PLAN = join(import.meta.dirname, '..', 'fixtures', 'proposals', 'terraform-plan.json');
const TURN_ON = ['--set', 's3-account-block.BlockPublicAcls=true'];

const ONLY_SET =
  '--accounts: a hub is asked with --set alone; for another proposal, or with --evidence, name the role that reads the accounts, such as --account-role plumbline-reader';

let scene: HubQuestions;
let server: Server;
let asked: JsonObject[];
/** What the service answers in place of its own answer. */
let instead: ((question: JsonObject) => Promise<object | undefined>) | undefined;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void serve(JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonObject).then(({ status, body }) =>
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  process.env = before;
});

async function serve(question: JsonObject): Promise<{ readonly status: number; readonly body: object }> {
  asked.push(question);
  const other = await instead?.(question);
  if (other !== undefined) return { status: 200, body: other };
  const given = await answer(question, scene.hub);
  for (const message of scene.queue.splice(0)) if (message.after === 0) await scene.works(message);
  return given;
}

const url = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

/** Who calls is of the hub account; the hub has swept, one member keeps snapshots, the other is read live. */
beforeEach(async () => {
  Object.assign(process.env, on.double.environment);
  asked = [];
  instead = undefined;
  scene = new HubQuestions(on.double);
  await scene.joins(ONE);
  await scene.joins(TWO, 'no such bucket');
  await scene.sweeps();
  for (const account of [ONE, TWO]) await noteMember(account, scene.hub);
  await deployed({ hub: true });
});

async function deployed(more: { readonly hub?: true }): Promise<void> {
  const documents = new MemoryDocuments();
  await describeService(documents, {
    account: HUB,
    region: 'us-east-1',
    table: 't',
    version: '1',
    url: url(),
    ...more,
  });
  const { world } = scene;
  await scene.shows({ ...world, buckets: { ...world.buckets, [AUDIT]: await bucketOf(documents) } });
}

const ask = (...args: readonly string[]) => plumbline(on.shell, 'blast-radius', ...args);

/** Without its age; when each was read differs for the account that is read live. */
const withoutAge = (text: string): Json =>
  JSON.parse(text.replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"|"\d{8}T\d{9}Z"/g, '"TIME"'), (key, value: Json) =>
    key === 'ageSeconds' ? undefined : value,
  ) as Json;

describe('blast-radius --accounts at a hub', () => {
  test('all: the document that the command line computes itself over the same accounts', async () => {
    const hub = await ask(...TURN_ON, '--accounts', 'all', '--store', STORE, '--json');
    expect([hub.code, hub.err]).toEqual([1, '']);
    expect(asked[0]).toEqual({
      ask: 'blast-radius',
      set: { 's3-account-block.BlockPublicAcls': true },
      accounts: 'all',
    });
    const own = new FolderDocuments(join(on.shell.cwd, '.plumbline'));
    for (const documents of [scene.documents, scene.kept.get(ONE)])
      for (const key of (await documents?.list('snapshots/')) ?? [])
        await own.create(key, (await documents?.read(key))?.body ?? Buffer.from(''));
    const accounts = [ONE, TWO, HUB].join(',');
    const here = await ask(...TURN_ON, '--accounts', accounts, '--account-role', 'plumbline-reader', '--json');
    expect([here.code, here.err]).toEqual([1, '']);
    expect(withoutAge(hub.out)).toEqual(withoutAge(here.out));
  });

  test('ids: only those, in that order', async () => {
    const { out } = await ask(...TURN_ON, '--accounts', `${TWO},${ONE}`, '--store', STORE, '--json');
    expect((JSON.parse(out) as { accounts: { account: string }[] }).accounts.map(({ account }) => account)).toEqual([
      TWO,
      ONE,
    ]);
  });

  test('one: what is told of one account', async () => {
    const { code, out } = await ask(...TURN_ON, '--accounts', ONE, '--store', STORE, '--json');
    const { account, counts } = JSON.parse(out) as { account: string; counts: JsonObject };
    expect([code, account, counts]).toMatchObject([1, ONE, { affected: 1, broken: 1 }]);
  });

  test('for a person: how many of what in each account, and one that cannot be entered with why', async () => {
    await scene.leaves(TWO);
    const { code, out } = await ask(...TURN_ON, '--accounts', 'all', '--store', STORE);
    expect(code).toBe(1);
    expect(out).toContain(`│ ${ONE} │      1 │           0 │        0 │        0 │`);
    expect(out).toMatch(new RegExp(`Account ${TWO}: could not be read\\n  ! could not assume the role`));
  });

  test('with a role the person reads them, and the hub is not asked', async () => {
    const role = ['--account-role', 'plumbline-reader'];
    expect(await ask(...TURN_ON, '--accounts', TWO, ...role, '--store', STORE, '--json')).toMatchObject({ code: 1 });
    expect(asked).toEqual([]);
  });

  test('a service that is no hub is not asked', async () => {
    await deployed({});
    expect(await ask(...TURN_ON, '--accounts', TWO, '--store', STORE)).toMatchObject({ code: 64 });
    expect(asked).toEqual([]);
  });

  test.each([
    {
      case: 'a setting that stands twice',
      args: ['--set', 'waf-ip-set/office+=203.0.113.0/24', '--set', 'waf-ip-set/office+=198.51.100.0/24'],
      says: '--set waf-ip-set/office+: it stands twice, and a hub is asked for each setting once',
    },
    {
      case: 'a setting that there is not',
      args: ['--set', 's3-account-block.BlockPublicAcl=true'],
      says: 's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
    },
    { case: 'a plan', args: ['--terraform-plan', PLAN], says: ONLY_SET },
    { case: 'evidence', args: [...TURN_ON, '--evidence', 'logs'], says: ONLY_SET },
  ])('$case: one sentence', async ({ args, says }) =>
    expect(await ask(...args, '--accounts', 'all', '--store', STORE)).toEqual({
      code: 64,
      out: '',
      err: `plumbline: ${says}\n`,
    }),
  );

  test('ask: the same, with what a program writes', async () => {
    const question = JSON.stringify({ ask: 'blast-radius', set: { 's3-account-block': null }, accounts: 'all' });
    const { code, out } = await plumbline(on.shell, 'ask', question, '--store', STORE);
    expect([code, (JSON.parse(out) as { accounts: unknown[] }).accounts.length]).toEqual([0, 3]);
  });
});

describe('an answer that is too large', () => {
  const KEY = 'reports/answers/t-1.json';
  const linked = (link: JsonObject | undefined) => (question: JsonObject) =>
    Promise.resolve(
      question['ask'] === 'answer'
        ? { version: 1, ticket: 't-1', key: KEY, status: 'done', ...(link === undefined ? {} : { link }) }
        : { version: 1, ticket: 't-1', key: KEY },
    );

  beforeEach(async () => {
    const { world } = scene;
    const store = world.buckets[AUDIT] ?? { region: 'us-east-1' };
    store.objects = { ...store.objects, [KEY]: { body: '{"version":1,"exitCode":0,"by":"the bucket"}' } };
    await scene.shows({ ...world, buckets: { ...world.buckets, [AUDIT]: store } });
  });

  test('is read by the link that came with it, with no right on the bucket', async () => {
    const clients = createClients({ globalRegion: 'us-east-1' });
    const link = await linkTo(clients, { bucket: AUDIT, key: KEY, region: 'us-east-1' }, new Date());
    instead = linked({ ...link });
    await on.double.forgetCalls();
    const { code, out } = await plumbline(on.shell, 'ask', 'scan', '--store', STORE);
    expect([code, JSON.parse(out)]).toEqual([0, { version: 1, exitCode: 0, by: 'the bucket' }]);
    // service.json, and the answer by the link.
    expect((await on.double.calls()).calls['GetObject']).toBe(2);
  });

  test.each([
    { case: 'no link', link: undefined },
    { case: 'a link to somewhere else', link: { url: 'https://example.com/reports/answers/t-1.json' } },
  ])('$case: with the person’s own right', async ({ link }) => {
    instead = linked(link);
    const { out } = await plumbline(on.shell, 'ask', 'scan', '--store', STORE);
    const by = isJsonObject(JSON.parse(out)) ? (JSON.parse(out) as JsonObject)['by'] : undefined;
    expect(by).toBe('the bucket');
  });
});

describe('a link is followed to that document in S3 and nowhere else', () => {
  const S3 = 's3.eu-west-1.amazonaws.com';
  test.each([
    { url: `https://audit.${S3}/reports/a.json?X-Amz-Expires=300`, follows: true },
    { url: `https://${S3}/audit/reports/a.json`, follows: true },
    { url: 'https://audit.s3.cn-north-1.amazonaws.com.cn/reports/a.json', follows: true },
    { url: 'http://127.0.0.1:5000/audit/reports/a.json', follows: true },
    { url: `http://audit.${S3}/reports/a.json`, follows: false },
    { url: `https://audit.${S3}/reports/b.json`, follows: false },
    { url: `https://other.${S3}/reports/a.json`, follows: false },
    { url: `https://${S3}/other/reports/a.json`, follows: false },
    { url: 'https://audit.s3.evilamazonaws.com/reports/a.json', follows: false },
    { url: 'https://audit.s3.example.com/reports/a.json', follows: false },
    { url: `https://audit.${S3}@example.com/reports/a.json`, follows: false },
    { url: `https://someone:secret@audit.${S3}/reports/a.json`, follows: false },
    { url: 'file:///audit/reports/a.json', follows: false },
    { url: 'no address', follows: false },
  ])('$url: $follows', ({ url: link, follows }) => expect(leadsTo(link, 's3://audit/reports/a.json')).toBe(follows));
});
