import type { Unknown } from '#core/blast-unknown.ts';
import type { Proposal } from '#core/proposal.ts';
import type { NotJudged } from '#core/accounts-blast-radius.ts';
import { compareStates, type ComparableKind } from '#core/comparison.ts';
import { rootOf } from '#core/declaration.ts';
import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import { CREATED } from '#core/planned/planned-changes.ts';
import { unreadable } from '#core/reading.ts';
import { printRef } from '#core/reference.ts';
import { isListed, type Scan } from '#core/scan.ts';
import { refOf, type Observation, type State } from '#core/state.ts';
import { goesFrom, type Understood } from './planned-proposals.ts';
import type { ProposalPorts } from './proposals.ts';

/**
 * Everything in which a snapshot differs from what is there, as a proposal. What the snapshot did not look at is none.
 * Pure. Throws INPUT_INVALID for a snapshot of another account.
 */
export function proposalsBetween(after: Scan, { scan, kinds }: ProposalPorts): Understood {
  if (after.account !== scan.account)
    throw new PlumblineError(
      'INPUT_INVALID',
      `the proposed snapshot is of account ${after.account}, what is there of ${scan.account}: give two of one account`,
    );
  const now = new Map(scan.observations.map((seen) => [printRef(refOf(seen)), seen]));
  const then = new Map(after.observations.map((seen) => [printRef(refOf(seen)), seen]));
  const parts = [
    ...[...now].map(([key, seen]) => changeOf(seen, then.get(key), { scan, after, kinds })),
    ...[...then].flatMap(([key, seen]) => (now.has(key) ? [] : [newIn(seen, scan)])),
  ];
  return {
    proposals: parts.flatMap(({ proposals = [] }) => proposals),
    unknown: parts.flatMap(({ unknown = [] }) => unknown),
    notJudged: parts.flatMap(({ notJudged = [] }) => notJudged),
  };
}

interface Pair extends ProposalPorts {
  readonly after: Scan;
}

function changeOf(seen: Observation, then: Observation | undefined, pair: Pair): Partial<Understood> {
  const ref = refOf(seen);
  if (seen.seen === 'gone') return {};
  if (then === undefined) return isListed(pair.after, ref.kind, ref.region) ? goesFrom(seen, pair.scan) : {};
  if (then.seen === 'gone') return goesFrom(seen, pair.scan);
  if (then.seen === 'unreadable') return { unknown: [{ ref, why: `the snapshot has nothing of it (${then.code})` }] };
  const kind = pair.kinds.get(ref.kind);
  if (kind === undefined) return {};
  if (seen.seen === 'unreadable') return { unknown: [{ ref, why: `nothing of it could be read (${seen.code})` }] };
  return settingsOf(kind, seen.state, then.state);
}

/** Path by path, by the rule by which two snapshots are compared. */
function settingsOf(kind: ComparableKind, before: State, after: State): Partial<Understood> {
  const { changes, unreadable: blind, notYetAccepted, notCompared } = compareStates(kind, before, after);
  const isBetterKnown = ({ path }: { readonly path: string }): boolean => knowsMore(kind, path, { before, after });
  const paths = new Set([
    ...changes.map(({ path }) => rootOf(path)),
    ...blind.map(({ path }) => path),
    ...notYetAccepted.filter((path) => before.watched[path] !== undefined),
    ...notCompared.filter(isBetterKnown).map(({ path }) => path),
  ]);
  const proposals = [...paths].map((path): Proposal => ({
    ref: before.ref,
    path,
    setting: path,
    before: before.watched[path] ?? unreadable('NotRead'),
    after: after.watched[path] ?? unreadable('NotRead'),
    carried: carriedOf(kind, path, { before, after }),
  }));
  // Two readings that cannot be told apart prove no change: the setting is taken as it is.
  const notJudged = notCompared.map(({ path, because }): NotJudged => ({
    name: `${printRef(before.ref)}#${path}`,
    why: `not compared: ${because}`,
  }));
  return { proposals, notJudged, unknown: [] satisfies readonly Unknown[] };
}

/** Does the snapshot know more of a setting than what was read, which does not contradict it: an ACL that S3 hides now? */
function knowsMore({ knowsMore: rules }: ComparableKind, path: string, { before, after }: States): boolean {
  const [now, then] = [before.watched[path], after.watched[path]];
  if (now === undefined || then === undefined) return false;
  return rules?.[path]?.({ reading: then, carried: after.carried }, { reading: now, carried: before.carried }) === true;
}

interface States {
  readonly before: State;
  readonly after: State;
}

/** What belongs to a path goes with it; what is missing afterwards goes away. */
function carriedOf(
  { declaration }: ComparableKind,
  path: string,
  { before, after }: States,
): Readonly<Record<string, Json>> {
  const names = Object.entries(declaration.carries).flatMap(([name, { of }]) => (of === path ? [name] : []));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = after.carried[name];
      if (value !== undefined) return [[name, value] as const];
      return before.carried[name] === undefined ? [] : [[name, null] as const];
    }),
  );
}

function newIn(seen: Observation, scan: Scan): Partial<Understood> {
  const ref = refOf(seen);
  if (seen.seen !== 'state') return {};
  return isListed(scan, ref.kind, ref.region)
    ? { notJudged: [{ name: printRef(ref), why: CREATED }] }
    : {
        unknown: [
          { ref, why: `${ref.kind} in ${ref.region} was not listed whole, so whether it is there is not known` },
        ],
      };
}
