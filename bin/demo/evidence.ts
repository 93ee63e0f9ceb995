import type { Alert } from '#core/alert.ts';
import type { AlertEvidence } from '#core/alert-evidence.ts';
import { summaryOf } from '#core/evidence/summary.ts';
import { impactOf } from '#core/symptom/impact.ts';
import { changesOfDrifts } from '#core/symptom/drift-changes.ts';
import { kindInLogs } from '#core/use-subject.ts';
import type { EvidenceRead } from '#core/evidence/uses.ts';
import type { State } from '#core/state.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';
import { kinds } from '#kinds';
import type { Settings } from '#lambda/settings.ts';
import type { UseLogs } from '#lambda/ports.ts';
import type { WatchedAccount } from './watched-account.ts';

export interface LogsAsked {
  readonly watched: WatchedAccount;
  readonly logs: UseLogs;
  /** Since when requests are counted. */
  readonly from: string;
}

export interface ReadAgain extends LogsAsked {
  readonly applications: Settings['applications'];
  /** When it was taken back: what works again is counted from then on. */
  readonly takenBackAt: string;
}

/** What the logs say of an alert by now: of what recovered, also what works again since. */
export async function readAgain(alert: Alert, request: ReadAgain): Promise<AlertEvidence | undefined> {
  const { applications, takenBackAt } = request;
  const kind = kindInLogs(kinds);
  if (alert.evidence === undefined || kind?.judge === undefined) return alert.evidence;
  const { changes, states, read, readAt } = await readNow(request, [takenBackAt]);
  const own = changesOfDrifts(
    alert.members.map(({ record }) => record),
    states,
  );
  const impact = impactOf({
    account: alert.account,
    changes,
    of: new Set(own.map(({ id }) => id)),
    states,
    judge: kind.judge,
    context: kind.declaration.context,
    evidence: read.evidence,
    applications,
  });
  return { ...alert.evidence, readAt, summary: summaryOf(read), impact };
}

interface ReadNow {
  readonly changes: readonly WatchedChange[];
  readonly states: ReadonlyMap<string, State>;
  readonly read: EvidenceRead;
  readonly readAt: string;
}

/** Every change that is known, and the logs cut at each of them, and at further times. */
async function readNow({ watched, logs, from }: LogsAsked, further: readonly string[]): Promise<ReadNow> {
  const { records, states } = await watched.known();
  const changes = changesOfDrifts(records, states);
  const readAt = watched.now().toISOString();
  const marks = [...changes.map(({ at }) => at), ...further].map((at) => Date.parse(at));
  const read = await logs.read({
    from,
    to: readAt,
    buckets: undefined,
    marks: [...new Set(marks)].sort((a, b) => a - b),
    since: undefined,
  });
  return { changes, states, read, readAt };
}
