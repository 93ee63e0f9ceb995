import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AccountsBlastRadius } from '#core/accounts-blast-radius.ts';
import type { FailedAccount } from '#core/accounts-report.ts';
import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { createClients } from '#aws/clients.ts';
import { linkTo } from '#aws/document-link.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { answerPart } from '#lambda/account-parts.ts';
import { answer, type Answer, type AnswerPorts } from '#lambda/answer.ts';
import { collect } from '#lambda/collect.ts';
import { enter } from '#lambda/handlers/member-service.ts';
import { knownMembers, noteMember } from '#lambda/hub-members.ts';
import { partFor, type MemberPorts } from '#lambda/member-answer.ts';
import type { AccountsQuestion } from '#lambda/questions.ts';
import { describeService } from '#lambda/service-document.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { LAST_SWEEP } from '#lambda/sweep-plan.ts';
import { answerTicket, MOST_BYTES } from '#lambda/tickets.ts';
import { AwsDouble } from './aws-double/client.ts';
import { ALL_USERS, emptyWorld, OWNER_ID, type Bucket, type World } from './aws-double/world.ts';
import { PART_CASES, type PartCase } from './hub-questions.cases.ts';

const before = { ...process.env };
const HUB = '999988887777';
const ONE = '111122223333';
const TWO = '222233334444';
const AUDIT = 'plumbline-auditbucket1a2b3c4d-5e6f7a8b9c0d';
const NOW = '2026-03-02T08:00:00.000Z';
const SWEPT = '2026-03-02T07:30:00.000Z';
const SET = { 's3-account-block.BlockPublicAcls': true };
const QUESTION: AccountsQuestion = { ask: 'blast-radius', set: SET, fresh: false, accounts: [ONE] };
const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));

let double: AwsDouble;
let world: World;
let queue: { message: OwnMessage; after: number }[];
let hub: AnswerPorts & MemberPorts & { readonly documents: MemoryDocuments };
let time: string;

beforeAll(async () => {
  double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
});
afterAll(async () => {
  await double.stop();
  process.env = before;
});

beforeEach(async () => {
  queue = [];
  time = NOW;
  world = { ...accountOf(HUB), members: {} };
  await double.misbehave({});
  await double.forgetCalls();
  const documents = new MemoryDocuments();
  const service = {
    ownerTags: ['owner'],
    kinds,
    partition: 'aws',
    now: () => new Date(time),
    own: readsOf(HUB),
  };
  hub = {
    ...service,
    documents,
    account: HUB,
    kinds: kindsById,
    ledger: new DocumentsLedger(new MemoryDocuments()),
    shapes,
    actionItems: [],
    asking: { ask: async (messages, after = 0) => void queue.push(...messages.map((message) => ({ message, after }))) },
    identify: () => Promise.reject(new PlumblineError('CREDENTIALS_UNUSABLE', 'nobody is known here')),
    testAlert: () => Promise.resolve(),
    nudge: () => Promise.resolve(),
    knownMembers: () => knownMembers(hub),
    timeout: () => new AbortController().signal,
    enter: (account) =>
      enter(account, {
        ...service,
        run: 't-0123456789abcdef',
        settings: { regions: ['us-east-1'] } as never,
        environment: { region: 'us-east-1', account: HUB } as never,
      }),
  };
});

function accountOf(account: string): World {
  const grants = [
    { to: OWNER_ID, permission: 'FULL_CONTROL' },
    { to: ALL_USERS, permission: 'READ' },
  ];
  const site = { region: 'us-east-1', ownership: 'ObjectWriter', grants, tags: { owner: 'web' } } as const;
  return { ...emptyWorld(account), buckets: { [`site-${account}`]: { ...site, grants: [...grants] } } };
}

const readsOf = (account: string) =>
  createReads({
    account,
    clients: createClients({ globalRegion: 'us-east-1' }),
    concurrency: 32,
    now: () => new Date(SWEPT),
  });

/** What a service of that account has kept: its own document, and one sweep of what the double shows. */
async function keptBy(account: string, { swept = true } = {}): Promise<MemoryDocuments> {
  const documents = new MemoryDocuments();
  await describeService(documents, { account, region: 'us-east-1', table: 't', version: '0.1.0' });
  if (swept) await sweepInto(documents, account);
  return documents;
}

async function sweepInto(documents: MemoryDocuments, account: string): Promise<string> {
  await double.show(accountOf(account));
  const scan = await collect({
    kinds,
    regions: ['us-east-1'],
    partition: 'aws',
    ownerTags: ['owner'],
    onlyThose: false,
    accepted: [],
    aws: readsOf(account),
  });
  return (await saveScan(documents, { scan, comparedWith: 0, by: 'service' })).id;
}

async function bucketOf(documents: MemoryDocuments): Promise<Bucket> {
  const keys = await documents.list('');
  const objects = await Promise.all(
    keys.map(async (key) => {
      const { body = Buffer.from('') } = (await documents.read(key)) ?? {};
      return [key, { base64: Buffer.from(body).toString('base64') }] as const;
    }),
  );
  return { region: 'us-east-1', ownership: 'BucketOwnerEnforced', objects: Object.fromEntries(objects) };
}

/** Adds a member to what the double shows, with what is kept there. */
async function joins(account: string, kept: PartCase['kept'] = 'a snapshot'): Promise<void> {
  const member = accountOf(account);
  switch (kept) {
    case 'no such bucket':
      break;
    case 'a snapshot':
      member.buckets[AUDIT] = await bucketOf(await keptBy(account));
      break;
    case 'nothing':
      member.buckets[AUDIT] = await bucketOf(await keptBy(account, { swept: false }));
      break;
    case "another account's":
      member.buckets[AUDIT] = await bucketOf(await keptBy(TWO));
      break;
    case 'two of them':
      member.buckets[AUDIT] = await bucketOf(await keptBy(account));
      member.buckets[`another-${AUDIT}`] = await bucketOf(await keptBy(account));
      break;
    case 'a damaged snapshot': {
      const bucket = await bucketOf(await keptBy(account));
      const [part = ''] = Object.keys(bucket.objects ?? {}).filter((key) => key.endsWith('.json.gz'));
      member.buckets[AUDIT] = { ...bucket, objects: { ...bucket.objects, [part]: { body: 'no' } } };
    }
  }
  world = { ...world, members: { ...world.members, [account]: member } };
  await double.show(world);
}

async function leaves(account: string): Promise<void> {
  const { [account]: _gone, ...members } = world.members ?? {};
  world = { ...world, members };
  await double.show(world);
}

/** The hub's own sweep. */
async function sweptAtHub(): Promise<void> {
  const sweep = await sweepInto(hub.documents, HUB);
  await hub.ledger.write({ ...LAST_SWEEP, revision: 0, body: { sweep, resources: 2 } });
  await double.show(world);
}

const ask = (question: JsonObject): Promise<Answer> => answer(question, hub);
const part = (account: string) => partFor(QUESTION, account, hub);

async function ticketFor(question: JsonObject): Promise<string> {
  const { status, body } = await ask(question);
  expect([status, body]).toMatchObject([202, { version: 1, ticket: expect.stringMatching(/^t-[0-9a-f]{16}$/) }]);
  return (body as { ticket: string }).ticket;
}

/** A worker takes one message. */
async function works({ message }: { readonly message: OwnMessage }): Promise<void> {
  if (message.plumbline !== 'answer') throw new Error(`a message to ${message.plumbline}`);
  const { ticket, account } = message;
  if (account === undefined) await answerTicket(ticket, hub);
  else await answerPart({ ticket, account }, { ...hub, partOf: (question, one) => partFor(question, one, hub) });
}

const under = (ticket: string): Promise<Answer> => ask({ ask: 'answer', ticket });

describe('what stands for an account', () => {
  test.each(PART_CASES)('$case: $stands', async (given) => {
    await joins(ONE, given.kept);
    if (!given.enters) await leaves(ONE);
    if (given.refused)
      await double.misbehave({ refuse: [{ call: 'GetObject', of: AUDIT, code: 'AccessDenied', status: 403 }] });
    if (given.tooLarge) hub = { ...hub, timeout: () => AbortSignal.abort() };
    const told = await part(ONE);
    if (given.stands === 'blind') {
      const { account, exitCode, error } = told as FailedAccount;
      expect([account, exitCode]).toEqual([ONE, 2]);
      expect(error.message).toMatch(given.because ?? /^$/);
      return;
    }
    expect(told).toMatchObject({ account: ONE, exitCode: 1, counts: { affected: 1, broken: 1 } });
    expect('ageSeconds' in told ? told.ageSeconds : undefined).toBe(
      given.stands === 'from the snapshot' ? 1800 : undefined,
    );
  });

  test('what stands there comes from the snapshot alone: nothing that is watched is read in the account', async () => {
    await joins(ONE);
    await double.forgetCalls();
    await part(ONE);
    const { calls, sessions } = await double.calls();
    expect(Object.keys(calls).sort()).toEqual(['AssumeRole', 'GetObject', 'ListBuckets', 'ListObjects']);
    expect(sessions).toEqual([`arn:aws:sts::${ONE}:assumed-role/plumbline-reader/plumbline-t-0123456789abcdef`]);
  });

  test('asked as it is now, it is read now, whatever is kept', async () => {
    await joins(ONE);
    expect(await partFor({ ...QUESTION, fresh: true }, ONE, hub)).not.toHaveProperty('ageSeconds');
  });
});

describe('over accounts', () => {
  const OVER = { ask: 'blast-radius', set: SET };

  beforeEach(async () => {
    await joins(ONE);
    await joins(TWO, 'no such bucket');
    await sweptAtHub();
    for (const account of [TWO, ONE]) await noteMember(account, hub);
  });

  const exits = (document: unknown): readonly unknown[] =>
    (document as AccountsBlastRadius).accounts.map((one) => [
      one.account,
      'error' in one ? one.error.code : one.counts.broken,
    ]);

  test('all: a ticket, a message an account, and one that closes what is late after a quarter of an hour', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: 'all' });
    expect(queue).toEqual([
      { message: { plumbline: 'answer', ticket }, after: 900 },
      ...[ONE, TWO, HUB].map((account) => ({ message: { plumbline: 'answer', ticket, account }, after: 0 })),
    ]);
  });

  test('how many have answered is told, and the whole stands there as soon as the last has', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: 'all' });
    const [, first, second, third] = queue as [never, ...typeof queue];
    for (const [answered, message] of [first, second, third].entries()) {
      expect(await under(ticket)).toMatchObject({ status: 202, body: { accounts: { answered, of: 3 } } });
      if (message !== undefined) await works(message);
    }
    const { status, body } = await under(ticket);
    expect([status, (body as AccountsBlastRadius).exitCode, exits(body)]).toEqual([
      200,
      1,
      [
        [ONE, 1],
        [TWO, 1],
        [HUB, 1],
      ],
    ]);
  });

  test('in the order in which they were named, each once; one that the hub never heard of is entered too', async () => {
    await joins('333344445555', 'no such bucket');
    const ticket = await ticketFor({ ...OVER, accounts: ['333344445555', ONE, '333344445555'] });
    for (const message of queue.slice(1)) await works(message);
    expect(exits((await under(ticket)).body)).toEqual([
      ['333344445555', 1],
      [ONE, 1],
    ]);
  });

  test('one that refuses is in the answer, with why', async () => {
    await leaves(TWO);
    const ticket = await ticketFor({ ...OVER, accounts: 'all' });
    for (const message of queue.slice(1)) await works(message);
    expect(exits((await under(ticket)).body)).toEqual([
      [ONE, 1],
      [TWO, 'CREDENTIALS_UNUSABLE'],
      [HUB, 1],
    ]);
  });

  test('one whose part never came is told as late, and what comes after that changes nothing', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: 'all' });
    const [closing, first, late, third] = queue as [...typeof queue];
    for (const message of [first, third]) if (message !== undefined) await works(message);
    time = '2026-03-02T08:15:00.000Z';
    if (closing !== undefined) await works(closing);
    const { body } = await under(ticket);
    expect((body as AccountsBlastRadius).accounts[1]).toEqual({
      account: TWO,
      exitCode: 2,
      error: {
        code: 'AWS_UNREACHABLE',
        message: `no answer in time: account ${TWO} was not read within 15 minutes; the log of on-look says why; ask again, of fewer accounts where they were many`,
      },
    });
    await double.forgetCalls();
    if (late !== undefined) await works(late);
    expect((await double.calls()).calls).toEqual({});
    expect((await under(ticket)).body).toEqual(body);
  });

  test('a part that ends while the others are closed changes nothing', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE, TWO] });
    const [closing, first, second] = queue;
    if (first !== undefined) await works(first);
    const closesMeanwhile: typeof hub.enter = async (account) => {
      if (closing !== undefined) await works(closing);
      return hub.enter(account);
    };
    const { message } = second ?? {};
    if (message?.plumbline !== 'answer') throw new Error('no message');
    await answerPart(
      { ticket, account: TWO },
      { ...hub, partOf: (question, one) => partFor(question, one, { ...hub, enter: closesMeanwhile }) },
    );
    expect(exits((await under(ticket)).body)).toEqual([
      [ONE, 1],
      [TWO, 'AWS_UNREACHABLE'],
    ]);
  });

  test('messages that come twice are answered once, also where the first try ended before the whole was put together', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE, TWO] });
    const [, first, second] = queue as [never, ...typeof queue];
    const noWrites = { ...hub.ledger, write: () => Promise.reject(new Error('the table is down')) };
    const ledger = { ...noWrites, read: hub.ledger.read.bind(hub.ledger) } as unknown as typeof hub.ledger;
    if (first !== undefined) await works(first);
    const dying = { ...hub, ledger, partOf: (question: AccountsQuestion, one: string) => partFor(question, one, hub) };
    await expect(answerPart({ ticket, account: TWO }, dying)).rejects.toThrow('the table is down');
    await double.forgetCalls();
    for (const message of [first, second, second]) if (message !== undefined) await works(message);
    expect((await double.calls()).calls).toEqual({});
    expect(exits((await under(ticket)).body)).toEqual([
      [ONE, 1],
      [TWO, 1],
    ]);
  });

  test('a fault of ours is thrown, so that the queue tries again', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE] });
    const partOf = () => Promise.reject(new TypeError('no'));
    await expect(answerPart({ ticket, account: ONE }, { ...hub, partOf })).rejects.toThrow('no');
    expect((await under(ticket)).status).toBe(202);
  });

  test('a thing that one account has is judged there and harmless in the others', async () => {
    const set = { [`s3-bucket/site-${ONE}#publicAccessBlock.BlockPublicAcls`]: true };
    const ticket = await ticketFor({ ask: 'blast-radius', set, accounts: [ONE, TWO] });
    for (const message of queue.slice(1)) await works(message);
    const { accounts, exitCode } = (await under(ticket)).body as AccountsBlastRadius;
    expect([exitCode, accounts.map((one) => one.exitCode)]).toEqual([1, [1, 0]]);
    expect(accounts[1]).toMatchObject({ notJudged: [{ name: `s3-bucket/site-${ONE}`, isMissing: true }] });
  });

  test('what is wrong with the question in every account is the answer', async () => {
    const set = { 's3-account-block.BlockPublicAcl': true };
    const ticket = await ticketFor({ ask: 'blast-radius', set, accounts: [ONE, TWO] });
    for (const message of queue.slice(1)) await works(message);
    expect(await under(ticket)).toEqual({
      status: 409,
      body: {
        version: 1,
        error: {
          code: 'ARGUMENT_INVALID',
          message:
            's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
        },
      },
    });
  });

  test.each<{ case: string; accounts: string | readonly string[]; status: number; says: string }>([
    {
      case: 'a word that is not all',
      accounts: 'every',
      status: 400,
      says: '"accounts" is missing, or not of the kind that "blast-radius" takes',
    },
    {
      case: 'none',
      accounts: [],
      status: 400,
      says: '"accounts" is missing, or not of the kind that "blast-radius" takes',
    },
    {
      case: 'what is no account',
      accounts: ['11112222333'],
      status: 400,
      says: '"accounts.0" is missing, or not of the kind that "blast-radius" takes',
    },
    {
      case: 'more than are answered in time',
      accounts: Array.from({ length: 501 }, (_, index) => String(100_000_000_000 + index)),
      status: 409,
      says: 'accounts: 501 are more than are answered in time: name 500 at most',
    },
  ])('cannot be asked: $case', async ({ accounts, status, says }) => {
    const { status: was, body } = await ask({ ...OVER, accounts });
    expect([was, body]).toMatchObject([status, { error: { message: says } }]);
    expect(queue).toEqual([]);
  });

  test('of a service that is no hub', async () => {
    const { knownMembers: _none, ...alone } = hub;
    expect(await answer({ ...OVER, accounts: 'all' }, alone)).toMatchObject({
      status: 409,
      body: {
        error: {
          message: `accounts: the service of account ${HUB} is no hub and reads no other: leave "accounts" out, or ask the service of the hub account`,
        },
      },
    });
  });
});

describe('an answer that is too large', () => {
  const TICKET = 't-00000000000000aa';
  const KEY = `reports/answers/${TICKET}.json`;
  const link = (key: string) =>
    linkTo(createClients({ globalRegion: 'us-east-1' }), { bucket: AUDIT, key, region: 'us-east-1' }, new Date(time));

  beforeEach(async () => {
    await hub.documents.create(KEY, Buffer.from('{"version":1}'));
    const kept = { question: { ask: 'scan' }, askedAt: NOW, status: 'done', bytes: MOST_BYTES + 1 };
    await hub.ledger.write({ family: 'answer', id: TICKET, revision: 0, body: kept });
    world.buckets[AUDIT] = await bucketOf(hub.documents);
    await double.show(world);
  });

  test('comes as its address and a link that opens it for five minutes', async () => {
    const { status, body } = await answer({ ask: 'answer', ticket: TICKET }, { ...hub, link });
    expect([status, body]).toEqual([
      200,
      {
        version: 1,
        ticket: TICKET,
        key: KEY,
        status: 'done',
        bytes: MOST_BYTES + 1,
        address: `${hub.documents.place}/${KEY}`,
        link: { url: expect.stringContaining('X-Amz-Expires=300'), until: '2026-03-02T08:05:00.000Z' },
      },
    ]);
    const { url } = (body as { link: { url: string } }).link;
    const { pathname, searchParams } = new URL(url);
    expect([pathname, searchParams.get('X-Amz-SignedHeaders'), searchParams.get('X-Amz-Date')]).toEqual([
      `/${AUDIT}/${KEY}`,
      'host',
      '20260302T080000Z',
    ]);
  });

  test('without one who makes links, as its address', async () =>
    expect((await answer({ ask: 'answer', ticket: TICKET }, hub)).body).not.toHaveProperty('link'));
});
