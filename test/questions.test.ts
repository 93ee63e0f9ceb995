import { beforeEach, describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import type { Json, JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { reportOn } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import { kindsById } from '#kinds';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { acceptKept } from '#lambda/accepting.ts';
import { answer, type Answer, type AnswerPorts } from '#lambda/answer.ts';
import type { Looking } from '#lambda/questions.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { LAST_SWEEP } from '#lambda/sweep-plan.ts';
import { answerTicket, MOST_BYTES } from '#lambda/tickets.ts';
import { ACCOUNT, bucketState, scanOf, seen, T0 } from './builders.ts';
import { accountState } from './core/s3/buckets.ts';
import { FINDING_ID, keepFinding, noteIncident } from './incident-notes.ts';
import { noted } from './noted.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const SWEPT = '2026-03-02T07:30:00.000Z';
const ANA = 'arn:aws:sts::111122223333:assumed-role/OnCall/ana';
const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));
const PUBLIC: Json = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::exports/*' }],
};
const states = [accountState('-'), bucketState('exports', { carried: { tags: { owner: 'assessment' } } })];

let asked: OwnMessage[];
let documents: MemoryDocuments;
let ports: AnswerPorts;
let time: string;

beforeEach(() => {
  asked = [];
  time = NOW;
  documents = new MemoryDocuments();
  ports = {
    documents,
    ledger: new DocumentsLedger(new MemoryDocuments()),
    account: ACCOUNT,
    kinds: kindsById,
    shapes,
    ownerTags: ['owner'],
    timeZone: 'UTC',
    partition: 'aws',
    actionItems: [],
    asking: { ask: async (messages) => void asked.push(...messages) },
    identify: () => Promise.reject(new PlumblineError('CREDENTIALS_UNUSABLE', 'nobody is known here')),
    testAlert: () => Promise.resolve(),
    nudge: () => Promise.resolve(),
    now: () => new Date(time),
  };
});

/** A sweep ended, and somebody accepted what it saw. */
async function swept(resources = 2): Promise<Scan> {
  const scan = scanOf(states.map(seen), { startedAt: SWEPT, finishedAt: SWEPT });
  const kept = await saveScan(documents, { scan, comparedWith: 0, by: 'service' });
  const body = { sweep: kept.id, startedAt: SWEPT, finishedAt: SWEPT, complete: true, resources };
  await ports.ledger.write({ ...LAST_SWEEP, revision: 0, body });
  return kept;
}

async function accepted(scan: Scan): Promise<void> {
  const wanted = { names: [], all: true, reason: 'first look', from: scan.id, force: false };
  await acceptKept(wanted, { ...ports, by: ANA, now: new Date(NOW) });
}

const ask = (question: JsonObject): Promise<Answer> => answer(question, ports);
const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { version: 1, error: { code, message } },
});

describe('from the last sweep, at once, with its age', () => {
  const AGE = 30 * 60;

  test('scan: the report of the command line', async () => {
    const scan = await swept();
    await accepted(scan);
    const { status, body } = await ask({ ask: 'scan' });
    const { ageSeconds, ...report } = body as { ageSeconds: number };
    const baseline = { account: ACCOUNT, accepted: expect.anything(), covers: expect.anything() };
    expect([status, ageSeconds]).toEqual([200, AGE]);
    expect(report).toMatchObject({ version: 1, exitCode: 0, account: ACCOUNT, scan: { id: scan.id }, findings: [] });
    expect(report).toMatchObject({ baseline: baseline.accepted });
    expect(report).not.toHaveProperty('states');
  });

  test('scan with all: every state too', async () => {
    await accepted(await swept());
    const { body } = await ask({ ask: 'scan', all: true });
    expect(body).toMatchObject({ states: [{ ref: { id: 'account' } }, { ref: { id: 'exports' } }] });
  });

  test('scan while nothing is accepted is what the command line says then', async () => {
    const scan = await swept();
    const { body } = await ask({ ask: 'scan' });
    const expected = reportOn({
      scan,
      baseline: undefined,
      kinds: kindsById,
      actionItems: [],
      ownerTags: ['owner'],
      withStates: false,
    });
    expect(body).toEqual({ ...expected, ageSeconds: AGE });
  });

  test('explain: who gets in', async () => {
    await swept();
    expect(await ask({ ask: 'explain', bucket: 'exports' })).toMatchObject({
      status: 200,
      body: { version: 1, exitCode: 0, ref: { id: 'exports' }, explanation: { public: 'no' }, ageSeconds: AGE },
    });
  });

  test('blast-radius: what would flip', async () => {
    await swept();
    expect(await ask({ ask: 'blast-radius', set: { 's3-account-block.BlockPublicAcls': true } })).toMatchObject({
      status: 200,
      body: {
        version: 1,
        exitCode: 1,
        counts: { affected: 1, broken: 1 },
        owners: { [`${ACCOUNT}/us-east-1/s3-bucket/exports`]: 'assessment' },
        ageSeconds: AGE,
      },
    });
  });

  test('explain of a symptom: which change explains it, with what was not looked at', async () => {
    await noteIncident(documents);
    const { status, body } = await ask({
      ask: 'explain',
      symptom: 'AccessDenied PutObject exports',
      at: '2025-10-29T11:30Z',
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: 1,
      exitCode: 0,
      says: 'One change may explain this',
      causes: [{ change: { call: 'PutAccountPublicAccessBlock' } }],
      blind: [{ where: 'logs of use', says: 'none were looked at: when failures began is not known', matters: false }],
    });
  });

  test('blast-radius of a finding: its changes, and that no logs were looked at', async () => {
    await noteIncident(documents);
    await keepFinding(ports.ledger);
    const { status, body } = await ask({ ask: 'blast-radius', finding: FINDING_ID });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      version: 1,
      exitCode: 2,
      finding: { id: FINDING_ID, severity: 'high' },
      changes: [{ path: 'publicAccessBlock', call: 'PutAccountPublicAccessBlock' }],
      lookedAt: { evidence: { looked: false } },
    });
    expect(body).not.toHaveProperty('impact');
  });

  test('blast-radius of a finding that there is not, with the nearest', async () => {
    await keepFinding(ports.ledger);
    expect(await ask({ ask: 'blast-radius', finding: 'f-0123456780' })).toEqual(
      refused(409, 'REFERENCE_INVALID', 'there is no finding "f-0123456780"; did you mean f-0123456789?'),
    );
  });

  test('before the first sweep there is nothing to answer from', async () =>
    expect(await ask({ ask: 'scan' })).toEqual(
      refused(
        409,
        'NOTHING_TO_ACCEPT',
        'the first sweep of account 111122223333 has not ended yet: ask again in a few minutes, or with "fresh": true',
      ),
    ));
});

describe('from what is accepted, or from nothing', () => {
  test('baseline: what is accepted, by whom and why', async () => {
    await accepted(await swept());
    expect(await ask({ ask: 'baseline', names: ['exports'] })).toMatchObject({
      status: 200,
      body: {
        version: 1,
        account: ACCOUNT,
        accepted: { generation: 1, by: ANA, reason: 'first look' },
        states: [{ state: { ref: { id: 'exports' } } }],
      },
    });
  });

  test('baseline while nothing is accepted', async () =>
    expect(await ask({ ask: 'baseline' })).toMatchObject({
      status: 409,
      body: { error: { code: 'NOTHING_TO_ACCEPT' } },
    }));

  test('verdict', async () =>
    expect(await ask({ ask: 'verdict', input: { policy: PUBLIC } })).toMatchObject({
      status: 200,
      body: { id: null, public: 'yes', policy: { verdict: 'public' } },
    }));

  test('verdict on what is nothing', async () =>
    expect(await ask({ ask: 'verdict', input: { polcy: PUBLIC } })).toEqual(
      refused(409, 'INPUT_INVALID', 'input: "polcy" is no member; did you mean "policy"?'),
    ));
});

describe('what cannot be asked', () => {
  test.each<{ case: string; question: JsonObject; says: string }>([
    {
      case: 'scan of a word',
      question: { ask: 'scan', fresh: 'yes' },
      says: '"fresh" is missing, or not of the kind that "scan" takes',
    },
    { case: 'scan of regions', question: { ask: 'scan', region: 'us-east-1' }, says: '"scan" takes no "region"' },
    {
      case: 'explain of nothing',
      question: { ask: 'explain' },
      says: '"bucket" or "symptom" must be there, and not both',
    },
    {
      case: 'explain of a bucket and a symptom',
      question: { ask: 'explain', bucket: 'exports', symptom: 'AccessDenied' },
      says: '"bucket" or "symptom" must be there, and not both',
    },
    {
      case: 'explain of a bucket at a time',
      question: { ask: 'explain', bucket: 'exports', at: '2h' },
      says: '"symptom" must be there where "at" or "since" is',
    },
    {
      case: 'explain of a symptom, read anew',
      question: { ask: 'explain', symptom: 'AccessDenied', fresh: true },
      says: '"fresh" is no part of a symptom: what changed is told by what was noted',
    },
    {
      case: 'blast-radius of a finding and a setting',
      question: { ask: 'blast-radius', finding: 'f-1', set: {} },
      says: '"set" or "finding" must be there, and not both',
    },
    {
      case: 'blast-radius of a list',
      question: { ask: 'blast-radius', set: ['a=b'] },
      says: '"set" is missing, or not of the kind that "blast-radius" takes',
    },
    {
      case: 'changes of a number',
      question: { ask: 'changes', since: 24 },
      says: '"since" is missing, or not of the kind that "changes" takes',
    },
    { case: 'changes of logs', question: { ask: 'changes', trailLogs: 'x' }, says: '"changes" takes no "trailLogs"' },
    {
      case: 'answer of nothing',
      question: { ask: 'answer' },
      says: '"ticket" is missing, or not of the kind that "answer" takes',
    },
  ])('$case', async ({ question, says }) => expect(await ask(question)).toEqual(refused(400, 'INPUT_INVALID', says)));

  test('more than is kept of a question', async () =>
    expect(await ask({ ask: 'verdict', input: 'x'.repeat(256 * 1024) })).toEqual(
      refused(400, 'INPUT_INVALID', 'the question is larger than 256 KB'),
    ));

  test('changes of no time', async () =>
    expect(await ask({ ask: 'changes', since: 'yesterday' })).toEqual(
      refused(
        409,
        'ARGUMENT_INVALID',
        'since yesterday: write a time with its zone, such as 2025-10-28T14:00Z, a day, or how long ago, such as 24h',
      ),
    ));

  test('a setting that there is not, with the nearest', async () => {
    await swept();
    expect(await ask({ ask: 'blast-radius', set: { 's3-account-block.BlockPublicAcl': true } })).toEqual(
      refused(
        409,
        'ARGUMENT_INVALID',
        's3-account-block.BlockPublicAcl: there is no flag "BlockPublicAcl"; did you mean "BlockPublicAcls"?',
      ),
    );
  });
});

describe('what takes long comes under a ticket', () => {
  const FRESH = { ask: 'scan', fresh: true };
  const look = (more: Partial<Looking> = {}): Looking => ({
    atAll: () => Promise.resolve(scanOf(states.map(seen), { startedAt: NOW, finishedAt: NOW })),
    atBucket: () => Promise.reject(new PlumblineError('AWS_REFUSED', 'the list of buckets could not be read')),
    ...more,
  });
  const ticketFor = async (question: JsonObject): Promise<string> => {
    const { status, body } = await ask(question);
    expect([status, body]).toEqual([
      202,
      {
        version: 1,
        ticket: expect.stringMatching(/^t-[0-9a-f]{16}$/),
        key: expect.stringMatching(/^reports\/answers\/t-[0-9a-f]{16}\.json$/),
      },
    ]);
    return (body as { ticket: string }).ticket;
  };

  test('a fresh scan: a ticket, a message to the one who may read, and the report under its key', async () => {
    const ticket = await ticketFor(FRESH);
    expect(asked).toEqual([{ plumbline: 'answer', ticket }]);
    const key = `reports/answers/${ticket}.json`;
    expect(await ask({ ask: 'answer', ticket })).toEqual({
      status: 202,
      body: { version: 1, ticket, key, status: 'not-yet', askedAt: NOW },
    });
    await answerTicket(ticket, { ...ports, look: look() });
    const there = JSON.parse(Buffer.from((await documents.read(key))?.body ?? '').toString('utf8')) as Json;
    const { status, body } = await ask({ ask: 'answer', ticket });
    expect([status, body]).toEqual([200, there]);
    expect(body).toMatchObject({ version: 1, scan: { finishedAt: NOW } });
    expect(body).not.toHaveProperty('ageSeconds');
  });

  test('the same question in the same minute starts nothing twice', async () => {
    const first = await ticketFor(FRESH);
    expect([await ticketFor({ fresh: true, ask: 'scan' }), asked.length]).toEqual([first, 1]);
    time = '2026-03-02T08:01:00.000Z';
    expect([(await ticketFor(FRESH)) === first, asked.length]).toEqual([false, 2]);
  });

  test('a message that comes twice is answered once', async () => {
    const ticket = await ticketFor(FRESH);
    let looks = 0;
    const counting = look({ atAll: () => ((looks += 1), Promise.resolve(scanOf(states.map(seen)))) });
    await answerTicket(ticket, { ...ports, look: counting });
    await answerTicket(ticket, { ...ports, look: counting });
    expect(looks).toBe(1);
  });

  test('a try that ended before it was marked is finished by the next', async () => {
    const ticket = await ticketFor(FRESH);
    await documents.create(`reports/answers/${ticket}.json`, Buffer.from('{"version":1,"first":true}'));
    await answerTicket(ticket, { ...ports, look: look() });
    expect(await ask({ ask: 'answer', ticket })).toEqual({ status: 200, body: { version: 1, first: true } });
  });

  test('more resources than are read in a minute', async () => {
    await swept(20_001);
    const ticket = await ticketFor({ ask: 'explain', bucket: 'exports' });
    await answerTicket(ticket, { ...ports, look: look() });
    expect(await ask({ ask: 'answer', ticket })).toMatchObject({ status: 200, body: { ref: { id: 'exports' } } });
  });

  test('more records of changes than are read in a few seconds', async () => {
    const at = '2026-03-02T07:00:00.000Z';
    for (let index = 0; index < 5_001; index += 1) await noted(documents, at, { status: 'changed', baseline: index });
    const ticket = await ticketFor({ ask: 'changes' });
    await answerTicket(ticket, ports);
    expect(await ask({ ask: 'answer', ticket })).toMatchObject({
      status: 200,
      body: { version: 1, exitCode: 0, account: ACCOUNT, records: 5_001, reconciliation: { counts: { changes: 0 } } },
    });
    expect(await ask({ ask: 'changes', since: '30m' })).toMatchObject({ status: 200, body: { exitCode: 0 } });
  });

  test('why it failed', async () => {
    const ticket = await ticketFor({ ask: 'explain', bucket: 'exports', fresh: true });
    await answerTicket(ticket, { ...ports, look: look() });
    expect(await ask({ ask: 'answer', ticket })).toEqual(
      refused(409, 'AWS_REFUSED', 'the list of buckets could not be read'),
    );
  });

  test('a fault of ours is thrown, so that the queue tries again', async () => {
    const ticket = await ticketFor(FRESH);
    const broken = look({ atAll: () => Promise.reject(new TypeError('no')) });
    await expect(answerTicket(ticket, { ...ports, look: broken })).rejects.toThrow('no');
    expect(await ask({ ask: 'answer', ticket })).toMatchObject({ body: { status: 'not-yet' } });
  });

  test('one that never comes is said to', async () => {
    const ticket = await ticketFor(FRESH);
    time = '2026-03-02T08:15:00.001Z';
    expect(await ask({ ask: 'answer', ticket })).toEqual(
      refused(
        503,
        'AWS_UNREACHABLE',
        `no answer came under the ticket ${ticket} within 15 minutes: the log of on-look says why; ask again`,
      ),
    );
  });

  test('a queue that takes nothing leaves no ticket that waits for ever', async () => {
    const stuck = {
      ...ports,
      asking: { ask: () => Promise.reject(new PlumblineError('AWS_REFUSED', 'the queue is gone')) },
    };
    expect(await answer(FRESH, stuck)).toEqual(refused(409, 'AWS_REFUSED', 'the queue is gone'));
    const [kept] = await ports.ledger.list('answer');
    expect(kept?.body).toMatchObject({ status: 'failed', code: 'AWS_REFUSED', message: 'the queue is gone' });
  });

  test('a ticket that there is not', async () =>
    expect(await ask({ ask: 'answer', ticket: 't-0' })).toEqual(
      refused(409, 'REFERENCE_INVALID', 'there is no ticket "t-0": ask again; answers are kept for 7 days'),
    ));

  test('a message for a ticket that there is not does nothing', async () =>
    expect(await answerTicket('t-0', { ...ports, look: look() })).toBeUndefined());

  test('what only pretends to be a question is not answered', async () => {
    await ports.ledger.write({
      family: 'answer',
      id: 't-1',
      revision: 0,
      body: { question: { ask: 'accept', all: true, reason: 'x' }, askedAt: NOW, status: 'asked' },
    });
    await answerTicket('t-1', { ...ports, look: look() });
    expect(await ask({ ask: 'answer', ticket: 't-1' })).toEqual(
      refused(409, 'INPUT_INVALID', 'what was kept is no question: ask again'),
    );
  });
});

test('what is larger than an answer may be is under its key, and nothing is cut', async () => {
  const policyText = 'x'.repeat(MOST_BYTES);
  const large = scanOf([...states, bucketState('large', { carried: { policyText } })].map(seen), {
    startedAt: SWEPT,
    finishedAt: SWEPT,
  });
  const kept = await saveScan(documents, { scan: large, comparedWith: 0, by: 'service' });
  const body = { sweep: kept.id, startedAt: SWEPT, finishedAt: SWEPT, complete: true, resources: 3 };
  await ports.ledger.write({ ...LAST_SWEEP, revision: 0, body });
  const given = await ask({ ask: 'scan', all: true });
  const { ticket, key } = given.body as { ticket: string; key: string };
  expect([given, asked]).toEqual([{ status: 202, body: { version: 1, ticket, key } }, []]);
  const there = Buffer.from((await documents.read(key))?.body ?? '').toString('utf8');
  expect(JSON.parse(there)).toMatchObject({ version: 1, counts: { resources: { 's3-bucket': 2 } } });
  expect(await ask({ ask: 'answer', ticket })).toEqual({
    status: 200,
    body: {
      version: 1,
      ticket,
      key,
      status: 'done',
      bytes: Buffer.byteLength(there),
      address: `${documents.place}/${key}`,
    },
  });
});

test('a scan that the service looked for is accepted only by its name', async () => {
  await saveScan(documents, { scan: scanOf(states.map(seen), { startedAt: T0 }), comparedWith: 0, by: 'service' });
  await expect(
    acceptKept({ names: [], all: true, reason: 'x', force: true }, { ...ports, by: ANA, now: new Date(NOW) }),
  ).rejects.toThrow('no scan of account 111122223333 is kept');
});
