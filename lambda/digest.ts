import type { DriftRecord } from '#core/drift-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import type { Json } from '#core/json.ts';
import { dayBefore, localTime } from '#core/local-day.ts';
import type { Kind } from '#kinds/kind.ts';
import {
  renderAcceptanceRequest,
  renderDigest,
  type DigestContent,
  type OpenElsewhere,
  type Yesterday,
} from '#render/digest.ts';
import { findingsIn } from './acts.ts';
import { readPeriod } from './changes-document.ts';
import type { KnownStates, Provisional } from './known-states.ts';
import type { Documents, Ledger, Publisher } from './ports.ts';
import { DRIFT } from './record.ts';
import { LAST_SWEEP, type SweepEnd } from './sweep-plan.ts';

export interface DigestPorts {
  readonly account: string;
  readonly documents: Documents;
  readonly kinds: readonly Kind[];
  readonly ledger: Ledger;
  readonly known: KnownStates;
  readonly publisher: Publisher;
  readonly timeZone: string;
  /** `08:00`, in that zone. */
  readonly digestAt: string;
  /** The documents' place, for the commands in the text. */
  readonly store: string;
  readonly now: () => Date;
  /** Of a hub: what is open in its members. */
  readonly members?: () => Promise<readonly OpenElsewhere[]>;
}

const LAST_DIGEST = { family: 'service', id: 'last-digest' } as const;

/** Once a day, at its time: what is open, muted, blind, new and not yet accepted. Returns whether it was said now. */
export async function sayDigest(ports: DigestPorts): Promise<boolean> {
  const { ledger, now, timeZone, digestAt } = ports;
  const { day, time } = localTime(now(), timeZone);
  const item = await ledger.read(LAST_DIGEST);
  // On the day of the deployment nobody wants a digest of nothing, a minute after it.
  if (item === undefined) {
    const body = { day: time < digestAt ? '' : day } satisfies Json;
    await ledger.write({ ...LAST_DIGEST, revision: 0, body });
    return false;
  }
  if (time < digestAt) return false;
  const last = item.body as { readonly day?: string };
  if (last.day !== undefined && last.day >= day) return false;
  const { subject, text } = renderDigest(await contentOf(ports));
  await ports.publisher.publish({
    topic: 'alerts',
    subject,
    text,
    attributes: { type: 'digest', status: 'digest', severity: 'info', account: ports.account },
  });
  // Marked after it was said: a run that ends in between says it twice, and never not at all.
  await ledger.write({ ...LAST_DIGEST, revision: item.revision, body: { day } satisfies Json });
  return true;
}

async function contentOf(ports: DigestPorts): Promise<DigestContent> {
  const { account, ledger, known, timeZone, store, now } = ports;
  const findings = (await findingsIn({ ledger })).filter(({ status }) => status === 'open');
  const records = (await ledger.list(DRIFT))
    .map(({ body }) => body as unknown as DriftRecord)
    .filter(({ status }) => status === 'open');
  const last = await ledger.read(LAST_SWEEP);
  const isQuiet = ({ severity }: FindingRecord): boolean => severity === 'info';
  return {
    account,
    at: now().toISOString(),
    timeZone,
    store,
    open: findings.filter((finding) => !isQuiet(finding) && finding.muted === undefined),
    muted: findings.filter(({ muted }) => muted !== undefined),
    quiet: findings.filter(isQuiet),
    blind: records.filter(({ blind }) => blind !== undefined).map(({ drift }) => drift.ref),
    against: (await known.of([], [])).against,
    lastSweep: last?.body as unknown as SweepEnd | undefined,
    yesterday: await yesterdayOf(ports),
    ...(ports.members === undefined ? {} : { members: await ports.members() }),
  };
}

/** What changed yesterday, and what explains it. That it cannot be read is told, and keeps the rest from nobody. */
async function yesterdayOf({ account, documents, kinds, timeZone, now }: DigestPorts): Promise<Yesterday> {
  const period = dayBefore(now(), timeZone);
  const watched = new Map(kinds.map((kind) => [kind.declaration.id, kind]));
  try {
    const { reconciliation, problems } = await readPeriod({ account, period }, { documents, kinds: watched, now });
    return { reconciliation, problems };
  } catch (error) {
    if (!(error instanceof PlumblineError)) throw error;
    return { unread: error.message };
  }
}

/** Asks for the acceptance of what was first seen. */
export async function askForAcceptance(first: Provisional, ports: DigestPorts): Promise<void> {
  const { subject, text } = renderAcceptanceRequest({ ...first, account: ports.account, store: ports.store });
  await ports.publisher.publish({
    topic: 'alerts',
    subject,
    text,
    attributes: { type: 'acceptance', status: 'acceptance', severity: 'info', account: ports.account },
  });
}
