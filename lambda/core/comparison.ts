import type { Change } from './change.ts';
import { checkOf, EXISTS, type KindDeclaration, type PathDeclaration } from './declaration.ts';
import type { KindJudge } from './judge.ts';
import { isJsonObject, isSameJson, objectOf, setChange, type Json, type JsonObject } from './json.ts';
import { isSamePolicy, statementChange } from './policy.ts';
import { ABSENT, present, type JsonReading } from './reading.ts';
import type { State } from './state.ts';

/** One side of a comparison: the reading of one path, and what was carried beside it. */
export interface Side {
  readonly reading: JsonReading;
  readonly carried: JsonObject;
}

/** A pair of readings is the same, is a change, or cannot be told apart, with the reason. */
export type Verdict = 'same' | 'changed' | { readonly notCompared: string };

/** A kind's own rule for a path whose reading means different things in different circumstances (a masked ACL). */
export type CompareSides = (before: Side, after: Side) => Verdict;

/** Does the accepted reading know more than what was read now, though they are not known to differ? Then accepting keeps it. */
export type KnowsMore = (accepted: Side, now: Side) => boolean;

export interface ComparableKind {
  readonly declaration: KindDeclaration;
  readonly comparisons?: Readonly<Record<string, CompareSides>>;
  readonly knowsMore?: Readonly<Record<string, KnowsMore>>;
  /** Says what changes do. Without one that is not known, which is not "nothing". */
  readonly judge?: KindJudge;
}

/** What comparing one resource with its accepted state gives. Only `changes` are drift; the rest is said beside it. */
export interface Comparison {
  readonly changes: readonly Change[];
  /** Paths that could not be read now. */
  readonly unreadable: readonly { readonly path: string; readonly code: string }[];
  /** Paths of which nothing was accepted: newer than the accepted state's shape, or unreadable when it was accepted. */
  readonly notYetAccepted: readonly string[];
  readonly notCompared: readonly { readonly path: string; readonly because: string }[];
}

/** Compares what was accepted with what was read: by meaning, path by path. */
export function compareStates(kind: ComparableKind, accepted: State, now: State): Comparison {
  const changes: Change[] = [];
  const unreadable: { path: string; code: string }[] = [];
  const notYetAccepted: string[] = [];
  const notCompared: { path: string; because: string }[] = [];

  for (const [path, declared] of Object.entries(kind.declaration.paths)) {
    const after = now.watched[path];
    const before = acceptedReading(kind.declaration, accepted, path);
    if (after === undefined) notCompared.push({ path, because: 'it was not read' });
    else if (after.status === 'unreadable') unreadable.push({ path, code: after.code });
    else if (before === undefined || before.status === 'unreadable') notYetAccepted.push(path);
    else {
      const compare = kind.comparisons?.[path];
      const verdict = compare
        ? compare({ reading: before, carried: accepted.carried }, { reading: after, carried: now.carried })
        : compareTwo(declared.form, before, after);
      if (verdict === 'changed') {
        const written = writtenOf(declared, { before: accepted.carried, after: now.carried });
        changes.push(
          ...changesOf(kind.declaration, path, { before, after }).map((change) => ({ ...change, ...written })),
        );
      }
      if (verdict !== 'same' && verdict !== 'changed') notCompared.push({ path, because: verdict.notCompared });
    }
  }
  return { changes, unreadable, notYetAccepted, notCompared };
}

/** What was accepted of a path; nothing where the path is newer than the accepted state. */
export function acceptedReading(declaration: KindDeclaration, accepted: State, path: string): JsonReading | undefined {
  return (declaration.paths[path]?.since ?? 1) > accepted.shape ? undefined : accepted.watched[path];
}

/** The rule for a path without circumstances. A read that was skipped and now finds nothing has found no change. */
export function compareReadings({ form }: Pick<PathDeclaration, 'form'>): CompareSides {
  return ({ reading: before }, { reading: after }) => compareTwo(form, before, after);
}

function compareTwo(form: PathDeclaration['form'], before: JsonReading, after: JsonReading): 'same' | 'changed' {
  if (before.status === 'present' && after.status === 'present')
    return isSameValue(form, before.value, after.value) ? 'same' : 'changed';
  return before.status !== 'present' && after.status !== 'present' ? 'same' : 'changed';
}

function isSameValue(form: PathDeclaration['form'], before: Json, after: Json): boolean {
  if (isSameJson(before, after)) return true;
  // A state written by another release may be canonical by an older rule: meaning decides, not the writing.
  return form === 'policy' && isJsonObject(before) && isJsonObject(after) && isSamePolicy(before, after);
}

/** A resource that is there and of which nothing was accepted, though its kind and region are covered. */
export function createdChange(declaration: KindDeclaration): Change {
  return changeOf(declaration, EXISTS, { before: ABSENT, after: present(true) });
}

/** A change of which only one side is known. */
export function changeFromUnknown(declaration: KindDeclaration, path: string, sides: Sides): Change {
  const title = path === EXISTS ? declaration.title : (declaration.paths[path]?.title ?? path);
  const now = sides.after.status === 'present' ? 'set' : 'not set';
  return {
    ...changeOf(declaration, path, sides),
    says: path === EXISTS ? `${title} ${now === 'set' ? 'created' : 'deleted'}` : `${title}: not known → ${now}`,
  };
}

/** A resource that was accepted and is gone. */
export function deletedChange(declaration: KindDeclaration): Change {
  return changeOf(declaration, EXISTS, { before: present(true), after: ABSENT });
}

function writtenOf(
  { writtenIn }: PathDeclaration,
  { before, after }: { before: JsonObject; after: JsonObject },
): Pick<Change, 'written'> {
  if (writtenIn === undefined) return {};
  const text = (carried: JsonObject): string | undefined =>
    typeof carried[writtenIn] === 'string' ? carried[writtenIn] : undefined;
  const [was, is] = [text(before), text(after)];
  return { written: { ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) } };
}

export interface Sides {
  readonly before: JsonReading;
  readonly after: JsonReading;
}

function changesOf(declaration: KindDeclaration, path: string, { before, after }: Sides): readonly Change[] {
  const form = declaration.paths[path]?.form;
  if (form !== 'record' || before.status !== 'present' || after.status !== 'present') {
    return [changeOf(declaration, path, { before, after })];
  }
  const [had, has] = [recordOf(before.value), recordOf(after.value)];
  return [...new Set([...Object.keys(had), ...Object.keys(has)])]
    .filter((member) => !isSameJson(had[member] ?? null, has[member] ?? null))
    .map((member) =>
      changeOf(declaration, `${path}.${member}`, { before: memberOf(had, member), after: memberOf(has, member) }),
    );
}

function recordOf(value: Json): JsonObject {
  return isJsonObject(value) ? value : objectOf([['value', value]]);
}

function memberOf(record: JsonObject, member: string): JsonReading {
  const value = record[member];
  return value === undefined ? ABSENT : present(value);
}

function changeOf(declaration: KindDeclaration, path: string, sides: Sides): Change {
  return {
    path,
    ...sides,
    // What a change means is for the kind's judge to say; without one it is not known, which is not "none".
    exposure: 'unknown',
    breakage: 'unknown',
    says: sentenceOf(declaration, path, sides),
    check: checkOf(declaration, path)?.id ?? '',
  };
}

function sentenceOf(declaration: KindDeclaration, path: string, { before, after }: Sides): string {
  if (path === EXISTS) return `${declaration.title} ${after.status === 'present' ? 'created' : 'deleted'}`;
  const form = declaration.paths[path]?.form;
  const title = declaration.paths[path]?.title ?? path;
  if (before.status === 'present' && after.status === 'present') {
    if (form === 'set') return `${title}: ${countsOf(setChange(listIn(before.value), listIn(after.value)))}`;
    if (form === 'policy' && isJsonObject(before.value) && isJsonObject(after.value)) {
      return `${title}: statements ${countsOf(statementChange(before.value, after.value))}`;
    }
    if (form === undefined) return `${path}: ${JSON.stringify(before.value)} → ${JSON.stringify(after.value)}`;
    return `${title} changed`;
  }
  return `${title} ${verbOf(before, after)}`;
}

function verbOf(before: JsonReading, after: JsonReading): string {
  if (after.status === 'present') return before.status === 'skipped' ? 'is in force again' : 'set';
  return after.status === 'skipped' ? `is out of force: ${after.because}` : 'removed';
}

function countsOf({ added, removed }: { readonly added: readonly Json[]; readonly removed: readonly Json[] }): string {
  return `+${added.length} −${removed.length}`;
}

/** The members of a set's value. */
export function listIn(value: Json): readonly Json[] {
  return Array.isArray(value) ? value : [value];
}
