import { objectOf, type Json, type JsonObject } from '#core/json.ts';
import { UNKNOWN_REGION, type Caveat } from '#core/scan.ts';
import type { Observation } from '#core/state.ts';
import { codeOf, type AwsReads, type Extras, type KindReader } from '#kinds/kind.ts';

const NO_EXTRAS: Extras = new Map<string, JsonObject>();

export interface ExtrasSettings {
  readonly reader: KindReader;
  readonly aws: AwsReads;
  readonly ownerTags: readonly string[];
}

/** What is carried and can be had in bulk: asked for a region as soon as something is found in it, beside the reading. */
export class RegionExtras {
  readonly caveats: Caveat[] = [];
  readonly #ask: (region: string) => Promise<Extras>;
  readonly #kind: string;
  readonly #asked = new Map<string, Promise<Extras>>();

  constructor(kind: string, { reader, aws, ownerTags }: ExtrasSettings) {
    this.#kind = kind;
    this.#ask = async (region) => (await reader.extras?.({ region, aws, ownerTags })) ?? NO_EXTRAS;
  }

  start(region: string): void {
    if (region !== UNKNOWN_REGION && !this.#asked.has(region)) this.#asked.set(region, this.#answer(region));
  }

  async addTo(observation: Observation): Promise<Observation> {
    if (observation.seen !== 'state') return observation;
    const { state } = observation;
    const extra = (await this.#asked.get(state.ref.region))?.get(state.ref.id);
    if (extra === undefined) return observation;
    const carried = objectOf<Json>(Object.entries({ ...state.carried, ...extra }));
    return { seen: 'state', state: { ...state, carried } };
  }

  /** A refusal of it costs a caveat, nothing more. */
  async #answer(region: string): Promise<Extras> {
    try {
      return await this.#ask(region);
    } catch (error) {
      const says = 'tags could not be read, so owners are not known';
      this.caveats.push({ about: `${this.#kind} in ${region}`, code: codeOf(error), says });
      return NO_EXTRAS;
    }
  }
}
