import { accept, type AcceptOutcome } from '#core/acceptance.ts';
import { PlumblineError } from '#core/errors.ts';
import { selectFrom, type Selection } from '#core/reference.ts';
import type { ComparableKind } from '#core/comparison.ts';
import { refOf } from '#core/state.ts';
import { loadBaseline, saveBaseline, type KnownShapes } from './baseline-store.ts';
import type { Documents } from './ports.ts';
import { loadScan, type KeptScan } from './snapshot-store.ts';

/** A reason is read at 3 a.m. by somebody else: a few words. */
const LONGEST_REASON = 1000;

/** A scan is accepted for what a person saw in it; what they saw this long ago may no longer be so. */
const OLDEST_SCAN_MS = 60 * 60 * 1000;

/** What a person wants accepted. */
export interface Acceptable {
  /** Names of resources or of their paths; or everything. */
  readonly names: readonly string[];
  readonly all: boolean;
  readonly reason: string;
  readonly ticket?: string | undefined;
  /** Another scan than the last. */
  readonly from?: string | undefined;
  /** Also a scan that is older than an hour. */
  readonly force: boolean;
}

export interface AcceptingPorts {
  readonly documents: Documents;
  readonly account: string;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly shapes: KnownShapes;
  /** Who accepts, as AWS vouches for it. */
  readonly by: string;
  readonly now: Date;
}

export interface Accepted {
  readonly outcome: AcceptOutcome;
  readonly kept: KeptScan;
  /** Nothing of it was accepted before. */
  readonly isNew: boolean;
}

/** Is what is wanted said well? Throws ARGUMENT_INVALID before anything is asked of AWS. */
export function checkAcceptable({ names, all, reason, ticket }: Acceptable): void {
  if ((names.length === 0) === !all)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      names.length === 0 ? 'name what to accept, or say --all' : 'name what to accept or say --all, not both',
    );
  if (reason.trim() === '')
    throw new PlumblineError('ARGUMENT_INVALID', '--reason is empty: say in a few words why this is right');
  if (Math.max(reason.length, ticket?.length ?? 0) > LONGEST_REASON)
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--reason and --ticket may have ${LONGEST_REASON} characters: say it shorter, or link to where it stands`,
    );
}

/** Accepts what a kept scan showed, and writes it. Throws what stands against it, with the mend; then nothing was accepted. */
export async function acceptKept(wanted: Acceptable, ports: AcceptingPorts): Promise<Accepted> {
  checkAcceptable(wanted);
  const { documents, account, kinds, shapes, by, now } = ports;
  const kept = await loadScan(documents, account, wanted.from);
  refuseOld(kept, wanted, now);
  const loaded = await loadBaseline(documents, account, shapes);
  const { reason, ticket } = wanted;
  const outcome = accept(loaded?.baseline, {
    scan: kept.scan,
    comparedWith: kept.comparedWith,
    kinds,
    what: wanted.all ? 'all' : selectionsFrom(kept, wanted.names),
    acceptance: { at: now.toISOString(), by, reason, ...(ticket === undefined ? {} : { ticket }) },
  });
  const isNew =
    loaded === undefined ||
    outcome.baseline.covers !== loaded.baseline.covers ||
    outcome.accepted.length + outcome.removed.length > 0;
  if (isNew) await saveBaseline(documents, outcome.baseline, loaded);
  return { outcome, kept, isNew };
}

function selectionsFrom({ scan }: KeptScan, names: readonly string[]): readonly Selection[] {
  const refs = scan.observations.map(refOf);
  return names.map((name) => selectFrom(refs, name));
}

function refuseOld({ scan }: KeptScan, { force }: Acceptable, now: Date): void {
  const age = now.getTime() - Date.parse(scan.finishedAt);
  if (force || age <= OLDEST_SCAN_MS) return;
  throw new PlumblineError(
    'SCAN_TOO_OLD',
    `the scan ${scan.id} is ${Math.round(age / 60_000)} minutes old, and much may have changed since: scan again, or say --force`,
  );
}
