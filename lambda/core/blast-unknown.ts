import type { Baseline } from './baseline.ts';
import type { Change, Drift } from './change.ts';
import type { ComparableKind } from './comparison.ts';
import type { Consequence } from './consequences.ts';
import { EXISTS, rootOf } from './declaration.ts';
import { worsens } from './evidence/verdicts.ts';
import { whyUnknown } from './planned/planned-changes.ts';
import type { Proposal } from './proposal.ts';
import { printRef, printSelection, type ResourceRef } from './reference.ts';
import { effectOf, type Flip } from './s3/access-change.ts';
import type { Scan } from './scan.ts';

/** What could not be computed, and why. Without a `ref`: of a whole list. */
export interface Unknown {
  readonly ref?: ResourceRef;
  readonly why: string;
}

interface Doubt {
  readonly proposals: readonly Proposal[];
  readonly kinds: ReadonlyMap<string, ComparableKind>;
  readonly drifts: readonly Drift[];
  readonly consequences: readonly Consequence[];
  readonly notCompared: readonly { readonly ref: ResourceRef; readonly path: string; readonly because: string }[];
}

/** What the answer leaves open. Whatever is only better by what is not known leaves nothing open. */
export function unknownIn({ proposals, drifts, consequences, kinds, notCompared }: Doubt): readonly Unknown[] {
  const wanted = new Map(proposals.map((one) => [printSelection({ ref: one.ref, path: one.path }), one]));
  const perhaps = (flips: readonly Flip[]): string | undefined =>
    flips
      .filter((flip) => worsens(flip) === 'perhaps')
      .flatMap(({ before, after }) => [after, before])
      .flatMap((side) => (side.outcome === 'unknown' ? [side.why] : []))[0];
  const all: Unknown[] = [
    ...proposals.flatMap(({ ref, setting, before, after }): Unknown[] => {
      if (before.status === 'unreadable') return [{ ref, why: `${setting} could not be read (${before.code})` }];
      return after.status === 'unreadable' ? [{ ref, why: `what ${setting} would be ${whyUnknown(after.code)}` }] : [];
    }),
    ...notCompared.flatMap(({ ref, path, because }) =>
      wanted.has(printSelection({ ref, path })) ? [{ ref, why: because }] : [],
    ),
    ...drifts.flatMap(({ ref, changes }) =>
      changes.flatMap((change): Unknown[] => {
        const why = perhaps(change.flips ?? []) ?? unjudged(change, { kind: kinds.get(ref.kind), consequences });
        return why === undefined ? [] : [{ ref, why }];
      }),
    ),
    ...consequences.flatMap(({ of, affected, unknown, incomplete }): readonly Unknown[] => [
      ...unknown,
      ...affected.flatMap(({ flips, resources }) => {
        const why = perhaps(flips);
        return why === undefined ? [] : resources.map((ref) => ({ ref, why }));
      }),
      ...incomplete.map((region) => ({
        why: `the list of ${of} was not complete in ${region}: there may be more`,
      })),
    ]),
  ];
  const byText = new Map(all.map((one) => [`${one.ref === undefined ? '' : printRef(one.ref)} ${one.why}`, one]));
  return [...byText.values()];
}

/** Below what moves, whatever is accepted and was not looked at may be hit as well. */
export function leftOut(
  consequences: readonly Consequence[],
  { scan, baseline }: { readonly scan: Scan; readonly baseline: Baseline | undefined },
): readonly Unknown[] {
  const below = new Set(consequences.map(({ of }) => of));
  const isLookedAt = (kind: string, region: string): boolean =>
    scan.listings.some((listing) => listing.kind === kind && listing.region === region);
  return (baseline?.covers ?? []).flatMap(({ kind, region }) =>
    below.has(kind) && !isLookedAt(kind, region)
      ? [{ why: `the scan left out ${kind} in ${region}, which is accepted: there may be more` }]
      : [],
  );
}

/**
 * A change of which nobody can say what it does: its kind has no judge, or the judge could not tell. What flips is no answer to what else it
 * does: only where the flips themselves are what is not known, they have told of it.
 */
function unjudged(
  change: Change,
  { kind, consequences }: { readonly kind: ComparableKind | undefined; readonly consequences: readonly Consequence[] },
): string | undefined {
  const { path, exposure, breakage, flips = [] } = change;
  // What is not known of the level above is told of those below it.
  if (consequences.length > 0 && flips.length === 0 && kind?.judge !== undefined) return undefined;
  if (exposure !== 'unknown' && breakage !== 'unknown') return undefined;
  // Who takes the name of what is gone nobody knows; that it breaks is known.
  if (path === EXISTS && breakage === 'breaks') return undefined;
  if (flips.length > 0 && isToldByFlips(change, flips)) return undefined;
  const title = kind?.declaration.title ?? 'resource of an unknown kind';
  return kind?.judge === undefined
    ? `what a change of a ${title} does depends on what uses it, which is not read`
    : `what this change of the ${title} does could not be computed`;
}

/** Settings that grant: a door that one of them makes restores nothing. */
const GRANTS: ReadonlySet<string> = new Set(['policy', 'acl', 'website']);

function isToldByFlips({ path, exposure, breakage }: Change, flips: readonly Flip[]): boolean {
  const own = effectOf(flips, GRANTS.has(rootOf(path)) ? 'grants' : 'guards');
  return (
    (exposure !== 'unknown' || own.exposure === 'unknown') && (breakage !== 'unknown' || own.breakage === 'unknown')
  );
}
