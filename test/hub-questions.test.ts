import { beforeEach, describe, expect, test } from 'vitest';
import type { AccountsBlastRadius } from '#core/accounts-blast-radius.ts';
import type { FailedAccount } from '#core/accounts-report.ts';
import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { createClients } from '#aws/clients.ts';
import { linkTo } from '#aws/document-link.ts';
import { answerPart } from '#lambda/account-parts.ts';
import { answer } from '#lambda/answer.ts';
import { noteMember } from '#lambda/hub-members.ts';
import { partFor } from '#lambda/member-answer.ts';
import type { Documents, Ledger, LedgerKey } from '#lambda/ports.ts';
import type { AccountsQuestion } from '#lambda/questions.ts';
import { MOST_BYTES } from '#lambda/tickets.ts';
import { useDoubleHere } from './double-here.ts';
import { PART_CASES } from './hub-questions.cases.ts';
import { AUDIT, brokenIn, HUB, HubQuestions, NOW, ONE, TWO, type Queued } from './hub-questions-scene.ts';

const SET = { 's3-account-block.BlockPublicAcls': true };
const QUESTION: AccountsQuestion = { ask: 'blast-radius', set: SET, fresh: false, accounts: [ONE] };

const on = useDoubleHere();
let scene: HubQuestions;

beforeEach(async () => {
  await on.double.forgetCalls();
  scene = new HubQuestions(on.double);
});

const part = (account: string, question = QUESTION) => partFor(question, { account, isOneOfMany: true }, scene.hub);

async function ticketFor(question: JsonObject): Promise<string> {
  const { status, body } = await scene.ask(question);
  expect([status, body]).toMatchObject([202, { version: 1, ticket: expect.stringMatching(/^t-[0-9a-f]{16}$/) }]);
  return (body as { ticket: string }).ticket;
}

/** The message that closes what is late, and the parts after it. */
function messages(): { readonly closing: Queued; readonly parts: readonly Queued[] } {
  const [closing, ...parts] = scene.queue;
  if (closing === undefined) throw new Error('nothing was asked');
  return { closing, parts };
}

async function allWork(): Promise<void> {
  for (const message of messages().parts) await scene.works(message);
}

describe('what stands for an account', () => {
  test.each(PART_CASES)('$case: $stands', async (given) => {
    await scene.joins(ONE, given.kept);
    if (!given.enters) await scene.leaves(ONE);
    if (given.refused)
      await on.double.misbehave({ refuse: [{ call: 'GetObject', of: AUDIT, code: 'AccessDenied', status: 403 }] });
    if (given.tooLarge) scene = new HubQuestions(on.double, { timeout: () => AbortSignal.abort() });
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

  test('nobody accepted anything there, and S3 refuses a key that is not there: the snapshot stands for it all the same', async () => {
    await scene.joins(ONE);
    const member = await scene.hub.enter(ONE);
    const told = await partFor(
      QUESTION,
      { account: ONE, isOneOfMany: true },
      {
        ...scene.hub,
        enter: () =>
          Promise.resolve({
            ...member,
            findStore: async () => {
              const documents = await member.findStore();
              const read: Documents['read'] = async (key) => {
                const document = await documents.read(key);
                if (document === undefined) throw new PlumblineError('AWS_REFUSED', `may not read ${key}`);
                return document;
              };
              return { place: documents.place, list: (prefix) => documents.list(prefix), read } as Documents;
            },
          }),
      },
    );
    expect('ageSeconds' in told ? told.ageSeconds : undefined).toBe(1800);
  });

  test('its regions cannot be asked for: blind, with that as the reason, and no fault that is tried until it is late', async () => {
    // The double knows nothing of account:ListRegions, and its answer is none of AWS.
    scene = new HubQuestions(on.double, {}, { settings: {} });
    await scene.joins(ONE, 'no such bucket');
    const message = `account ${ONE} could not be read live (UnintelligibleAnswer): check what the role plumbline-reader may do there`;
    expect(await part(ONE)).toEqual({ account: ONE, exitCode: 2, error: { code: 'AWS_REFUSED', message } });
  });

  test('its buckets cannot be listed: that is no fault either', async () => {
    await scene.joins(ONE);
    await on.double.misbehave({ refuse: [{ call: 'ListBuckets', code: 'AccessDenied', status: 403 }] });
    expect(await part(ONE)).toMatchObject({ account: ONE, exitCode: 2 });
  });

  test('what stands there comes from the snapshot alone: nothing that is watched is read in the account', async () => {
    await scene.joins(ONE);
    await on.double.forgetCalls();
    await part(ONE);
    const { calls, sessions } = await on.double.calls();
    expect(Object.keys(calls).sort()).toEqual(['AssumeRole', 'GetObject', 'ListBuckets', 'ListObjects']);
    expect(sessions).toEqual([`arn:aws:sts::${ONE}:assumed-role/plumbline-reader/plumbline-t-0123456789abcdef`]);
  });

  test('asked as it is now, it is read now, whatever is kept', async () => {
    await scene.joins(ONE);
    expect(await part(ONE, { ...QUESTION, fresh: true })).not.toHaveProperty('ageSeconds');
  });
});

describe('over accounts', () => {
  const OVER = { ask: 'blast-radius', set: SET };
  const ALL = { ...OVER, accounts: 'all' };
  const brokenUnder = async (ticket: string) => brokenIn((await scene.under(ticket)).body);

  beforeEach(async () => {
    await scene.joins(ONE);
    await scene.joins(TWO, 'no such bucket');
    await scene.sweeps();
    for (const account of [TWO, ONE]) await noteMember(account, scene.hub);
  });

  test('all: a ticket, a message an account, and one that closes what is late after a quarter of an hour', async () => {
    const ticket = await ticketFor(ALL);
    expect(scene.queue).toEqual([
      { message: { plumbline: 'answer', ticket }, after: 900 },
      ...[ONE, TWO, HUB].map((account) => ({ message: { plumbline: 'answer', ticket, account }, after: 0 })),
    ]);
  });

  test('how many have answered is told, and the whole stands there as soon as the last has', async () => {
    const ticket = await ticketFor(ALL);
    for (const [answered, message] of messages().parts.entries()) {
      expect(await scene.under(ticket)).toMatchObject({ status: 202, body: { accounts: { answered, of: 3 } } });
      await scene.works(message);
    }
    const { status, body } = await scene.under(ticket);
    expect([status, (body as AccountsBlastRadius).exitCode]).toEqual([200, 1]);
    expect(brokenIn(body)).toEqual([
      [ONE, 1],
      [TWO, 1],
      [HUB, 1],
    ]);
  });

  test('in the order in which they were named, each once; one that the hub never heard of is entered too', async () => {
    const stranger = '333344445555';
    await scene.joins(stranger, 'no such bucket');
    const ticket = await ticketFor({ ...OVER, accounts: [stranger, ONE, stranger] });
    await allWork();
    expect(await brokenUnder(ticket)).toEqual([
      [stranger, 1],
      [ONE, 1],
    ]);
  });

  test('one that refuses is in the answer, with why', async () => {
    await scene.leaves(TWO);
    const ticket = await ticketFor(ALL);
    await allWork();
    expect(await brokenUnder(ticket)).toEqual([
      [ONE, 1],
      [TWO, 'CREDENTIALS_UNUSABLE'],
      [HUB, 1],
    ]);
  });

  test('one whose part never came is told as late, and what comes after that changes nothing', async () => {
    const ticket = await ticketFor(ALL);
    const { closing, parts } = messages();
    for (const message of parts.filter(({ message: one }) => !JSON.stringify(one).includes(TWO)))
      await scene.works(message);
    scene.time = '2026-03-02T08:15:00.000Z';
    await scene.works(closing);
    const { body } = await scene.under(ticket);
    expect((body as AccountsBlastRadius).accounts[1]).toEqual({
      account: TWO,
      exitCode: 2,
      error: {
        code: 'AWS_UNREACHABLE',
        message: `no answer in time: account ${TWO} was not read within 15 minutes; the log of on-look says why; ask again, of fewer accounts where they were many`,
      },
    });
    await on.double.forgetCalls();
    await allWork();
    expect((await on.double.calls()).calls).toEqual({});
    expect((await scene.under(ticket)).body).toEqual(body);
  });

  test('a part that ends while the others are closed changes nothing', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE, TWO] });
    const { closing, parts } = messages();
    const [first = closing, second = closing] = parts;
    await scene.works(first);
    const enter: typeof scene.hub.enter = async (account) => {
      await scene.works(closing);
      return scene.hub.enter(account);
    };
    await scene.works(second, { enter });
    expect(await brokenUnder(ticket)).toEqual([
      [ONE, 1],
      [TWO, 'AWS_UNREACHABLE'],
    ]);
  });

  test('nobody closes it either: that is said, and nobody waits for ever', async () => {
    const ticket = await ticketFor(ALL);
    scene.time = '2026-03-02T08:25:01.000Z';
    expect(await scene.under(ticket)).toMatchObject({
      status: 503,
      body: {
        error: {
          message: `no answer came under the ticket ${ticket} within 25 minutes: the log of on-look says why; ask again`,
        },
      },
    });
  });

  test('messages that come twice are answered once, also where the first try ended before the whole was put together', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE, TWO] });
    const { parts } = messages();
    const { ledger } = scene.hub;
    const isDown = {
      read: (key: LedgerKey) => ledger.read(key),
      write: () => Promise.reject(new Error('the table is down')),
    };
    const [first, second] = parts;
    if (first !== undefined) await scene.works(first);
    const dies = second === undefined ? undefined : scene.works(second, { ledger: isDown as unknown as Ledger });
    await expect(dies).rejects.toThrow('the table is down');
    await on.double.forgetCalls();
    for (const message of [...parts, ...parts]) await scene.works(message);
    expect((await on.double.calls()).calls).toEqual({});
    expect(await brokenUnder(ticket)).toEqual([
      [ONE, 1],
      [TWO, 1],
    ]);
  });

  test('a fault of ours is thrown, so that the queue tries again', async () => {
    const ticket = await ticketFor({ ...OVER, accounts: [ONE] });
    const partOf = () => Promise.reject(new TypeError('no'));
    await expect(answerPart({ ticket, account: ONE }, { ...scene.hub, partOf })).rejects.toThrow('no');
    expect((await scene.under(ticket)).status).toBe(202);
  });

  test('a queue that takes no messages is the answer, and nothing is begun', async () => {
    const ask = () => Promise.reject(new PlumblineError('AWS_REFUSED', '3 of 3 looks could not be put on the queue'));
    expect(await answer(ALL, { ...scene.hub, asking: { ask } })).toMatchObject({ status: 409 });
    const ticket = await ticketFor(ALL);
    expect(await scene.under(ticket)).toMatchObject({ status: 409, body: { error: { code: 'AWS_REFUSED' } } });
  });

  test('a thing that one account has is judged there and harmless in the others', async () => {
    const set = { [`s3-bucket/site-${ONE}#publicAccessBlock.BlockPublicAcls`]: true };
    const ticket = await ticketFor({ ask: 'blast-radius', set, accounts: [ONE, TWO] });
    await allWork();
    const { accounts, exitCode } = (await scene.under(ticket)).body as AccountsBlastRadius;
    expect([exitCode, accounts.map((one) => one.exitCode)]).toEqual([1, [1, 0]]);
    expect(accounts[1]).toMatchObject({ notJudged: [{ name: `s3-bucket/site-${ONE}`, isMissing: true }] });
  });

  test('one account alone is answered as the command line answers for one', async () => {
    const set = { 's3-bucket/none#policy': null };
    const ticket = await ticketFor({ ask: 'blast-radius', set, accounts: [ONE] });
    await allWork();
    expect(await scene.under(ticket)).toMatchObject({ status: 409, body: { error: { code: 'REFERENCE_INVALID' } } });
  });

  test('what is wrong with the question in every account is the answer', async () => {
    const set = { 's3-account-block.BlockPublicAcl': true };
    const ticket = await ticketFor({ ask: 'blast-radius', set, accounts: [ONE, TWO] });
    await allWork();
    const message =
      's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?';
    expect(await scene.under(ticket)).toEqual({
      status: 409,
      body: { version: 1, error: { code: 'ARGUMENT_INVALID', message } },
    });
  });

  test('nothing that would be set is no change that is harmless everywhere', async () => {
    const ticket = await ticketFor({ ask: 'blast-radius', set: {}, accounts: [ONE, TWO] });
    await allWork();
    const message = 'say what would be set, such as s3-account-block.BlockPublicAcls=true';
    expect(await scene.under(ticket)).toEqual({
      status: 409,
      body: { version: 1, error: { code: 'ARGUMENT_INVALID', message } },
    });
  });

  const NOT_TAKEN = (where: string): string => `"${where}" is missing, or not of the kind that "blast-radius" takes`;
  test.each<{ case: string; accounts: string | readonly string[]; status: number; says: string }>([
    { case: 'a word that is not all', accounts: 'every', status: 400, says: NOT_TAKEN('accounts') },
    { case: 'none', accounts: [], status: 400, says: NOT_TAKEN('accounts') },
    { case: 'what is no account', accounts: ['11112222333'], status: 400, says: NOT_TAKEN('accounts.0') },
    {
      case: 'more than are answered in time',
      accounts: Array.from({ length: 501 }, (_, index) => String(100_000_000_000 + index)),
      status: 409,
      says: 'accounts: 501 are more than are answered in time: name 500 at most',
    },
  ])('cannot be asked: $case', async ({ accounts, status, says }) => {
    expect(await scene.ask({ ...OVER, accounts })).toMatchObject({ status, body: { error: { message: says } } });
    expect(scene.queue).toEqual([]);
  });

  test('of a service that is no hub', async () => {
    const { knownMembers: _none, ...alone } = scene.hub;
    const message = `accounts: the service of account ${HUB} is no hub and reads no other: leave "accounts" out, or ask the service of the hub account`;
    expect(await answer(ALL, alone)).toMatchObject({ status: 409, body: { error: { message } } });
  });
});

describe('an answer that is too large', () => {
  const TICKET = 't-00000000000000aa';
  const KEY = `reports/answers/${TICKET}.json`;
  const link = (key: string) =>
    linkTo(createClients({ globalRegion: 'us-east-1' }), { bucket: AUDIT, key, region: 'us-east-1' }, new Date(NOW));

  beforeEach(async () => {
    await scene.documents.create(KEY, Buffer.from('{"version":1}'));
    const kept = { question: { ask: 'scan' }, askedAt: NOW, status: 'done', bytes: MOST_BYTES + 1 };
    await scene.hub.ledger.write({ family: 'answer', id: TICKET, revision: 0, body: kept });
  });

  test('comes as its address and a link that opens it for five minutes, signed for that one document', async () => {
    const { status, body } = await answer({ ask: 'answer', ticket: TICKET }, { ...scene.hub, link });
    expect([status, body]).toEqual([
      200,
      {
        version: 1,
        ticket: TICKET,
        key: KEY,
        status: 'done',
        bytes: MOST_BYTES + 1,
        address: `${scene.documents.place}/${KEY}`,
        link: { url: expect.any(String), until: '2026-03-02T08:05:00.000Z' },
      },
    ]);
    const { pathname, searchParams } = new URL((body as { link: { url: string } }).link.url);
    const said = ['X-Amz-Expires', 'X-Amz-SignedHeaders', 'X-Amz-Date'].map((name) => searchParams.get(name));
    expect([pathname, ...said]).toEqual([`/${AUDIT}/${KEY}`, '300', 'host', '20260302T080000Z']);
  });

  test('without one who makes links, as its address', async () =>
    expect((await answer({ ask: 'answer', ticket: TICKET }, scene.hub)).body).not.toHaveProperty('link'));
});
