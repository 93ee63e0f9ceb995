import { canonicalJson, isJsonObject, textOf, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { JsonReading } from '../reading.ts';
import { bearsOn, namesOperation } from '../s3/statement-actions.ts';

/** A statement that came or went, and by which a request may be refused now. */
export interface PolicyRefusal {
  readonly by: 'deny-added' | 'allow-removed';
  readonly sid?: string;
  /** It is about something that only some such requests need: an upload with an ACL, a read of a version. */
  readonly isOfSome?: true;
}

/** Statements by which a change of a bucket policy may refuse an operation: a Deny that is new, an Allow that is gone. Pure. */
export function refusalsByPolicy(
  { before, after }: { readonly before: JsonReading; readonly after: JsonReading },
  operation: string | undefined,
): readonly PolicyRefusal[] {
  const [was, is] = [statementsIn(before), statementsIn(after)];
  const had = new Set(was.map(canonicalJson));
  const has = new Set(is.map(canonicalJson));
  const added = is.filter((one) => !had.has(canonicalJson(one)) && effectOf(one) === 'deny' && bearsOn(one, operation));
  const removed = was.filter(
    (one) => !has.has(canonicalJson(one)) && effectOf(one) === 'allow' && bearsOn(one, operation),
  );
  const refusal = (by: PolicyRefusal['by'], statement: JsonObject): PolicyRefusal => {
    const sid = textOf(statement['Sid']);
    return {
      by,
      ...(sid === undefined ? {} : { sid }),
      ...(namesOperation(statement, operation) ? {} : { isOfSome: true }),
    };
  };
  return [...added.map((one) => refusal('deny-added', one)), ...removed.map((one) => refusal('allow-removed', one))];
}

function statementsIn(reading: JsonReading): readonly JsonObject[] {
  if (reading.status !== 'present' || !isJsonObject(reading.value)) return [];
  return listOf(reading.value['Statement'] ?? []).filter(isJsonObject);
}

function effectOf(statement: JsonObject): string {
  return (textOf(statement['Effect']) ?? '').toLowerCase();
}
