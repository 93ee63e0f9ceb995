import { ALL_USERS } from '../aws-double/world.ts';
import type { Settings } from './history.ts';
import { PARTNER_ID } from './world.ts';

/** A reading as documents and alerts write it. */
interface Reading {
  readonly status: string;
  readonly value?: unknown;
}

type Watched = Readonly<Record<string, Reading | undefined>>;

/** The name of each path of the product in the world's words; what is not here never moves in the simulation. */
const SETTING: Readonly<Record<string, string>> = {
  publicAccessBlock: 'block',
  policy: 'policy',
  acl: 'acl',
  addresses: 'addresses',
  effectivePolicy: 'organization',
  exists: 'exists',
};

/** What the product read of a thing that is there, in the world's words; what it could not read is `unknown`. */
export function settingsOf(watched: Watched): Settings {
  const known = Object.entries(SETTING).flatMap(([path, setting]): [string, string][] => {
    const reading = watched[path];
    return reading === undefined ? [] : [[setting, valueOf(path, reading)]];
  });
  const isAnythingRead = Object.values(watched).some((reading) => reading?.status !== 'unreadable');
  return { exists: isAnythingRead ? 'yes' : 'unknown', ...Object.fromEntries(known) };
}

interface ToldChange {
  readonly path: string;
  readonly before: Reading;
  readonly after: Reading;
}

/** What changes say on one side, in the world's words. A record's members are told one by one: the others are as accepted. */
export function sideOf(changes: readonly ToldChange[], side: 'before' | 'after', accepted: Settings): Settings {
  const settings: Record<string, string> = {};
  const flags = new Map<string, Reading>();
  for (const change of changes) {
    const [root = '', member] = change.path.split('.');
    const setting = SETTING[root];
    if (setting === undefined) settings[change.path] = JSON.stringify(change[side]);
    else if (member === undefined) settings[setting] = valueOf(root, change[side]);
    else if (root === 'effectivePolicy') settings[setting] = organizationText(change[side]);
    else flags.set(member, change[side]);
  }
  if (flags.size > 0) settings['block'] = withFlags(accepted['block'] ?? 'none', flags);
  return settings;
}

function valueOf(path: string, { status, value }: Reading): string {
  if (status === 'unreadable') return 'unknown';
  if (path === 'exists') return status === 'present' ? 'yes' : 'none';
  switch (path) {
    case 'publicAccessBlock':
      return status === 'present' ? blockText(value as Readonly<Record<string, unknown>>) : 'none';
    case 'effectivePolicy':
      return organizationText(member({ status, value }, 'publicAccessBlock'));
    case 'policy':
      return status === 'present' ? policyText(JSON.stringify(value)) : 'none';
    case 'acl':
      return aclText(JSON.stringify(value));
    default:
      return (value as readonly string[]).join(' ');
  }
}

/** What a policy sets for the account's block; where none applies it sets nothing. */
function organizationText({ status, value }: Reading): string {
  if (status !== 'present') return 'none';
  return value === 'none' ? 'off' : String(value);
}

function member({ status, value }: Reading, name: string): Reading {
  return status === 'present' ? { status, value: (value as Readonly<Record<string, unknown>>)[name] } : { status };
}

/** Two flags move together in this world, so one of each pair tells. */
function blockText(flags: Readonly<Record<string, unknown>>): string {
  const acls = flags['BlockPublicAcls'] === true ? ['acls'] : [];
  const policies = flags['RestrictPublicBuckets'] === true ? ['policies'] : [];
  return [...acls, ...policies].join(' ');
}

function withFlags(block: string, flags: ReadonlyMap<string, Reading>): string {
  const parts = block.split(' ');
  const isOn = (flag: string, part: string): boolean => {
    const told = flags.get(flag);
    return told === undefined ? parts.includes(part) : told.status === 'present' && told.value === true;
  };
  return blockText({
    BlockPublicAcls: isOn('BlockPublicAcls', 'acls'),
    RestrictPublicBuckets: isOn('RestrictPublicBuckets', 'policies'),
  });
}

function policyText(text: string): string {
  const account = /444455556666|777788889999/.exec(text)?.[0];
  return account ?? (text.includes('"*"') ? 'public' : text);
}

function aclText(text: string): string {
  if (text.includes(ALL_USERS)) return 'public';
  return text.includes(PARTNER_ID) ? 'shared' : 'private';
}
