// Reaches the SDK through live.ts: loaded when a scan runs.
import type { FailedAccount } from '#core/accounts-report.ts';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { reportOn, type Report } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import type { Session } from '#aws/session.ts';
import { loadBaseline } from '#lambda/baseline-store.ts';
import type { Documents, OnProgress } from '#lambda/ports.ts';
import type { Settings } from '#lambda/settings.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import type { Account } from './accounts.ts';
import { inEachAccount } from './each-account.ts';
import { errorBody } from './fault.ts';
import type { LiveOptions } from './live-options.ts';
import { enter, look } from './live.ts';
import { knownShapes, reportSettings } from './registry.ts';
import type { World } from './world.ts';

export interface ScanRequest {
  /** Who signed in. */
  readonly caller: Session;
  readonly options: LiveOptions;
  readonly settings: Settings;
  readonly store: Documents;
  readonly withStates: boolean;
  readonly onProgress: OnProgress;
}

/** A report, and why the scan could not be kept, if it could not. */
export interface ScannedAccount {
  readonly account: Account;
  readonly report: Report;
  readonly trouble?: string;
}

export interface UnscannedAccount {
  readonly account: Account;
  readonly report: FailedAccount;
}

/** Scans one account, compares it with what was accepted there, and keeps the scan. Throws PlumblineError. */
export async function scanAccount(world: World, account: Account, request: ScanRequest): Promise<ScannedAccount> {
  const { options, settings, store, withStates, onProgress } = request;
  const session = await enter(world, request.caller, account);
  const loaded = await loadBaseline(store, session.account, knownShapes);
  const accepted = [...(loaded?.baseline.states.values() ?? [])].map(({ state }) => state);
  const seen = await look(world, { session, options, settings, accepted, onProgress });
  const { scan, trouble } = await keep(store, seen, loaded?.baseline.accepted.generation ?? 0);
  const report = reportOn({ scan, baseline: loaded?.baseline, ...reportSettings(settings), withStates });
  return { account, report, ...(trouble === undefined ? {} : { trouble }) };
}

/**
 * Scans several accounts; one that fails hides no other.
 * Throws what is wrong with the arguments when it is wrong in all of them.
 */
export function scanAccounts(
  world: World,
  accounts: readonly Account[],
  request: ScanRequest,
): Promise<readonly (ScannedAccount | UnscannedAccount)[]> {
  return inEachAccount<Account, ScannedAccount | UnscannedAccount>(world, accounts, {
    onProgress: request.onProgress,
    work: (account, onProgress) => scanAccount(world, account, { ...request, onProgress }),
    failed: (account, error) => ({ account, report: { account: account.id, exitCode: 2, error: errorBody(error) } }),
  });
}

/** What was seen is told even where it could not be kept. */
async function keep(store: Documents, scan: Scan, comparedWith: number): Promise<{ scan: Scan; trouble?: string }> {
  try {
    return { scan: await saveScan(store, { scan, comparedWith }) };
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return { scan, trouble: messageOf(error) };
  }
}
