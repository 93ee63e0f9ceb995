import type { Report } from './report.ts';

/** An account of which nothing can be said, and why. */
export interface FailedAccount {
  readonly account: string;
  readonly exitCode: 2;
  readonly error: { readonly code: string; readonly message: string };
}

export type AccountReport = Report | FailedAccount;

/** What `--json` prints of several accounts. */
export interface AccountsReport {
  readonly version: 1;
  readonly exitCode: Report['exitCode'];
  readonly accounts: readonly AccountReport[];
}

export function hasFailed(report: AccountReport): report is FailedAccount {
  return 'error' in report;
}

/** Drift anywhere beats not knowing anywhere, which beats nothing drifted. */
export function exitCodeOver(reports: readonly Pick<AccountReport, 'exitCode'>[]): Report['exitCode'] {
  const codes = new Set(reports.map(({ exitCode }) => exitCode));
  return codes.has(1) ? 1 : codes.has(2) ? 2 : 0;
}
