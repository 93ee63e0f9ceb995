import { PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { answeredParts, closeParts, PARTS_LATE_AFTER_S } from './account-parts.ts';
import { encode } from './document-encoding.ts';
import { documentFor, questionIn, type DocumentQuestion, type QuestionPorts } from './questions.ts';
import { ANSWERS } from './service-names.ts';
import {
  documentAt,
  fail,
  finish,
  itemOf,
  keptIn,
  readTicket,
  ticketFor,
  ticketOf,
  type Kept,
  type Ticket,
  type TicketPorts,
} from './ticket-record.ts';

/** Where a document can be had without a right on the bucket, and until when. */
export interface Link {
  readonly url: string;
  readonly until: string;
}

export interface AnsweringPorts extends TicketPorts {
  /** A link to a document, for whoever asked; without it there is only the key (docs/decisions/0033). */
  readonly link?: (key: string) => Promise<Link>;
}

/** What there is under a ticket. */
export type Ticketed =
  | { readonly is: 'here'; readonly document: JsonObject }
  | {
      readonly is: 'not-yet';
      readonly ticket: Ticket & {
        readonly status: 'not-yet';
        readonly askedAt: string;
        /** How many of the accounts that were asked over have answered. */
        readonly accounts?: { readonly answered: number; readonly of: number };
      };
    }
  /** Larger than an answer may be: it is read from the bucket, or by the link. */
  | {
      readonly is: 'large';
      readonly ticket: Ticket & {
        readonly status: 'done';
        readonly bytes: number;
        readonly address: string;
        readonly link?: Link;
      };
    };

/** A function's answer ends at 6 MB with all that is escaped in it (Lambda quotas); over a URL a document is a text in a document. */
export const MOST_BYTES = 4 * 1024 * 1024;
/** A look has three minutes and three tries: what is not here by then does not come. */
const LATE_AFTER_MS = 15 * 60_000;
/** What is late of an answer over accounts is closed by a message, which has three tries too. */
const CLOSED_AFTER_MS = PARTS_LATE_AFTER_S * 1000 + 10 * 60_000;

/**
 * Puts a question on the queue; over several accounts, one message an account, and one that closes what is late. The same question in the
 * same minute is the same ticket, so an impatient caller starts nothing twice.
 */
export async function askLater(
  question: DocumentQuestion,
  ports: TicketPorts,
  accounts?: readonly string[],
): Promise<Ticket> {
  const { ledger, asking, now } = ports;
  const askedAt = now().toISOString();
  const ticket = ticketFor(question, askedAt);
  const over = accounts === undefined ? {} : { accounts };
  const item = itemOf(ticket, 0, { question, askedAt, ...over, status: 'asked' });
  if ((await ledger.write(item)) === 'conflict') return ticketOf(ticket);
  const whole: OwnMessage = { plumbline: 'answer', ticket };
  try {
    if (accounts === undefined) await asking.ask([whole]);
    else {
      await asking.ask([whole], PARTS_LATE_AFTER_S);
      await asking.ask(accounts.map((account): OwnMessage => ({ plumbline: 'answer', ticket, account })));
    }
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
export async function answerUnder(ticket: string, ports: AnsweringPorts): Promise<Ticketed> {
  const item = await readTicket(ticket, ports);
  if (item === undefined)
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `there is no ticket "${ticket}": ask again; answers are kept for ${ANSWERS.keptDays} days`,
    );
  const kept = keptIn(item);
  switch (kept.status) {
    case 'failed':
      throw new PlumblineError(kept.code as PlumblineErrorCode, kept.message);
    case 'done': {
      if (kept.bytes > MOST_BYTES) return { is: 'large', ticket: await largeTicket(ticket, kept.bytes, ports) };
      return { is: 'here', document: await documentAt(ticketOf(ticket).key, ports.documents) };
    }
    case 'asked':
      return { is: 'not-yet', ticket: await waiting(ticket, kept, ports) };
  }
}

type Waiting = Extract<Ticketed, { readonly is: 'not-yet' }>['ticket'];
type Large = Extract<Ticketed, { readonly is: 'large' }>['ticket'];

async function waiting(ticket: string, kept: Kept, { documents, now }: AnsweringPorts): Promise<Waiting> {
  const { askedAt, accounts } = kept;
  const lateAfter = accounts === undefined ? LATE_AFTER_MS : CLOSED_AFTER_MS;
  if (now().getTime() - Date.parse(askedAt) > lateAfter)
    throw new PlumblineError(
      'AWS_UNREACHABLE',
      `no answer came under the ticket ${ticket} within ${lateAfter / 60_000} minutes: the log of on-look says why; ask again`,
    );
  const plain = { ...ticketOf(ticket), status: 'not-yet', askedAt } as const;
  if (accounts === undefined) return plain;
  const answered = (await answeredParts(ticket, documents)).size;
  return { ...plain, accounts: { answered, of: accounts.length } };
}

async function largeTicket(ticket: string, bytes: number, { documents, link }: AnsweringPorts): Promise<Large> {
  const { key, ...told } = ticketOf(ticket);
  return {
    ...told,
    key,
    status: 'done',
    bytes,
    address: `${documents.place}/${key}`,
    ...(link === undefined ? {} : { link: await link(key) }),
  };
}

/**
 * Answers the question that waits under a ticket; of one over several accounts, what has not come by now is late. What is wrong with the
 * question is kept as its answer; whatever else fails is thrown, and tried again.
 */
export async function answerTicket(ticket: string, ports: QuestionPorts & TicketPorts): Promise<void> {
  const item = await readTicket(ticket, ports);
  if (item === undefined) return;
  const { status, accounts, question } = keptIn(item);
  if (status !== 'asked') return;
  if (accounts !== undefined) return closeParts(item, ports);
  try {
    await finish(item, await documentFor(questionIn(question), ports), ports);
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    await fail(item, error, ports);
  }
}
