import { EXISTS } from '../declaration.ts';
import type { Context, Moment } from '../judge.ts';
import { printRef, type ResourceRef } from '../reference.ts';
import { nothingRead, type State } from '../state.ts';
import type { WatchedChange } from './watched-change.ts';

/** A change with everything that it is judged by: one resource, and what its meaning depends on, right before and right after it. */
export interface ReplayedChange {
  readonly change: WatchedChange;
  readonly before: MaybeMoment;
  readonly after: MaybeMoment;
}

/** Without a state: the resource was not there, or nothing was known of it. */
export interface MaybeMoment {
  readonly state: State | undefined;
  readonly context: Context;
}

export interface ReplayRequest {
  /** What is looked at. */
  readonly ref: ResourceRef;
  /** Kinds that its meaning depends on. */
  readonly context: readonly string[];
  /** Everything as it was before the first change, by printed reference. */
  readonly states: ReadonlyMap<string, State>;
  /** Those that succeeded, in whatever order. */
  readonly changes: readonly WatchedChange[];
}

/** Each change of one resource or of what its meaning depends on, in the order of time, with what there was right before and after it. Pure. */
export function replay({ ref, context, states, changes }: ReplayRequest): readonly ReplayedChange[] {
  const touches = ({ ref: of }: WatchedChange): boolean =>
    of.account === ref.account && (printRef(of) === printRef(ref) || context.includes(of.kind));
  const now = new Map(states);
  const momentOf = (): MaybeMoment => ({
    state: now.get(printRef(ref)),
    context: contextIn(now, ref.account, context),
  });
  return changes
    .filter(touches)
    .toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map((change) => {
      const before = momentOf();
      applyChange(change, now);
      return { change, before, after: momentOf() };
    });
}

/** Of some states of an account those that others' meaning depends on, by kind. Pure. */
export function contextIn(
  states: ReadonlyMap<string, State>,
  account: string,
  kinds: readonly string[],
): Readonly<Record<string, State>> {
  return Object.fromEntries(
    [...states.values()].flatMap((state) =>
      kinds.includes(state.ref.kind) && state.ref.account === account ? [[state.ref.kind, state]] : [],
    ),
  );
}

/** Puts what a change set into states, by printed reference. */
export function applyChange({ ref, path, after, at }: WatchedChange, states: Map<string, State>): void {
  const key = printRef(ref);
  if (path === EXISTS) {
    if (after.status !== 'present') states.delete(key);
    return;
  }
  const state = states.get(key) ?? nothingRead(ref, at);
  // What AWS said of another policy, it did not say of this one; and of another ACL nothing is hidden.
  const { policyStatus: _policyStatus, ...others } = state.carried;
  const carried =
    path === 'policy' ? others : path === 'acl' ? { ...state.carried, aclMaskedBy: 'nothing' } : state.carried;
  states.set(key, { ...state, takenAt: at, watched: { ...state.watched, [path]: after }, carried });
}

/** A moment of which something is known. */
export function momentIn({ state, context }: MaybeMoment): Moment | undefined {
  return state === undefined ? undefined : { state, context };
}
