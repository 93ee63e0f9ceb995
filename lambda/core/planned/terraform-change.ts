import { isJsonObject, isSameJson, textOf, type Json, type JsonObject } from '../json.ts';
import { KNOWN_AFTER_APPLY, SENSITIVE, setTo, type PlannedValue } from './planned-changes.ts';

/** One entry of `resource_changes`, with the values that can be told. */
export interface TerraformChange {
  readonly address: string;
  readonly type: string;
  readonly actions: readonly string[];
  /** Values before and after, without those that are sensitive or not known yet; `{}` where there is no such side. */
  readonly before: JsonObject;
  readonly after: JsonObject;
  /** An attribute as it would be: unknown where any part of it is. */
  readonly valueOf: (attribute: string) => PlannedValue;
  /** Is an attribute another one afterwards, as far as can be told? */
  readonly moves: (attribute: string) => boolean;
  /** The name of every attribute on either side, those that are hidden as well. */
  readonly attributes: readonly string[];
  /** The address without keys, as the configuration writes it: `module.shop.aws_s3_bucket.films`. */
  readonly place: string;
  /** The places of resources of a type from which the configuration takes an attribute. */
  readonly referencesIn: (attribute: string, type: string) => readonly string[];
}

/** Every change of a managed resource in a plan. */
export function changesIn(plan: Json): readonly TerraformChange[] {
  if (!isJsonObject(plan)) return [];
  const configuration = objectIn(plan['configuration']);
  return listIn(plan['resource_changes']).flatMap((entry) => {
    if (!isJsonObject(entry) || !isJsonObject(entry['change']) || entry['mode'] === 'data') return [];
    const [address, type] = [textOf(entry['address']), textOf(entry['type'])];
    if (address === undefined || type === undefined) return [];
    const { prefix, expressions } = configured(
      { address, module: textOf(entry['module_address']) ?? '' },
      configuration,
    );
    const named = {
      address,
      type,
      place: withoutKeys(address),
      referencesIn: (attribute: string, of: string) =>
        referencesTo(of, objectIn(expressions[attribute])).map((one) => `${prefix}${one}`),
    };
    return [changeFrom(named, entry['change'])];
  });
}

export function creates({ actions }: TerraformChange): boolean {
  return actions.includes('create');
}

export function destroys({ actions }: TerraformChange): boolean {
  return actions.includes('delete');
}

/** `["delete", "create"]`, in either order. */
export function isReplaced(change: TerraformChange): boolean {
  return creates(change) && destroys(change);
}

/** The name of the bucket that a side is about. */
export function idIn(side: JsonObject): string | undefined {
  const name = textOf(side['bucket']);
  return name === '' ? undefined : name;
}

/** Is the bucket, whose name is not told, one that the plan creates and that is nowhere yet? */
export function isCreatedElsewhere(change: TerraformChange, all: readonly TerraformChange[]): boolean {
  const places = change.referencesIn('bucket', 'aws_s3_bucket');
  const from = all.filter(({ place }) => places.includes(place));
  return from.length > 0 && from.every((one) => creates(one) && !destroys(one));
}

function changeFrom(
  named: Pick<TerraformChange, 'address' | 'type' | 'place' | 'referencesIn'>,
  change: JsonObject,
): TerraformChange {
  const [before, after] = [objectIn(change['before']), objectIn(change['after'])];
  const hidden = (mask: string, attribute: string): boolean => marks(change[mask], attribute);
  const told = (side: JsonObject, masks: readonly string[]): JsonObject =>
    Object.fromEntries(Object.entries(side).filter(([attribute]) => !masks.some((mask) => hidden(mask, attribute))));
  return {
    ...named,
    attributes: [...new Set([before, after, objectIn(change['after_unknown'])].flatMap((side) => Object.keys(side)))],
    actions: listIn(change['actions']).flatMap((action) => textOf(action) ?? []),
    before: told(before, ['before_sensitive']),
    after: told(after, ['after_sensitive', 'after_unknown']),
    valueOf: (attribute) => {
      if (hidden('after_unknown', attribute)) return KNOWN_AFTER_APPLY;
      return hidden('after_sensitive', attribute) ? SENSITIVE : setTo(after[attribute] ?? null);
    },
    moves: (attribute) =>
      hidden('after_unknown', attribute) || !isSameJson(before[attribute] ?? null, after[attribute] ?? null),
  };
}

/** Does a mask (`after_unknown`, `after_sensitive`) mark an attribute, or any part of it? */
function marks(mask: Json | undefined, attribute: string): boolean {
  return mask === true || (isJsonObject(mask) && holdsTrue(mask[attribute]));
}

function holdsTrue(value: Json | undefined): boolean {
  if (Array.isArray(value)) return (value as readonly Json[]).some(holdsTrue);
  return isJsonObject(value) ? Object.values(value).some(holdsTrue) : value === true;
}

/** `module.shop["a"].aws_s3_bucket.films[0]` → `module.shop.aws_s3_bucket.films`. */
function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '');
}

/** What the configuration writes for a resource, and what stands before the addresses of the module that it is in. */
function configured(
  { address, module }: { readonly address: string; readonly module: string },
  configuration: JsonObject,
): { readonly prefix: string; readonly expressions: JsonObject } {
  const plain = withoutKeys(module);
  const path = plain === '' ? [] : plain.split('.').filter((_part, index) => index % 2 === 1);
  const room = path.reduce(
    (inside, name) => objectIn(objectIn(objectIn(inside['module_calls'])[name])['module']),
    objectIn(configuration['root_module']),
  );
  const prefix = plain === '' ? '' : `${plain}.`;
  const own = withoutKeys(address).slice(prefix.length);
  const resource = listIn(room['resources']).find((one) => isJsonObject(one) && one['address'] === own);
  return { prefix, expressions: objectIn(objectIn(resource)['expressions']) };
}

/** `aws_s3_bucket.films` of `aws_s3_bucket.films["a"].id`, each once. */
function referencesTo(type: string, expression: JsonObject): readonly string[] {
  const written = listIn(expression['references']).flatMap((one) => textOf(one) ?? []);
  const found = written.flatMap((one) => (one.startsWith(`${type}.`) ? (/^\w+\.[\w-]+/.exec(one)?.[0] ?? []) : []));
  return [...new Set(found)];
}

function objectIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listIn(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}
