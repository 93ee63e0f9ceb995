import { randomUUID } from 'node:crypto';
import { accept } from '#core/acceptance.ts';
import type { Alert } from '#core/alert.ts';
import { isJsonObject, textOf, type JsonObject } from '#core/json.ts';
import type { OwnMessage } from '#core/look.ts';
import { isUseAffected } from '#core/use-subject.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import { actionItemsIn } from '#lambda/action-items.ts';
import { composeAlert, type AlertingPorts } from '#lambda/alerting.ts';
import { saveBaseline } from '#lambda/baseline-store.ts';
import { watchImpact } from '#lambda/impact-watch.ts';
import { KnownStates } from '#lambda/known-states.ts';
import type { UseLogs } from '#lambda/ports.ts';
import { contractsIn } from '#lambda/service-settings.ts';
import type { Settings } from '#lambda/settings.ts';
import { loadScan } from '#lambda/snapshot-store.ts';
import { startSweep, type SweepPorts } from '#lambda/sweep.ts';
import { tick, type TickPorts } from '#lambda/tick.ts';
import { workOn } from '#lambda/work.ts';
import { DocumentsLedger } from '#local/documents-ledger.ts';
import type { Recording } from '#local/demo/recording.ts';
import { replay } from '#local/demo/replay.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { knownShapes } from '../registry.ts';

const CONCURRENCY = 8;
const SECOND = 1000;
/** As `evidence.lookBack` in the settings says it. */
const LOOK_BACK_DAYS = 14;

interface Queued {
  readonly at: number;
  readonly message: OwnMessage;
}

/** The service of one account, in one process: it reads a recording in place of AWS, and its clock is set by whoever tells the story. */
export class WatchedAccount {
  /** What was told, the oldest first. */
  readonly alerts: Alert[] = [];
  readonly #documents = new MemoryDocuments();
  readonly #ledger = new DocumentsLedger(this.#documents);
  readonly #settings: Settings;
  readonly #known: KnownStates;
  readonly #logs: UseLogs | undefined;
  #recording: Recording;
  #time = 0;
  #queue: Queued[] = [];

  /** `logs`: makes the logs of use that the settings name, by the account's own clock; left out where there are none. */
  constructor(settings: Settings, recording: Recording, logs?: (now: () => Date) => UseLogs) {
    this.#settings = settings;
    this.#recording = recording;
    this.#logs = logs?.(this.now);
    const { account } = recording;
    const now = (): Date => this.now();
    this.#known = new KnownStates({
      documents: this.#documents,
      ledger: this.#ledger,
      account,
      shapes: knownShapes,
      now,
    });
  }

  readonly now = (): Date => new Date(this.#time);

  get account(): string {
    return this.#recording.account;
  }

  /** From this time on the account is as it was recorded. */
  becomes(recording: Recording): void {
    this.#recording = recording;
  }

  /** It is now that late; nothing runs in between. */
  at(time: string): void {
    this.#time = Date.parse(time);
  }

  /** Reads everything, as the service does every few hours. Returns the sweep's id. */
  async sweeps(): Promise<string> {
    const id = await startSweep(this.#ports);
    await this.#work();
    this.#time += 60 * SECOND;
    await this.ticks();
    return id;
  }

  /** A person accepts what a sweep saw. */
  async accepts(sweep: string, acceptance: { readonly by: string; readonly reason: string }): Promise<void> {
    const { scan, comparedWith } = await loadScan(this.#documents, this.account, sweep);
    const at = this.now().toISOString();
    const accepted = accept(undefined, {
      scan,
      comparedWith,
      what: 'all',
      kinds: kindsById,
      acceptance: { ...acceptance, at },
    });
    await saveBaseline(this.#documents, accepted.baseline, undefined);
  }

  /** CloudTrail's event comes, as EventBridge brings it. */
  async hears(event: object): Promise<void> {
    const { due } = await workOn({ 'detail-type': 'AWS API Call via CloudTrail', detail: event }, this.#workPorts);
    if (due > 0) await this.ticks();
  }

  /** One round of the teller. */
  async ticks(): Promise<void> {
    await tick(this.#ports);
    await this.#work();
  }

  get #ports(): SweepPorts & TickPorts & AlertingPorts {
    const { account } = this;
    const own = this.#settings;
    const recorded = (): Recording => this.#recording;
    const ports = {
      account,
      partition: 'aws',
      kinds,
      documents: this.#documents,
      ledger: this.#ledger,
      known: this.#known,
      ownerTags: own.ownerTags,
      actionItems: actionItemsIn(own),
      contracts: contractsIn(own),
      now: this.now,
      run: randomUUID(),
      wait: () => Promise.resolve(),
      regions: () => Promise.resolve(recorded().regions),
      aws: createReads({ account, clients: replay(recorded()), concurrency: CONCURRENCY, now: this.now }),
      asking: {
        ask: (messages: readonly OwnMessage[], seconds = 0) => Promise.resolve(this.#ask(messages, seconds)),
      },
      askToAccept: () => Promise.resolve(),
    };
    return {
      ...ports,
      ...(this.#logs === undefined ? {} : { isUseLogged: (records) => isUseAffected(records, kinds) }),
      announce: async (subject) => {
        const alert = await composeAlert(subject, ports);
        this.alerts.push(alert);
        return alert.severity;
      },
    };
  }

  get #workPorts(): Parameters<typeof workOn>[1] {
    return {
      ...this.#ports,
      answerTicket: () => Promise.resolve(),
      // The events of the recording are all there are: nothing is left to be asked for.
      searchFor: () => Promise.resolve({ due: 0 }),
    };
  }

  #ask(messages: readonly OwnMessage[], seconds: number): void {
    for (const message of messages) this.#queue.push({ at: this.#time + seconds * SECOND, message });
  }

  /** What waits and has come of age. */
  async #work(): Promise<void> {
    for (;;) {
      const ready = this.#queue.filter(({ at }) => at <= this.#time);
      if (ready.length === 0) return;
      this.#queue = this.#queue.filter((one) => !ready.includes(one));
      let due = 0;
      for (const { message } of ready) if (isJsonObject(message)) due += await this.#workOn(message);
      // A worker that found something wakes the teller.
      if (due > 0) await tick(this.#ports);
    }
  }

  async #workOn(message: JsonObject): Promise<number> {
    if (message['plumbline'] !== 'watch') return (await workOn(message, this.#workPorts)).due;
    const logs = this.#logs;
    const { due } = await watchImpact(textOf(message['finding']) ?? '', {
      ...this.#ports,
      applications: this.#settings.applications,
      lookBackDays: LOOK_BACK_DAYS,
      ...(logs === undefined ? {} : { useLogs: logs }),
    });
    return due;
  }
}
