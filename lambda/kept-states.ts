import { bestKnown } from '#core/accepted-state.ts';
import type { Baseline } from '#core/baseline.ts';
import { blindSpots } from '#core/drift.ts';
import { printRef, printSelection } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import { nothingRead, type State } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import type { BlindSpot } from '#core/symptom/document.ts';

/** Everything that a snapshot saw, by printed reference; an ACL that S3 hid then is the accepted one, where that knows more. Pure. */
export function statesIn(
  scan: Scan,
  { baseline, kinds }: { readonly baseline: Baseline | undefined; readonly kinds: ReadonlyMap<string, Kind> },
): ReadonlyMap<string, State> {
  const states = new Map<string, State>();
  for (const seen of scan.observations) {
    if (seen.seen === 'gone') continue;
    const state = seen.seen === 'state' ? seen.state : nothingRead(seen.ref, seen.takenAt);
    const key = printRef(state.ref);
    const accepted = baseline?.states.get(key)?.state;
    const kind = kinds.get(state.ref.kind);
    states.set(key, accepted && kind ? bestKnown(state, accepted, kind) : state);
  }
  return states;
}

/** What a snapshot could not see. Pure. */
export function blindIn(scan: Scan, kinds: ReadonlyMap<string, Kind>): readonly BlindSpot[] {
  return blindSpots(scan, kinds).map(({ ref, path, code, says }) => ({
    where: ref === undefined ? `the snapshot of ${scan.startedAt}` : printSelection({ ref, path }),
    says: `${says} (${code})`,
    matters: true,
    ...(ref === undefined ? {} : { ref }),
  }));
}
