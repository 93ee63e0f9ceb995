import { setTimeout as wait } from 'node:timers/promises';
import { ABSENT, present, unreadable } from '#core/reading.ts';
import type { AwsCall, AwsReads } from '#kinds/kind.ts';
import type { Clients } from './clients.ts';
import { AwsFailure, failureOf, isEndOfSession } from './failure.ts';
import { Lane, type LaneEnvironment, type LaneLimits } from './lane.ts';

export interface ReadsSettings {
  readonly account: string;
  readonly clients: Clients;
  /** Calls to S3 under way at once. */
  readonly concurrency: number;
  readonly now?: () => Date;
  /** The clock and the chance by which calls are paced and retried; without it the machine's own. */
  readonly pacing?: Pick<LaneEnvironment, 'now' | 'random' | 'wait'>;
  readonly signal?: AbortSignal | undefined;
}

/** WAF takes 5 reads a second for an account and region (aws-facts §6). */
const WAF: LaneLimits = { concurrency: 4, perSecond: 5 };
/**
 * LookupEvents takes 2 calls a second for an account and region, shared with everybody who asks, and refused ones count too (aws-facts
 * §4.6). A timer may ring a few milliseconds early: hence more than a second.
 */
const LOOKUP_EVENTS: LaneLimits = { concurrency: 2, restMs: 1010 };
/** ListResourcesForWebACL takes one call a second for an account and region (aws-facts §6). */
const ASSOCIATIONS: LaneLimits = { concurrency: 1, restMs: 1010 };
/** S3 publishes no limit; a service that is not listed gets little. */
const OTHER: LaneLimits = { concurrency: 4 };

const QUOTAS: Readonly<Record<NonNullable<AwsCall<never, never>['quota']>, LaneLimits>> = {
  LookupEvents: LOOKUP_EVENTS,
  ListResourcesForWebACL: ASSOCIATIONS,
};

/**
 * S3 and S3 Control share one lane over all regions; every other client has its own, so WAF has one for each region that is really
 * asked, as its quota is: `global` and us-east-1 are one. An operation with a quota of its own has a lane beside that.
 */
function laneOf(
  client: unknown,
  { quota, concurrency }: { readonly quota: AwsCall<never, never>['quota']; readonly concurrency: number },
): { key: unknown; limits: LaneLimits } {
  if (quota !== undefined) return { key: client, limits: QUOTAS[quota] };
  const service = serviceIdOf(client);
  if (service === 'S3' || service === 'S3 Control') return { key: 'S3', limits: { concurrency } };
  return { key: client, limits: service === 'WAFV2' ? WAF : OTHER };
}

/** The SDK's own name of the service: a class's name does not survive a bundler. */
function serviceIdOf(client: unknown): string {
  const config: unknown =
    typeof client === 'object' && client !== null && 'config' in client ? client.config : undefined;
  return typeof config === 'object' && config !== null && 'serviceId' in config ? String(config.serviceId) : 'other';
}

/** The one way to AWS: every call bounded, paced, retried with jitter, and its refusal understood. */
export function createReads({
  account,
  clients,
  concurrency,
  signal,
  now = () => new Date(),
  pacing = { now: Date.now, random: Math.random, wait: (ms) => wait(ms, undefined, { signal }) },
}: ReadsSettings): AwsReads {
  const environment: LaneEnvironment = { understand: failureOf, ...pacing, signal };
  const lanes = new Map<unknown, Lane>();
  const lanesOfQuotas = new Map<unknown, Lane>();
  const laneFor = (client: unknown, quota: AwsCall<never, never>['quota']): Lane => {
    const { key, limits } = laneOf(client, { quota, concurrency });
    const those = quota === undefined ? lanes : lanesOfQuotas;
    const lane = those.get(key) ?? new Lane(limits, environment);
    those.set(key, lane);
    return lane;
  };
  // Once the credentials have ended, ten thousand further refusals would tell nothing new.
  let ended: AwsFailure | undefined;
  const call: AwsReads['call'] = async ({ client: service, region, send, quota }) => {
    const client = clients.for(service, region);
    try {
      return await laneFor(client, quota).run(() => (ended ? Promise.reject(ended) : send(client)));
    } catch (error) {
      if (error instanceof AwsFailure && isEndOfSession(error)) ended = error;
      throw error;
    }
  };
  return {
    account,
    now,
    call,
    endedBy: () => ended?.code,
    async read(declared, aws) {
      try {
        return present(await call(aws));
      } catch (error) {
        if (signal?.aborted) throw error;
        const { code } = failureOf(error);
        return declared.absentWhen.includes(code) ? ABSENT : unreadable(code);
      }
    },
  };
}
