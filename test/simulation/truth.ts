import type { Accepted, History, MadeChange, Settings } from './history.ts';

const NOT_ACCEPTED: Settings = { exists: 'none' };

/** Which value every setting really had at every moment, and what was accepted of it: the oracle, kept apart from the code under test. */
export class Truth {
  readonly resources: readonly string[];
  readonly #initial: ReadonlyMap<string, Settings>;
  readonly #changes: ReadonlyMap<string, readonly MadeChange[]>;
  readonly #accepted: readonly Accepted[];

  constructor({ initial, changes, accepted }: Pick<History, 'initial' | 'changes' | 'accepted'>) {
    this.#initial = initial;
    this.resources = [...initial.keys()];
    this.#changes = new Map(this.resources.map((id) => [id, changes.filter(({ resource }) => resource === id)]));
    this.#accepted = accepted;
  }

  changesOf(resource: string): readonly MadeChange[] {
    return this.#changes.get(resource) ?? [];
  }

  /** The settings of a resource at a moment: a change counts from its own moment on. */
  at(resource: string, time: number): Settings {
    const settings: Record<string, string> = { ...this.#initial.get(resource) };
    for (const { at, setting, value } of this.changesOf(resource)) if (at <= time) settings[setting] = value;
    return settings;
  }

  /** All that the settings were between two moments. */
  between(resource: string, from: number, until: number): readonly Settings[] {
    const times = this.changesOf(resource).flatMap(({ at }) => (at > from && at <= until ? [at] : []));
    return [from, ...new Set(times)].map((time) => this.at(resource, time));
  }

  /** What was accepted of a resource at a moment. */
  acceptedAt(resource: string, time: number): Settings {
    const last = this.#accepted.findLast(({ at }) => at <= time);
    return last?.states.get(resource) ?? NOT_ACCEPTED;
  }

  /** All that was accepted of it between two moments. */
  acceptedBetween(resource: string, from: number, until: number): readonly Settings[] {
    const times = this.#accepted.flatMap(({ at }) => (at > from && at <= until ? [at] : []));
    return [from, ...times].map((time) => this.acceptedAt(resource, time));
  }

  /** Did it change, or was anything accepted, between two moments? */
  movedBetween(resource: string, from: number, until: number): boolean {
    const isBetween = ({ at }: { readonly at: number }): boolean => at >= from && at <= until;
    return this.changesOf(resource).some(isBetween) || this.#accepted.some(isBetween);
  }
}
