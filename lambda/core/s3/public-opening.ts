import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { Reading } from '../reading.ts';
import { allOf, anyOf, NO, not, unknown, YES, type Fact } from './fact.ts';
import type { Opinion } from './opinion.ts';

const READ_OBJECT = 's3:getobject';

/** What a public policy opens to unsigned requests, and what its Deny statements may shut again. */
export interface PublicOpening {
  /** Reading objects: a policy may be public and allow listing alone. */
  readonly toObjects: Fact;
  /** Anything else that a public statement allows: listing, writing. */
  readonly toOthers: Fact;
  /** May a Deny shut those out who read objects without a signature? It does not count for what S3 calls public. */
  readonly readsMayBeDenied: Fact;
  /** May a Deny of any kind shut somebody out? */
  readonly mayBeDenied: Fact;
  /** Is whoever comes without TLS denied? Website endpoints speak no TLS. */
  readonly deniesPlainHttp: boolean;
}

const CLOSED = { toObjects: NO, toOthers: NO } as const;
const DENIED = unknown('a Deny statement, which does not count for what S3 calls public, may still shut people out');
const PRINCIPAL = unknown(
  'the public statement names no plain *, and whether it takes in unsigned requests is not known',
);
const CONDITION = unknown('the condition of the public statement decides, and S3 does not count it as a limit');

/** What the statements of a policy open and deny, as far as a policy alone tells. */
export function publicOpeningOf(policy: Reading<JsonObject>, { own, isPublic }: Opinion): PublicOpening {
  const statements = policy.status === 'present' ? listOf(policy.value['Statement'] ?? []) : [];
  const denies = statements.filter(isDeny);
  const deniesPlainHttp = denies.some((one) => deniesNoTls(one) && deniesAllWithoutTls(one));
  const limits = denies.filter((one) => !deniesNoTls(one));
  const mayBeDenied = limits.length === 0 ? NO : DENIED;
  const readsMayBeDenied = limits.some(deniesUnsignedReads) ? DENIED : NO;
  const closing = { readsMayBeDenied, mayBeDenied, deniesPlainHttp };
  if (policy.status !== 'present') {
    const why = unknown('the bucket policy was not read, so what it opens is not known');
    return policy.status === 'absent'
      ? { ...CLOSED, ...closing }
      : { toObjects: allOf(isPublic, why), toOthers: allOf(isPublic, why), ...closing };
  }
  if (isPublic.is !== true) return { toObjects: isPublic, toOthers: isPublic, ...closing };
  if (own?.verdict !== 'public') {
    const fact = unknown('AWS calls the policy public, and it is not known by which statement');
    return { toObjects: fact, toOthers: fact, ...closing };
  }
  const open = own.statements.flatMap(({ index, verdict }) => {
    const statement = statements[index];
    return verdict === 'public' && isJsonObject(statement) ? [statement] : [];
  });
  const opened = (allows: (statement: JsonObject) => boolean): Fact =>
    anyOf(...open.filter(allows).map(isOpenToUnsigned));
  return {
    toObjects: allOf(opened(readsObjects), not(readsMayBeDenied)),
    toOthers: allOf(opened(doesOther), not(mayBeDenied)),
    ...closing,
  };
}

/** Keys that an unsigned request does not carry, so that no unsigned request ever matches a value of them. */
const SIGNED_KEYS =
  /^aws:(principal|userid$|username$|source(vpc|vpce|account|arn|owner|org)|calledvia|mfa|multifactor|tokenissue)/;

/** Does an unsigned request fulfil the principal and the conditions of a statement that S3 calls public? */
function isOpenToUnsigned(statement: JsonObject): Fact {
  if (!isForEveryone(statement)) return PRINCIPAL;
  // One whose conditions IAM could not read is not public but unknown.
  return allOf(...conditionsOf(statement).map(isFulfilledUnsigned));
}

function isFulfilledUnsigned([operator, key, value]: readonly [string, string, Json]): Fact {
  if (
    operator === 'bool' &&
    key === 'aws:securetransport' &&
    listOf(value).every((one) => one === true || one === 'true')
  )
    return YES;
  const isMissingFine =
    operator.endsWith('ifexists') ||
    operator.startsWith('forallvalues:') ||
    operator.includes('not') ||
    operator === 'null';
  return SIGNED_KEYS.test(key) && !isMissingFine ? NO : CONDITION;
}

function isDeny(statement: Json): boolean {
  return isJsonObject(statement) && textOf(statement['Effect'])?.toLowerCase() === 'deny';
}

/** A Deny of objects that meets whoever comes without a signature, should its condition hold. */
function deniesUnsignedReads(statement: Json): boolean {
  return (
    isJsonObject(statement) &&
    readsObjects(statement) &&
    (statement['Principal'] === undefined || isForEveryone(statement))
  );
}

function isForEveryone({ Principal }: JsonObject): boolean {
  const named = isJsonObject(Principal) ? Principal['AWS'] : Principal;
  return listOf(named ?? null).includes('*');
}

/** Denies whoever comes without TLS at most. */
function deniesNoTls(statement: Json): boolean {
  return conditionsOf(statement).some(isWithoutTls);
}

/** Denies whoever comes without TLS any object. */
function deniesAllWithoutTls(statement: Json): boolean {
  return (
    isJsonObject(statement) &&
    conditionsOf(statement).every(isWithoutTls) &&
    isForEveryone(statement) &&
    matchesAction(statement) &&
    listOf(statement['Resource'] ?? '*').some((resource) => /^([^/]*\/)?\*$/.test(nameIn(resource)))
  );
}

function isWithoutTls([operator, key, value]: readonly [string, string, Json]): boolean {
  return (
    operator === 'bool' &&
    key === 'aws:securetransport' &&
    listOf(value).every((one) => one === false || one === 'false')
  );
}

/** Operator, key and value of each condition of a statement; operators and keys know no case. */
function conditionsOf(statement: Json): readonly (readonly [string, string, Json])[] {
  const condition = isJsonObject(statement) ? statement['Condition'] : undefined;
  if (!isJsonObject(condition)) return [];
  return Object.entries(condition).flatMap(([operator, keys]) =>
    isJsonObject(keys)
      ? Object.entries(keys).map(([key, value]) => [operator.toLowerCase(), key.toLowerCase(), value] as const)
      : [],
  );
}

function readsObjects(statement: JsonObject): boolean {
  return matchesAction(statement) && matchesObjects(statement);
}

/** Anything but reading objects. */
function doesOther({ Action, NotAction }: JsonObject): boolean {
  if (Action === undefined) return NotAction !== undefined;
  return listOf(Action).some((action) => {
    const text = textOf(action)?.toLowerCase() ?? '';
    return text !== READ_OBJECT;
  });
}

function matchesAction({ Action, NotAction }: JsonObject): boolean {
  if (Action !== undefined) return listOf(Action).some((action) => matches(textOf(action) ?? '', READ_OBJECT));
  if (NotAction !== undefined) return !listOf(NotAction).some((action) => matches(textOf(action) ?? '', READ_OBJECT));
  return false;
}

/** A resource that names objects has a slash behind the bucket, or a wildcard that may stand for one. */
function matchesObjects({ Resource }: JsonObject): boolean {
  if (Resource === undefined) return true;
  return listOf(Resource).some((resource) => /[/*?]/.test(nameIn(resource)));
}

function nameIn(resource: Json): string {
  return (textOf(resource) ?? '').replace(/^arn:[^:]*:s3:::/, '');
}

/** Wildcards of IAM: `*` for any text, `?` for one character. Linear in practice: it goes back to the last star alone. */
function matches(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  let [at, star, resume] = [0, -1, 0];
  let place = 0;
  while (place < text.length) {
    if (wanted[at] !== '*' && (wanted[at] === '?' || wanted[at] === text[place])) {
      at += 1;
      place += 1;
    } else if (wanted[at] === '*') {
      star = at;
      at += 1;
      resume = place;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      place = resume;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
