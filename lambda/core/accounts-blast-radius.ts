import { exitCodeOver, type FailedAccount } from './accounts-report.ts';
import type { BlastRadius } from './blast-radius.ts';
import type { Unknown } from './blast-unknown.ts';
import { EXISTS } from './declaration.ts';
import { worsens } from './evidence/verdicts.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { Flip } from './s3/access-change.ts';

/** Something that a proposal names and that moves nothing here. */
export interface NotJudged {
  /** As the proposal calls it, or the thing itself. */
  readonly name: string;
  readonly why: string;
  /** It should be there and is not: of that account the proposal is not, or of no account that was looked at. */
  readonly isMissing?: boolean;
}

/** What a whole proposal does in one account. Without `notJudged` it is what `--set` is answered with. */
export interface ProposedBlastRadius extends BlastRadius {
  readonly notJudged?: readonly NotJudged[];
}

export type AccountBlastRadius = ProposedBlastRadius | FailedAccount;

/** What `--json` prints of several accounts. */
export interface AccountsBlastRadius {
  readonly version: 1;
  readonly exitCode: BlastRadius['exitCode'];
  readonly accounts: readonly AccountBlastRadius[];
}

export function isFailed(account: AccountBlastRadius): account is FailedAccount {
  return 'error' in account;
}

/** Several accounts as one document: 1 beats 2 beats 0, and what is in none of them is known to none. Pure. */
export function accountsBlastRadius(accounts: readonly AccountBlastRadius[]): AccountsBlastRadius {
  const told = withFoundNowhere(accounts);
  return { version: 1, exitCode: exitCodeOver(told), accounts: told };
}

/**
 * What is not there in one account is harmless there, for another one has it. In no account that was looked at: then it is newer than
 * what was read, or somewhere else, and what the proposal does to it is not known.
 */
export function withFoundNowhere(accounts: readonly AccountBlastRadius[]): readonly AccountBlastRadius[] {
  const read = accounts.filter((one): one is ProposedBlastRadius => !isFailed(one));
  const [first, ...others] = read.map(missingIn);
  const nowhere = new Set([...(first ?? [])].filter((name) => others.every((missing) => missing.has(name))));
  if (nowhere.size === 0) return accounts;
  return accounts.map((one) => (isFailed(one) ? one : withUnknown(one, nowhere, read.length > 1)));
}

function missingIn({ notJudged = [] }: ProposedBlastRadius): ReadonlySet<string> {
  return new Set(notJudged.flatMap(({ name, isMissing }) => (isMissing === true ? [name] : [])));
}

function withUnknown(
  report: ProposedBlastRadius,
  nowhere: ReadonlySet<string>,
  isOneOfMany: boolean,
): ProposedBlastRadius {
  const { notJudged = [], counts, unknown } = report;
  const where = isOneOfMany ? 'in no account that was looked at' : 'not there as far as was looked';
  const lost: readonly Unknown[] = [...nowhere].map((name) => ({
    why: `${name} is ${where}: it may be newer than what was read, or elsewhere`,
  }));
  const all = [...unknown, ...lost];
  return {
    ...report,
    exitCode: report.exitCode === 1 ? 1 : 2,
    ...(counts.affected === 0 ? ({ exposure: 'unknown', breakage: 'unknown' } as const) : {}),
    counts: { ...counts, unknown: all.length },
    unknown: all,
    notJudged: notJudged.filter(({ name }) => !nowhere.has(name)),
  };
}

/** Resources of one account, by what the proposal does to them. */
export interface Standing {
  readonly breaks: number;
  readonly couldBreak: number;
  readonly harmless: number;
  /** What could not be computed. */
  readonly blind: number;
}

/**
 * Counts what moves and what is below it; what stands above and moves them is none of them. Where logs were looked at, what refuses something
 * breaks only where that was seen in use, and could break elsewhere.
 */
export function standingOf({ drifts, consequences, unknown, verdicts, evidence }: BlastRadius): Standing {
  const seen = new Set(
    verdicts.flatMap(({ word, refs }) => (word === 'will-break' ? refs.map((ref) => printRef(ref)) : [])),
  );
  const isSeen = (key: string): boolean => !evidence.looked || seen.has(key);
  const causes = new Set(consequences.map(({ cause }) => printRef(cause)));
  const breaks = new Set<string>();
  const couldBreak = new Set<string>();
  const touched = new Set<string>();
  const count = (ref: ResourceRef, moved: Moved): void => {
    const key = printRef(ref);
    touched.add(key);
    const isRefused = moved.flips.some((flip) => worsens(flip) === 'yes');
    if (moved.isGone || (isRefused && isSeen(key))) breaks.add(key);
    else if (isRefused || moved.breakage === 'may-break' || moved.breakage === 'breaks') couldBreak.add(key);
  };
  for (const { ref, changes } of drifts) {
    if (causes.has(printRef(ref))) continue;
    for (const { path, flips = [], breakage } of changes)
      count(ref, { flips, breakage, isGone: path === EXISTS && breakage === 'breaks' });
  }
  for (const { affected } of consequences)
    for (const { resources, flips, breakage } of affected)
      for (const ref of resources) count(ref, { flips, breakage, isGone: false });
  const notAffected = consequences.reduce((sum, one) => sum + one.notAffected, 0);
  const could = [...couldBreak].filter((key) => !breaks.has(key)).length;
  const doubtful = new Set(unknown.flatMap(({ ref }) => (ref === undefined ? [] : [printRef(ref)])));
  const harmless = [...touched].filter((key) => !breaks.has(key) && !couldBreak.has(key) && !doubtful.has(key));
  return {
    breaks: breaks.size,
    couldBreak: could,
    harmless: harmless.length + notAffected,
    blind: unknown.length,
  };
}

interface Moved {
  readonly flips: readonly Flip[];
  readonly breakage: string;
  readonly isGone: boolean;
}
