import pMap from 'p-map';
import { accountsBlastRadius, isFailed, type AccountBlastRadius } from '#core/accounts-blast-radius.ts';
import type { FailedAccount } from '#core/accounts-report.ts';
import { exitCodeOf, PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import { encode } from './document-encoding.ts';
import type { Documents, LedgerItem } from './ports.ts';
import { questionIn, type AccountsQuestion } from './questions.ts';
import { ANSWERS } from './service-names.ts';
import { documentAt, fail, finish, keptIn, readTicket, type TicketPorts } from './ticket-record.ts';

/** The longest that SQS keeps a message back (aws-facts §13): after that what has not come is told as late. */
export const PARTS_LATE_AFTER_S = 900;

const READ_AT_ONCE = 8;

/** One of the accounts that are asked over. */
export interface OneAccount {
  readonly account: string;
  /** A thing that is not there may be in another. */
  readonly isOneOfMany: boolean;
}

export interface PartPorts extends TicketPorts {
  /** What one account answers; why it cannot be told is an answer too. */
  readonly partOf: (question: AccountsQuestion, one: OneAccount) => Promise<AccountBlastRadius>;
}

/**
 * Answers one account's part of a question over several, once however often it is asked, and puts the whole together where it was the last.
 * Throws what is a fault, so that it is tried again.
 */
export async function answerPart(
  { ticket, account }: { readonly ticket: string; readonly account: string },
  ports: PartPorts,
): Promise<void> {
  const item = await readTicket(ticket, ports);
  if (item === undefined) return;
  const { status, accounts = [], question } = keptIn(item);
  if (status !== 'asked' || !accounts.includes(account)) return;
  const key = partKey(ticket, account);
  const { documents } = ports;
  if ((await documents.read(key)) === undefined) {
    const part = await ports.partOf(accountsQuestionIn(question), { account, isOneOfMany: accounts.length > 1 });
    await documents.create(key, encode(part));
  }
  const there = await answeredParts(ticket, documents);
  // Of two that end at once both see all parts: they make the same of them.
  if (accounts.every((one) => there.has(one))) await putTogether(item, ports);
}

/** Puts together what has come, and says of the rest that it is late. */
export async function closeParts(item: LedgerItem, ports: TicketPorts): Promise<void> {
  await putTogether(item, ports);
}

/** The accounts whose parts are there. */
export async function answeredParts(ticket: string, documents: Documents): Promise<ReadonlySet<string>> {
  const keys = await documents.list(`${ANSWERS.folder}/${ticket}/`);
  return new Set(keys.flatMap((key) => /\/(\d{12})\.json$/.exec(key)?.[1] ?? []));
}

async function putTogether(item: LedgerItem, ports: TicketPorts): Promise<void> {
  const { accounts = [] } = keptIn(item);
  const there = await answeredParts(item.id, ports.documents);
  const parts = await pMap(
    accounts,
    (account) => (there.has(account) ? partIn(item.id, account, ports.documents) : Promise.resolve(lateIn(account))),
    { concurrency: READ_AT_ONCE },
  );
  const wrong = wrongEverywhere(parts);
  if (wrong !== undefined) await fail(item, wrong, ports);
  else await finish(item, accountsBlastRadius(parts), ports);
}

async function partIn(ticket: string, account: string, documents: Documents): Promise<AccountBlastRadius> {
  return (await documentAt(partKey(ticket, account), documents)) as unknown as AccountBlastRadius;
}

function lateIn(account: string): FailedAccount {
  const message = `no answer in time: account ${account} was not read within ${PARTS_LATE_AFTER_S / 60} minutes; the log of on-look says why; ask again, of fewer accounts where they were many`;
  return { account, exitCode: 2, error: { code: 'AWS_UNREACHABLE', message } };
}

/** What is wrong with the question itself, where it is in every account, as the command line tells it. */
function wrongEverywhere(parts: readonly AccountBlastRadius[]): PlumblineError | undefined {
  const errors = parts.flatMap((part) => (isFailed(part) ? [part.error] : []));
  const [first] = errors;
  if (first === undefined || errors.length < parts.length) return undefined;
  if (errors.some(({ code }) => exitCodeOf(code as PlumblineErrorCode) !== 64)) return undefined;
  return new PlumblineError(first.code as PlumblineErrorCode, first.message);
}

function partKey(ticket: string, account: string): string {
  return `${ANSWERS.folder}/${ticket}/${account}.json`;
}

function accountsQuestionIn(value: unknown): AccountsQuestion {
  const question = questionIn(value);
  if (question.ask === 'blast-radius') return question;
  throw new PlumblineError('INPUT_INVALID', 'what was kept is no question over accounts: ask again');
}
