import type { Ledger } from './ports.ts';

export interface DeploymentPorts {
  /** When one of its stacks was last deployed, as CloudFormation says; undefined where it does not. */
  readonly deployedAt: () => Promise<string | undefined>;
  readonly ledger: Ledger;
  readonly now: () => Date;
}

/**
 * What a deployment of the service has to do with what is otherwise now. `none`: nothing. `near`: it may have done it, and the event of
 * somebody who did may still come. `settled`: that event would be here by now.
 */
export type Deployment = 'none' | 'near' | 'settled';

/** When all parts were last looked at, and the latest deployment that a look has seen. */
const LAST_CHECK = { family: 'service', id: 'self-check' } as const;

interface LastCheck {
  readonly at?: string;
  readonly deployedAt?: string;
}

/** The longest that a deployment may take: CloudFormation tells when the last one began, not when it ended. */
const DEPLOYMENT_MS = 30 * 60_000;
/** CloudTrail's events come within minutes, and not within how many (aws-facts §4.5). */
const EVENTS_COME_MS = 15 * 60_000;

/** Was the service deployed since everything was looked at before? */
export async function deploymentNear(ports: DeploymentPorts): Promise<Deployment> {
  const last = await lastCheck(ports);
  const at = latestOf(await ports.deployedAt(), last?.deployedAt);
  if (at === undefined || last?.at === undefined) return 'none';
  if (Date.parse(at) <= Date.parse(last.at) - DEPLOYMENT_MS) return 'none';
  return Date.parse(at) <= ports.now().getTime() - EVENTS_COME_MS ? 'settled' : 'near';
}

/** May what the service is made of be something else by now? Also where nothing was looked at before: then nothing is hidden by it. */
export async function mayBeRemade(ports: DeploymentPorts): Promise<boolean> {
  return (await lastCheck(ports)) === undefined || (await deploymentNear(ports)) !== 'none';
}

/** Everything was looked at now. `deployedAt`: the latest deployment, if the look asked for it. */
export async function noteCheck(
  deployedAt: string | undefined,
  { ledger, now }: Pick<DeploymentPorts, 'ledger' | 'now'>,
): Promise<void> {
  const item = await ledger.read(LAST_CHECK);
  const latest = latestOf(deployedAt, (item?.body as LastCheck | undefined)?.deployedAt);
  const body = { at: now().toISOString(), ...(latest === undefined ? {} : { deployedAt: latest }) };
  await ledger.write({ ...LAST_CHECK, revision: item?.revision ?? 0, body });
}

/** When everything was last looked at; undefined: never. */
export async function lastCheckAt(ledger: Pick<Ledger, 'read'>): Promise<string | undefined> {
  return (await lastCheck({ ledger }))?.at;
}

async function lastCheck({ ledger }: { readonly ledger: Pick<Ledger, 'read'> }): Promise<LastCheck | undefined> {
  return (await ledger.read(LAST_CHECK))?.body as LastCheck | undefined;
}

function latestOf(...times: readonly (string | undefined)[]): string | undefined {
  return times
    .flatMap((at) => at ?? [])
    .sort()
    .at(-1);
}
