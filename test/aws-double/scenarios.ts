/** The people, policies and worlds that the double's own tests speak of. */
import type { Attempt, Caller, Operation, Ruling } from './enforcement.ts';
import { OWNER_ID, emptyWorld, type BlockFlags, type Bucket, type World } from './world.ts';

export const ACCOUNT = '111122223333';
export const PARTNER = '444455556666';
export const PARTNER_ID = 'b'.repeat(64);

export const us: Caller = { type: 'account', account: ACCOUNT };
export const partner: Caller = { type: 'account', account: PARTNER, canonicalId: PARTNER_ID };
export const anonymous: Caller = { type: 'anonymous' };
export const service = (name: string): Caller => ({ type: 'service', name: `${name}.amazonaws.com` });

export const BOE = { ownership: 'BucketOwnerEnforced' } as const;
export const ALL: Required<BlockFlags> = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
};
export const only = (bit: keyof BlockFlags): Partial<Bucket> => ({ block: { [bit]: true } });
export const allBut = (bit: keyof BlockFlags): Partial<Bucket> => ({ block: { ...ALL, [bit]: false } });

export interface Part {
  readonly who?: unknown;
  readonly on?: string;
  readonly action?: string;
  readonly effect?: 'Allow' | 'Deny';
  readonly when?: object;
}

/** A policy of the bucket `films`: each part is one statement, by default an Allow of s3:GetObject on every object to everybody. */
export function policyOf(...parts: readonly Part[]): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: parts.map(({ who = '*', on = '/*', action = 's3:GetObject', effect = 'Allow', when }) => ({
      Effect: effect,
      Principal: who,
      Action: action,
      Resource: `arn:aws:s3:::films${on}`,
      ...(when === undefined ? {} : { Condition: when }),
    })),
  });
}

export const when = (operator: string, key: string, value: unknown): Part => ({
  when: { [operator]: { [key]: value } },
});

export const PUBLIC = policyOf({});
export const PARTNERS = policyOf({ who: { AWS: PARTNER } });
export const PARTNERS_AND_PUBLIC = policyOf(
  { who: { AWS: `arn:aws:iam::${PARTNER}:role/reader` } },
  { on: '/trailers/*' },
);

export function worldOf(bucket: Partial<Bucket> = {}, rest: Partial<World> = {}): World {
  return { ...emptyWorld(), buckets: { films: { region: 'us-east-1', ...bucket } }, ...rest };
}

export function attemptBy(caller: Caller, operation: Operation, rest: Partial<Attempt> = {}): Attempt {
  return { operation, caller, bucket: 'films', ...rest };
}

export const canned = (name: string): Partial<Attempt> => ({ acl: { canned: name } });

/** An object of ours, and who may read it by its ACL. */
export const readableBy = (...readers: readonly string[]): Partial<Attempt> => ({
  object: {
    owner: ACCOUNT,
    grants: [{ to: OWNER_ID, permission: 'FULL_CONTROL' }, ...readers.map((to) => ({ to, permission: 'READ' }))],
  },
});

/** `200`, `200 useless`, `403 AccessDenied`, and ` [U]` behind what is not settled. */
export function told({ status, code, useless, unsettled }: Ruling): string {
  const words = [status, code, useless === true ? 'useless' : undefined, unsettled === undefined ? undefined : '[U]'];
  return words.filter((word) => word !== undefined).join(' ');
}

/** One row of a specification. */
export type Row = readonly [fact: string, of: string, world: World, attempt: Attempt, is: string];

export const named = (rows: readonly Row[]): { title: string; world: World; attempt: Attempt; is: string }[] =>
  rows.map(([fact, of, world, attempt, is]) => ({ title: `${fact}: ${of}`, world, attempt, is }));
