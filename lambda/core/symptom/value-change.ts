import { printSelection } from '../reference.ts';
import { isJsonObject, isSameJson, type Json } from '../json.ts';
import { BLOCK_FLAGS, flagsAt, countingFlags } from '../s3/block.ts';
import type { JsonReading } from '../reading.ts';
import { verdictOnPolicy, type Publicness } from '../s3/policy-publicness.ts';
import { refusalsByPolicy } from './policy-denial.ts';
import { earliestOf, type WatchedChange } from './watched-change.ts';

/** Was everything that a change moved as it was before it again, at some time? By the values alone, whatever they do. Pure. */
export function isTakenBackBy(change: WatchedChange, all: readonly WatchedChange[], at: string): boolean {
  const key = printSelection(change);
  const own = all.filter((one) => one.error === undefined && printSelection(one) === key);
  const inOrder = own.toSorted((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const place = inOrder.findIndex(({ id }) => id === change.id);
  const last = inOrder.slice(place + 1).findLast((one) => earliestOf(one) <= at);
  if (place === -1 || last === undefined) return false;
  const [was, is, then] = [change.before, change.after, last.after].map((reading) => recordOf(change.path, reading));
  if (was === undefined || is === undefined || then === undefined) return isSame(change.before, last.after);
  const members = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return members.every((one) => isSameMember(one, was, is) || isSameMember(one, was, then));
}

type Members = Readonly<Record<string, Json>>;

/** A block that is not set is one of four flags that are off (aws-facts §1.2). */
function recordOf(path: string, reading: JsonReading): Members | undefined {
  if (path === 'publicAccessBlock') {
    const flags = countingFlags(flagsAt(reading));
    return flags === undefined ? undefined : { ...flags };
  }
  return reading.status === 'present' && isJsonObject(reading.value) ? reading.value : undefined;
}

function isSameMember(member: string, one: Members, other: Members): boolean {
  return isSameJson(one[member] ?? null, other[member] ?? null);
}

function isSame(one: JsonReading, other: JsonReading): boolean {
  if (one.status === 'present' && other.status === 'present') return isSameJson(one.value, other.value);
  return one.status === other.status && one.status !== 'unreadable';
}

/**
 * Does a change only take away what refuses, or add what allows? Of a block, that flags went off; of a policy, that statements of Allow
 * came or of Deny went. What that does to others who are let in by the same policy, the values do not tell. Pure.
 */
export function onlyOpens(change: WatchedChange): boolean {
  const { path, before, after } = change;
  if (before.status === 'unreadable' || after.status === 'unreadable') return false;
  if (path === 'policy') return refusalsByPolicy(change, undefined).length === 0;
  if (path !== 'publicAccessBlock') return false;
  const [was, is] = [before, after].map((reading) => countingFlags(flagsAt(reading)));
  return was !== undefined && is !== undefined && BLOCK_FLAGS.every((flag) => !is[flag] || was[flag]);
}

/**
 * Does a policy become public, or may it? Under RestrictPublicBuckets that shuts out every other account and whoever does not sign, also whom another
 * statement names (aws-facts §3.4, last row). Pure.
 */
export function becomesPublic({ path, before, after }: WatchedChange): boolean {
  return path === 'policy' && publicnessOf(after) !== 'not-public' && publicnessOf(before) !== 'public';
}

function publicnessOf(reading: JsonReading): Publicness {
  if (reading.status === 'absent') return 'not-public';
  if (reading.status !== 'present' || !isJsonObject(reading.value)) return 'unknown';
  return verdictOnPolicy(reading.value).verdict;
}

/** The settings of a bucket and an account that S3 decides requests by; any other refuses nothing. */
const DECIDING: ReadonlySet<string> = new Set([
  'publicAccessBlock',
  'policy',
  'acl',
  'ownership',
  'website',
  'exists',
  'effectivePolicy',
]);

/** Does S3 decide requests by this setting? */
export function isDeciding({ path }: Pick<WatchedChange, 'path'>): boolean {
  return DECIDING.has(path);
}
