import { listEnabledRegions } from '#aws/account-regions.ts';
import { listBuckets } from '#aws/buckets.ts';
import { createClients } from '#aws/clients.ts';
import { AwsFailure, type FailureKind } from '#aws/failure.ts';
import { globalRegionOf } from '#aws/global-region.ts';
import { createReads } from '#aws/reads.ts';
import { roleCredentials } from '#aws/role-credentials.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { answerPart as answerPartOf } from '../account-parts.ts';
import { collect } from '../collect.ts';
import { partFor, type Member } from '../member-answer.ts';
import { findStore } from '../member-store.ts';
import { READER_ROLE } from '../service-names.ts';
import { answeringPorts } from './answering-service.ts';
import { STORE_CALLS_AT_ONCE } from './own-ports.ts';
import { READS_AT_ONCE } from './service.ts';
import type { SweepingService } from './sweeping-service.ts';

/** Answers one account's part of a question over several, as the reader of that account. */
export function answerPart(
  part: { readonly ticket: string; readonly account: string },
  service: SweepingService,
): Promise<void> {
  const ports = {
    ...service,
    ...answeringPorts(service),
    enter: (account: string) => enter(account, { ...service, run: part.ticket }),
    timeout: (ms: number) => AbortSignal.timeout(ms),
  };
  return answerPartOf(part, { ...ports, partOf: (question, one) => partFor(question, one, ports) });
}

type Hub = Pick<SweepingService, 'own' | 'environment' | 'partition' | 'settings' | 'kinds' | 'ownerTags' | 'now'> & {
  /** Stands in the member's CloudTrail behind the role's name. */
  readonly run: string;
};

/** Assumes the reader's role in a member. Throws CREDENTIALS_UNUSABLE or AWS_UNREACHABLE, each with its mend. */
export async function enter(account: string, hub: Hub): Promise<Member> {
  const { partition, own, now, kinds, ownerTags } = hub;
  const { region, account: hubAccount } = hub.environment;
  const asker = { reads: own, region, caller: `on-look of the hub account ${hubAccount}` };
  const role = { partition, account, name: READER_ROLE };
  const credentials = await roleCredentials(asker, { role, sessionName: `plumbline-${hub.run}` });
  const clients = createClients({ credentials, globalRegion: globalRegionOf(partition) ?? region });
  const reads = createReads({ account, clients, concurrency: STORE_CALLS_AT_ONCE, now });
  return {
    findStore: () =>
      saying(`the store of account ${account} could not be looked for`, () =>
        findStore(account, {
          listBuckets: () => listBuckets(reads),
          open: ({ name, region: where }) => new S3Documents(reads, { bucket: name, prefix: '' }, where),
        }),
      ),
    look: (baseline, signal) =>
      saying(`account ${account} could not be read live`, async () => {
        const aws = createReads({ account, clients, concurrency: READS_AT_ONCE, now, signal });
        return collect({
          kinds,
          regions: await regionsIn(hub, aws),
          partition,
          ownerTags,
          onlyThose: false,
          accepted: [...(baseline?.states.values() ?? [])].map(({ state }) => state),
          aws,
          signal,
        });
      }),
  };
}

const SAID: Readonly<Record<FailureKind, readonly [PlumblineErrorCode, string]>> = {
  refused: ['AWS_REFUSED', `check what the role ${READER_ROLE} may do there`],
  throttled: ['AWS_UNREACHABLE', 'ask again later'],
  transient: ['AWS_UNREACHABLE', 'ask again later'],
  credentials: ['CREDENTIALS_UNUSABLE', 'ask again'],
};

/** What AWS refuses for good is an answer of that account, with its reason, and no fault of the hub. */
async function saying<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AwsFailure)) throw error;
    const [code, mend] = SAID[error.kind];
    throw new PlumblineError(code, `${what} (${error.code}): ${mend}`, { cause: error });
  }
}

/** The regions of the settings, else those that are enabled in the member. */
async function regionsIn({ settings }: Pick<Hub, 'settings'>, aws: AwsReads): Promise<readonly string[]> {
  return settings.regions ?? (await listEnabledRegions(aws));
}
