import pMap from 'p-map';
import { regionsOf } from '#core/declaration.ts';
import { textOf } from '#core/json.ts';
import { UNKNOWN_REGION } from '#core/scan.ts';
import { codeOf, type AwsReads, type Kind, type KindReader } from '#kinds/kind.ts';
import type { OnProgress } from './ports.ts';

export interface SurveyRequest {
  readonly kinds: readonly Kind[];
  /** The regions to ask; undefined: which are enabled is not known, so only those that a listing of the whole account names. */
  readonly regions: readonly string[] | undefined;
  readonly partition: string;
  readonly aws: AwsReads;
  readonly onProgress: OnProgress;
  readonly signal: AbortSignal;
}

/** How many of each kind a region holds. */
export interface SurveyedRegion {
  readonly region: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** What AWS did not answer: what it was asked, where, and which actions would let it. */
export interface SurveyRefusal {
  readonly asked: string;
  readonly regions: readonly string[];
  readonly code: string;
  readonly actions: readonly string[];
}

/** Where in an account the watched things are, and what tags they bear; nothing of what they are set to. */
export interface Survey {
  /** The regions that hold any, sorted. */
  readonly regions: readonly SurveyedRegion[];
  /** On how many resources each tag key is. */
  readonly tagKeys: ReadonlyMap<string, number>;
  readonly refusals: readonly SurveyRefusal[];
}

/** WAF's own quota paces it further: regions asked at once. */
const REGIONS_AT_ONCE = 16;

/** Which tag keys are in use shows in the first two thousand buckets of a region; GetResources gives a hundred a call. */
const MOST_TAG_PAGES = 20;

/** Looks around in an account. A refusal costs its part of the answer, nothing more. Throws what an abort throws. */
export async function surveyAccount(request: SurveyRequest): Promise<Survey> {
  const notes = new Notes(request.signal);
  // What is only in `global` says nothing of regions.
  const kinds = request.kinds.filter(({ declaration }) => declaration.regions !== 'global');
  const byAccount = kinds.filter(({ declaration }) => declaration.list.by === 'account');
  await pMap(byAccount, (kind) => countListed(kind, 'all', { request, notes }), { concurrency: REGIONS_AT_ONCE });

  const regions = request.regions ?? notes.regions();
  const asks = kinds
    .filter((kind) => !byAccount.includes(kind))
    .flatMap((kind) =>
      regionsOf(kind.declaration, { regions, partition: request.partition })
        .filter((region) => region !== 'global')
        .map((region) => ({ kind, region })),
    );
  let done = 0;
  await pMap(
    asks,
    async ({ kind, region }) => {
      await countListed(kind, region, { request, notes });
      done += 1;
      request.onProgress({ doing: 'asking regions', done, of: asks.length });
    },
    { concurrency: REGIONS_AT_ONCE },
  );

  const tagged = kinds.flatMap((kind) =>
    notes
      .holding(kind.declaration.id)
      .filter((region) => regions.includes(region))
      .map((region) => ({ kind, region })),
  );
  await pMap(tagged, ({ kind, region }) => countTags(kind, region, { request, notes }), {
    concurrency: REGIONS_AT_ONCE,
  });
  return notes.survey(regions);
}

interface Ask {
  readonly request: SurveyRequest;
  readonly notes: Notes;
}

async function countListed({ declaration, reader }: Kind, region: string, { request, notes }: Ask): Promise<void> {
  const { id, list } = declaration;
  await notes.orRefusal({ asked: `list ${id}`, region, actions: list.actions }, async () => {
    for await (const page of (await reader()).list({ region, aws: request.aws })) {
      for (const { ref, hint } of page) {
        if (ref.region !== UNKNOWN_REGION) notes.count(ref.region, id);
        else {
          const code = textOf(hint['regionRefusedWith']) ?? 'Unknown';
          notes.refuse({ asked: `tell the region of some ${id}`, region: 'all', actions: list.actions }, code);
        }
      }
    }
  });
}

async function countTags({ declaration, reader }: Kind, region: string, { request, notes }: Ask): Promise<void> {
  const { tagged }: KindReader = await reader();
  if (tagged === undefined) return;
  const { id, reads } = declaration;
  await notes.orRefusal(
    { asked: `read the tags of ${id}`, region, actions: reads['tags']?.actions ?? [] },
    async () => {
      let pages = 0;
      for await (const page of tagged({ region, aws: request.aws })) {
        for (const { tags } of page) for (const [key] of tags) notes.countTag(key);
        pages += 1;
        if (pages === MOST_TAG_PAGES) return;
      }
    },
  );
}

interface Question {
  readonly asked: string;
  /** `all`: asked once for the whole account. */
  readonly region: string;
  readonly actions: readonly string[];
}

/** What has been learnt so far. */
class Notes {
  readonly #signal: AbortSignal;
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #tagKeys = new Map<string, number>();
  readonly #refusals = new Map<string, SurveyRefusal>();

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  count(region: string, kind: string): void {
    const counts = this.#counts.get(region) ?? new Map<string, number>();
    this.#counts.set(region, counts.set(kind, (counts.get(kind) ?? 0) + 1));
  }

  countTag(key: string): void {
    this.#tagKeys.set(key, (this.#tagKeys.get(key) ?? 0) + 1);
  }

  /** The same refusal of the same question is one, wherever it was given. */
  refuse({ asked, region, actions }: Question, code: string): void {
    const key = `${asked} ${code}`;
    const { regions = [] } = this.#refusals.get(key) ?? {};
    const named = region === 'all' || regions.includes(region) ? regions : [...regions, region].sort();
    this.#refusals.set(key, { asked, regions: named, code, actions });
  }

  async orRefusal(question: Question, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.#signal.aborted) throw error;
      this.refuse(question, codeOf(error));
    }
  }

  /** The regions that hold anything, sorted. */
  regions(): readonly string[] {
    return [...this.#counts.keys()].sort();
  }

  holding(kind: string): readonly string[] {
    return this.regions().filter((region) => this.#counts.get(region)?.has(kind));
  }

  survey(asked: readonly string[]): Survey {
    return {
      regions: this.regions()
        .filter((region) => asked.includes(region))
        .map((region) => ({ region, counts: Object.fromEntries(this.#counts.get(region) ?? []) })),
      tagKeys: this.#tagKeys,
      refusals: [...this.#refusals.values()],
    };
  }
}
