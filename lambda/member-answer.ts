import type { AccountBlastRadius } from '#core/accounts-blast-radius.ts';
import type { FailedAccount } from '#core/accounts-report.ts';
import type { Baseline } from '#core/baseline.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Scan } from '#core/scan.ts';
import type { OneAccount } from './account-parts.ts';
import { loadBaseline } from './baseline-store.ts';
import type { Documents } from './ports.ts';
import { NOTHING_PROPOSED } from './proposals.ts';
import { ageOf, seenFor, type AccountsQuestion, type QuestionPorts } from './questions.ts';
import { READER_ROLE } from './service-names.ts';
import { newestScan } from './snapshot-store.ts';
import { answerTo } from './whole-proposals.ts';

/** Of the three minutes that a worker has, so many seconds may go by while an account is read live; the rest is for judging. */
export const LIVE_SECONDS = 120;

/** A member of the hub, entered by its reader. */
export interface Member {
  /** The documents of the service that is deployed there. Throws PlumblineError where they are not found or may not be read. */
  readonly findStore: () => Promise<Documents>;
  /** Looks at everything there. Throws when the signal says so. */
  readonly look: (baseline: Baseline | undefined, signal: AbortSignal) => Promise<Scan>;
}

export interface MemberPorts extends QuestionPorts {
  /** Throws PlumblineError where the reader's role cannot be assumed. */
  readonly enter: (account: string) => Promise<Member>;
  /** Says when a live reading has taken too long. */
  readonly timeout: (ms: number) => AbortSignal;
}

/**
 * What one account answers: from its newest snapshot, else from AWS as it is now; where neither can be had, why. Throws what is a fault and
 * no answer.
 */
export async function partFor(
  question: AccountsQuestion,
  { account, isOneOfMany }: OneAccount,
  ports: MemberPorts,
): Promise<AccountBlastRadius> {
  try {
    const { scan, baseline, age } = await (account === ports.account
      ? seenFor(question, ports)
      : seenIn(question, account, ports));
    const { kinds, ownerTags } = ports;
    const wishes = Object.entries(question.set ?? {});
    // Of several accounts a proposal may concern none of one; nothing at all is no proposal, and not harmless.
    if (wishes.length === 0) throw new PlumblineError('ARGUMENT_INVALID', NOTHING_PROPOSED);
    return {
      ...answerTo({ by: 'set', wishes }, { scan, baseline, kinds, ownerTags, isOneOfMany }),
      ...age,
    };
  } catch (error) {
    if (error instanceof PlumblineError) return blind(account, error);
    throw error;
  }
}

function blind(account: string, { code, message }: PlumblineError): FailedAccount {
  return { account, exitCode: 2, error: { code, message } };
}

type Seen = Awaited<ReturnType<typeof seenFor>>;

async function seenIn(question: AccountsQuestion, account: string, ports: MemberPorts): Promise<Seen> {
  const member = await ports.enter(account);
  const kept = question.fresh ? { why: 'it was asked as it is now' } : await keptIn(account, member, ports);
  return 'why' in kept ? liveIn(account, { member, why: kept.why }, ports) : kept;
}

/** The newest snapshot that the service there has kept, with what is accepted there; else why there is none. */
async function keptIn(account: string, member: Member, ports: MemberPorts): Promise<Seen | { readonly why: string }> {
  try {
    const documents = await member.findStore();
    const newest = await newestScan(documents, account);
    if (newest === undefined) return { why: `none is kept in ${documents.place}` };
    const { scan } = newest;
    // The reader may list under its keys alone, and of a key that is not there S3 may then say no more than that it is refused.
    const isAnyAccepted = (await documents.list(`baseline/${account}/`)).length > 0;
    const loaded = isAnyAccepted ? await loadBaseline(documents, account, ports.shapes) : undefined;
    return { scan, baseline: loaded?.baseline, age: ageOf(scan, ports) };
  } catch (error) {
    if (error instanceof PlumblineError) return { why: error.message };
    throw error;
  }
}

async function liveIn(
  account: string,
  { member, why }: { readonly member: Member; readonly why: string },
  { timeout }: MemberPorts,
): Promise<Seen> {
  const signal = timeout(LIVE_SECONDS * 1000);
  try {
    return { scan: await member.look(undefined, signal), baseline: undefined, age: {} };
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PlumblineError(
      'AWS_UNREACHABLE',
      `account ${account} is too large to be read live within ${LIVE_SECONDS} seconds, and no snapshot of it could be read (${why}): deploy Plumbline there, or ask with "plumbline blast-radius --accounts ${account} --account-role ${READER_ROLE}"`,
      { cause: error },
    );
  }
}
