import type { Json } from '../json.ts';

/** What a tool says that it would set, in the words of what is watched. */
export interface PlannedChanges {
  readonly settings: readonly PlannedSetting[];
  /** Changes of what is watched that are not understood: the answer is not whole. */
  readonly unknown: readonly PlannedNote[];
  /** Changes that move nothing of what is there now. */
  readonly aside: readonly PlannedNote[];
}

/** One setting of one thing. */
export interface PlannedSetting {
  /** What the tool calls it: `module.shop.aws_s3_bucket_policy.films`, a logical id. */
  readonly address: string;
  readonly kind: string;
  readonly id: string;
  /** A path of the kind; `exists`: the thing itself. */
  readonly path: string;
  readonly value: PlannedValue;
  /** Where the tool says so: whose it is, and where. */
  readonly account?: string;
  readonly region?: string;
  /** The same plan makes the thing, so that it is not there yet. */
  readonly isNew: boolean;
}

/** A value as `--set` takes it, null: not set; or that it is not known yet, and why. */
export type PlannedValue =
  { readonly is: 'set'; readonly value: Json } | { readonly is: 'unknown'; readonly code: UnknownCode };

export type UnknownCode =
  /** The tool itself learns it only when it applies the plan. */
  | 'KnownAfterApply'
  /** Marked as sensitive. It is not read: what would be said of it would tell it. */
  | 'Sensitive'
  /** A template no longer sets it; what becomes of the value is not told. */
  | 'LeftOutOfTemplate'
  | 'MalformedPolicy';

/** Something about one change, for a person. */
export interface PlannedNote {
  readonly address: string;
  readonly why: string;
}

export const KNOWN_AFTER_APPLY: PlannedValue = { is: 'unknown', code: 'KnownAfterApply' };
export const SENSITIVE: PlannedValue = { is: 'unknown', code: 'Sensitive' };
export const NOT_SET: PlannedValue = { is: 'set', value: null };

export function setTo(value: Json): PlannedValue {
  return { is: 'set', value };
}

/** A policy that is written as JSON in a text, or as an object. */
export function policyFrom(written: Json): PlannedValue {
  if (typeof written !== 'string') return setTo(written);
  if (written === '') return NOT_SET;
  try {
    return setTo(JSON.parse(written) as Json);
  } catch {
    return { is: 'unknown', code: 'MalformedPolicy' };
  }
}

/** What is said of a thing that the same plan makes. */
export const CREATED = 'it would be created: nothing uses it yet, and what it would let in is not computed';

/** Of a setting that several resources of one plan set, each to something else. */
export const SET_TWICE = 'SetTwice';

/** Why a proposed value is not known, to follow `what policy would be`. Any other code is of a reading that was refused. */
export function whyUnknown(code: string): string {
  switch (code) {
    case 'KnownAfterApply':
      return 'is known only when it is applied';
    case 'Sensitive':
      return 'is marked as sensitive, so it is not read';
    case 'LeftOutOfTemplate':
      return 'is not told: the template no longer sets it';
    case SET_TWICE:
      return 'is not told: more than one resource of the plan sets it';
    case 'MalformedPolicy':
      return 'is no policy that can be read';
    default:
      return `could not be read (${code})`;
  }
}
