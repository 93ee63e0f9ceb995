import { digestOf } from '#core/digest.ts';
import { messageOf, PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '#core/json.ts';
import { encode } from './document-encoding.ts';
import type { Asking, Documents, Ledger, LedgerItem } from './ports.ts';
import { documentFor, questionIn, type DocumentQuestion, type QuestionPorts } from './questions.ts';
import { ANSWERS } from './service-names.ts';

/** A question whose answer takes long, or is large: where the answer will be. */
export interface Ticket {
  readonly version: 1;
  readonly ticket: string;
  /** The document's key in the audit bucket. */
  readonly key: string;
}

/** What there is under a ticket. */
export type Ticketed =
  | { readonly is: 'here'; readonly document: JsonObject }
  | { readonly is: 'not-yet'; readonly ticket: Ticket & { readonly status: 'not-yet'; readonly askedAt: string } }
  /** Larger than an answer may be: whoever may read the bucket reads it there. */
  | { readonly is: 'large'; readonly ticket: Ticket & { readonly status: 'done'; readonly bytes: number } };

/** What the ledger holds of a ticket. */
type Kept = {
  readonly question: JsonObject;
  readonly askedAt: string;
} & (
  | { readonly status: 'asked' }
  | { readonly status: 'done'; readonly bytes: number }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
);

const FAMILY = 'answer';

/** A function's answer ends at 6 MB with all that is escaped in it (Lambda quotas); over a URL a document is a text in a document. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** A look has three minutes and three tries: what is not here by then does not come. */
const LATE_AFTER_MS = 15 * 60_000;
const KEPT_MS = ANSWERS.keptDays * 24 * 60 * 60_000;

export interface TicketPorts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
}

/** Puts a question on the queue. The same question in the same minute is the same ticket, so an impatient caller starts nothing twice. */
export async function askLater(question: DocumentQuestion, ports: TicketPorts): Promise<Ticket> {
  const { ledger, asking, now } = ports;
  const askedAt = now().toISOString();
  const ticket = ticketFor(question, askedAt);
  const item = itemOf(ticket, 0, { question, askedAt, status: 'asked' });
  if ((await ledger.write(item)) === 'conflict') return ticketOf(ticket);
  try {
    await asking.ask([{ plumbline: 'answer', ticket }]);
  } catch (error) {
    await fail({ ...item, revision: 1 }, error, ports);
    throw error;
  }
  return ticketOf(ticket);
}

/** Keeps a document that is too large to be an answer, and gives the ticket for it. */
export async function keepLarge(
  question: DocumentQuestion,
  document: object,
  { documents, ledger, now }: TicketPorts,
): Promise<Ticket> {
  const askedAt = now().toISOString();
  const ticket = ticketFor(question, askedAt);
  const body = encode(document);
  // A conflict is the same question of the same minute: its answer is there.
  await documents.create(ticketOf(ticket).key, body);
  await ledger.write(itemOf(ticket, 0, { question, askedAt, status: 'done', bytes: body.byteLength }));
  return ticketOf(ticket);
}

/** What there is under a ticket. Throws REFERENCE_INVALID for one that there is not, and what the answer failed with. */
export async function answerUnder(ticket: string, { documents, ledger, now }: TicketPorts): Promise<Ticketed> {
  const item = await ledger.read({ family: FAMILY, id: ticket });
  if (item === undefined)
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `there is no ticket "${ticket}": ask again; answers are kept for ${ANSWERS.keptDays} days`,
    );
  const kept = item.body as unknown as Kept;
  switch (kept.status) {
    case 'failed':
      throw new PlumblineError(kept.code as PlumblineErrorCode, kept.message);
    case 'done': {
      if (kept.bytes > MOST_BYTES)
        return { is: 'large', ticket: { ...ticketOf(ticket), status: 'done', bytes: kept.bytes } };
      return { is: 'here', document: await documentAt(ticketOf(ticket).key, documents) };
    }
    case 'asked':
      if (now().getTime() - Date.parse(kept.askedAt) > LATE_AFTER_MS)
        throw new PlumblineError(
          'AWS_UNREACHABLE',
          `no answer came under the ticket ${ticket} within 15 minutes: the log of on-look says why; ask again`,
        );
      return { is: 'not-yet', ticket: { ...ticketOf(ticket), status: 'not-yet', askedAt: kept.askedAt } };
  }
}

/**
 * Answers the question that waits under a ticket. What is wrong with the question is kept as its answer; whatever else fails is thrown,
 * and tried again.
 */
export async function answerTicket(ticket: string, ports: QuestionPorts & TicketPorts): Promise<void> {
  const item = await ports.ledger.read({ family: FAMILY, id: ticket });
  if (item === undefined || (item.body as unknown as Kept).status !== 'asked') return;
  const kept = item.body as unknown as Kept;
  try {
    const body = encode(await documentFor(questionIn(kept.question), ports));
    // A conflict is an earlier try that ended between the two writes.
    await ports.documents.create(ticketOf(ticket).key, body);
    const { question, askedAt } = kept;
    await ports.ledger.write({
      ...item,
      body: { question, askedAt, status: 'done', bytes: body.byteLength } satisfies Kept,
    });
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    await fail(item, error, ports);
  }
}

async function fail(item: LedgerItem, error: unknown, { ledger }: Pick<TicketPorts, 'ledger'>): Promise<void> {
  const { question, askedAt } = item.body as unknown as Kept;
  const code = error instanceof PlumblineError ? error.code : 'AWS_REFUSED';
  const failed: Kept = { question, askedAt, status: 'failed', code, message: messageOf(error) };
  await ledger.write({ ...item, body: failed });
}

async function documentAt(key: string, documents: Documents): Promise<JsonObject> {
  const document = await documents.read(key);
  const value: unknown = document === undefined ? undefined : JSON.parse(Buffer.from(document.body).toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new PlumblineError('STORE_DAMAGED', `${documents.place}/${key} is no answer any more: ask again`);
}

function ticketFor(question: DocumentQuestion, askedAt: string): string {
  return `t-${digestOf(canonicalJson([question, askedAt.slice(0, 16)])).slice(0, 16)}`;
}

function ticketOf(ticket: string): Ticket {
  return { version: 1, ticket, key: `${ANSWERS.folder}/${ticket}.json` };
}

function itemOf(ticket: string, revision: number, kept: Kept): LedgerItem {
  const expiresAt = new Date(Date.parse(kept.askedAt) + KEPT_MS).toISOString();
  return { family: FAMILY, id: ticket, revision, body: kept, expiresAt };
}
