import { PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { Proposal } from '#core/proposal.ts';
import { unreadable } from '#core/reading.ts';
import { isNamed, nearest, printRef, selectFrom, splitPath, type ResourceRef } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import { nothingRead, refOf, type State } from '#core/state.ts';
import type { Kind, KindProposal, ProposalRequest } from '#kinds/kind.ts';
import { proposals } from '#kinds/proposals.ts';

/** What is to be set and to what, as it was written: `s3-account-block.BlockPublicAcls` and `true`; a list may end in + or -. */
export type Wish = readonly [target: string, value: Json];

export interface ProposalPorts {
  readonly scan: Scan;
  readonly kinds: ReadonlyMap<string, Kind>;
}

/** What is said where nothing would be set. */
export const NOTHING_PROPOSED = 'say what would be set, such as s3-account-block.BlockPublicAcls=true';

/** Understands what was written against what is there. Throws REFERENCE_INVALID or ARGUMENT_INVALID, with the nearest that there is. */
export function proposalsFor(wishes: readonly Wish[], ports: ProposalPorts): readonly Proposal[] {
  if (wishes.length === 0) throw new PlumblineError('ARGUMENT_INVALID', NOTHING_PROPOSED);
  const states = new Map(
    ports.scan.observations.map((seen): [string, State] => [
      printRef(refOf(seen)),
      seen.seen === 'state' ? seen.state : nothingRead(seen.ref, seen.takenAt),
    ]),
  );
  const proposed: Proposal[] = [];
  // Each is understood on top of those before it: two flags of one block are one block.
  for (const wish of wishes) {
    const one = proposalFor(wish, { ...ports, states });
    const key = printRef(one.ref);
    const state = states.get(key);
    if (state !== undefined) states.set(key, { ...state, watched: { ...state.watched, [one.path]: one.after } });
    proposed.push(one);
  }
  return proposed;
}

/** Wishes of one account among several. */
export interface WishesHere {
  readonly here: readonly Wish[];
  /** The names of what is not there, without their settings. */
  readonly missing: readonly string[];
}

/**
 * Which wishes are about something that is there: a proposal on a named thing concerns the accounts that have it. Throws REFERENCE_INVALID for
 * a name that can be nowhere.
 */
export function wishesHere(wishes: readonly Wish[], { scan, kinds }: ProposalPorts): WishesHere {
  const refs = scan.observations.map(refOf);
  const missing = wishes.filter(([target]) => {
    const { resource } = splitPath(targetIn(target).name);
    if (onlyOneOf(resource, { refs, kinds }) !== undefined || isNamed(refs, resource)) return false;
    refuseUnknownKind(resource, kinds);
    return true;
  });
  const names = missing.map(([target]) => splitPath(targetIn(target).name).resource);
  return { here: wishes.filter((wish) => !missing.includes(wish)), missing: [...new Set(names)] };
}

interface Known extends ProposalPorts {
  readonly states: ReadonlyMap<string, State>;
}

function proposalFor([target, value]: Wish, known: Known): Proposal {
  const { name, how } = targetIn(target);
  const { ref, path: written } = placeOf(name, known);
  const kind = known.kinds.get(ref.kind);
  const proposal = proposals.get(ref.kind);
  if (kind === undefined || proposal === undefined) throw cannotBeSet(ref.kind);
  const place = pathOf(written, { name, proposal, kind });
  const seen = known.scan.observations.find((one) => printRef(refOf(one)) === printRef(ref));
  const state = known.states.get(printRef(ref)) ?? nothingRead(ref, known.scan.finishedAt);
  const answer = proposal.propose({ ...place, how, value, state } satisfies ProposalRequest);
  if ('problem' in answer) throw new PlumblineError('ARGUMENT_INVALID', `${target}: ${answer.problem}`);
  const isBlind = seen?.seen === 'unreadable';
  const before = isBlind ? unreadable(seen.code) : (state.watched[place.path] ?? unreadable('NotRead'));
  const setting = place.member === undefined ? place.path : `${place.path}.${place.member}`;
  return { ref, path: place.path, setting, before, after: answer.reading, carried: answer.carried ?? {} };
}

function targetIn(target: string): { readonly name: string; readonly how: ProposalRequest['how'] } {
  if (target.endsWith('+')) return { name: target.slice(0, -1), how: 'add' };
  if (target.endsWith('-')) return { name: target.slice(0, -1), how: 'remove' };
  return { name: target, how: 'set' };
}

interface Place {
  readonly ref: ResourceRef;
  readonly path: string | undefined;
}

function placeOf(name: string, { scan, kinds }: Known): Place {
  const { resource, path } = splitPath(name);
  const refs = scan.observations.map(refOf);
  const only = onlyOneOf(resource, { refs, kinds });
  if (only !== undefined && (only.path === undefined || path === undefined))
    return { ref: only.ref, path: only.path ?? path };
  refuseUnknownKind(resource, kinds);
  return { ref: selectFrom(refs, resource).ref, path };
}

/** There is one an account, so its kind is its name, perhaps with a member after a dot; names of others may hold dots. */
function onlyOneOf(
  resource: string,
  { refs, kinds }: { readonly refs: readonly ResourceRef[]; readonly kinds: Known['kinds'] },
): Place | undefined {
  for (const { declaration } of kinds.values()) {
    const ref = declaration.polled === true ? refs.find(({ kind }) => kind === declaration.id) : undefined;
    if (ref === undefined) continue;
    if (resource === declaration.id) return { ref, path: undefined };
    const [only] = Object.keys(declaration.paths);
    if (resource.startsWith(`${declaration.id}.`))
      return { ref, path: `${only ?? ''}${resource.slice(declaration.id.length)}` };
  }
  return undefined;
}

/** What stands before the first slash and is neither an account nor a region was meant as a kind. */
const NO_KIND = /^(\d{12}|global|[a-z]{2,}(-[a-z]+)+-\d+)$/;

function refuseUnknownKind(resource: string, kinds: Known['kinds']): void {
  const [first = ''] = resource.split(/[/.]/, 1);
  const isMeant = resource.includes('/') ? !NO_KIND.test(first) : resource.includes('.') || kinds.has(first);
  if (!isMeant || kinds.has(first)) return;
  const near = nearest(first, [...kinds.keys()]);
  if (near === undefined && !resource.includes('/')) return;
  throw new PlumblineError(
    'REFERENCE_INVALID',
    `there is no kind "${first.slice(0, 80)}"${near === undefined ? `: there are ${[...kinds.keys()].join(', ')}` : `; did you mean "${near}"?`}`,
  );
}

interface Written {
  readonly name: string;
  readonly proposal: KindProposal;
  readonly kind: Kind;
}

function pathOf(
  written: string | undefined,
  { name, proposal: { paths }, kind }: Written,
): Pick<ProposalRequest, 'path' | 'member'> {
  const [only = '', ...others] = paths;
  if (written === undefined) {
    if (others.length === 0) return { path: only };
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `${name} names no setting: write ${name}#policy, or one of ${paths.join(', ')}`,
    );
  }
  const [path = '', ...rest] = written.split('.');
  if (!paths.includes(path)) {
    const near = nearest(path, paths);
    throw new PlumblineError(
      'REFERENCE_INVALID',
      `a ${kind.declaration.title} has no setting "${path.slice(0, 80)}"${near === undefined ? `: there are ${paths.join(', ')}` : `; did you mean "${near}"?`}`,
    );
  }
  return rest.length === 0 ? { path } : { path, member: rest.join('.') };
}

function cannotBeSet(kind: string): PlumblineError {
  return new PlumblineError(
    'REFERENCE_INVALID',
    `what a change of ${kind} would do cannot be asked: only of ${[...proposals.keys()].join(', ')}`,
  );
}
