import type { ToldAlert } from './history.ts';
import type { Chance } from './chance.ts';
import type { JsonObject } from '#core/json.ts';
import { eventOf, type CallMade } from './events.ts';
import type { Surroundings } from './ports.ts';
import { idOf } from './reads.ts';
import type { Service } from './service.ts';
import { ACCOUNT_BLOCK, kindOf, ORGANIZATION_POLICY, VALUES } from './world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ACTORS = ['ana', 'build', 'terraform'] as const;
/** How often one resource is changed on average. */
const CHANGED_EVERY_MS = 40 * MINUTE;
const NOISE_EVERY_MS = 30 * MINUTE;
const ACCEPTED_EVERY_MS = 60 * MINUTE;
const ACTED_EVERY_MS = 90 * MINUTE;

/** What comes between a call and its event in the queue. */
const ON_THE_WAY_MS = [3 * SECOND, 60 * SECOND] as const;
const LATEST_MS = 20 * MINUTE;

/** Those who change settings, and those who accept, acknowledge and mute, until a given time. */
export class People {
  readonly #all: Omit<Surroundings, 'queues'>;
  readonly #service: Service;
  #until = 0;
  #calls = 0;
  /** Events that never came. */
  lost = 0;

  constructor(all: Omit<Surroundings, 'queues'>, service: Service) {
    this.#all = all;
    this.#service = service;
  }

  /** From now on, until then. */
  begin(until: number): void {
    this.#until = until;
    const { world } = this.#all;
    for (const resource of world.initial.keys()) this.#often(CHANGED_EVERY_MS, () => this.#change(resource));
    this.#often(NOISE_EVERY_MS, () => this.#makeNoise());
    this.#often(ACCEPTED_EVERY_MS, () => void this.#accept());
    this.#often(ACTED_EVERY_MS, () => void this.#act());
  }

  /** A sweep has begun: somebody may accept in the middle of it. */
  sweepBegins(): void {
    const { chance, time } = this.#all;
    if (time.now < this.#until && chance.happens(0.15))
      time.at(time.now + chance.between(0, 3 * SECOND), () => void this.#accept());
  }

  #often(average: number, action: () => void): void {
    const { chance, time } = this.#all;
    const next = (): void => {
      const at = time.now + chance.waiting(average);
      if (at >= this.#until) return;
      time.at(at, () => {
        action();
        next();
      });
    };
    next();
  }

  #change(resource: string): void {
    const { chance, world, time } = this.#all;
    const now = world.now(resource);
    const [setting, value] = changeOf(resource, now, chance);
    this.#set(resource, setting, value);
    const before = now[setting] ?? 'none';
    // Some see at once that it was wrong, and go back, and a few of them forth again.
    if (chance.happens(0.3) && (setting !== 'exists' || value === 'yes')) {
      const at = time.now + chance.between(2 * SECOND, 3 * MINUTE);
      if (at < this.#until) time.at(at, () => this.#set(resource, setting, before));
      const later = at + chance.between(2 * SECOND, 3 * MINUTE);
      if (chance.happens(0.3) && later < this.#until) time.at(later, () => this.#set(resource, setting, value));
    }
  }

  #set(resource: string, setting: string, value: string): void {
    const { chance, world, weather, time } = this.#all;
    const isThere = world.now(resource)['exists'] === 'yes';
    if (world.now(resource)[setting] === value || (setting !== 'exists' && !isThere)) return;
    world.set({ resource, setting, value, at: time.now }, weather.delay('readStale', 10 * SECOND));
    // What an organisation sets is called in another account: no event of it comes.
    if (resource !== ORGANIZATION_POLICY) this.#tell({ resource, setting, value, by: chance.oneOf(ACTORS) });
  }

  /** Calls that change nothing: one that failed, and one that sets what is set. */
  #makeNoise(): void {
    const { chance, world } = this.#all;
    const there = [...world.initial.keys()].filter(
      (one) => one !== ORGANIZATION_POLICY && world.now(one)['exists'] === 'yes',
    );
    const resource = chance.oneOf(there);
    const now = world.now(resource);
    const setting = chance.oneOf(Object.keys(now).filter((name) => name !== 'exists'));
    const by = chance.oneOf(ACTORS);
    if (chance.happens(0.5)) this.#tell({ resource, setting, value: now[setting] ?? 'none', by });
    else this.#tell({ resource, setting, value: chance.oneOf(VALUES[setting] ?? []), by, error: 'AccessDenied' });
  }

  #tell(call: Omit<CallMade, 'id' | 'at' | 'awsId' | 'isCut'>): void {
    const { chance, weather, time, world } = this.#all;
    this.#calls += 1;
    const event = eventOf({
      ...call,
      id: `event-${this.#calls}`,
      at: time.now,
      awsId: idOf(call.resource, world, Infinity),
      isCut: kindOf(call.resource) === 'waf-ip-set' && weather.strikes('eventCut'),
    });
    world.calls.push({ at: time.now, record: event['detail'] as JsonObject });
    if (weather.strikes('eventLost')) {
      this.lost += 1;
      return;
    }
    const copies = weather.strikes('eventTwice') ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const late = weather.delay('eventLate', LATEST_MS);
      this.#service.queues.changes.send(JSON.stringify(event), late + chance.between(...ON_THE_WAY_MS));
    }
  }

  /** Accepts what the last sweep saw: all of it, or one resource. */
  async #accept(): Promise<void> {
    const { chance, world, homes } = this.#all;
    const last = await homes.ledger.read({ family: 'service', id: 'last-sweep' });
    const from = (last?.body as { readonly sweep?: string } | undefined)?.sweep;
    const isAll = chance.happens(0.5);
    const names = isAll ? [] : [chance.oneOf([...world.initial.keys(), ACCOUNT_BLOCK])];
    await this.#service.ask({ ask: 'accept', all: isAll, names, reason: 'looks right', force: true, from });
  }

  /** Acknowledges or mutes something that was told and is not over. */
  async #act(): Promise<void> {
    const { chance, recorder, time } = this.#all;
    const open = recorder.alerts.filter(({ status }: ToldAlert) => status !== 'recovered').slice(-4);
    if (open.length === 0) return;
    const { finding } = chance.oneOf(open);
    if (chance.happens(0.5)) {
      await this.#service.ask({ ask: 'ack', finding, note: 'known' });
      return;
    }
    const until = time.now + chance.between(20 * MINUTE, 60 * MINUTE);
    const asked = time.now;
    await this.#service.ask({ ask: 'mute', finding, note: 'known', until: new Date(until).toISOString() });
    // Whether the answer came or not: it may be muted.
    recorder.muted.push({ at: asked, until, finding });
  }
}

function changeOf(
  resource: string,
  now: Readonly<Record<string, string>>,
  chance: Chance,
): readonly [setting: string, value: string] {
  if (now['exists'] !== 'yes') return ['exists', 'yes'];
  const mayGo = !['s3-account-block', 's3-organization-policy'].includes(kindOf(resource));
  if (mayGo && chance.happens(0.1)) return ['exists', 'none'];
  const setting = chance.oneOf(Object.keys(now).filter((name) => name !== 'exists'));
  const values = (VALUES[setting] ?? []).filter((value) => value !== now[setting]);
  return [setting, chance.oneOf(values)];
}
