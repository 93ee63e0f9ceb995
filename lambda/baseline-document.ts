import type { AcceptedState, Baseline } from '#core/baseline.ts';
import { PlumblineError } from '#core/errors.ts';
import { printRef, selectFrom, type ResourceRef } from '#core/reference.ts';

/** What is accepted, by whom, when and why: what `baseline show --json` prints. */
export interface BaselineDocument extends Pick<Baseline, 'account' | 'accepted' | 'covers'> {
  readonly version: 1;
  readonly states: readonly AcceptedState[];
}

/** The baseline as a document: all of it, or the resources that are named. Pure. Throws REFERENCE_INVALID. */
export function baselineDocument(baseline: Baseline, names: readonly string[]): BaselineDocument {
  const refs = [...baseline.states.values()].map(({ state }) => state.ref);
  const wanted = names.length === 0 ? undefined : new Set(names.map((name) => printRef(selectWhole(refs, name))));
  const states = [...baseline.states].filter(([key]) => wanted?.has(key) ?? true).map(([, accepted]) => accepted);
  const { account, accepted, covers } = baseline;
  return { version: 1, account, accepted, covers, states };
}

function selectWhole(refs: readonly ResourceRef[], name: string): ResourceRef {
  const { ref, path } = selectFrom(refs, name);
  if (path !== undefined)
    throw new PlumblineError('REFERENCE_INVALID', `${name}: show takes whole resources; leave #${path} out`);
  return ref;
}

/** That nobody accepted anything yet, and what to do. `more`: the options that the commands need beside. */
export function nothingAccepted(
  account: string,
  { place, more }: { readonly place: string; readonly more: string },
): PlumblineError {
  return new PlumblineError(
    'NOTHING_TO_ACCEPT',
    `nothing is accepted for account ${account} in ${place}: run "plumbline scan${more}", then "plumbline baseline accept --all --reason …${more}"`,
  );
}
