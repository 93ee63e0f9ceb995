/** The generated parts of docs/scale.md and of the README: from scripts/scale/results.json, the prices and the stack's template. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MOST_MEMBERS } from '#core/finding-members.ts';
import { LATE_AFTER_MS } from '#lambda/sweep-plan.ts';
import { ASSUMED, SWEEP_CASES } from './assumptions.ts';
import {
  addedBy,
  bytesOf,
  callsOf,
  DAYS_A_MONTH,
  monthOf,
  readsAMonth,
  SIZES,
  totalOf,
  type AccountSize,
  type Results,
} from './cost.ts';
import { inventoriesOf, type Inventory } from './inventory.ts';
import type { Measured } from './measure.ts';
import type { Usage } from './meter.ts';
import type { OwnLook } from './own-looks.ts';
import { costOf, PRICES, PRICES_READ, type Price } from './prices.ts';
import type { Layout } from './templates.ts';

/** What was measured and simulated last. */
export function readResults(): Results {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'results.json'), 'utf8')) as Results;
}

export interface Facts {
  readonly results: Results;
  /** Of one region, which is what most of the page is about. */
  readonly inventory: Inventory;
  readonly inventories: Readonly<Record<Layout, Inventory>>;
}

export function readFacts(): Facts {
  const inventories = inventoriesOf();
  return { results: readResults(), inventory: inventories.home, inventories };
}

/** The tables of docs/scale.md, by the names of their marks. */
export function scaleParts(facts: Facts): Readonly<Record<string, string>> {
  return {
    summary: summaryTable(facts),
    jobs: jobsTable(facts.results),
    growth: growthSentence(facts.results),
    'own-looks': ownLooksTable(facts),
    sweeps: sweepsTable(facts.results),
    assumed: assumedTable(),
    bursts: burstsTable(facts.results),
    accounts: accountsSentence(facts),
    bill: billTable(facts),
    more: moreTable(facts),
    forwarded: forwardedSentence(facts),
    others: othersTable(facts),
    stops: stopsTable(facts),
    prices: pricesTable(),
  };
}

/** The parts of the README, by the names of their marks. */
export function readmeParts({ results, inventory }: Facts): Readonly<Record<string, string>> {
  const rows = SIZES.map((size) => {
    const one = totalOf(monthOf(size, results, inventory));
    return [sizeText(size), ...[1, 10, 100].map((accounts) => dollars(one * accounts))];
  });
  return {
    creates: Object.entries(inventory.resources)
      .map(([type, count]) => `${count} × \`${type.replace(/^AWS::/, '')}\``)
      .join(' · '),
    costs: alignedTable(['each account', '1 account', '10 accounts', '100 accounts'], rows),
  };
}

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

/** As the formatter writes it: the README is formatted. */
function alignedTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

function sizeText({ name, buckets, eventsADay, alertsADay }: AccountSize): string {
  const alerts = alertsADay < 1 ? `an alert in ${Math.round(1 / alertsADay)} days` : `${alertsADay} alerts a day`;
  return `${name}: ${whole(buckets)} buckets, ${whole(eventsADay)} changes and ${alerts.replace(/^1 alerts/, '1 alert')}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function dollars(value: number): string {
  return `$${value < 10 ? value.toFixed(2) : whole(value)}`;
}

function bytes(value: number): string {
  if (value >= 1e12) return `${(value / 1e12).toFixed(1)} TB`;
  if (value >= 1e9) return `${(value / 1e9).toFixed(1)} GB`;
  if (value >= 1e6) return `${(value / 1e6).toFixed(1)} MB`;
  return value >= 1000 ? `${(value / 1000).toFixed(0)} KB` : `${whole(value)} bytes`;
}

function time(ms: number): string {
  if (ms < 1000) return `${whole(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 60_000).toFixed(1)} min`;
}

const MEASURED = 'measured';
const SIMULATED = 'simulated';
const COMPUTED = 'computed';

/** The measurements, simulations and size that the page is about. */
function largest({ measured, sweeps, bursts }: Results) {
  const most = measured.at(-1);
  const [sweep] = sweeps;
  const burst = bursts.at(-1);
  const size = SIZES.at(-1);
  if (most === undefined || sweep === undefined || burst === undefined || size === undefined)
    throw new Error('nothing was measured: run "npm run scale"');
  return { most, sweep: sweep.result, burst, size };
}

const ACCOUNTS = 500;

function summaryTable({ results, inventory }: Facts): string {
  const { most, sweep, burst, size } = largest(results);
  const month = totalOf(monthOf(size, results, inventory));
  const reads = readsAMonth(size, results, inventory);
  const kept = monthOf(size, results, inventory).find(({ price }) => price === 's3Storage')?.amount ?? 0;
  const each = `one account of ${whole(most.buckets)} buckets`;
  const all = `${ACCOUNTS} of them`;
  return table(
    ['what', each, all, 'origin'],
    [
      [
        'reads of what is watched, a sweep',
        whole(callsOf(most.sweep.watched)),
        whole(callsOf(most.sweep.watched) * ACCOUNTS),
        `${MEASURED}; × ${ACCOUNTS}`,
      ],
      [
        'reads of what is watched, a month',
        whole(reads.watched),
        whole(reads.watched * ACCOUNTS),
        `${COMPUTED}: ${inventory.sweepsADay} sweeps a day, a tick a minute, ${whole(size.eventsADay)} changes a day`,
      ],
      [
        'reads of what the service itself is made of, a month',
        whole(reads.own),
        whole(reads.own * ACCOUNTS),
        `${COMPUTED}: [looks at itself](#looks-at-itself)`,
      ],
      [
        'a sweep takes',
        time(sweep.readMs),
        'the same: each account reads itself',
        `${SIMULATED}, [as assumed](#how-long-a-sweep-takes)`,
      ],
      [
        `${whole(burst.events)} changes within a minute: all written down after`,
        time(burst.result.recordedMs),
        'the same',
        SIMULATED,
      ],
      ['the first alert of them is out after', time(burst.result.firstToldMs), 'the same', SIMULATED],
      [
        'kept in its bucket after a year',
        bytes(kept * 1e9),
        bytes(kept * 1e9 * ACCOUNTS),
        `${COMPUTED} from ${MEASURED} sizes`,
      ],
      ['costs a month', dollars(month), dollars(month * ACCOUNTS), `${COMPUTED} from [listed prices](#prices)`],
    ],
  );
}

const JOBS: readonly { readonly name: Exclude<keyof Measured, 'buckets'>; readonly title: string }[] = [
  { name: 'sweep', title: 'a sweep of what is as it was accepted' },
  { name: 'tick', title: 'a tick with nothing to do' },
  { name: 'event', title: 'a look at one bucket whose policy changed' },
  { name: 'telling', title: 'the tick that tells it' },
  { name: 'blockEvent', title: 'a look at the account’s block, set over public buckets' },
  { name: 'blockTelling', title: 'the tick that says what that does to every bucket' },
  { name: 'acceptance', title: 'accepting everything for the first time' },
];

function jobsTable({ measured }: Results): string {
  const figuresOf = (usage: Usage): readonly string[] => [
    whole(callsOf(usage.watched)),
    whole(callsOf(usage.own)),
    `${usage.ledgerReads} / ${usage.ledgerWrites}`,
    keptText(usage),
  ];
  return table(
    [
      'job',
      'buckets',
      'reads of what is watched',
      'own calls',
      'DynamoDB units, read / written',
      'written to the bucket',
    ],
    JOBS.flatMap(({ name, title }) =>
      merged(measured.map((one) => ({ buckets: one.buckets, figures: figuresOf(one[name]) }))).map(
        ({ buckets, figures }) => [title, buckets, ...figures],
      ),
    ),
  );
}

interface Row {
  readonly buckets: number;
  readonly figures: readonly string[];
}

/** Sizes with the same figures are one row. */
function merged(rows: readonly Row[]): readonly { readonly buckets: string; readonly figures: readonly string[] }[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = row.figures.join('|');
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => ({
    buckets: group.map(({ buckets }) => whole(buckets)).join(' or '),
    figures: group[0]?.figures ?? [],
  }));
}

function keptText(usage: Usage): string {
  const objects = Object.values(usage.kept).reduce((sum, kept) => sum + kept.objects, 0);
  return objects === 0
    ? 'nothing'
    : `${objects === 1 ? '1 object' : `${whole(objects)} objects`}, ${bytes(bytesOf(usage))}`;
}

/** That a sweep grows with the buckets and with nothing else: the last step beside the one before. */
function growthSentence({ measured }: Results): string {
  const [low, middle, high] = measured.slice(-3);
  if (low === undefined || middle === undefined || high === undefined) throw new Error('three sizes are measured');
  const each = (a: Measured, b: Measured): string =>
    ((callsOf(b.sweep.watched) - callsOf(a.sweep.watched)) / (b.buckets - a.buckets)).toFixed(3);
  return `From ${whole(low.buckets)} to ${whole(middle.buckets)} buckets each further bucket adds ${each(low, middle)} reads to a sweep, from ${whole(middle.buckets)} to ${whole(high.buckets)} it adds ${each(middle, high)}.`;
}

function sweepsTable({ sweeps }: Results): string {
  return table(
    ['assumption', 'listed after', 'read after', 'longest look', 'looks ran together', 'told to slow down', 'given up'],
    sweeps.map(({ name, result }) => [
      name,
      time(result.listedMs),
      time(result.readMs),
      time(result.longestLookMs),
      time(result.workedMs),
      `${whole(result.refused)} reads`,
      `${whole(result.unreadable)} buckets`,
    ]),
  );
}

function assumedTable(): string {
  return table(
    ['assumed', 'value'],
    [
      [
        'an answer of S3, S3 Control, WAF or the tagging API',
        `${ASSUMED.readMs} ms, evenly spread from half of it to one and a half`,
      ],
      ['an answer of ListBuckets with a thousand names', `${ASSUMED.listMs} ms`],
      ['an object of its own bucket, read or written', `${ASSUMED.objectMs} ms`],
      ['an item of its own table', `${ASSUMED.itemMs} ms`],
      ['a message to a queue or topic', `${ASSUMED.messageMs} ms`],
      ['processor time of one call, of a function of 1,024 MB', `${ASSUMED.processorMs} ms`],
      ['from a message on the queue to its function', `${ASSUMED.startMs} ms`],
      [
        'reads that S3 lets through',
        `all, but for the ${SWEEP_CASES.filter(({ assumed }) => assumed.perSecond !== undefined).length} lines that say how many`,
      ],
    ],
  );
}

function burstsTable({ bursts }: Results): string {
  return table(
    [
      'changes',
      'first alert after',
      'all written down after',
      'all told after',
      'alerts',
      'findings',
      'longest tick',
      'longest wait on the queue',
    ],
    bursts.map(({ events, result }) => [
      whole(events),
      time(result.firstToldMs),
      time(result.recordedMs),
      time(result.allToldMs),
      whole(result.alerts),
      whole(result.findings),
      time(result.longestTickMs),
      time(result.longestWaitMs),
    ]),
  );
}

const MINUTES_AN_HOUR = 60;

function ownLooksTable({ results, inventory }: Facts): string {
  const { everything, unheard } = results.ownLooks.home;
  const { all, everything: whole } = inventory.ownLooksAnHour;
  const every = (times: number): string => `${MINUTES_AN_HOUR / times} minutes`;
  const row = (what: string, often: string, { parts, usage, ranMs }: OwnLook): readonly string[] => [
    what,
    often,
    String(parts),
    `${callsOf(usage.watched)}: ${byService(usage.watched)}`,
    String(callsOf(usage.own)),
    `${usage.ledgerReads} / ${usage.ledgerWrites}`,
    time(ranMs),
  ];
  return table(
    ['looks at', 'how often', 'parts', 'reads of them', 'own calls', 'DynamoDB units, read / written', 'runs for'],
    [
      row('everything', `every ${every(whole)}, and with each event that names a part`, everything),
      row('what may change unheard', `every ${every(all)} between`, unheard),
    ],
  );
}

/** `IAM 21, Lambda 20`, the most first. */
function byService(calls: Readonly<Record<string, number>>): string {
  const counts = new Map<string, number>();
  for (const [operation, count] of Object.entries(calls)) {
    const service = operation.slice(0, operation.lastIndexOf(' '));
    counts.set(service, (counts.get(service) ?? 0) + count);
  }
  return [...counts]
    .sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1))
    .map(([service, count]) => `${service} ${count}`)
    .join(', ');
}

/** One cause in all accounts, where a hub collects what they tell. */
function accountsSentence({ inventories }: Facts): string {
  const { batch, concurrency } = inventories.hub.hubSource ?? { batch: 1, concurrency: 1 };
  const rounds = Math.ceil(ACCOUNTS / (batch * concurrency));
  return `Where there is a hub, the findings of ${ACCOUNTS} accounts under one cause are ${ACCOUNTS} messages on its queue, which are worked on in ${rounds} rounds (${COMPUTED}: ${ACCOUNTS} ÷ (${concurrency} functions × ${batch} messages)), after each account's own teller has come to it, which is a minute at most; and ${ACCOUNTS} members of one finding, of the ${whole(MOST_MEMBERS)} that one may have, which its tick of every minute tells once.`;
}

const MORE: readonly { readonly what: string; readonly layout: Layout; readonly over: Layout }[] = [
  { what: 'the first further region', layout: 'one further region', over: 'home' },
  { what: 'each after it', layout: 'two further regions', over: 'one further region' },
  { what: 'being the hub, in one account', layout: 'hub', over: 'home' },
];

function moreTable({ results, inventories }: Facts): string {
  return table(
    ['what', 'alarms and metrics', 'polls of queues', 'reads of itself a month', 'a second trail', 'GuardDuty'],
    MORE.map(({ what, layout, over }) => {
      const { alarms, polls, reads } = addedBy({ layout, over }, results, inventories);
      return [
        what,
        cents(alarms),
        cents(polls),
        whole(reads),
        cents(costOf('trailCopy', reads)),
        cents(costOf('guardDuty', reads)),
      ];
    }),
  );
}

function forwardedSentence({ results }: Facts): string {
  const { size } = largest(results);
  const { dollars: each, per } = PRICES.forwarded;
  const events = size.eventsADay * DAYS_A_MONTH;
  return `An event that a further region forwards, and an alert that a member puts on the hub's bus, cost $${each} for ${whole(per)} of them: ${whole(size.eventsADay)} changes a day, all of them in further regions, are ${cents(costOf('forwarded', events))} a month (${COMPUTED}). Events of AWS's own services on the account's own bus, and the rules there, cost nothing.`;
}

function billTable({ results, inventory }: Facts): string {
  const bills = SIZES.map((size) => monthOf(size, results, inventory));
  const [first = []] = bills;
  const rows = first.map(({ price, how }, index) => [
    PRICES[price].what,
    how,
    ...bills.map((lines) => {
      const line = lines[index];
      return line === undefined ? '' : `${amount(line.amount)} → ${cents(line.dollars)}`;
    }),
  ]);
  return table(
    ['price', 'what for', ...SIZES.map(({ name }) => name)],
    [...rows, ['**together**', '', ...bills.map((lines) => `**${cents(totalOf(lines))}**`)]],
  );
}

function amount(value: number): string {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(3) : whole(value);
}

function cents(value: number): string {
  return `$${value.toFixed(2)}`;
}

function othersTable({ results, inventory }: Facts): string {
  return table(
    [
      'each account',
      'reads of what is watched a month',
      'of what the service is made of',
      'a second trail with management events',
      'GuardDuty',
    ],
    SIZES.map((size) => {
      const { watched, own } = readsAMonth(size, results, inventory);
      const all = watched + own;
      return [size.name, whole(watched), whole(own), cents(costOf('trailCopy', all)), cents(costOf('guardDuty', all))];
    }),
  );
}

/** The limit that test/bench/scans.ts holds a scan and its comparison to. */
const BENCH_MB = 300;
const BENCH_BUCKETS = 10_000;
const ITEM_BYTES = 400 * 1024;
const MESSAGE_BYTES = 256 * 1024;
/** DynamoDB writes so many units a second under one partition key, before it splits it (AWS: "Key range throughput exceeded"). */
const PARTITION_UNITS = 1000;
/** A record is written when it is found and again when it is told. */
const WRITES_A_DRIFT = 2;

function stopsTable({ results, inventory }: Facts): string {
  const { most, sweep, burst } = largest(results);
  const { look, sweep: listerS } = inventory.timeoutsS;
  const inFlight = Object.values(inventory.eventSources).reduce(
    (sum, { batch, concurrency }) => sum + batch * concurrency,
    0,
  );
  const slow = results.sweeps.at(-1);
  const units = Math.ceil(most.event.largestItem / 1024) * WRITES_A_DRIFT;
  const aMinute = burst.events;
  const planBytes = most.sweep.largestItem;
  return table(
    ['limit', 'here', 'where it stops', 'what then'],
    [
      [
        'S3 slows reads down; it publishes no limit',
        `${whole(callsOf(most.sweep.watched))} reads a sweep (${MEASURED})`,
        `${slow?.name.replace('S3 lets ', '').replace(' through', '') ?? ''}: a sweep takes ${time(slow?.result.readMs ?? 0)}, its longest look ${time(slow?.result.longestLookMs ?? 0)} of ${look / 60} minutes, ${whole(slow?.result.unreadable ?? 0)} buckets are given up (${SIMULATED})`,
        'what was given up is unreadable, never clean, and the alarm `blind-spots` rings; sweep less often (`schedule.sweepEvery`), and ask AWS what limits the account',
      ],
      [
        `Lambda ends the lister after ${listerS / 60} minutes, which is the most that it allows`,
        `${time(sweep.listedMs)} for ${whole(most.buckets)} buckets (${SIMULATED})`,
        `${whole(((listerS * 1000) / sweep.listedMs) * most.buckets)} buckets (${COMPUTED}: ${listerS / 60} minutes ÷ that)`,
        'no sweep begins, and the alarm `sweep-late` rings; events and ticks go on',
      ],
      [
        `A sweep is closed as incomplete after ${LATE_AFTER_MS / 60_000} minutes`,
        `${time(sweep.readMs)} (${SIMULATED})`,
        `${whole((LATE_AFTER_MS / sweep.readMs) * most.buckets)} buckets (${COMPUTED})`,
        'its late parts count as unreadable; more workers on the queue of sweeps',
      ],
      [
        `A function has ${whole(inventory.memoryMb)} MB: the alert on the account’s block holds baseline and snapshot whole`,
        `the command line, which holds the same, keeps below ${BENCH_MB} MB for ${whole(BENCH_BUCKETS)} buckets (\`npm run bench -- large\`)`,
        `${whole((inventory.memoryMb / BENCH_MB) * BENCH_BUCKETS)} buckets at the least (${COMPUTED}, as if all of it grew with them)`,
        'that alert cannot be made: the tick ends, the alarm `no-heartbeat` rings, and `plumbline scan` says the same elsewhere; more memory for `on-tick`',
      ],
      [
        'An item of DynamoDB has 400 KB: a finding',
        `${bytes(results.largestFindingBytes)} for ${whole(MOST_MEMBERS)} members with the longest names, packed (${MEASURED})`,
        `${whole(MOST_MEMBERS)} members`,
        'the next member begins a further finding, and so a further alert',
      ],
      [
        'An item of DynamoDB has 400 KB: the plan of a sweep',
        `${bytes(planBytes)} for ${whole(most.sweep.messages)} looks (${MEASURED})`,
        `${whole((ITEM_BYTES / planBytes) * most.buckets)} buckets (${COMPUTED}), before packing`,
        'the sweep cannot begin, and the alarm `sweep-late` rings',
      ],
      [
        `One partition key of DynamoDB takes ${whole(PARTITION_UNITS)} write units a second: all drifts are under one, all that is due under one of the index`,
        `${units} units a drift (${MEASURED}): ${whole((aMinute / 60) * units)} a second at ${whole(aMinute)} changes a minute (${COMPUTED})`,
        `${whole((PARTITION_UNITS / units) * 60)} changes a minute, for long (${COMPUTED})`,
        'writes are throttled, tried again, and then their messages come back after three minutes; DynamoDB splits a hot key by its sort key in time',
      ],
      [
        'EventBridge takes patterns of 2,048 characters',
        `the longest has ${whole(inventory.longestPattern)} (${MEASURED})`,
        'nowhere',
        'a longer one is made into two rules at synthesis',
      ],
      [
        'SNS takes messages of 256 KB',
        `${bytes(most.blockTelling.largestPublication)}: the account’s block over ${whole(most.buckets)} buckets (${MEASURED})`,
        `nowhere: the mail is cut at 48 KB, the JSON names fewer, and above 240 KB everybody gets the text alone (${bytes(MESSAGE_BYTES)} is the limit)`,
        'the whole alert is in `reports/alerts/`, and the mail says where',
      ],
      [
        'SQS has 120,000 messages of a queue in flight',
        `at most ${whole(inFlight)} of all queues: concurrency × batch (${COMPUTED})`,
        'nowhere',
        'the rest waits on the queue, up to 14 days',
      ],
      [
        'CloudTrail answers two LookupEvents a second',
        'none is called: who did it comes with the event',
        'nowhere',
        'a change whose event was lost is told with a cause that is not known',
      ],
      [
        'A function’s answer has 6 MB',
        'an answer names five members of each finding; the whole stands in `reports/`',
        'not measured',
        'ask for one finding: `plumbline findings show`',
      ],
    ],
  );
}

function pricesTable(): string {
  return table(
    ['what', 'US dollars', 'for', 'read on AWS’s own page', 'where'],
    (Object.values(PRICES) as readonly Price[]).map((price) => [
      price.what,
      String(price.dollars),
      `${whole(price.per)} ${price.unit}`,
      price.isAws ? 'yes' : 'no',
      `<${price.source}>, ${PRICES_READ}`,
    ]),
  );
}
