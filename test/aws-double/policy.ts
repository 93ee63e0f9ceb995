import type { Caller } from './attempt.ts';

/** A statement as somebody wrote it: nothing about its shape is certain. */
export interface Statement {
  readonly Effect?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Condition?: unknown;
}

export interface Principal {
  /** `AWS`, `Service`, `CanonicalUser` or `Federated`. */
  readonly kind: string;
  readonly name: string;
}

export interface Condition {
  /** Operator and key are case-insensitive in IAM, so both are in lower case (aws-facts §2.3). */
  readonly operator: string;
  readonly key: string;
  readonly values: readonly string[];
}

/** The statements of a document, or nothing when it is no policy. */
export function statementsOf(text: string): readonly Statement[] | undefined {
  try {
    const document: unknown = JSON.parse(text);
    if (!isRecord(document) || document['Statement'] === undefined) return undefined;
    return [document['Statement']].flat().filter(isRecord);
  } catch {
    return undefined;
  }
}

/** One or many, as every list in a policy may be written. */
export function listed(value: unknown): readonly string[] {
  return value === undefined ? [] : [value].flat().map(String);
}

/** A bare `"*"` is everybody, as `{"AWS": "*"}` is. */
export function principalsOf(value: unknown): readonly Principal[] {
  if (!isRecord(value)) return listed(value).map((name) => ({ kind: 'AWS', name }));
  return Object.entries(value).flatMap(([kind, names]) => listed(names).map((name) => ({ kind, name })));
}

export function conditionsOf({ Condition: written }: Statement): readonly Condition[] {
  if (!isRecord(written)) return [];
  return Object.entries(written).flatMap(([operator, keys]) =>
    Object.entries(isRecord(keys) ? keys : {}).map(([key, values]) => ({
      operator: operator.toLowerCase(),
      key: key.toLowerCase(),
      values: listed(values),
    })),
  );
}

/** What a statement is held against. */
export interface Ask {
  readonly caller: Caller;
  readonly action: string;
  readonly bucket: string;
  /** Of an object; undefined where the ask does not say which, `false` where it is the bucket itself. */
  readonly key: string | undefined | false;
}

/** Whether a statement speaks of this caller, action and thing; its conditions aside. */
export function speaksOf(statement: Statement, ask: Ask): boolean {
  const { Principal, NotPrincipal, Action, NotAction, Resource, NotResource } = statement;
  const isCaller = (principal: Principal): boolean => names(principal, ask.caller);
  const isAction = (pattern: string): boolean => matches(pattern.toLowerCase(), ask.action.toLowerCase());
  const isThing = (pattern: string): boolean => covers(pattern, ask);
  return (
    (NotPrincipal === undefined
      ? principalsOf(Principal).some(isCaller)
      : !principalsOf(NotPrincipal).some(isCaller)) &&
    (NotAction === undefined ? listed(Action).some(isAction) : !listed(NotAction).some(isAction)) &&
    (NotResource === undefined ? listed(Resource).some(isThing) : !listed(NotResource).some(isThing))
  );
}

/** An account is named by its id and by any ARN of its own: the root, or a role whose IAM side allows it too (§3.2 X1). */
function names({ kind, name }: Principal, caller: Caller): boolean {
  if (kind === 'AWS' && name === '*') return true;
  switch (caller.type) {
    case 'anonymous':
      return false;
    case 'account':
      return kind === 'CanonicalUser'
        ? name === caller.canonicalId
        : kind === 'AWS' && (name === caller.account || name.split(':')[4] === caller.account);
    case 'service':
      return kind === 'Service' && matches(name, caller.name);
    case 'origin-access-identity':
      return kind === 'CanonicalUser' ? name === caller.id : kind === 'AWS' && name.endsWith(` ${caller.id}`);
    default:
      return false;
  }
}

/** Without a key, a pattern covers the bucket's objects when it covers any of them: the one that it spells itself. */
function covers(pattern: string, { bucket, key }: Ask): boolean {
  const spelt = pattern.split('/').slice(1).join('/').replaceAll(/[*?]/g, 'x') || 'x';
  const thing = `arn:aws:s3:::${bucket}${key === false ? '' : `/${key ?? spelt}`}`;
  return matches(pattern.replace(/^arn:[^:*]+:/, 'arn:aws:'), thing);
}

function matches(pattern: string, text: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
