import { PlumblineError } from '../errors.ts';
import { isJsonObject, textOf, type Json } from '../json.ts';
import {
  changesIn,
  creates,
  destroys,
  idIn,
  isCreatedElsewhere,
  isReplaced,
  type TerraformChange,
} from './terraform-change.ts';
import { CREATED, NOT_SET, type PlannedChanges, type PlannedNote, type PlannedSetting } from './planned-changes.ts';
import { NOT_UNDERSTOOD } from './not-understood.ts';
import { INLINE, SETTINGS, type SettingResource } from './terraform-resources.ts';

/** Majors of the plan format: 0 before Terraform 1.1, 1 since ("JSON Output Format"). */
const KNOWN_FORMAT = /^[01]\./;

/**
 * What `terraform show -json PLAN` says would be set, of what is watched. Pure.
 * Throws INPUT_INVALID for what is no plan, or one of a format that nobody here knows.
 */
export function plannedInTerraform(plan: Json, name: string): PlannedChanges {
  refuseNoPlan(plan, name);
  const changes = changesIn(plan);
  const parts = changes.map((change): Part => partOf(change, changes));
  const settings = parts.flatMap((part) => part.settings ?? []);
  const created = new Set(
    changes.flatMap((change) => (change.type === BUCKET && creates(change) ? (idIn(change.after) ?? []) : [])),
  );
  return {
    settings: settings.map((one) =>
      one.kind === 's3-bucket' && one.path !== 'exists' && created.has(one.id) ? { ...one, isNew: true } : one,
    ),
    unknown: [...wholeOf(plan), ...parts.flatMap((part) => part.unknown ?? [])],
    aside: parts.flatMap((part) => part.aside ?? []),
  };
}

const BUCKET = 'aws_s3_bucket';
const IP_SET = 'aws_wafv2_ip_set';

function refuseNoPlan(plan: Json, name: string): void {
  const format = isJsonObject(plan) ? textOf(plan['format_version']) : undefined;
  const mend = 'give the output of "terraform show -json PLAN"';
  if (!isJsonObject(plan) || format === undefined)
    throw new PlumblineError('INPUT_INVALID', `${name} is no Terraform plan: ${mend}`);
  if (!KNOWN_FORMAT.test(format))
    throw new PlumblineError(
      'INPUT_INVALID',
      `${name} is a Terraform plan of format ${format.slice(0, 20)}, which this Plumbline does not know: use a newer one`,
    );
  if (plan['values'] !== undefined)
    throw new PlumblineError('INPUT_INVALID', `${name} is a Terraform state, and no plan: ${mend}`);
}

/** What keeps a plan from being whole. */
function wholeOf(plan: Json): readonly PlannedNote[] {
  if (!isJsonObject(plan)) return [];
  const deferred = changesIn({
    resource_changes: listOf(plan['deferred_changes']).map((one) =>
      isJsonObject(one) ? (one['resource_change'] ?? null) : null,
    ),
  });
  return [
    ...(plan['errored'] === true
      ? [{ address: 'the plan', why: 'it ended with an error, so it is not whole: make it again' }]
      : []),
    ...deferred
      .filter(({ type }) => SETTINGS.has(type) || type === BUCKET || NOT_UNDERSTOOD.has(type))
      .map(({ address }) => ({ address, why: 'Terraform defers it to a later plan, so what it sets is not known' })),
  ];
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** What one change gives. */
type Part = Partial<PlannedChanges>;

function partOf(change: TerraformChange, all: readonly TerraformChange[]): Part {
  if (!creates(change) && !destroys(change) && !change.actions.includes('update')) return {};
  if (change.type === BUCKET) return ofBucket(change);
  const resource = SETTINGS.get(change.type);
  if (resource !== undefined) return ofSetting(change, resource, all);
  const said = NOT_UNDERSTOOD.get(change.type)?.(change, all);
  if (said === undefined) return {};
  return 'aside' in said
    ? { aside: [{ address: change.address, why: said.aside }] }
    : { unknown: [{ address: change.address, why: said.unknown }] };
}

function ofBucket(change: TerraformChange): Part {
  const { address, before, after } = change;
  const gone = idIn(before);
  const aside = creates(change) ? [{ address, why: CREATED }] : [];
  if (destroys(change)) {
    const settings = gone === undefined ? [] : [goesFrom(change, { kind: 's3-bucket', id: gone })];
    return { settings, aside, unknown: gone === undefined ? [which(change, 'bucket')] : [] };
  }
  if (creates(change)) return { aside };
  const id = idIn(after) ?? gone;
  const moved = INLINE.filter(({ attribute }) => change.moves(attribute));
  if (id === undefined) return moved.length === 0 ? {} : { unknown: [which(change, 'bucket')] };
  return {
    settings: moved.flatMap(({ path, read }) =>
      read === undefined ? [] : [{ address, kind: 's3-bucket', id, path, value: read(change), isNew: false }],
    ),
    unknown: moved.flatMap(({ attribute, read }) =>
      read === undefined
        ? [{ address, why: `its "${attribute}" changes, which is not understood: set it in a resource of its own` }]
        : [],
    ),
  };
}

function ofSetting(change: TerraformChange, resource: SettingResource, all: readonly TerraformChange[]): Part {
  const { address, before, after } = change;
  const { kind, path, idOf, read } = resource;
  const of = (id: string, side: typeof before) => ({
    address,
    kind,
    id,
    path,
    isNew: false,
    ...resource.placeOf?.(side, before),
  });
  const [was, is] = [idOf(change, before), idOf(change, after)];
  const settings: PlannedSetting[] = [];
  const unknown: PlannedNote[] = [];
  const aside: PlannedNote[] = [];
  if (destroys(change) && !(isReplaced(change) && was === is)) {
    const stays = resource.staysBecause?.(change);
    if (stays !== undefined) aside.push({ address, why: stays });
    else if (was === undefined) unknown.push(which(change, resource.title));
    else if (change.type === IP_SET) settings.push(goesFrom(change, of(was, before)));
    else settings.push({ ...of(was, before), value: NOT_SET });
  }
  if (creates(change) || change.actions.includes('update')) {
    // A set that is not there yet, whatever it will be called.
    if (change.type === IP_SET && creates(change) && (is === undefined || is !== was))
      aside.push({ address, why: CREATED });
    else if (is !== undefined) settings.push({ ...of(is, after), value: read(change) });
    else if (isCreatedElsewhere(change, all)) aside.push({ address, why: 'it is of a bucket that the plan creates' });
    else unknown.push(which(change, resource.title));
  }
  return { settings, unknown, aside };
}

function goesFrom(
  { address }: TerraformChange,
  { kind, id, ...place }: Pick<PlannedSetting, 'kind' | 'id'> & Partial<PlannedSetting>,
): PlannedSetting {
  return { ...place, address, kind, id, path: 'exists', value: NOT_SET, isNew: false };
}

function which({ address }: TerraformChange, title: string): PlannedNote {
  return { address, why: `the plan does not tell which ${title} it is about` };
}
