import type { Inventory } from './inventory.ts';
import type { Measured } from './measure.ts';
import type { Usage } from './meter.ts';
import type { OwnLooks } from './own-looks.ts';
import { costOf, type PriceName } from './prices.ts';
import type { SimulatedBurst, SimulatedSweep } from './simulate.ts';
import type { Layout } from './templates.ts';

/** An account, as far as it decides what the service costs in it. */
export interface AccountSize {
  readonly name: string;
  readonly buckets: number;
  /** Changes of what is watched, and alerts that they lead to, a day. */
  readonly eventsADay: number;
  readonly alertsADay: number;
}

export const SIZES: readonly AccountSize[] = [
  { name: 'small', buckets: 20, eventsADay: 5, alertsADay: 0.2 },
  { name: 'typical', buckets: 300, eventsADay: 50, alertsADay: 1 },
  { name: 'large', buckets: 10_000, eventsADay: 1000, alertsADay: 20 },
];

/** What was measured and simulated, as scripts/scale.ts keeps it. */
export interface Results {
  readonly measured: readonly Measured[];
  readonly sweeps: readonly { readonly name: string; readonly buckets: number; readonly result: SimulatedSweep }[];
  readonly bursts: readonly { readonly events: number; readonly result: SimulatedBurst }[];
  /** The service's looks at itself, by how it is deployed. */
  readonly ownLooks: Readonly<Record<Layout, OwnLooks>>;
  /** The largest item of a finding with as many members as one may have, packed as the ledger packs it. */
  readonly largestFindingBytes: number;
}

/** One line of a bill: so many of what a price is for. */
export interface Line {
  readonly price: PriceName;
  readonly amount: number;
  readonly dollars: number;
  readonly how: string;
}

const HOURS_A_MONTH = 730;
export const DAYS_A_MONTH = HOURS_A_MONTH / 24;
const TICKS_A_MONTH = HOURS_A_MONTH * 60;
const GIGABYTE = 1e9;
/** Lambda keeps five long polls of 20 seconds open on an idle queue, and no fewer where a maximum concurrency is set (AWS: "services-sqs-scaling"). */
const POLLERS = 5;
const POLLS_A_MINUTE = 3;
/** A message is put, received and deleted; events come one by one. */
const REQUESTS_A_MESSAGE = 3;
/** What a run logs, with Lambda's own start and report lines and its metrics: assumed. */
const LOGGED_BYTES = 2000;
/** Mails that one alert becomes: assumed. */
const READERS = 3;
/** SNS counts each 64 KB of a message. */
const PUBLISH_BYTES = 64 * 1024;
/** What is kept for good is counted as it is after a year. */
const KEPT_MONTHS = 12;
/** What Lambda asks a queue in a month, whether or not anything lies in it. */
const POLLS_A_QUEUE = POLLERS * POLLS_A_MINUTE * TICKS_A_MONTH;
const WRITES = /^S3 (Put|List)/;
const READS = /^S3 (Control )?(Get|Head)/;

/** What the service costs a month in an account of this size, line by line. */
export function monthOf(size: AccountSize, results: Results, inventory: Inventory): readonly Line[] {
  const month = new Month(size, results, inventory);
  return month.lines();
}

export function totalOf(lines: readonly Line[]): number {
  return lines.reduce((sum, { dollars }) => sum + dollars, 0);
}

/** Reads a month that CloudTrail logs as management events; `watched`: of what is watched, `own`: of what the service is made of. */
export interface ReadsAMonth {
  readonly watched: number;
  readonly own: number;
}

export function readsAMonth(size: AccountSize, results: Results, inventory: Inventory): ReadsAMonth {
  const watched = new Month(size, results, inventory).watchedCalls();
  return { watched, own: ownReadsAMonth('home', results, inventory) };
}

/** Reads of what the service is made of where it is deployed so. */
export function ownReadsAMonth(layout: Layout, { ownLooks }: Results, { ownLooksAnHour }: Inventory): number {
  const { everything, unheard } = ownLooks[layout];
  const read = ({ usage }: OwnLooks['everything']): number => callsOf(usage.watched, isManagementEvent);
  const { all, everything: whole } = ownLooksAnHour;
  return HOURS_A_MONTH * (whole * read(everything) + (all - whole) * read(unheard));
}

/** What CloudTrail logs of a queue as management events are its changes: reading one is a data event (AWS: "Logging Amazon SQS API calls"). */
export function isManagementEvent(operation: string): boolean {
  return !operation.startsWith('SQS ');
}

/** What a layout costs a month more than another in an account, in US dollars by what it is for. */
export interface Added {
  readonly layout: Layout;
  readonly over: Layout;
  /** Metrics and the alarms on them. */
  readonly alarms: number;
  /** Polls of its queues: by Lambda, and by the tick, which reads how much a further region could not deliver. */
  readonly polls: number;
  /** Reads a month of what it is made of. */
  readonly reads: number;
}

export function addedBy(
  { layout, over }: Pick<Added, 'layout' | 'over'>,
  results: Results,
  inventories: Readonly<Record<Layout, Inventory>>,
): Added {
  const [more, less] = [inventories[layout], inventories[over]];
  const polled = (more.polledQueues - less.polledQueues) * POLLS_A_QUEUE;
  const ticks = (more.furtherRegions - less.furtherRegions) * TICKS_A_MONTH;
  return {
    layout,
    over,
    alarms:
      costOf('alarm', more.alarmMetrics - less.alarmMetrics) + costOf('metric', more.ownMetrics - less.ownMetrics),
    polls: costOf('queue', polled + ticks),
    reads: ownReadsAMonth(layout, results, more) - ownReadsAMonth(over, results, less),
  };
}

interface Job {
  readonly times: number;
  readonly usage: Usage;
}

/** How often each job is done in a month, with what one of it uses. */
class Month {
  readonly #size: AccountSize;
  readonly #results: Results;
  readonly #inventory: Inventory;
  readonly #jobs: readonly Job[];
  /** Its looks at itself. */
  readonly #ownJobs: readonly Job[];
  readonly #sweeps: number;
  readonly #events: number;
  readonly #alerts: number;
  readonly #looks: { readonly everything: number; readonly unheard: number };

  constructor(size: AccountSize, results: Results, inventory: Inventory) {
    this.#size = size;
    this.#results = results;
    this.#inventory = inventory;
    this.#sweeps = inventory.sweepsADay * DAYS_A_MONTH;
    this.#events = size.eventsADay * DAYS_A_MONTH;
    this.#alerts = size.alertsADay * DAYS_A_MONTH;
    const { all, everything } = inventory.ownLooksAnHour;
    this.#looks = { everything: everything * HOURS_A_MONTH, unheard: (all - everything) * HOURS_A_MONTH };
    const at = (job: JobName): Usage => usageAt(results.measured, job, size.buckets);
    this.#jobs = [
      { times: TICKS_A_MONTH, usage: at('tick') },
      { times: this.#sweeps, usage: at('sweep') },
      { times: this.#events, usage: at('event') },
      { times: this.#alerts, usage: at('telling') },
    ];
    const { everything: whole, unheard } = results.ownLooks.home;
    this.#ownJobs = [
      { times: this.#looks.everything, usage: whole.usage },
      { times: this.#looks.unheard, usage: unheard.usage },
    ];
  }

  /** Reads of what is watched. */
  watchedCalls(is: (operation: string) => boolean = () => true): number {
    return this.#sum(({ watched }) => callsOf(watched, is), this.#jobs);
  }

  lines(): readonly Line[] {
    const { alarmMetrics, ownMetrics, dashboards, keys } = this.#inventory;
    const looksAtItself = this.#looks.everything + this.#looks.unheard;
    const runs =
      TICKS_A_MONTH + this.#events + this.#alerts + this.#sweeps * (1 + this.#looksOfASweep()) + looksAtItself;
    const line = (price: PriceName, amount: number, how: string): Line => ({
      price,
      amount,
      dollars: costOf(price, amount),
      how,
    });
    return [
      line('alarm', alarmMetrics, 'metrics that its alarms watch'),
      line('dashboard', dashboards, 'one, on what it does'),
      line('metric', ownMetrics, 'that its code emits'),
      line('key', keys, 'of the topics'),
      line('keyRequest', this.#ownReads(/^KMS /), 'reads of the keys, when it looks at itself'),
      line(
        's3Read',
        this.#own(READS) + this.watchedCalls((name) => READS.test(name)),
        'reads of settings and of its own documents',
      ),
      line(
        's3Write',
        this.#own(WRITES) + this.watchedCalls((name) => WRITES.test(name)),
        'its own documents, and lists',
      ),
      line('s3Storage', this.#keptBytes() / GIGABYTE, 'what it keeps, after a year'),
      line('lambdaTime', this.#gigabyteSeconds(), 'ticks, looks, listers, looks at itself'),
      line('lambdaRequest', runs, 'ticks, looks, listers, looks at itself'),
      line(
        'ledgerRead',
        this.#sum(({ ledgerReads }) => ledgerReads),
        'leases, records, findings, what was deployed',
      ),
      line(
        'ledgerWrite',
        this.#sum(({ ledgerWrites }) => ledgerWrites),
        'leases, records, findings',
      ),
      line(
        'queue',
        this.#polls() + this.#sum(({ messages }) => messages) * REQUESTS_A_MESSAGE + this.#ownReads(/^SQS /),
        'nearly all of it long polls of idle queues',
      ),
      line('logs', (runs * LOGGED_BYTES) / GIGABYTE, `${LOGGED_BYTES} bytes a run`),
      line('schedule', TICKS_A_MONTH + this.#sweeps + looksAtItself, 'ticks, sweeps and looks at itself'),
      line('publish', this.#alerts * this.#chunks() + this.#ownReads(/^SNS /), 'alerts, and reads of the topics'),
      line('mail', this.#alerts * READERS, `${READERS} readers`),
    ];
  }

  #sum(of: (usage: Usage) => number, jobs: readonly Job[] = [...this.#jobs, ...this.#ownJobs]): number {
    return jobs.reduce((sum, { times, usage }) => sum + times * of(usage), 0);
  }

  #ownReads(pattern: RegExp): number {
    return this.#sum(({ watched }) => callsOf(watched, (name) => pattern.test(name)), this.#ownJobs);
  }

  #own(pattern: RegExp): number {
    return this.#sum(({ own }) => callsOf(own, (name) => pattern.test(name)));
  }

  #looksOfASweep(): number {
    return usageAt(this.#results.measured, 'sweep', this.#size.buckets).messages;
  }

  #polls(): number {
    return this.#inventory.polledQueues * POLLS_A_QUEUE;
  }

  #chunks(): number {
    const [last] = this.#results.measured.slice(-1);
    return Math.ceil((last?.telling.largestPublication ?? 0) / PUBLISH_BYTES);
  }

  /** Snapshots are thrown away after their days; changes and reports are not. */
  #keptBytes(): number {
    const { snapshotsDays, sweepsADay } = this.#inventory;
    const { measured } = this.#results;
    const sweep = usageAt(measured, 'sweep', this.#size.buckets);
    const event = usageAt(measured, 'event', this.#size.buckets);
    const telling = usageAt(measured, 'telling', this.#size.buckets);
    const forGood = this.#events * bytesOf(event) + this.#alerts * bytesOf(telling);
    return bytesOf(sweep) * sweepsADay * snapshotsDays + forGood * KEPT_MONTHS;
  }

  /** From the simulation, as assumed there; what a sweep takes grows with the buckets. */
  #gigabyteSeconds(): number {
    const { sweeps, bursts } = this.#results;
    const [burst] = bursts;
    const sweep = sweeps.find(({ name }) => name === 'as assumed');
    if (burst === undefined || sweep === undefined) throw new Error('nothing was simulated: run "npm run scale"');
    const share = this.#size.buckets / sweep.buckets;
    const sweepMs = (sweep.result.workedMs + sweep.result.listedMs) * Math.max(share, SMALLEST_SHARE);
    const eventMs = burst.result.workedMs / burst.events;
    const ms =
      TICKS_A_MONTH * burst.result.idleTickMs +
      this.#sweeps * sweepMs +
      (this.#events + this.#alerts) * Math.max(eventMs, burst.result.idleTickMs);
    const { everything, unheard } = this.#results.ownLooks.home;
    const ownMs = this.#looks.everything * everything.ranMs + this.#looks.unheard * unheard.ranMs;
    const { memoryMb, ownMemoryMb } = this.#inventory;
    return (ms / 1000) * (memoryMb / 1024) + (ownMs / 1000) * (ownMemoryMb / 1024);
  }
}

/** A sweep of few buckets lists and looks all the same. */
const SMALLEST_SHARE = 0.01;

type JobName = Exclude<keyof Measured, 'buckets'>;

/** What a job uses for so many buckets: on the line through the two nearest sizes that were measured. */
export function usageAt(measured: readonly Measured[], job: JobName, buckets: number): Usage {
  const above = measured.findIndex((one) => one.buckets >= buckets);
  const index = Math.max(1, above === -1 ? measured.length - 1 : above);
  const [low, high] = [measured[index - 1], measured[index]];
  if (low === undefined || high === undefined) throw new Error('two sizes must be measured: run "npm run scale"');
  const share = (buckets - low.buckets) / (high.buckets - low.buckets);
  const between = (a = 0, b = 0): number => Math.max(0, a + (b - a) * share);
  const [from, to] = [low[job], high[job]];
  const betweenAll = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) =>
    Object.fromEntries(
      [...new Set([...Object.keys(a), ...Object.keys(b)])].map((name) => [name, between(a[name], b[name])]),
    );
  const sorts = [...new Set([...Object.keys(from.kept), ...Object.keys(to.kept)])];
  return {
    watched: betweenAll(from.watched, to.watched),
    own: betweenAll(from.own, to.own),
    ledgerReads: between(from.ledgerReads, to.ledgerReads),
    ledgerWrites: between(from.ledgerWrites, to.ledgerWrites),
    kept: Object.fromEntries(
      sorts.map((sort) => {
        const [a, b] = [from.kept[sort], to.kept[sort]];
        return [sort, { objects: between(a?.objects, b?.objects), bytes: between(a?.bytes, b?.bytes) }];
      }),
    ),
    messages: between(from.messages, to.messages),
    largestItem: between(from.largestItem, to.largestItem),
    largestPublication: between(from.largestPublication, to.largestPublication),
  };
}

export function callsOf(
  calls: Readonly<Record<string, number>>,
  is: (operation: string) => boolean = () => true,
): number {
  return Object.entries(calls).reduce((sum, [operation, count]) => sum + (is(operation) ? count : 0), 0);
}

/** Bytes of everything that a job keeps. */
export function bytesOf({ kept }: Usage): number {
  return Object.values(kept).reduce((sum, { bytes }) => sum + bytes, 0);
}
