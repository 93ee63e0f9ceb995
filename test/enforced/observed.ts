import pMap from 'p-map';
import { statusOf } from '../aws-double/ask.ts';
import type { AwsDouble } from '../aws-double/client.ts';
import type { World } from '../aws-double/world.ts';
import { READ_PROBES } from './read-requests.cases.ts';
import { get, type Probe } from './request.ts';
import { KEYS } from './settings.ts';
import { WRITE_PROBES } from './write-requests.cases.ts';

/** What a request met. `accepted`: whether its ACL grants anything was not looked at, or nothing shows it. */
export interface Seen {
  readonly is: 'allowed' | 'accepted' | 'useless' | 'denied';
  readonly status: number;
  readonly code: string | undefined;
  /** What the double's answer hangs on, where the facts leave it open. */
  readonly unsettled: string | undefined;
}

export type Observed = ReadonlyMap<Probe, Seen>;

export const PROBES: readonly Probe[] = [...WRITE_PROBES, ...READ_PROBES];

const AT_ONCE = 8;
const [PASSING, PUT_BACK, UNNOTICED] = [undefined, 'put-back', 'unnoticed'].map((leaves) =>
  PROBES.filter((probe) => probe.leaves === leaves),
);

/** Sends every request to a bucket as it is now, which is as in this world; what changes its settings comes last. */
export async function observe(double: AwsDouble, world: World): Promise<Observed> {
  const seen = new Map<Probe, Seen>();
  // Each is about a key of its own, or reads.
  await pMap(PASSING ?? [], async (probe) => seen.set(probe, await seenOf(double, probe)), { concurrency: AT_ONCE });
  for (const probe of PUT_BACK ?? []) {
    seen.set(probe, await seenOf(double, probe));
    await double.show(world);
  }
  for (const probe of UNNOTICED ?? []) seen.set(probe, await seenOf(double, probe));
  return seen;
}

async function seenOf(double: AwsDouble, { ask, reader }: Probe): Promise<Seen> {
  const answer = await statusOf(double, ask);
  if (answer.status >= 400) return { is: 'denied', ...answer };
  if (reader === undefined) return { is: 'accepted', ...answer };
  const [path = ''] = ask.path.split('?');
  const read = await statusOf(double, { path, ...(reader === 'stranger' ? { key: KEYS.stranger } : {}) });
  const unsettled = answer.unsettled ?? read.unsettled;
  if (read.status < 400) return { is: 'allowed', ...answer, unsettled };
  // Nobody reads it: because its public grants count for nothing, or because no grant does and everybody is shut out.
  const granted = await statusOf(double, get('acl/partner', KEYS.partner));
  return { is: granted.status < 400 ? 'useless' : 'accepted', ...answer, unsettled };
}
