import { distance } from 'fastest-levenshtein';
import { isJsonObject, nestingOf, objectOf, textOf, type Json, type JsonObject } from '#core/json.ts';
import { parsePolicy } from '#core/policy.ts';
import { ABSENT, present, unreadable, type JsonReading, type Reading } from '#core/reading.ts';
import { nearest } from '#core/reference.ts';
import { accessOf, type AccessInputs, type AclMask, type BucketAccess } from '#core/s3/access.ts';
import { verdictOnAcl, type AclVerdict } from '#core/s3/acl-publicness.ts';
import {
  BLOCK_FLAGS,
  blockFlags,
  NO_FLAGS,
  NOT_READ,
  type BlockFlag,
  type BlockFlags,
  type BlockLevel,
  flagFact,
} from '#core/s3/block.ts';
import { NO, wordOf, type Fact } from '#core/s3/fact.ts';
import { outcomesOf } from '#core/s3/operations.ts';
import type { Outcome } from '#core/s3/outcome.ts';
import { partyText } from '#core/s3/party.ts';
import type { PolicyVerdict } from '#core/s3/policy-publicness.ts';

/** What a verdict may be asked on: a state, or any part of one. What it leaves out counts as not set, and is named in the answer. */
const MEMBERS = ['id', 'policy', 'acl', 'accountBlock', 'bucketBlock', 'ownership', 'owner'] as const;
type Member = (typeof MEMBERS)[number];

const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/** No policy that AWS accepts nests deeper than about six. */
const MOST_NESTING = 64;

/** The answer, with the parts that the input allows. */
export interface VerdictAnswer {
  readonly id: Json;
  readonly policy?: {
    readonly verdict: PolicyVerdict['verdict'];
    readonly reasons: readonly string[];
    readonly statements: readonly {
      readonly index: number;
      readonly sid?: string;
      readonly verdict: string;
      readonly because: string;
      readonly letsIn: readonly string[];
    }[];
    readonly letsIn: readonly string[];
  };
  readonly acl?: { readonly verdict: AclVerdict['verdict']; readonly because: string };
  readonly effective?: Readonly<
    Record<
      BlockFlag,
      {
        readonly value: boolean | 'unknown';
        readonly setBy: readonly BlockLevel[];
        readonly redundantAt: readonly BlockLevel[];
      }
    >
  >;
  /** Does everyone get in, by the policy or by the bucket's ACL, once blocks and ownership are counted? */
  readonly public: 'yes' | 'no' | 'unknown';
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** Members that the input leaves out, and that count as not set. */
  readonly assumed: readonly Member[];
  /** Members that mean nothing here. */
  readonly ignored?: readonly string[];
}

/** What could not be understood: one sentence that says what, and how to mend it. */
export interface VerdictProblem {
  readonly id: Json;
  readonly error: string;
}

/** Judges one state or part of one. Pure; never throws for an input. */
export function verdictOn(input: Json): VerdictAnswer | VerdictProblem {
  const read = understand(input);
  return 'error' in read ? read : answerTo(read);
}

/** The state that an input describes, for a page that a person reads. */
export function accessIn(input: Json): BucketAccess | VerdictProblem {
  const read = understand(input);
  return 'error' in read ? read : accessOf(read.state.inputs);
}

interface Understood {
  readonly input: JsonObject;
  readonly id: Json;
  readonly state: State;
}

function understand(written: Json): Understood | VerdictProblem {
  const input = asState(written);
  const id = isJsonObject(input) ? (input['id'] ?? null) : null;
  const problem = (error: string): VerdictProblem => ({ id, error });
  if (!isJsonObject(input)) return problem('it is no JSON object: write {"policy": …, "acl": …, "accountBlock": …}');
  if (nestingOf(input, MOST_NESTING) > MOST_NESTING) return problem('it is nested too deeply');
  const slip = Object.keys(input)
    .filter((name) => !isMember(name))
    .map((name) => ({ name, near: slipOf(name) }))
    .find(({ near }) => near !== undefined);
  if (slip !== undefined) return problem(`"${slip.name}" is no member; did you mean "${slip.near}"?`);
  if (!JUDGED.some((member) => input[member] !== undefined)) return problem(nothingIn(input));
  const state = readState(input);
  return 'error' in state ? problem(state.error) : { input, id, state };
}

function isMember(name: string): name is Member {
  return (MEMBERS as readonly string[]).includes(name);
}

/** A name in another case, or a letter or two off, is a slip; anything else belongs to somebody else's tool. */
function slipOf(name: string): string | undefined {
  const most = Math.max(1, Math.floor(name.length / 4));
  return MEMBERS.find((member) => distance(name.toLowerCase(), member.toLowerCase()) <= most);
}

/** The members of which there is something to judge. */
const JUDGED = ['policy', 'acl', 'accountBlock', 'bucketBlock', 'ownership'] as const;

/** A file in which nothing is understood is no clean one. */
function nothingIn(input: JsonObject): string {
  const found = Object.keys(input).filter((name) => name !== 'id');
  const known = [...MEMBERS, 'Statement', 'Grants', 'Policy'];
  const slip = found
    .map((name) => ({ name, near: nearest(name, known) }))
    .find(({ name, near }) => near !== undefined && near !== name);
  const mend = slip === undefined ? `: write ${JUDGED.join(', ')}` : `; did you mean "${slip.near}" by "${slip.name}"?`;
  return `it holds nothing to judge (${found.length === 0 ? 'it is empty' : `found: ${found.join(', ')}`})${mend}`;
}

interface State {
  readonly policy: Reading<JsonObject>;
  readonly acl: Reading<AclVerdict>;
  readonly inputs: AccessInputs;
}

interface Problem {
  readonly error: string;
}

function readState(input: JsonObject): State | Problem {
  const policy = readPolicy(input['policy']);
  if ('error' in policy) return policy;
  const acl = readAcl(input['acl']);
  if ('error' in acl) return acl;
  const account = readBlock('accountBlock', input['accountBlock']);
  if ('error' in account) return account;
  const bucket = readBlock('bucketBlock', input['bucketBlock']);
  if ('error' in bucket) return bucket;
  const ownership = readOwnership(input['ownership']);
  if ('error' in ownership) return ownership;
  const owner = textOf(input['owner'] ?? undefined);
  if ((input['owner'] ?? null) !== null && !/^\d{12}$/.test(owner ?? '')) {
    return {
      error: `"owner" is ${JSON.stringify(input['owner'])}: write the 12 digits of the account that owns the bucket, as a text`,
    };
  }
  const levels = { account, bucket };
  const grants: JsonReading = acl.status === 'present' ? present<Json>(acl.value.grants) : acl;
  return {
    policy,
    acl,
    inputs: {
      levels,
      policy,
      policyStatus: 'not-told',
      restrictedWhenAsked: NO,
      // A bucket without an ACL of which anything is told has the private one.
      acl: grants.status === 'absent' ? present<Json>([]) : grants,
      aclMask: maskOf(input['acl'], flagFact(levels, 'IgnorePublicAcls')),
      aclOwner: ownerIn(input['acl']),
      ownership,
      website: unreadable(NOT_READ),
      owner,
    },
  };
}

/** `{"unreadable": "AccessDenied"}`: somebody looked, and was refused. */
function refusalIn(value: Json): { readonly status: 'unreadable'; readonly code: string } | undefined {
  if (!isJsonObject(value) || typeof value['unreadable'] !== 'string') return undefined;
  return Object.keys(value).length === 1 ? unreadable(value['unreadable']) : undefined;
}

function readPolicy(value: Json | undefined): Reading<JsonObject> | Problem {
  if (value === undefined || value === null) return ABSENT;
  const refused = refusalIn(value);
  if (refused) return refused;
  const parsed = typeof value === 'string' ? parsePolicy(value) : undefined;
  const document = isJsonObject(value) ? value : parsed?.status === 'present' ? parsed.value : undefined;
  if (document === undefined) return { error: '"policy" is no policy document: write it as an object, or as its text' };
  if (document['Statement'] === undefined) return { error: '"policy" has no Statement: give the whole document' };
  return present(document);
}

function readAcl(value: Json | undefined): Reading<AclVerdict> | Problem {
  if (value === undefined || value === null) return ABSENT;
  const refused = refusalIn(value);
  if (refused) return refused;
  const verdict = verdictOnAcl(value);
  return 'problem' in verdict ? { error: `"acl": ${verdict.problem}` } : present(verdict);
}

/** What the API returns is what counts: under IgnorePublicAcls it does not show public grants (aws-facts §1.4). */
function maskOf(acl: Json | undefined, isIgnored: Fact): AclMask {
  if (!isJsonObject(acl) || acl['Grants'] === undefined || isIgnored.is === false) return 'nothing';
  return isIgnored.is === true ? 'ignore-public-acls' : 'unknown';
}

function ownerIn(acl: Json | undefined): string | undefined {
  const owner = isJsonObject(acl) ? acl['Owner'] : undefined;
  const id = isJsonObject(owner) ? owner['ID'] : undefined;
  return typeof id === 'string' ? id : undefined;
}

function readBlock(name: string, value: Json | undefined): Reading<BlockFlags> | Problem {
  if (value === undefined || value === null) return ABSENT;
  const refused = refusalIn(value);
  if (refused) return refused;
  if (!isJsonObject(value))
    return { error: `"${name}" is no block: write {"BlockPublicAcls": true, …}, or null for none` };
  const nested = value['PublicAccessBlockConfiguration'];
  const flags = isJsonObject(nested) ? nested : value;
  for (const [flag, set] of Object.entries(flags)) {
    if (!(BLOCK_FLAGS as readonly string[]).includes(flag)) {
      const near = nearest(flag, BLOCK_FLAGS);
      return {
        error: `"${name}" has "${flag}"${near ? `; did you mean "${near}"?` : `: there are ${BLOCK_FLAGS.join(', ')}`}`,
      };
    }
    if (typeof set !== 'boolean') return { error: `"${name}.${flag}" is ${JSON.stringify(set)}: write true or false` };
  }
  return present(blockFlags({ ...NO_FLAGS, ...flags }));
}

function readOwnership(value: Json | undefined): JsonReading | Problem {
  if (value === undefined || value === null) return ABSENT;
  const refused = refusalIn(value);
  if (refused) return refused;
  return typeof value === 'string' && OWNERSHIPS.includes(value)
    ? present<Json>(value)
    : {
        error: `"ownership" is ${JSON.stringify(value)}: write ${OWNERSHIPS.join(', ')}, or null for no ownership controls`,
      };
}

function answerTo({ input, id, state: { policy, acl, inputs } }: Understood): VerdictAnswer {
  const access = accessOf(inputs);
  const isGiven = (member: Member): boolean => (input[member] ?? null) !== null;
  const ignored = Object.keys(input).filter((name) => !isMember(name));
  return {
    id,
    ...(policy.status === 'present' ? { policy: policyPart(access) } : {}),
    ...(acl.status === 'present' ? { acl: { verdict: acl.value.verdict, because: acl.value.because } } : {}),
    ...(input['accountBlock'] !== undefined || input['bucketBlock'] !== undefined
      ? { effective: effectivePart(access) }
      : {}),
    public: wordOf(access.isPublic),
    outcomes: outcomesOf(access),
    assumed: JUDGED.filter((name) => !isGiven(name)),
    ...(ignored.length > 0 ? { ignored } : {}),
  };
}

function policyPart({ opinion }: BucketAccess): NonNullable<VerdictAnswer['policy']> {
  const { verdict = 'unknown', reasons = [], statements = [], letsIn = [] } = opinion.own ?? {};
  return {
    verdict,
    reasons,
    statements: statements.map(({ letsIn: parties, ...rest }) => ({ ...rest, letsIn: parties.map(partyText) })),
    letsIn: letsIn.map(partyText),
  };
}

function effectivePart({ block }: BucketAccess): NonNullable<VerdictAnswer['effective']> {
  return Object.fromEntries(
    BLOCK_FLAGS.map((flag) => {
      const { value, setBy, redundantAt } = block[flag];
      return [flag, { value, setBy, redundantAt }];
    }),
  ) as NonNullable<VerdictAnswer['effective']>;
}

/**
 * What somebody wrote, as a state: a policy or an ACL by itself, and what `aws s3api get-…` prints, say which member they are. An id
 * beside it stays.
 */
export function asState(document: Json): Json {
  if (!isJsonObject(document) || JUDGED.some((member) => document[member] !== undefined)) return document;
  const part = partIn(document);
  if (part === undefined) return document;
  const { id } = document;
  return objectOf<Json>(id === undefined ? [part] : [['id', id], part]);
}

function partIn(document: JsonObject): readonly [string, Json] | undefined {
  const { Statement, Policy, Grants, headers, AccessControlPolicy, AccessControlList, ...others } = document;
  if (Statement !== undefined) return ['policy', document];
  if (Policy !== undefined) return ['policy', Policy];
  if ([Grants, headers, AccessControlPolicy, AccessControlList].some((one) => one !== undefined))
    return ['acl', document];
  if (others['PublicAccessBlockConfiguration'] !== undefined) return ['bucketBlock', document];
  const controls = others['OwnershipControls'];
  const [rule] =
    isJsonObject(controls) && Array.isArray(controls['Rules']) ? (controls['Rules'] as readonly Json[]) : [];
  const owner = isJsonObject(rule) ? rule['ObjectOwnership'] : undefined;
  return owner === undefined ? undefined : ['ownership', owner];
}
