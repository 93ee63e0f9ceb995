import pMap from 'p-map';
import { PlumblineError } from '#core/errors.ts';
import { printRef } from '#core/reference.ts';
import { NO_RELATIVES, relativeKindsOf, seenIn, type Relatives } from '#core/relatives.ts';
import type { Scan } from '#core/scan.ts';
import { refOf, type Observation } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import { manifestSchema, parseDocument, type PartRef } from './document-format.ts';
import type { Documents, Ledger } from './ports.ts';
import { loadObservedPart } from './snapshot-store.ts';
import { LAST_SWEEP, type SweepEnd } from './sweep-plan.ts';

export interface RelativesPorts {
  readonly account: string;
  readonly documents: Documents;
  readonly ledger: Ledger;
}

const READ_AT_ONCE = 4;

/**
 * What the judge of a kind looks at beside what a look has read: the last whole snapshot, and over it what the look itself saw. Nothing,
 * where there is none yet, or none that can be read: what depends on it is not known then, and the look goes on.
 */
export async function relativesFor(kind: Kind, scan: Scan, ports: RelativesPorts): Promise<Relatives> {
  const wanted = relativeKindsOf([kind]);
  const isAsked = wanted.size > 0 && scan.observations.some((seen) => refOf(seen).kind === kind.declaration.id);
  if (!isAsked) return NO_RELATIVES;
  const kept = await keptOf(wanted, ports);
  const own = scan.observations.filter((seen) => wanted.has(refOf(seen).kind));
  const names = new Set(own.map((seen) => printRef(refOf(seen))));
  const others = kept.observations.filter((seen) => !names.has(printRef(refOf(seen))));
  return { ...seenIn([...others, ...own]), listings: kept.listings };
}

interface Kept {
  readonly observations: readonly Observation[];
  readonly listings: Relatives['listings'];
}

async function keptOf(wanted: ReadonlySet<string>, { account, documents, ledger }: RelativesPorts): Promise<Kept> {
  const last = await ledger.read(LAST_SWEEP);
  const key = `snapshots/${account}/${(last?.body as unknown as SweepEnd | undefined)?.sweep ?? ''}/manifest.json`;
  const document = last === undefined ? undefined : await documents.read(key);
  if (document === undefined) return { observations: [], listings: [] };
  try {
    const { parts, listings } = parseDocument(manifestSchema, document.body, {
      name: `${documents.place}/${key}`,
      mend: 'the next sweep writes a whole one',
    });
    const own = parts.filter((part: PartRef) => wanted.has(part.kind));
    const read = await pMap(own, (part) => loadObservedPart(documents, part), { concurrency: READ_AT_ONCE });
    return {
      observations: read.flat(),
      listings: listings
        .filter(({ kind }) => wanted.has(kind))
        .map(({ code, ...rest }) => (code === undefined ? rest : { ...rest, code })),
    };
  } catch (error) {
    if (error instanceof PlumblineError) return { observations: [], listings: [] };
    throw error;
  }
}
