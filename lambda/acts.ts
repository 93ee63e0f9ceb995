import { gravest, type Severity } from '#core/change.ts';
import { PlumblineError } from '#core/errors.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { Json } from '#core/json.ts';
import { nearest } from '#core/reference.ts';
import type { Ledger } from './ports.ts';
import { FINDING, keyOfFinding } from './finding-family.ts';

/** What a person does with a finding. `by` is what AWS says of who they are. */
export type PersonsAct = {
  readonly by: string;
  readonly at: string;
  readonly note: string;
} & ({ readonly act: 'ack' } | { readonly act: 'mute'; readonly until: string });

export interface ActPorts {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

const MOST_ROUNDS = 8;
/** A mute that outlives everyone's memory of it hides what it should only quiet. */
const LONGEST_MUTE_MS = 90 * 24 * 60 * 60_000;

/**
 * Acknowledges or mutes an open finding. Throws REFERENCE_INVALID for a finding that is not there or not open, ARGUMENT_INVALID for a
 * time that is past or too far.
 */
export async function actOn(id: string, act: PersonsAct, ports: ActPorts): Promise<FindingRecord> {
  const { ledger, now } = ports;
  const until = act.act === 'mute' ? timeIn(act.until, now()) : '';
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const item = await ledger.read(keyOfFinding(id));
    const finding = item?.body as unknown as FindingRecord | undefined;
    if (item === undefined || finding === undefined) throw await notThere(id, ledger);
    if (finding.status !== 'open')
      throw new PlumblineError(
        'REFERENCE_INVALID',
        `the finding ${id} is ${finding.status} since ${finding.endedAt ?? '?'}: there is nothing to ${act.act}`,
      );
    const { by, at, note } = act;
    const next: FindingRecord =
      act.act === 'ack'
        ? { ...finding, acknowledged: { by, at, note } }
        : { ...finding, muted: { by, at, note, until, severity: knownSeverityOf(finding) } };
    // Due: when to speak next is decided anew.
    const outcome = await ledger.write({ ...item, body: next as unknown as Json, dueAt: now().toISOString() });
    if (outcome === 'written') return next;
  }
  throw new PlumblineError('STORE_MOVED', `the finding ${id} is being written by others all the time: try again`);
}

/** What whoever mutes knows of: what was told, and what the records say by themselves, which may be judged as graver. */
function knownSeverityOf({ severity, told }: FindingRecord): Severity {
  return gravest([severity, ...(told === undefined ? [] : [told.severity])]);
}

const rankOf = ({ status }: FindingRecord): number => (status === 'open' ? 0 : 1);
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** All findings: what is open first, and the newest first. */
export async function findingsIn({ ledger }: Pick<ActPorts, 'ledger'>): Promise<readonly FindingRecord[]> {
  const items = await ledger.list(FINDING);
  return items
    .map(({ body }) => body as unknown as FindingRecord)
    .sort((a, b) => rankOf(a) - rankOf(b) || compareText(b.openedAt, a.openedAt) || compareText(a.id, b.id));
}

/** A day, or a time with its zone: without one it would be another time for everybody who reads it. */
const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2}))?$/;

/** The time in the one writing that is compared as text. Throws ARGUMENT_INVALID for what is none, is past, or is too far. */
function timeIn(until: string, now: Date): string {
  const time = TIME.test(until) ? Date.parse(until) : NaN;
  if (Number.isNaN(time))
    throw new PlumblineError('ARGUMENT_INVALID', `"${until}" is no time: write one such as 2026-03-02T18:00Z`);
  if (time <= now.getTime())
    throw new PlumblineError('ARGUMENT_INVALID', `${until} is past: mute until a time to come`);
  if (time - now.getTime() > LONGEST_MUTE_MS)
    throw new PlumblineError('ARGUMENT_INVALID', `${until} is more than 90 days away: accept it, or mute it for less`);
  return new Date(time).toISOString();
}

/** One finding. Throws REFERENCE_INVALID where there is none of this id. */
export async function findingIn(id: string, { ledger }: Pick<ActPorts, 'ledger'>): Promise<FindingRecord> {
  const item = await ledger.read(keyOfFinding(id));
  if (item === undefined) throw await notThere(id, ledger);
  return item.body as unknown as FindingRecord;
}

async function notThere(id: string, ledger: Ledger): Promise<PlumblineError> {
  const ids = (await ledger.list(FINDING)).map((item) => item.id);
  const near = nearest(id, ids);
  return new PlumblineError(
    'REFERENCE_INVALID',
    `there is no finding "${id}"${near === undefined ? ': "plumbline findings list" shows those there are' : `; did you mean ${near}?`}`,
  );
}
