import { messageOf } from '#core/errors.ts';
import type { ResourceRef } from '#core/reference.ts';
import { detect, type DetectPorts } from './detect.ts';
import { underLease } from './lease.ts';
import { PROVISIONAL, type Provisional } from './known-states.ts';
import { SEARCH } from './search-family.ts';
import { endSweep, SWEEP, type SweepEnd } from './sweep-plan.ts';
import { tell, type TellOutcome } from './tell.ts';
import type { TellPorts } from './tell-ports.ts';
import { triedAgain, WATCH } from './watch-family.ts';

export interface TickPorts extends DetectPorts, Omit<TellPorts, 'asking' | 'ledger' | 'known' | 'now'> {
  /** Asks people once to accept what was first seen. */
  readonly askToAccept: (first: Provisional) => Promise<void>;
  /** Says each day what is open, muted, blind and not yet accepted; returns whether it was time. */
  readonly digest?: () => Promise<boolean>;
  /** How many events further regions could not deliver; left out where there is no such region. */
  readonly undelivered?: () => Promise<number>;
  /** Brings to the hub what it is still to be told, and returns what it did not take; of a member of a hub. */
  readonly forward?: () => Promise<TellOutcome['failed']>;
  /** Tells what members of other accounts said; of the hub. */
  readonly hubRound?: () => Promise<TellOutcome>;
}

export interface TickOutcome extends TellOutcome {
  readonly ran: boolean;
  readonly ended: readonly SweepEnd[];
  /** Events that further regions could not deliver; undefined where there is no such region, or that could not be read. */
  readonly undelivered?: number | undefined;
  /** The hub's part of the round ran; undefined where there is none. */
  readonly hubRan?: boolean | undefined;
  /** What of the round failed, with why: the next round tries again. */
  readonly troubles: readonly string[];
}

const FIRST_SWEEP = { family: 'service', id: 'first-sweep' } as const;
const LEASE = { id: 'tick-lease', ms: 120_000 } as const;

const NOTHING_TOLD: TellOutcome = { told: [], failed: [] };
const NOTHING: TickOutcome = { ran: false, told: [], failed: [], ended: [], troubles: [] };

/**
 * One round, one at a time: polls what one call can poll, ends sweeps whose parts are there, and tells. What fails in one step is said,
 * and does not keep the others.
 */
export async function tick(ports: TickPorts): Promise<TickOutcome> {
  const outcome = await underLease({ ...LEASE, run: ports.run }, ports, () => round(ports));
  return outcome === 'busy' ? NOTHING : outcome;
}

async function round(ports: TickPorts): Promise<TickOutcome> {
  const troubles: string[] = [];
  const attempt = async <T>(what: string, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      troubles.push(`${what}: ${messageOf(error)}`);
      return undefined;
    }
  };
  // What was accepted in the meantime counts from now on, also for what is polled.
  await attempt('baseline', () => ports.known.generation());
  await attempt('poll', () => poll(ports));
  await attempt('first sweep', () => beginFirstSweep(ports));
  const own = (await attempt('tell', () => tell(ports))) ?? NOTHING_TOLD;
  const refused = (await attempt('hub', async () => ports.forward?.())) ?? [];
  const members = await attempt('members', async () => ports.hubRound?.());
  const ended = (await attempt('sweeps', () => endSweeps(ports))) ?? [];
  await attempt('search', () => askWorkers(ports));
  await attempt('acceptance', () => requestAcceptance(ports));
  await attempt('digest', async () => ports.digest?.());
  const undelivered = await attempt('further regions', async () => ports.undelivered?.());
  return {
    ran: true,
    told: [...own.told, ...(members?.told ?? [])],
    failed: [...own.failed, ...refused, ...(members?.failed ?? [])],
    ended,
    undelivered,
    hubRan: members !== undefined,
    troubles,
  };
}

/** Reads every minute what one call reads: the change of 28 October is found so with no trail at all (aws-facts §13). */
async function poll(ports: TickPorts): Promise<void> {
  for (const { declaration } of ports.kinds) {
    if (declaration.polled !== true) continue;
    const ref: ResourceRef = { account: ports.account, region: 'global', kind: declaration.id, id: 'account' };
    await detect({ at: { refs: [ref], hint: {} }, because: { again: 'tick' } }, ports);
  }
}

/** The first sweep does not wait for its schedule. */
async function beginFirstSweep({ ledger, asking, now }: TickPorts): Promise<void> {
  if ((await ledger.read(FIRST_SWEEP)) !== undefined) return;
  if ((await ledger.list(SWEEP.family)).length === 0) await asking.ask([{ plumbline: 'sweep' }]);
  await ledger.write({ ...FIRST_SWEEP, revision: 0, body: { asked: now().toISOString() } });
}

async function endSweeps(ports: TickPorts): Promise<readonly SweepEnd[]> {
  const due = (await ports.ledger.due(ports.now().toISOString())).filter(({ family }) => family === SWEEP.family);
  const ended: SweepEnd[] = [];
  for (const item of await ports.ledger.readMany(due)) {
    const end = item.dueAt === undefined ? undefined : await endSweep(item, ports);
    if (end !== undefined) ended.push(end);
  }
  return ended;
}

/** What a worker has lost is asked for again after this: a look at logs only when the run that had it has ended. */
const ASKED_AGAIN_MS = { [SEARCH]: 10 * 60_000, [WATCH]: 16 * 60_000 } as const;

/** What takes seconds or more is asked of a worker when its time has come: the teller waits for nobody. */
async function askWorkers({ ledger, asking, now }: TickPorts): Promise<void> {
  const due = (await ledger.due(now().toISOString())).filter(({ family }) => family === SEARCH || family === WATCH);
  for (const item of await ledger.readMany(due)) {
    if (item.dueAt === undefined) continue;
    const plumbline = item.family === WATCH ? WATCH : SEARCH;
    const dueAt = new Date(now().getTime() + ASKED_AGAIN_MS[plumbline]).toISOString();
    const marked = plumbline === WATCH ? triedAgain(item) : item;
    // The mark first: a worker that is quick finds it, and writes over it.
    if ((await ledger.write({ ...marked, dueAt })) === 'written') await asking.ask([{ plumbline, finding: item.id }]);
  }
}

/** Asked once, marked afterwards: repeated only where a run ended between the two. */
async function requestAcceptance(ports: TickPorts): Promise<void> {
  const item = await ports.ledger.read(PROVISIONAL);
  if (item?.dueAt === undefined || item.dueAt > ports.now().toISOString()) return;
  if ((await ports.known.generation()) === 0) await ports.askToAccept(item.body as unknown as Provisional);
  const { dueAt: _asked, ...rest } = item;
  await ports.ledger.write(rest);
}
