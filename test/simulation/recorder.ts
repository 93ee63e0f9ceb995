import { isJsonObject } from '#core/json.ts';
import type { Documents, LedgerItem, Publication } from '#lambda/ports.ts';
import type { AlertStatus, FindingRecord } from '#core/finding-record.ts';
import type { Accepted, Cut, History, Muted, Settings, ToldAlert, ToldResource } from './history.ts';
import type { Life } from './life.ts';
import { settingsOf, sideOf } from './words.ts';

interface PublishedAlert {
  readonly type: string;
  readonly status: AlertStatus;
  readonly severity: string;
  readonly finding: string;
  readonly resources: readonly {
    readonly resource: string;
    readonly status: 'open' | 'closed';
    readonly since: string;
    readonly takenAt: string;
    readonly recoveredAt?: string;
    readonly blind?: unknown;
    readonly causes: readonly { readonly certainty: string }[];
    readonly changes: Parameters<typeof sideOf>[0];
  }[];
}

interface KeptPart {
  readonly states: readonly {
    readonly state: {
      readonly ref: { readonly account: string; readonly region: string; readonly kind: string; readonly id: string };
      readonly watched: Parameters<typeof settingsOf>[0];
      readonly carried: { readonly aclMaskedBy?: string };
    };
  }[];
}

const KNOWN: ReadonlySet<string> = new Set(['certain', 'likely', 'several']);

/** Writes down what goes out and what is accepted, by reading what anybody may read: mails, and the documents of the baseline. */
export class Recorder {
  readonly alerts: ToldAlert[] = [];
  readonly accepted: Accepted[] = [];
  readonly cuts: Cut[] = [];
  readonly muted: Muted[] = [];
  readonly reopened: { at: number; finding: string }[] = [];
  readonly #now: () => number;
  /** Alerts that somebody set out to publish and has not marked, with who that is. */
  readonly #unmarked = new Map<string, Life>();
  readonly #ended = new Set<string>();
  /** Until when each finding was last held. */
  readonly #leases = new Map<string, string>();

  constructor(now: () => number) {
    this.#now = now;
  }

  published({ topic, json }: Publication, by: Life): void {
    if (topic !== 'alerts' || json === undefined) return;
    const alert = JSON.parse(json) as PublishedAlert;
    if (alert.type !== 'plumbline.alert') return;
    const { finding, status, severity } = alert;
    const resources = alert.resources.map((one) => this.#toldOf(one));
    this.alerts.push({ at: this.#now(), finding, status, severity, resources });
    this.#unmarked.set(finding, by);
  }

  #toldOf({ resource, status, changes, causes, ...times }: PublishedAlert['resources'][number]): ToldResource {
    const accepted = this.#comparedWith(resource, changes);
    return {
      resource,
      status,
      departs: sideOf(changes, 'after', accepted),
      before: sideOf(changes, 'before', accepted),
      isBlind: times.blind !== undefined,
      known: causes.filter(({ certainty }) => KNOWN.has(certainty)).length,
      since: Date.parse(times.since),
      takenAt: Date.parse(times.takenAt),
      closedAt: times.recoveredAt === undefined ? undefined : Date.parse(times.recoveredAt),
    };
  }

  /** The newest accepted settings that the told "before" fits: of a block only the flags that moved are told. */
  #comparedWith(resource: string, changes: PublishedAlert['resources'][number]['changes']): Settings {
    const all = this.accepted
      .map(({ states }) => states.get(resource))
      .filter((one) => one !== undefined)
      .toReversed();
    const fits = (accepted: Settings): boolean =>
      Object.entries(sideOf(changes, 'before', accepted)).every(([setting, value]) => accepted[setting] === value);
    return all.find(fits) ?? all[0] ?? {};
  }

  /** A finding was written. What was told of it is marked, unless somebody else wrote it. */
  wroteFinding({ id, body }: LedgerItem, by: Life | undefined): void {
    const { status, lease, unmarked } = body as unknown as FindingRecord;
    if (status !== 'open') this.#ended.add(id);
    else if (this.#ended.has(id)) this.reopened.push({ at: this.#now(), finding: id });
    // A run that was refused writes its lease once more, so that it is tried again when that is over.
    const setsOut = lease !== undefined && unmarked !== undefined && this.#leases.get(id) !== lease.until;
    if (setsOut && by !== undefined) this.#unmarked.set(id, by);
    else if (this.#unmarked.get(id) === by) this.#unmarked.delete(id);
    if (lease !== undefined) this.#leases.set(id, lease.until);
  }

  /** A run is over, or was cut off from what it set out to publish. */
  ended(life: Life, by: Cut['by']): void {
    for (const [finding, teller] of this.#unmarked) {
      if (teller !== life) continue;
      this.#unmarked.delete(finding);
      this.cuts.push({ at: this.#now(), finding, by });
    }
  }

  /** The head of the baseline moved: what it names is accepted from now on. */
  async wroteHead(body: Uint8Array, documents: Documents): Promise<void> {
    const at = this.#now();
    const head: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    if (!isJsonObject(head)) return;
    const { accepted, parts } = head as unknown as {
      readonly accepted: { readonly generation: number };
      readonly parts: readonly { readonly key: string }[];
    };
    const states = new Map<string, Settings>();
    for (const { key } of parts) {
      const part = JSON.parse(Buffer.from((await documents.read(key))?.body ?? []).toString('utf8')) as KeptPart;
      for (const { state } of part.states) {
        const { account, region, kind, id } = state.ref;
        states.set(`${account}/${region}/${kind}/${id}`, {
          ...settingsOf(state.watched),
          // Public grants may have been hidden when it was accepted.
          ...(state.carried.aclMaskedBy === 'unknown' ? { aclSeen: 'in part' } : {}),
        });
      }
    }
    this.accepted.push({ at, generation: accepted.generation, states });
  }

  get history(): Pick<History, 'alerts' | 'accepted' | 'cuts' | 'muted' | 'reopened'> {
    const { alerts, accepted, cuts, muted, reopened } = this;
    return { alerts, accepted, cuts, muted, reopened };
  }
}
