import { isRefused, refusedBy } from '../evidence/refusal.ts';
import type { Use } from '../evidence/uses.ts';
import { isJsonObject } from '../json.ts';
import type { Symptom } from './symptom.ts';
import { turnsAclsOff } from './value-change.ts';
import type { WatchedChange } from './watched-change.ts';

/** What the text of a refusal in the logs names, if this change turned that on (aws-facts §1.1); undefined otherwise. Pure. */
export function proofIn(uses: readonly Use[], change: WatchedChange): string | undefined {
  const named = new Set(uses.filter(isRefused).flatMap((use) => refusedBy(use) ?? []));
  return [...named].find((name) => turnsOn(name, change));
}

/** Does the text of the error that somebody met name what this change turned on? Pure. */
export function isNamedIn({ refusedBy }: Symptom, change: WatchedChange): boolean {
  return refusedBy !== undefined && 'flag' in refusedBy && turnsOn(refusedBy.flag, change);
}

function turnsOn(name: string, change: WatchedChange): boolean {
  if (name === 'BucketOwnerEnforced') return turnsAclsOff(change);
  return isOn(change.after, name) && !isOn(change.before, name);
}

/** Both as reasons. */
export function proofTexts(proof: string | undefined, { refusedBy }: Symptom, isNamed: boolean): readonly string[] {
  return [
    ...(isNamed && refusedBy !== undefined && 'flag' in refusedBy
      ? [`the error itself names ${refusedBy.flag}, which this change turned on`]
      : []),
    ...(proof === undefined ? [] : [proofText(proof)]),
  ];
}

function proofText(name: string): string {
  return `the text of refusals in the logs names ${name}, which this change turned on`;
}

function isOn(reading: WatchedChange['after'], flag: string): boolean {
  return reading.status === 'present' && isJsonObject(reading.value) && reading.value[flag] === true;
}
