import { beforeEach, describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { isJsonObject, type Json } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { printRef } from '#core/reference.ts';
import { kindsById } from '#kinds';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { answer, type Answer, type AnswerPorts } from '#lambda/answer.ts';
import { loadBaseline } from '#lambda/baseline-store.ts';
import { DRIFT } from '#lambda/record.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { FINDING } from '#lambda/finding-family.ts';
import { ACCOUNT, bucketRef, bucketState, scanOf, seen } from './builders.ts';

const NOW = '2026-03-02T08:00:00.000Z';
const ANA = 'arn:aws:sts::111122223333:assumed-role/OnCall/ana';
const DAY = 24 * 60 * 60_000;
const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));
const inTime = (ms: number): string => new Date(Date.parse(NOW) + ms).toISOString();

const FINDING_OF: FindingRecord = {
  id: 'f-0123456789',
  account: ACCOUNT,
  groupedBy: 'alone',
  status: 'open',
  openedAt: '2026-03-02T07:00:00.000Z',
  members: [`${printRef(bucketRef('exports'))}@1.1`],
  joins: { events: [], sessions: [], sweeps: [] },
  severity: 'high',
  reminders: 0,
  against: 'accepted',
};
const ENDED: FindingRecord = {
  ...FINDING_OF,
  id: 'f-9999999999',
  status: 'recovered',
  openedAt: '2026-03-01T07:00:00.000Z',
  endedAt: '2026-03-01T09:00:00.000Z',
};
const RECORD: DriftRecord = {
  drift: {
    ref: bucketRef('exports'),
    baseline: 1,
    episode: 1,
    changes: [],
    takenAt: '2026-03-02T07:00:00.000Z',
    causes: [],
  },
  generation: 1,
  status: 'open',
  openedAt: '2026-03-02T07:00:00.000Z',
  foundBy: {},
  finding: FINDING_OF.id,
};

let asked: { messages: readonly OwnMessage[]; after: number | undefined }[];
let tests: string[];
let ports: AnswerPorts;

beforeEach(async () => {
  asked = [];
  tests = [];
  const documents = new MemoryDocuments();
  ports = {
    documents,
    ledger: new DocumentsLedger(documents),
    account: ACCOUNT,
    kinds: kindsById,
    shapes,
    asking: { ask: async (messages, after) => void asked.push({ messages, after }) },
    ownerTags: ['owner'],
    timeZone: 'UTC',
    partition: 'aws',
    actionItems: [],
    // Who is vouched for stands for the proof; what makes it true is in identity.test.ts.
    identify: async (proof) => {
      if (typeof proof === 'string') return proof;
      throw new PlumblineError('CREDENTIALS_UNUSABLE', 'STS does not take it');
    },
    testAlert: async (by) => void tests.push(by),
    nudge: () => Promise.resolve(),
    now: () => new Date(NOW),
  };
  for (const finding of [FINDING_OF, ENDED])
    await ports.ledger.write({ family: FINDING, id: finding.id, revision: 0, body: finding as unknown as Json });
  const id = printRef(RECORD.drift.ref);
  await ports.ledger.write({ family: DRIFT, id, revision: 0, body: RECORD as unknown as Json });
});

/** A person looked at a scan that began so many minutes ago. */
async function scanned(minutes = 5): Promise<string> {
  const startedAt = inTime(-minutes * 60_000);
  const scan = scanOf([seen(bucketState('exports'))], { startedAt, finishedAt: startedAt });
  return (await saveScan(ports.documents, { scan, comparedWith: 0 })).id;
}

const ask = (body: unknown, caller = ANA): Promise<Answer> =>
  answer(isJsonObject(body) ? { ...body, proof: caller } : body, ports);
const refused = (status: number, code: string, message: string): Answer => ({
  status,
  body: { version: 1, error: { code, message } },
});
const storedFinding = async (): Promise<FindingRecord> =>
  (await ports.ledger.read({ family: FINDING, id: FINDING_OF.id }))?.body as unknown as FindingRecord;

describe('who asks', () => {
  const EVERYTHING: readonly { ask: string; body: object }[] = [
    { ask: 'accept', body: { ask: 'accept', all: true, reason: 'right' } },
    { ask: 'ack', body: { ask: 'ack', finding: FINDING_OF.id, note: 'on it' } },
    { ask: 'mute', body: { ask: 'mute', finding: FINDING_OF.id, until: inTime(DAY), note: 'known' } },
    { ask: 'test-alert', body: { ask: 'test-alert' } },
  ];

  test.each(EVERYTHING)('nobody may ask for $ask without a name', async ({ ask: what, body }) => {
    expect(await answer(body, ports)).toEqual(
      refused(
        403,
        'CREDENTIALS_UNUSABLE',
        `"${what}" needs to know who you are, and neither an invoke nor a request tells: send the proof of identity that the command line makes, with "plumbline ask" or the command for it`,
      ),
    );
    expect([await storedFinding(), asked, tests]).toEqual([FINDING_OF, [], []]);
  });

  test.each(EVERYTHING)('nor with a proof that STS does not take: $ask', async ({ body }) => {
    expect(await answer({ ...body, proof: { credential: 'made up' } }, ports)).toEqual(
      refused(403, 'CREDENTIALS_UNUSABLE', 'STS does not take it'),
    );
    expect([await storedFinding(), asked, tests]).toEqual([FINDING_OF, [], []]);
  });

  test('what was signed is the question as it was sent, and nothing that is filled in', async () => {
    let signed: unknown;
    const listening = { ...ports, identify: async (_proof: unknown, question: object) => ((signed = question), ANA) };
    const question = { ask: 'accept', all: true, reason: 'right' };
    await answer({ ...question, proof: ANA }, listening);
    expect(signed).toEqual(question);
  });

  test('anybody who may call may read the findings', async () =>
    expect(await answer({ ask: 'findings' }, ports)).toMatchObject({ status: 200 }));

  test.each(
    ['by', 'caller', 'at', 'userArn', '__proto__x'].flatMap((member) =>
      EVERYTHING.map(({ ask: what, body }) => ({
        member,
        what,
        body: { ...body, [member]: 'arn:aws:iam::1:user/eve' },
      })),
    ),
  )('the body does not say it: $member in $what is refused', async ({ member, what, body }) => {
    expect(await ask(body)).toEqual(refused(400, 'INPUT_INVALID', `"${what}" takes no "${member}"`));
    expect([await storedFinding(), asked, tests]).toEqual([FINDING_OF, [], []]);
  });
});

describe('what cannot be answered', () => {
  const UNKNOWN =
    'the request asks for nothing that is answered: "ask" is one of accept, ack, mute, test-alert, findings, scan, explain, verdict, baseline, blast-radius, changes, answer';
  const note = { ask: 'ack', finding: FINDING_OF.id };
  test.each<{ case: string; body: unknown; says: string }>([
    { case: 'nothing', body: undefined, says: UNKNOWN },
    { case: 'null', body: null, says: UNKNOWN },
    { case: 'a text', body: 'findings', says: UNKNOWN },
    { case: 'a list', body: [{ ask: 'findings' }], says: UNKNOWN },
    { case: 'no ask', body: {}, says: UNKNOWN },
    { case: 'an ask that there is not', body: { ask: 'obey' }, says: UNKNOWN },
    { case: 'an ask that is inherited', body: { ask: 'constructor' }, says: UNKNOWN },
    { case: 'an ask that is no text', body: { ask: ['findings'] }, says: UNKNOWN },
    {
      case: 'ack of no finding',
      body: { ask: 'ack', note: 'x' },
      says: '"finding" is missing, or not of the kind that "ack" takes',
    },
    {
      case: 'ack of a finding that is no text',
      body: { ...note, finding: 7, note: 'x' },
      says: '"finding" is missing, or not of the kind that "ack" takes',
    },
    { case: 'ack without a note', body: note, says: '"note" is missing, or not of the kind that "ack" takes' },
    { case: 'ack with an empty note', body: { ...note, note: '' }, says: '"note" must say something' },
    { case: 'ack with a note of white space', body: { ...note, note: ' \n ' }, says: '"note" must say something' },
    { case: 'ack with a novel', body: { ...note, note: 'x'.repeat(1001) }, says: '"note" may have 1000 characters' },
    {
      case: 'a mute without an end',
      body: { ...note, ask: 'mute', note: 'x' },
      says: '"until" is missing, or not of the kind that "mute" takes',
    },
    {
      case: 'accept without a reason',
      body: { ask: 'accept', all: true },
      says: '"reason" is missing, or not of the kind that "accept" takes',
    },
    {
      case: 'accept of names that are none',
      body: { ask: 'accept', names: [7], reason: 'x' },
      says: '"names.0" is missing, or not of the kind that "accept" takes',
    },
    {
      case: 'accept of all as a text',
      body: { ask: 'accept', all: 'yes', reason: 'x' },
      says: '"all" is missing, or not of the kind that "accept" takes',
    },
  ])('$case', async ({ body, says }) => expect(await ask(body)).toEqual(refused(400, 'INPUT_INVALID', says)));
});

describe('ack', () => {
  const ack = (finding: string) => ask({ ask: 'ack', finding, note: 'we are on it' });

  test('is kept with who, when and why, and wakes the teller', async () => {
    const acknowledged = { by: ANA, at: NOW, note: 'we are on it' };
    expect(await ack(FINDING_OF.id)).toEqual({
      status: 200,
      body: { version: 1, text: `Acknowledged f-0123456789 as ${ANA}.\n`, finding: { ...FINDING_OF, acknowledged } },
    });
    expect(await ports.ledger.read({ family: FINDING, id: FINDING_OF.id })).toMatchObject({
      body: { acknowledged },
      dueAt: NOW,
    });
  });

  test('of a finding that is over', async () =>
    expect(await ack(ENDED.id)).toEqual(
      refused(
        409,
        'REFERENCE_INVALID',
        'the finding f-9999999999 is recovered since 2026-03-01T09:00:00.000Z: there is nothing to ack',
      ),
    ));

  test('of a slip of the hand', async () =>
    expect(await ack('f-0123456788')).toEqual(
      refused(409, 'REFERENCE_INVALID', 'there is no finding "f-0123456788"; did you mean f-0123456789?'),
    ));

  test('of nothing that there is', async () =>
    expect(await ack('exports')).toEqual(
      refused(
        409,
        'REFERENCE_INVALID',
        'there is no finding "exports": "plumbline findings list" shows those there are',
      ),
    ));
});

describe('mute', () => {
  const mute = (until: string, finding = FINDING_OF.id) => ask({ ask: 'mute', finding, until, note: 'planned' });

  test.each([
    { case: 'as it is said in the help', until: '2026-03-02T18:00Z', is: '2026-03-02T18:00:00.000Z' },
    { case: 'in another time zone', until: '2026-03-02T18:00+05:30', is: '2026-03-02T12:30:00.000Z' },
    { case: 'to the millisecond', until: '2026-03-02T18:00:00.001Z', is: '2026-03-02T18:00:00.001Z' },
    { case: 'for 90 days', until: inTime(90 * DAY), is: inTime(90 * DAY) },
    { case: 'until a day: its beginning', until: '2026-03-03', is: '2026-03-03T00:00:00.000Z' },
  ])('$case: kept as one writing of the time, which is compared as text', async ({ until, is }) => {
    expect(await mute(until)).toEqual({
      status: 200,
      body: {
        version: 1,
        text: `Muted f-0123456789 until ${is} as ${ANA}.\n`,
        finding: {
          ...FINDING_OF,
          muted: { by: ANA, at: NOW, note: 'planned', until: is, severity: FINDING_OF.severity },
        },
      },
    });
    expect((await storedFinding()).muted?.until).toBe(is);
  });

  test.each([
    { case: 'the past', until: '2026-03-02T07:59Z', says: '2026-03-02T07:59Z is past: mute until a time to come' },
    { case: 'now', until: NOW, says: `${NOW} is past: mute until a time to come` },
    {
      case: 'longer than anybody remembers',
      until: inTime(90 * DAY + 1),
      says: `${inTime(90 * DAY + 1)} is more than 90 days away: accept it, or mute it for less`,
    },
    {
      case: 'for ever',
      until: '9999-12-31T00:00Z',
      says: '9999-12-31T00:00Z is more than 90 days away: accept it, or mute it for less',
    },
    { case: 'nonsense', until: 'tomorrow', says: '"tomorrow" is no time: write one such as 2026-03-02T18:00Z' },
    { case: 'nothing', until: '', says: '"" is no time: write one such as 2026-03-02T18:00Z' },
    {
      case: 'a time as some languages write it, which others read otherwise',
      until: 'March 5, 2026',
      says: '"March 5, 2026" is no time: write one such as 2026-03-02T18:00Z',
    },
    {
      case: 'a clock without a zone',
      until: '2026-03-02T18:00',
      says: '"2026-03-02T18:00" is no time: write one such as 2026-03-02T18:00Z',
    },
    {
      case: 'a day that no calendar has',
      until: '2026-13-41T18:00Z',
      says: '"2026-13-41T18:00Z" is no time: write one such as 2026-03-02T18:00Z',
    },
  ])('$case is refused, and nothing is muted', async ({ until, says }) => {
    expect(await mute(until)).toEqual(refused(409, 'ARGUMENT_INVALID', says));
    expect(await storedFinding()).toEqual(FINDING_OF);
  });

  test('of a finding that is over', async () =>
    expect(await mute(inTime(DAY), ENDED.id)).toEqual(
      refused(
        409,
        'REFERENCE_INVALID',
        'the finding f-9999999999 is recovered since 2026-03-01T09:00:00.000Z: there is nothing to mute',
      ),
    ));
});

describe('findings', () => {
  /** A list names the first members, and what was told, in few words. */
  const brief = ({ joins: _joins, ...finding }: FindingRecord) => ({ ...finding, memberCount: finding.members.length });

  test('all, the newest first', async () =>
    expect(await ask({ ask: 'findings' })).toEqual({
      status: 200,
      body: { version: 1, account: ACCOUNT, findings: [brief(FINDING_OF), brief(ENDED)] },
    }));

  test('one, with what drifted', async () =>
    expect(await ask({ ask: 'findings', finding: FINDING_OF.id })).toEqual({
      status: 200,
      body: { version: 1, account: ACCOUNT, finding: FINDING_OF, drifts: [RECORD] },
    }));

  test('one that there is not', async () =>
    expect(await ask({ ask: 'findings', finding: 'f-1' })).toEqual(
      refused(409, 'REFERENCE_INVALID', 'there is no finding "f-1": "plumbline findings list" shows those there are'),
    ));
});

describe('test-alert', () => {
  test('says who sent it', async () => {
    expect(await ask({ ask: 'test-alert' })).toEqual({
      status: 200,
      body: { version: 1, text: 'A test alert is on its way to everyone who is told and has confirmed it.\n' },
    });
    expect(tests).toEqual([ANA]);
  });
});

describe('accept', () => {
  const accept = (more: object) => ask({ ask: 'accept', reason: 'as planned', ...more });

  test('what the last scan showed, as who asks; then what is open is compared anew', async () => {
    const id = await scanned();
    expect(await accept({ all: true, ticket: 'OPS-7' })).toEqual({
      status: 200,
      body: {
        version: 1,
        text: `Accepted from scan ${id}, taken at 2026-03-02 07:55:00 UTC: 1 resource, 0 taken out because gone. This is generation 1 of account ${ACCOUNT}.\n`,
        generation: 1,
        by: ANA,
        accepted: [bucketRef('exports')],
        removed: [],
      },
    });
    const loaded = await loadBaseline(ports.documents, ACCOUNT, shapes);
    expect(loaded?.baseline.accepted).toMatchObject({ by: ANA, at: NOW, reason: 'as planned', ticket: 'OPS-7' });
    expect(asked).toEqual([
      {
        messages: [
          {
            plumbline: 'look',
            look: { at: { refs: [bucketRef('exports')], hint: {} }, because: { again: 'accepted' } },
          },
        ],
        after: 30,
      },
    ]);
  });

  test.each([
    {
      case: 'nothing was scanned',
      scan: undefined,
      more: { all: true },
      code: 'NOTHING_TO_ACCEPT',
      says: () =>
        `no scan of account ${ACCOUNT} is kept in memory: run "plumbline scan" first and look at what it shows`,
    },
    {
      case: 'the reason is white space',
      scan: 5,
      more: { all: true, reason: '  ' },
      code: 'ARGUMENT_INVALID',
      says: () => '--reason is empty: say in a few words why this is right',
    },
    {
      case: 'the reason is a novel',
      scan: 5,
      more: { all: true, reason: 'x'.repeat(1001) },
      code: 'ARGUMENT_INVALID',
      says: () => '--reason and --ticket may have 1000 characters: say it shorter, or link to where it stands',
    },
    {
      case: 'nothing is named',
      scan: 5,
      more: {},
      code: 'ARGUMENT_INVALID',
      says: () => 'name what to accept, or say --all',
    },
    {
      case: 'something and everything are named',
      scan: 5,
      more: { all: true, names: ['exports'] },
      code: 'ARGUMENT_INVALID',
      says: () => 'name what to accept or say --all, not both',
    },
    {
      case: 'what is named is not there',
      scan: 5,
      more: { names: ['export'] },
      code: 'REFERENCE_INVALID',
      says: () => 'nothing here is called "export"; did you mean "exports"?',
    },
    {
      case: 'the scan is older than an hour',
      scan: 61,
      more: { all: true },
      code: 'SCAN_TOO_OLD',
      says: (id: string) =>
        `the scan ${id} is 61 minutes old, and much may have changed since: scan again, or say --force`,
    },
  ])('is refused where $case', async ({ scan, more, code, says }) => {
    const id = scan === undefined ? '' : await scanned(scan);
    expect(await accept(more)).toEqual(refused(409, code, says(id)));
    expect([await loadBaseline(ports.documents, ACCOUNT, shapes), asked]).toEqual([undefined, []]);
  });

  test('of a scan that is an hour old to the minute', async () => {
    await scanned(60);
    expect(await accept({ all: true })).toMatchObject({ status: 200 });
  });

  test('of an older scan, with force', async () => {
    await scanned(600);
    expect(await accept({ all: true, force: true })).toMatchObject({ status: 200, body: { by: ANA } });
  });
});

test('what is no fault of the question is thrown: it is ours', async () => {
  const broken = { ...ports, testAlert: () => Promise.reject(new TypeError('the topic is gone')) };
  await expect(answer({ ask: 'test-alert', proof: ANA }, broken)).rejects.toThrow('the topic is gone');
});
