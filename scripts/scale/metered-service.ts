import { randomUUID } from 'node:crypto';
import { accept } from '#core/acceptance.ts';
import { createClients } from '#aws/clients.ts';
import { DynamoDbLedger } from '#aws/dynamodb-ledger.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { SnsPublisher } from '#aws/sns-publisher.ts';
import { SqsAsking } from '#aws/sqs-asking.ts';
import { kinds, kindsById } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import { announceAlert, type AnnouncePorts } from '#lambda/announce.ts';
import { loadBaseline, saveBaseline } from '#lambda/baseline-store.ts';
import { sayDigest, askForAcceptance, type DigestPorts } from '#lambda/digest.ts';
import { STORE_CALLS_AT_ONCE } from '#lambda/handlers/own-ports.ts';
import { READS_AT_ONCE } from '#lambda/handlers/service.ts';
import { searchCauses } from '#lambda/cause-search.ts';
import { KnownStates } from '#lambda/known-states.ts';
import { loadScan } from '#lambda/snapshot-store.ts';
import { startSweep, type SweepPorts } from '#lambda/sweep.ts';
import { tick, type TickOutcome, type TickPorts } from '#lambda/tick.ts';
import { workOn } from '#lambda/work.ts';
import { ACCOUNT, REGION, REGIONS } from './buckets.ts';
import { NOTHING_REMEMBERED } from './no-history.ts';
import { Meter, type Usage } from './meter.ts';

export const STORE = 'plumbline-store';
export const TABLE = 'plumbline-ledger';
const MINUTE_MS = 60_000;
const NUDGE = '{"plumbline":"nudge"}';
const shapes = new Map(kinds.map(({ declaration }) => [declaration.id, declaration.shape]));

/**
 * The deployed service, composed as its functions compose it, against the double: real clients, real adapters, real decisions, and a
 * meter at every client. Its clock stands still between minutes, so that two runs count alike.
 */
export class MeteredService {
  readonly #meter = new Meter();
  readonly #ports: SweepPorts & AnnouncePorts & DigestPorts & { readonly asking: SqsAsking };
  #time = Date.parse('2026-03-02T09:00:00.000Z');

  constructor(double: { readonly url: string }) {
    const now = (): Date => new Date(this.#time);
    const clients = (side: 'watched' | 'own') => this.#meter.over(createClients({ globalRegion: REGION }), side);
    const aws = createReads({ account: ACCOUNT, clients: clients('watched'), concurrency: READS_AT_ONCE, now });
    const own = createReads({ account: ACCOUNT, clients: clients('own'), concurrency: STORE_CALLS_AT_ONCE, now });
    const documents = new S3Documents(own, { bucket: STORE, prefix: '' }, REGION);
    const ledger = new DynamoDbLedger(own, { table: TABLE, region: REGION });
    const queue = (name: string): string => `${double.url}/${ACCOUNT}/${name}`;
    const queues = { changes: queue('changes'), sweeps: queue('sweeps'), nudges: queue('nudges'), own: queue('own') };
    this.#ports = {
      account: ACCOUNT,
      partition: 'aws',
      kinds,
      aws,
      documents,
      ledger,
      known: new KnownStates({ documents, ledger, account: ACCOUNT, shapes, now }),
      asking: new SqsAsking(own, { queues, region: REGION }),
      publisher: this.#publisher(),
      regions: () => Promise.resolve(REGIONS),
      ownerTags: ['team'],
      actionItems: [],
      timeZone: 'UTC',
      digestAt: '08:00',
      store: documents.place,
      chat: false,
      warn: () => undefined,
      now,
      wait: async (ms) => void (this.#time += ms),
    };
  }

  get now(): Date {
    return new Date(this.#time);
  }

  /** What was used since this was asked last. */
  take(): Usage {
    return this.#meter.take();
  }

  pass(minutes: number): void {
    this.#time += minutes * MINUTE_MS;
  }

  startSweep(): Promise<string> {
    return startSweep(this.#ports);
  }

  /** Works on a message as the worker does, one a run; nudges the teller where there is something to tell. */
  async work(message: unknown): Promise<void> {
    const { due } = await workOn(message, {
      ...this.#ports,
      answerTicket: nobodyAsks,
      searchFor: (finding) => searchCauses(finding, { ...this.#ports, history: NOTHING_REMEMBERED }),
    });
    if (due > 0) await this.#ports.asking.wake();
  }

  /** Works on everything that was put on the queues for the worker. */
  async workAll(): Promise<void> {
    for (let body = this.#meter.sent.shift(); body !== undefined; body = this.#meter.sent.shift())
      if (body !== NUDGE) await this.work(JSON.parse(body));
  }

  forgetNudges(): void {
    this.#meter.sent.length = 0;
  }

  async tick(): Promise<TickOutcome> {
    const ports: TickPorts = {
      ...this.#ports,
      run: randomUUID(),
      announce: (subject) => announceAlert(subject, this.#ports),
      askToAccept: (first) => askForAcceptance(first, this.#ports),
      digest: () => sayDigest(this.#ports),
    };
    const outcome = await tick(ports);
    const [trouble] = outcome.troubles;
    if (trouble !== undefined) throw new Error(`a part of the tick failed: ${trouble}`);
    return outcome;
  }

  /** Accepts everything that a sweep saw, as a person does. */
  async accept(sweep: string): Promise<void> {
    const { documents } = this.#ports;
    const { scan, comparedWith } = await loadScan(documents, ACCOUNT, sweep);
    const loaded = await loadBaseline(documents, ACCOUNT, shapes);
    const acceptance = { at: this.now.toISOString(), by: `arn:aws:iam::${ACCOUNT}:user/ana`, reason: 'measured' };
    const outcome = accept(loaded?.baseline, { scan, comparedWith, what: 'all', acceptance, kinds: kindsById });
    await saveBaseline(documents, outcome.baseline, loaded);
    this.pass(1);
  }

  /** Topics that nobody has subscribed to: what would be published is metered. */
  #publisher(): SnsPublisher {
    const topics = { alerts: `arn:aws:sns:${REGION}:${ACCOUNT}:alerts` };
    const client = {
      send: ({ input }: { readonly input: object }) => Promise.resolve(this.#meter.notePublication(input)),
    };
    const call = ({ send }: { readonly send: (one: unknown) => Promise<unknown> }) => send(client);
    return new SnsPublisher({ call } as unknown as Pick<AwsReads, 'call'>, { topics, region: REGION });
  }
}

/** What is run here is sweeps and events: no question waits under a ticket. */
const nobodyAsks = (): Promise<void> => Promise.resolve();
