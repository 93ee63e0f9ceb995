import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { Reading } from '../reading.ts';
import { NO, unknown, YES, type Fact } from './fact.ts';
import type { Opinion } from './opinion.ts';

const READ_OBJECT = 's3:getobject';

/** What a public policy opens to everyone. */
export interface PublicOpening {
  /** Anything that a public statement allows. */
  readonly toRequests: Fact;
  /** Reading objects: a policy may be public and allow listing alone. */
  readonly toObjects: Fact;
}

/** A Deny does not count for what S3 calls public, and may still shut people out: with one, it cannot be told who gets in. */
export function publicOpeningOf(policy: Reading<JsonObject>, { own, isPublic }: Opinion): PublicOpening {
  if (isPublic.is !== true) return { toRequests: isPublic, toObjects: isPublic };
  if (own === undefined || policy.status !== 'present' || own.verdict !== 'public') {
    const fact = unknown('AWS calls the policy public, and it is not known by which statement');
    return { toRequests: own === undefined ? YES : fact, toObjects: fact };
  }
  const statements = listOf(policy.value['Statement'] ?? []);
  const isForObjects = own.statements.some(
    ({ index, verdict }) => verdict === 'public' && readsObjects(statements[index] ?? null),
  );
  const toRequests = statements.some(mayShutOut)
    ? unknown('a Deny statement, which does not count for what S3 calls public, may still shut people out')
    : YES;
  return { toRequests, toObjects: isForObjects ? toRequests : NO };
}

function readsObjects(statement: Json): boolean {
  if (!isJsonObject(statement)) return false;
  return matchesAction(statement) && matchesObjects(statement);
}

function matchesAction({ Action, NotAction }: JsonObject): boolean {
  if (Action !== undefined) return listOf(Action).some((action) => matches(textOf(action) ?? '', READ_OBJECT));
  if (NotAction !== undefined) return !listOf(NotAction).some((action) => matches(textOf(action) ?? '', READ_OBJECT));
  return false;
}

/** A resource that names objects has a slash behind the bucket, or a wildcard that may stand for one. */
function matchesObjects({ Resource }: JsonObject): boolean {
  if (Resource === undefined) return true;
  return listOf(Resource).some((resource) => /[/*?]/.test((textOf(resource) ?? '').replace(/^arn:[^:]*:s3:::/, '')));
}

/** Denies whoever comes without TLS, and nobody else. */
function isOnlyAboutTls({ Condition }: JsonObject): boolean {
  if (!isJsonObject(Condition)) return false;
  const operators = Object.entries(Condition);
  return operators.some(
    ([operator, keys]) =>
      operator.toLowerCase() === 'bool' &&
      isJsonObject(keys) &&
      Object.entries(keys).some(
        ([key, value]) =>
          key.toLowerCase() === 'aws:securetransport' && listOf(value).every((one) => one === false || one === 'false'),
      ),
  );
}

function mayShutOut(statement: Json): boolean {
  return isJsonObject(statement) && textOf(statement['Effect'])?.toLowerCase() === 'deny' && !isOnlyAboutTls(statement);
}

/** Wildcards of IAM: `*` for any text, `?` for one character; both texts in lower case. Linear in the length of the two. */
function matches(pattern: string, text: string): boolean {
  const wanted = pattern.toLowerCase();
  let [at, star, resume] = [0, -1, 0];
  let place = 0;
  while (place < text.length) {
    if (at < wanted.length && (wanted[at] === '?' || wanted[at] === text[place]) && wanted[at] !== '*') {
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
