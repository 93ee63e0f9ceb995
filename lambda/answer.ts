import * as z from 'zod/mini';
import { PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import { isJsonObject, objectOf, textOf, type Json, type JsonObject } from '#core/json.ts';
import { isOwn } from '#core/own-parts.ts';
import { acceptText } from '#render/acceptance.ts';
import { acceptKept, type AcceptingPorts } from './accepting.ts';
import { actOn, findingsIn } from './acts.ts';
import { CHANGING_ASKS, isChanging, READING_ASKS } from './asks.ts';
import { madeOnce } from './made-once.ts';
import type { Asking, Ledger } from './ports.ts';
import {
  documentFor,
  documentQuestions,
  takesLong,
  type AccountsQuestion,
  type DocumentQuestion,
  type QuestionPorts,
} from './questions.ts';
import { DRIFT } from './record.ts';
import { lookAgain } from './look-again.ts';
import { recordsOf } from './finding-family.ts';
import { answerUnder, askLater, keepLarge, MOST_BYTES, type AnsweringPorts } from './tickets.ts';
import { verdictOn } from './verdict.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import type { FindingRecord } from '#core/finding-record.ts';

const note = madeOnce(() =>
  z.string().check(
    z.refine((text) => text.trim() !== '', 'must say something'),
    z.maxLength(1000, 'may have 1000 characters'),
  ),
);

/** What may be asked. Who asks is never in it: AWS says that. */
const requestSchema = madeOnce(() =>
  z.discriminatedUnion('ask', [
    z.strictObject({
      ask: z.literal('accept'),
      names: z._default(z.array(z.string()), []),
      all: z._default(z.boolean(), false),
      reason: z.string(),
      ticket: z.optional(z.string()),
      from: z.optional(z.string()),
      force: z._default(z.boolean(), false),
    }),
    z.strictObject({ ask: z.literal('ack'), finding: z.string(), note: note() }),
    z.strictObject({ ask: z.literal('mute'), finding: z.string(), until: z.string(), note: note() }),
    z.strictObject({ ask: z.literal('findings'), finding: z.optional(z.string()) }),
    z.strictObject({ ask: z.literal('test-alert') }),
    z.strictObject({ ask: z.literal('answer'), ticket: z.string() }),
    z.strictObject({ ask: z.literal('verdict'), input: z.custom<Json>((value) => value !== undefined) }),
    ...documentQuestions(),
  ]),
);

export type Request = z.infer<ReturnType<typeof requestSchema>>;

/** What changes nothing but who knows what. */
type ChangingRequest = Extract<Request, { readonly ask: (typeof CHANGING_ASKS)[number] }>;
type ReadingRequest = Exclude<Request, ChangingRequest>;

export interface AnswerPorts extends Omit<AcceptingPorts, 'by' | 'now' | 'kinds'>, QuestionPorts {
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
  /** Who signed the proof that came with a question, as STS says. Throws CREDENTIALS_UNUSABLE for a proof of anything else. */
  readonly identify: (proof: unknown, question: JsonObject) => Promise<string>;
  /** Sends one alert that says that it is a test. */
  readonly testAlert: (by: string) => Promise<void>;
  /** Of a hub: the accounts that it knows of, beside its own. */
  readonly knownMembers?: () => Promise<readonly string[]>;
  /** A link to a document that is too large to be an answer. */
  readonly link?: NonNullable<AnsweringPorts['link']>;
  /** Wakes the teller. */
  readonly nudge: () => Promise<void>;
}

/** An answer over HTTP: the status, and one JSON document. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

const ASKS: ReadonlySet<string> = new Set<Request['ask']>([...CHANGING_ASKS, ...READING_ASKS]);

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 40;

/** After an accept, what is open is compared anew, once every worker has forgotten the head of before. */
const COMPARE_AGAIN_AFTER_S = 30;

const MOST_BODY = 256 * 1024;

/**
 * Answers one question. Who asks is what STS says of the `proof` beside it, and nothing else that stands in it or around it: whoever may
 * invoke the function writes the whole event, also one that looks as if it came over the URL (docs/decisions/0021).
 */
export async function answer(body: unknown, ports: AnswerPorts): Promise<Answer> {
  // The ledger keeps a question that waits, and takes 400 KB.
  if (Buffer.byteLength(JSON.stringify(body ?? null)) > MOST_BODY)
    return refusal(400, 'INPUT_INVALID', `the question is larger than ${MOST_BODY / 1024} KB`);
  const { proof, ...question } = isJsonObject(body) ? body : {};
  const parsed = requestSchema().safeParse(isJsonObject(body) ? question : body);
  if (!parsed.success) return refusal(400, 'INPUT_INVALID', sentenceOf(parsed.error, body));
  const request = parsed.data;
  try {
    if (!isChange(request)) return await answerReading(request, ports);
    if (proof === undefined) return refusal(403, 'CREDENTIALS_UNUSABLE', nameless(request.ask));
    // What was signed is the question as it was sent: defaults that are filled in are no part of it.
    const caller = await ports.identify(proof, objectOf(Object.entries(question)));
    return { status: 200, body: await answerChange(request, caller, ports) };
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return refusal(STATUS[error.code] ?? 409, error.code, error.message);
  }
}

const STATUS: Partial<Record<PlumblineErrorCode, number>> = { CREDENTIALS_UNUSABLE: 403, AWS_UNREACHABLE: 503 };

function isChange(request: Request): request is ChangingRequest {
  return isChanging(request.ask);
}

function nameless(ask: string): string {
  return `"${ask}" needs to know who you are, and neither an invoke nor a request tells: send the proof of identity that the command line makes, with "plumbline ask" or the command for it`;
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { version: 1, error: { code, message } } };
}

async function answerReading(request: ReadingRequest, ports: AnswerPorts): Promise<Answer> {
  switch (request.ask) {
    case 'findings':
      return { status: 200, body: { version: 1, ...(await findingsFor(request.finding, ports)) } };
    case 'verdict':
      return { status: 200, body: verdictDocument(request.input) };
    case 'answer': {
      const found = await answerUnder(request.ticket, ports);
      if (found.is === 'here') return { status: 200, body: found.document };
      return { status: found.is === 'not-yet' ? 202 : 200, body: found.ticket };
    }
    default:
      return documentOrTicket(request, ports);
  }
}

/** What `verdict --json` prints. Throws INPUT_INVALID. */
function verdictDocument(input: Json): object {
  const verdict = verdictOn(input);
  if ('error' in verdict) throw new PlumblineError('INPUT_INVALID', `input: ${verdict.error}`);
  return verdict;
}

/** A document at once; a ticket where AWS must be read for it, where it takes long, or where it is larger than an answer may be. */
async function documentOrTicket(question: DocumentQuestion, ports: AnswerPorts): Promise<Answer> {
  if ('accounts' in question)
    return { status: 202, body: await askLater(question, ports, await accountsIn(question, ports)) };
  if (await takesLong(question, ports)) return { status: 202, body: await askLater(question, ports) };
  const document = await documentFor(question, ports);
  if (Buffer.byteLength(JSON.stringify(document)) <= MOST_BYTES) return { status: 200, body: document };
  return { status: 202, body: await keepLarge(question, document, ports) };
}

/** Four workers take them a few seconds each: more would not be through before what has not come is late. */
const MOST_ACCOUNTS = 500;

/** The accounts that are asked over, each once: in the order in which they were named, or sorted. Throws ARGUMENT_INVALID. */
async function accountsIn(
  { accounts }: Pick<AccountsQuestion, 'accounts'>,
  { account, knownMembers }: AnswerPorts,
): Promise<readonly string[]> {
  const refuse = (says: string): PlumblineError => new PlumblineError('ARGUMENT_INVALID', `accounts: ${says}`);
  if (knownMembers === undefined)
    throw refuse(
      `the service of account ${account} is no hub and reads no other: leave "accounts" out, or ask the service of the hub account`,
    );
  const named = accounts === 'all' || accounts === undefined ? [account, ...(await knownMembers())].sort() : accounts;
  const all = [...new Set(named)];
  if (all.length <= MOST_ACCOUNTS) return all;
  throw refuse(`${all.length} are more than are answered in time: name ${MOST_ACCOUNTS} at most`);
}

async function answerChange(request: ChangingRequest, caller: string, ports: AnswerPorts): Promise<object> {
  const at = ports.now().toISOString();
  switch (request.ask) {
    case 'accept': {
      const accepted = await acceptKept(request, { ...ports, by: caller, now: ports.now() });
      await compareOpenAgain(ports);
      const { baseline, accepted: refs, removed } = accepted.outcome;
      return {
        version: 1,
        text: acceptText(accepted),
        generation: baseline.accepted.generation,
        by: caller,
        accepted: refs,
        removed,
      };
    }
    case 'ack': {
      const finding = await actOn(request.finding, { act: 'ack', by: caller, at, note: request.note }, ports);
      return { version: 1, text: `Acknowledged ${finding.id} as ${caller}.\n`, finding };
    }
    case 'mute': {
      const { until, note: why } = request;
      const finding = await actOn(request.finding, { act: 'mute', by: caller, at, note: why, until }, ports);
      return {
        version: 1,
        text: `Muted ${finding.id} until ${finding.muted?.until ?? until} as ${caller}.\n`,
        finding,
      };
    }
    case 'test-alert':
      await ports.testAlert(caller);
      return { version: 1, text: 'A test alert is on its way to everyone who is told and has confirmed it.\n' };
  }
}

async function findingsFor(id: string | undefined, ports: AnswerPorts): Promise<object> {
  const findings = await findingsIn(ports);
  if (id === undefined) return { account: ports.account, findings: findings.slice(0, MOST_LISTED).map(brief) };
  const finding = findings.find((one) => one.id === id);
  if (finding === undefined)
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `there is no finding "${id}": "plumbline findings list" shows those there are`,
    );
  return { account: ports.account, finding, drifts: await recordsOf(finding, ports) };
}

/** An answer of a function may have 6 MB: a list names the first members of each finding, and `finding` shows one whole. */
const MOST_LISTED = 500;
const MOST_MEMBERS_LISTED = 5;

function brief({ members, joins: _joins, told, ...finding }: FindingRecord): object {
  return {
    ...finding,
    members: members.slice(0, MOST_MEMBERS_LISTED),
    memberCount: members.length,
    ...(told === undefined ? {} : { told: { status: told.status, at: told.at, severity: told.severity } }),
  };
}

async function compareOpenAgain({ ledger, asking }: AnswerPorts): Promise<void> {
  const records = (await ledger.list(DRIFT)).map(({ body }) => body as unknown as DriftRecord);
  const open = records
    .filter(({ status, drift }) => status === 'open' && !isOwn(drift.ref))
    .map(({ drift }) => drift.ref);
  await lookAgain(open, asking, { why: 'accepted', afterSeconds: COMPARE_AGAIN_AFTER_S });
}

/** What is wrong with a request, in a sentence of ours: the parser's own are for programmers. */
function sentenceOf({ issues }: z.core.$ZodError, body: unknown): string {
  const [issue] = issues;
  const ask = isJsonObject(body) && ASKS.has(textOf(body['ask']) ?? '') ? textOf(body['ask']) : undefined;
  if (issue === undefined || ask === undefined)
    return `the request asks for nothing that is answered: "ask" is one of ${[...ASKS].join(', ')}`;
  if (issue.code === 'unrecognized_keys') return `"${ask}" takes no "${(issue.keys[0] ?? '').slice(0, LONGEST_SHOWN)}"`;
  const where = `"${issue.path.join('.')}"`;
  const isOurs = issue.code === 'custom' || issue.code === 'too_big';
  return isOurs ? `${where} ${issue.message}` : `${where} is missing, or not of the kind that "${ask}" takes`;
}
