import { digestOf } from '#core/digest.ts';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { canonicalJson, isJsonObject, type JsonObject } from '#core/json.ts';
import { encode } from './document-encoding.ts';
import type { Asking, Documents, Ledger, LedgerItem } from './ports.ts';
import type { DocumentQuestion } from './questions.ts';
import { ANSWERS } from './service-names.ts';

/** A question whose answer takes long, or is large: where the answer will be. */
export interface Ticket {
  readonly version: 1;
  readonly ticket: string;
  /** The document's key in the audit bucket. */
  readonly key: string;
}

/** What the ledger holds of a ticket. */
export type Kept = {
  readonly question: JsonObject;
  readonly askedAt: string;
  /** Of a question over several: each has a part of the answer. */
  readonly accounts?: readonly string[];
} & (
  | { readonly status: 'asked' }
  | { readonly status: 'done'; readonly bytes: number }
  | { readonly status: 'failed'; readonly code: string; readonly message: string }
);

export interface TicketPorts {
  readonly documents: Documents;
  readonly ledger: Ledger;
  readonly asking: Asking;
  readonly now: () => Date;
}

const FAMILY = 'answer';
const KEPT_MS = ANSWERS.keptDays * 24 * 60 * 60_000;

/** The item of a ticket; undefined where there is none, or none any more. */
export function readTicket(ticket: string, { ledger }: Pick<TicketPorts, 'ledger'>): Promise<LedgerItem | undefined> {
  return ledger.read({ family: FAMILY, id: ticket });
}

export function keptIn({ body }: LedgerItem): Kept {
  return body as unknown as Kept;
}

/** Keeps the document under the ticket's key, and marks the ticket as answered. What stands there already stays, whoever wrote it. */
export async function finish(item: LedgerItem, document: object, { documents, ledger }: TicketPorts): Promise<void> {
  const { key } = ticketOf(item.id);
  const body = encode(document);
  // A conflict is an earlier try that ended between the two writes, or another worker.
  const there = (await documents.create(key, body)) === 'written' ? body : (await documents.read(key))?.body;
  const { question, askedAt, accounts } = keptIn(item);
  const bytes = (there ?? body).byteLength;
  const done: Kept = { question, askedAt, ...(accounts === undefined ? {} : { accounts }), status: 'done', bytes };
  await ledger.write({ ...item, body: done });
}

/** Marks the ticket as failed, with what went wrong. */
export async function fail(item: LedgerItem, error: unknown, { ledger }: Pick<TicketPorts, 'ledger'>): Promise<void> {
  const { question, askedAt } = keptIn(item);
  const code = error instanceof PlumblineError ? error.code : 'AWS_REFUSED';
  const failed: Kept = { question, askedAt, status: 'failed', code, message: messageOf(error) };
  await ledger.write({ ...item, body: failed });
}

/** A document that was kept. Throws STORE_DAMAGED for what is none. */
export async function documentAt(key: string, documents: Documents): Promise<JsonObject> {
  const document = await documents.read(key);
  const value: unknown = document === undefined ? undefined : JSON.parse(Buffer.from(document.body).toString('utf8'));
  if (isJsonObject(value)) return value;
  throw new PlumblineError('STORE_DAMAGED', `${documents.place}/${key} is no answer any more: ask again`);
}

/** The same question in the same minute is the same ticket. */
export function ticketFor(question: DocumentQuestion, askedAt: string): string {
  return `t-${digestOf(canonicalJson([question, askedAt.slice(0, 16)])).slice(0, 16)}`;
}

export function ticketOf(ticket: string): Ticket {
  return { version: 1, ticket, key: `${ANSWERS.folder}/${ticket}.json` };
}

export function itemOf(ticket: string, revision: number, kept: Kept): LedgerItem {
  const expiresAt = new Date(Date.parse(kept.askedAt) + KEPT_MS).toISOString();
  return { family: FAMILY, id: ticket, revision, body: kept, expiresAt };
}
