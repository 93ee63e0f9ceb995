import { isRefused, refusedBy } from '../evidence/refusal.ts';
import type { Use } from '../evidence/uses.ts';
import { isJsonObject } from '../json.ts';
import { turnsAclsOff } from './value-change.ts';
import type { WatchedChange } from './watched-change.ts';

/** What the text of a refusal in the logs names, if this change turned that on (aws-facts §1.1); undefined otherwise. Pure. */
export function proofIn(uses: readonly Use[], change: WatchedChange): string | undefined {
  const named = new Set(uses.filter(isRefused).flatMap((use) => refusedBy(use) ?? []));
  return [...named].find((name) => {
    if (name === 'BucketOwnerEnforced') return turnsAclsOff(change);
    return isOn(change.after, name) && !isOn(change.before, name);
  });
}

/** As a reason. */
export function proofText(name: string): string {
  return `the text of refusals in the logs names ${name}, which this change turned on`;
}

function isOn(reading: WatchedChange['after'], flag: string): boolean {
  return reading.status === 'present' && isJsonObject(reading.value) && reading.value[flag] === true;
}
