import type { Breakage, Change, Exposure } from './change.ts';
import type { Use } from './evidence/uses.ts';
import type { ResourceRef } from './reference.ts';
import type { Relatives } from './relatives.ts';
import type { Flip } from './s3/access-change.ts';
import type { UseRows } from './s3/use-rows.ts';
import type { State } from './state.ts';

/** What a change does, in the words and on the axes that a person decides by. */
export interface Judgement {
  readonly exposure: Exposure;
  readonly breakage: Breakage;
  /** Everyone is let in who was not. */
  readonly opensToWorld: boolean;
  /** One plain sentence for each thing that moved. */
  readonly effects: readonly string[];
  readonly flips: readonly Flip[];
}

/** The states of the kinds that a kind's meaning depends on, by kind; missing where they could not be read. */
export type Context = Readonly<Record<string, State | undefined>>;

export interface JudgeRequest {
  /** What was accepted; missing for a created resource. */
  readonly before: State | undefined;
  /** What was read, as far as something better is not known; missing for a deleted one. */
  readonly after: State | undefined;
  /** What a kind's meaning depends on, as it was accepted and as it is now: what a change in it does is its own finding. */
  readonly contexts: Contexts;
  /** What else a change's meaning depends on, as far as it was seen: what a change in that does is its own finding. None: nothing was. */
  readonly relatives?: Relatives;
}

export interface Contexts {
  readonly before: Context;
  readonly after: Context;
}

/** One resource under a context that moved: what was accepted of it (nothing, if nothing was), and what is there now. */
export interface Below {
  readonly before: State | undefined;
  readonly after: State;
}

/** One resource and what its meaning depends on, at one time. */
export interface Moment {
  readonly state: State;
  readonly context: Context;
}

/** How a kind judges: changes of its own, and what a change in its context does to one of its resources. */
export interface KindJudge {
  readonly changes: (changes: readonly Change[], request: JudgeRequest) => readonly Change[];
  /** What the move of the context does to one resource, beside what the resource's own changes do. */
  readonly underContext?: (below: Below, contexts: Contexts) => Judgement;
  /** The rows that a request that a log tells of is of. `state` and context: as it was then. */
  readonly rowsOfUse?: (use: Use, state: State, context: Context) => UseRows;
  /** The operations that meet something else on one resource between two moments: everything on either side as it was then. */
  readonly flipsBetween?: (before: Moment, after: Moment) => readonly Flip[];
  /** Rows of which a refusal is felt at the next deployment, and not at once. */
  readonly laterRows?: ReadonlySet<string>;
  /** A definite verdict of ours that AWS, which was asked, does not share. */
  readonly disagreement?: (state: State, context: Context) => Disagreement | undefined;
  /** Why AWS itself would refuse to set what is proposed, in one sentence without its end; undefined: nothing that is known refuses it. */
  readonly refusal?: (proposed: ProposedSetting) => string | undefined;
}

/** A setting of one resource as it is proposed. */
export interface ProposedSetting {
  readonly path: string;
  /** As it is, and as it would be with all that is proposed. */
  readonly before: Moment;
  readonly after: Moment;
  /** Everything that was seen. */
  readonly others: readonly State[];
}

/** Where AWS and Plumbline differ. AWS is believed, and the case can be added to the tests as it is printed. */
export interface Disagreement {
  readonly ref: ResourceRef;
  readonly path: string;
  readonly own: string;
  readonly aws: string;
  /** Why ours is what it is. */
  readonly because: string;
  /** One line for `test/core/s3/policy-verdicts.jsonl`, with AWS's verdict as the expected one. */
  readonly case: string;
}

/** A change with its judgement. */
export function judged(change: Change, judgement: Judgement): Change {
  return { ...change, ...judgement };
}
