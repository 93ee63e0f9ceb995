import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { fits } from '../pattern.ts';
import { listOf } from '../policy.ts';

/**
 * Is each thing that an Allow allows allowed by one of the others too, to whomever they are for? Only where that is sure: others with a
 * condition, or that say what they are not about, cover nothing.
 */
export function isCovered(statement: Json, by: readonly Json[]): boolean {
  if (!isJsonObject(statement) || isUnbounded(statement)) return false;
  const others = by.filter(isJsonObject).filter((one) => !isUnbounded(one) && one['Condition'] === undefined);
  return textsOf(statement['Action']).every((action) =>
    textsOf(statement['Resource']).every((resource) => others.some((one) => allows(one, action, resource))),
  );
}

/** NotAction and NotResource leave open what is meant. */
function isUnbounded({ Action, Resource }: JsonObject): boolean {
  return Action === undefined || Resource === undefined;
}

/** A pattern that fits another as a text fits whatever that one does; `?` is taken for itself, which only covers less. */
function allows({ Action, Resource }: JsonObject, action: string, resource: string): boolean {
  return (
    textsOf(Action).some((one) => fits(action.toLowerCase(), one.toLowerCase())) &&
    textsOf(Resource).some((one) => fits(resource, one))
  );
}

function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value ?? []).map((one) => textOf(one) ?? '');
}
