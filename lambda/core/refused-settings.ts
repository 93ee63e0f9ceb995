import type { ComparableKind } from './comparison.ts';
import { contextIn } from './consequences.ts';
import { EXISTS } from './declaration.ts';
import type { Proposal } from './proposal.ts';
import { printRef, type ResourceRef } from './reference.ts';
import type { Scan } from './scan.ts';
import type { State } from './state.ts';

/** A proposed setting that AWS itself would refuse, and why, in one sentence without its end. */
export interface RefusedSetting {
  readonly ref: ResourceRef;
  readonly setting: string;
  readonly says: string;
}

/** The scan as it is and as it would be, with all that is proposed. */
export interface ProposedScans {
  readonly now: Scan;
  readonly proposed: Scan;
  readonly kinds: ReadonlyMap<string, ComparableKind>;
}

/** Which of the proposed settings AWS would refuse to set, as far as their kinds know. Pure. */
export function refusedSettings(
  proposals: readonly Proposal[],
  { now, proposed, kinds }: ProposedScans,
): readonly RefusedSetting[] {
  const [is, would] = [statesOf(now), statesOf(proposed)];
  const contexts = { before: contextIn(now, kinds), after: contextIn(proposed, kinds) };
  return proposals.flatMap(({ ref, path, setting, after: value }): RefusedSetting[] => {
    const [before, after] = [is.get(printRef(ref)), would.get(printRef(ref))];
    if (before === undefined || after === undefined || path === EXISTS || value.status === 'unreadable') return [];
    const says = kinds.get(ref.kind)?.judge?.refusal?.({
      path,
      before: { state: before, context: contexts.before },
      after: { state: after, context: contexts.after },
      others: [...is.values()],
    });
    return says === undefined ? [] : [{ ref, setting, says }];
  });
}

function statesOf({ observations }: Scan): ReadonlyMap<string, State> {
  return new Map(
    observations.flatMap((seen) => (seen.seen === 'state' ? [[printRef(seen.state.ref), seen.state] as const] : [])),
  );
}
