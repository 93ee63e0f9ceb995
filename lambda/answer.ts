import * as z from 'zod/mini';
import { PlumblineError } from '#core/errors.ts';
import { isJsonObject, textOf } from '#core/json.ts';
import { isOwn } from '#core/own-parts.ts';
import { acceptText } from '#render/acceptance.ts';
import { acceptKept, type AcceptingPorts } from './accepting.ts';
import { actOn, findingsIn } from './acts.ts';
import { madeOnce } from './made-once.ts';
import type { Asking, Ledger } from './ports.ts';
import { DRIFT } from './record.ts';
import { lookAgain } from './look-again.ts';
import { recordsOf } from './tell.ts';
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
  ]),
);

export type Request = z.infer<ReturnType<typeof requestSchema>>;

export interface AnswerPorts extends Omit<AcceptingPorts, 'by' | 'now'> {
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
  /** Sends one alert that says that it is a test. */
  readonly testAlert: (by: string) => Promise<void>;
  /** Wakes the teller. */
  readonly nudge: () => Promise<void>;
}

/** An answer over HTTP: the status, and one JSON document. */
export interface Answer {
  readonly status: number;
  readonly body: object;
}

const ASKS: ReadonlySet<string> = new Set<Request['ask']>(['accept', 'ack', 'mute', 'findings', 'test-alert']);

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 40;

/** Reading needs no name; everything else does. */
const ANYBODY: ReadonlySet<Request['ask']> = new Set(['findings']);

/** After an accept, what is open is compared anew, once every worker has forgotten the head of before. */
const COMPARE_AGAIN_AFTER_S = 30;

/**
 * Answers one question. `caller` is the ARN that AWS vouches for, and nothing that the body says; without one, nothing is changed.
 */
export async function answer(body: unknown, caller: string | undefined, ports: AnswerPorts): Promise<Answer> {
  const parsed = requestSchema().safeParse(body);
  if (!parsed.success) return refusal(400, 'INPUT_INVALID', sentenceOf(parsed.error, body));
  const request = parsed.data;
  const isNameless = caller === undefined || caller === '';
  if (isNameless && !ANYBODY.has(request.ask))
    return refusal(
      403,
      'CREDENTIALS_UNUSABLE',
      `"${request.ask}" needs to know who you are, and an invoke carries no identity: use the function's URL, signed with your credentials`,
    );
  try {
    return { status: 200, body: await answerTo(request, caller ?? '', ports) };
  } catch (error) {
    if (error instanceof PlumblineError) return refusal(409, error.code, error.message);
    throw error;
  }
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: { version: 1, error: { code, message } } };
}

async function answerTo(request: Request, caller: string, ports: AnswerPorts): Promise<object> {
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
    case 'findings':
      return { version: 1, ...(await findingsFor(request.finding, ports)) };
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
