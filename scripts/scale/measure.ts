import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import { PutPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
import { createClients } from '#aws/clients.ts';
import type { AwsDouble } from '../../test/aws-double/client.ts';
import type { Bucket } from '../../test/aws-double/world.ts';
import { namedPolicy } from '../../test/bench/worlds.ts';
import { ACCOUNT, bucketsOf, REGION, REGIONS } from './buckets.ts';
import { eventOf } from './events.ts';
import { MeteredService, STORE } from './metered-service.ts';
import type { Usage } from './meter.ts';

/** What each job of the service uses, in an account of so many buckets. */
export interface Measured {
  readonly buckets: number;
  /** An acceptance of everything, for the first time, as the function on-request makes it. */
  readonly acceptance: Usage;
  /** A sweep of what is as it was accepted: its lister, its looks, and the ticks until it has ended. */
  readonly sweep: Usage;
  /** A tick with nothing to do. */
  readonly tick: Usage;
  /** One event of one bucket that drifted: the look, and the tick that tells it. */
  readonly event: Usage;
  readonly telling: Usage;
  /** The account's block is set over buckets with public ACLs: the look, and the tick that says what it does to every bucket. */
  readonly blockEvent: Usage;
  readonly blockTelling: Usage;
}

const ALL_ON = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
/** Changes of one session that are further apart are told apart. */
const APART_MINUTES = 15;
/** A sweep is looked at every minute whether it has ended. */
const MOST_MINUTES = 5;

/**
 * Runs the service through its jobs against an account of so many buckets, and says what each used. The double's environment must be
 * set. Throws where a job does not do what it is metered for.
 */
export async function measure(double: AwsDouble, buckets: number): Promise<Measured> {
  const watched = bucketsOf(buckets);
  const store: Bucket = { region: REGION, ownership: 'BucketOwnerEnforced' };
  await double.misbehave({});
  const shown = Object.fromEntries([...watched, [STORE, store]]);
  await double.show({ account: ACCOUNT, regions: [...REGIONS], buckets: shown });
  const service = new MeteredService(double);
  const jobs = new Jobs(service);
  const first = await jobs.firstSweep();
  service.take();
  const acceptance = await jobs.metered(() => service.accept(first));
  await service.tick();
  service.take();
  const sweep = await jobs.metered(() => jobs.sweep());
  service.pass(1);
  const tick = await jobs.metered(() => jobs.tickThatTells(0));
  const [name = ''] = watched.keys();
  const event = await jobs.metered(() => jobs.bucketEvent(name));
  const telling = await jobs.metered(() => jobs.tickThatTells(1));
  const blockEvent = await jobs.metered(() => jobs.blockEvent());
  const blockTelling = await jobs.metered(() => jobs.tickThatTells(1));
  return { buckets, acceptance, sweep, tick, event, telling, blockEvent, blockTelling };
}

/** The jobs of one service, and the changes that make them happen. */
class Jobs {
  readonly #service: MeteredService;
  readonly #clients = createClients({ globalRegion: REGION });

  constructor(service: MeteredService) {
    this.#service = service;
  }

  async metered(job: () => Promise<unknown>): Promise<Usage> {
    await job();
    return this.#service.take();
  }

  /** The first tick asks for the first sweep. */
  async firstSweep(): Promise<string> {
    await this.#service.tick();
    await this.#service.workAll();
    return this.#endOfSweep();
  }

  async sweep(): Promise<void> {
    await this.#service.startSweep();
    await this.#service.workAll();
    await this.#endOfSweep();
  }

  async tickThatTells(alerts: number): Promise<void> {
    this.#service.forgetNudges();
    const { told } = await this.#service.tick();
    if (told.length !== alerts) throw new Error(`${told.length} alerts were told, where ${alerts} were to be`);
  }

  async bucketEvent(name: string): Promise<void> {
    const policy = namedPolicy(name, '777788889999');
    this.#service.pass(1);
    await this.#clients.for(S3Client, REGION).send(new PutBucketPolicyCommand({ Bucket: name, Policy: policy }));
    const parameters = { bucketName: name, bucketPolicy: JSON.parse(policy) as object };
    await this.#service.work(eventOf('PutBucketPolicy', parameters, this.#service.now));
  }

  async blockEvent(): Promise<void> {
    this.#service.pass(APART_MINUTES);
    const change = { AccountId: ACCOUNT, PublicAccessBlockConfiguration: ALL_ON };
    await this.#clients.for(S3ControlClient, REGION).send(new PutPublicAccessBlockCommand(change));
    const parameters = { PublicAccessBlockConfiguration: ALL_ON };
    await this.#service.work(eventOf('PutAccountPublicAccessBlock', parameters, this.#service.now));
  }

  async #endOfSweep(): Promise<string> {
    for (let minute = 0; minute < MOST_MINUTES; minute += 1) {
      this.#service.pass(1);
      const [end] = (await this.#service.tick()).ended;
      if (end?.complete === true) return end.sweep;
    }
    throw new Error('a sweep did not end, or not as a whole');
  }
}
