import { compareStates, type ComparableKind } from '../comparison.ts';
import { printRef, type ResourceRef } from '../reference.ts';
import type { State } from '../state.ts';
import { applyChange, contextIn } from './replay.ts';
import type { WatchedChange } from './watched-change.ts';

/**
 * What would be open to everyone again if a change were taken back, all else as it was right after it. `before`: everything as it was right before
 * it, by printed reference. Pure.
 */
export function opensIfTakenBack(
  change: WatchedChange,
  before: ReadonlyMap<string, State>,
  kinds: ReadonlyMap<string, ComparableKind>,
): readonly ResourceRef[] {
  const after = new Map(before);
  applyChange(change, after);
  const wanted = [...kinds.values()].flatMap(({ declaration }) => declaration.context);
  const contextOf = (states: ReadonlyMap<string, State>) => contextIn(states, change.ref.account, wanted);
  const [now, then] = [contextOf(after), contextOf(before)];
  const isOpened = (kind: ComparableKind, state: State): boolean => {
    if (kind.declaration.context.includes(change.ref.kind))
      return (
        kind.judge?.underContext?.({ before: undefined, after: state }, { before: now, after: then }).opensToWorld ===
        true
      );
    const was = before.get(printRef(state.ref));
    if (printRef(state.ref) !== printRef(change.ref) || was === undefined) return false;
    const moved = compareStates(kind, state, was).changes;
    const judged =
      kind.judge?.changes(moved, { before: state, after: was, contexts: { before: now, after: now } }) ?? [];
    return judged.some(({ opensToWorld }) => opensToWorld === true);
  };
  return [...after.values()]
    .filter((state) => {
      const kind = kinds.get(state.ref.kind);
      return state.ref.account === change.ref.account && kind !== undefined && isOpened(kind, state);
    })
    .map(({ ref }) => ref);
}
