import type { Ledger } from './ports.ts';

/** What is done by one run at a time. */
export interface Lease {
  /** Unique among all leases. */
  readonly id: string;
  /** A run may take this long; then the next one takes over. */
  readonly ms: number;
  /** The next run begins no sooner than so long after the last one ended. @default 0 */
  readonly apartMs?: number;
  /** Names the run, for whoever looks. */
  readonly run?: string;
}

interface LeasePorts {
  readonly ledger: Ledger;
  readonly now: () => Date;
}

const FAMILY = 'service';

/** Works while no other run does; `busy`: another has the lease. It is given back also where the work fails. */
export async function underLease<T>(lease: Lease, ports: LeasePorts, work: () => Promise<T>): Promise<T | 'busy'> {
  const { ledger, now } = ports;
  const { id, apartMs = 0 } = lease;
  const revision = await take(lease, ports);
  if (revision === undefined) return 'busy';
  try {
    return await work();
  } finally {
    const until = apartMs === 0 ? '' : new Date(now().getTime() + apartMs).toISOString();
    await ledger.write({ family: FAMILY, id, revision, body: { until } });
  }
}

/** Returns the revision that gives it back; undefined where another run has it. */
async function take({ id, ms, run }: Lease, { ledger, now }: LeasePorts): Promise<number | undefined> {
  const key = { family: FAMILY, id };
  const item = await ledger.read(key);
  const held = item?.body as { readonly until?: string } | undefined;
  const time = now();
  if (held?.until !== undefined && held.until > time.toISOString()) return undefined;
  const until = new Date(time.getTime() + ms).toISOString();
  const revision = item?.revision ?? 0;
  const body = { until, ...(run === undefined ? {} : { run }) };
  return (await ledger.write({ ...key, revision, body })) === 'written' ? revision + 1 : undefined;
}
