import { isJsonObject, type Json, type JsonObject } from '../json.ts';
import { breadthOf, shareOfIpv4 } from './address-breadth.ts';
import { fewOf, type Party } from './party.ts';
import { hasWildcard, textIn } from './principals.ts';

/** What a statement's conditions do to the question who is let in. */
export interface Pinning {
  readonly is: 'pinned' | 'open' | 'unsettled';
  readonly because: string;
  /** Whom the condition leaves; undefined: everyone. */
  readonly leaves?: readonly Party[];
}

const NO_CONDITION: Pinning = { is: 'open', because: 'no condition pins who' };

/** Past this share of all IPv4 addresses a list of ranges is called what it is, though each range counts as fixed. */
const CONSPICUOUS_SHARE = 1 / 16;

interface ListedKey {
  /** As AWS spells it. */
  readonly name: string;
  /** AWS's page does not say whether it counts. */
  readonly isUnsettled?: true;
  readonly partyOf: (value: string) => Party;
  /** The account that a value names although it has a wildcard. */
  readonly narrowedTo?: (value: string) => Party | undefined;
  /** Fixed values of which AWS's page can be read either way. */
  readonly isDoubtful?: (value: string) => boolean;
  /** Wildcards that AWS allows. */
  readonly mayHaveWildcard?: (value: string) => boolean;
}

const accountInArn = (arn: string): string | undefined => {
  const account = arn.split(':')[4];
  return account !== undefined && /^\d{12}$/.test(account) ? account : undefined;
};
/** `arn:*:222233332222:*`: as few parts as somebody felt like writing. */
const accountAnywhere = (arn: string): string | undefined =>
  accountInArn(arn) ?? arn.split(':').find((part) => /^\d{12}$/.test(part));

const named =
  (type: Party['type']) =>
  (name: string): Party => ({ type, name });
const narrowed =
  (type: Party['type']) =>
  (value: string): Party | undefined => {
    const account = accountAnywhere(value);
    return account === undefined ? undefined : { type, name: account };
  };
const organisationIn = (value: string): Party => ({ type: 'organisation', name: value.split('/', 1)[0] ?? value });

/** The keys that S3 counts as a limit, and those of which AWS does not say (aws-facts §2.1, §2.3). Names are case-insensitive. */
const LISTED_KEYS: ReadonlyMap<string, ListedKey> = new Map(
  (
    [
      { name: 'aws:SourceIp', partyOf: named('addresses') },
      {
        name: 'aws:SourceArn',
        partyOf: (arn) => ({ type: 'requests-for', name: accountInArn(arn) ?? arn }),
        narrowedTo: narrowed('requests-for'),
      },
      { name: 'aws:SourceVpc', partyOf: named('network') },
      { name: 'aws:SourceVpce', partyOf: named('network') },
      { name: 'aws:SourceOwner', partyOf: named('requests-for') },
      { name: 'aws:SourceAccount', partyOf: named('requests-for') },
      {
        name: 'aws:userid',
        partyOf: (id) => ({ type: 'principal', name: id.split(':', 1)[0] ?? id }),
        isDoubtful: (id) => /^AROA\w*:/.test(id),
      },
      {
        name: 's3:DataAccessPointArn',
        partyOf: (arn) => ({ type: 'access-points', name: accountInArn(arn) ?? arn }),
        narrowedTo: narrowed('access-points'),
        mayHaveWildcard: (arn) => /^arn:[^:*?]+:s3:[^:*?]+:\d{12}:accesspoint\/[^:]+$/.test(arn),
      },
      { name: 's3:DataAccessPointAccount', partyOf: named('access-points') },
      { name: 'aws:PrincipalOrgID', partyOf: named('organisation') },
      { name: 'aws:PrincipalAccount', partyOf: named('account') },
      {
        name: 'aws:PrincipalArn',
        partyOf: (arn) => {
          const account = accountInArn(arn);
          return account === undefined ? { type: 'principal', name: arn } : { type: 'account', name: account };
        },
        narrowedTo: narrowed('account'),
      },
      {
        name: 'aws:PrincipalOrgPaths',
        isUnsettled: true,
        partyOf: organisationIn,
        mayHaveWildcard: (path) => /^o-[^*?/]+\//.test(path),
      },
      { name: 'aws:SourceOrgID', isUnsettled: true, partyOf: organisationIn },
      {
        name: 'aws:SourceOrgPaths',
        isUnsettled: true,
        partyOf: organisationIn,
        mayHaveWildcard: (path) => /^o-[^*?/]+\//.test(path),
      },
    ] satisfies readonly ListedKey[]
  ).map((key) => [key.name.toLowerCase(), key]),
);

/** Operators that ask a key to be one of the values. ArnEquals takes wildcards like ArnLike. */
const POSITIVE = new Set(['stringequals', 'stringequalsignorecase', 'stringlike', 'arnequals', 'arnlike']);
const NEGATED = new Set([
  'stringnotequals',
  'stringnotequalsignorecase',
  'stringnotlike',
  'arnnotequals',
  'arnnotlike',
  'notipaddress',
  'numericnotequals',
  'datenotequals',
]);

/** One condition: an operator, a key and its values. */
interface Test {
  readonly operator: string;
  readonly key: string;
  readonly values: Json;
  /** Keys that the statement demands to exist (`Null: false`). */
  readonly demanded: ReadonlySet<string>;
}

/** Do the conditions of a statement pin who is let in? Operators and keys are ANDed, so one that pins is enough (aws-facts §2.3). */
export function pinningOf(condition: Json | undefined): Pinning {
  if (!isJsonObject(condition)) return condition === undefined ? NO_CONDITION : unreadableCondition;
  const operators = Object.keys(condition);
  if (operators.length === 0) return NO_CONDITION;
  const demanded = demandedKeys(condition, operators);
  let best: Pinning | undefined;
  for (const operator of operators) {
    const keys = condition[operator];
    if (!isJsonObject(keys)) {
      best = better(best, unreadableCondition);
      continue;
    }
    for (const key of Object.keys(keys)) {
      const pinning = pinningBy({ operator, key, values: keys[key] ?? null, demanded });
      if (pinning.is === 'pinned') return pinning;
      best = better(best, pinning);
    }
  }
  return best ?? NO_CONDITION;
}

const unreadableCondition: Pinning = { is: 'unsettled', because: 'its Condition is none that IAM could read' };

const RANK = { pinned: 2, unsettled: 1, open: 0 } as const;

/** What tells more: a limit that may count; then one that leaves fewer people. */
function better(a: Pinning | undefined, b: Pinning): Pinning {
  if (a === undefined) return b;
  if (RANK[a.is] !== RANK[b.is]) return RANK[a.is] > RANK[b.is] ? a : b;
  return a.leaves === undefined && b.leaves !== undefined ? b : a;
}

function demandedKeys(condition: JsonObject, operators: readonly string[]): ReadonlySet<string> {
  const demanded = new Set<string>();
  for (const operator of operators) {
    const keys = condition[operator];
    if (operator.toLowerCase() !== 'null' || !isJsonObject(keys)) continue;
    for (const key of Object.keys(keys)) if (isFalse(keys[key])) demanded.add(key.toLowerCase());
  }
  return demanded;
}

function isFalse(value: Json | undefined): boolean {
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return (
    values.length > 0 &&
    values.every((one) => one === false || (typeof one === 'string' && one.toLowerCase() === 'false'))
  );
}

function isValue(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}

function pinningBy(test: Test): Pinning {
  const { operator, key } = test;
  const listed = LISTED_KEYS.get(key.toLowerCase());
  const parts = partsOf(operator);
  if (NEGATED.has(parts.base)) return open(`${operator} only leaves somebody out`);
  if (listed === undefined) return open(`${key} is not among the keys that S3 counts as a limit`);
  const isAddress = listed.name === 'aws:SourceIp' && parts.base === 'ipaddress';
  if (!isAddress && !POSITIVE.has(parts.base)) return open(`${operator} is no operator that pins ${listed.name}`);
  const texts = (Array.isArray(test.values) ? (test.values as readonly Json[]) : [test.values]).map(textIn);
  if (texts.length === 0 || !texts.every(isValue)) {
    return { is: 'unsettled', because: `${listed.name} has no value that could be read` };
  }
  const fixed = isAddress ? addressPinning(texts) : valuePinning(texts, listed);
  return fixed.is === 'pinned' ? weakened(fixed, { parts, listed, test }) : fixed;
}

interface OperatorParts {
  readonly base: string;
  readonly isForAll: boolean;
  readonly isIfExists: boolean;
}

function partsOf(operator: string): OperatorParts {
  let base = operator.toLowerCase();
  const isForAll = base.startsWith('forallvalues:');
  if (isForAll) base = base.slice('forallvalues:'.length);
  else if (base.startsWith('foranyvalue:')) base = base.slice('foranyvalue:'.length);
  const isIfExists = base.endsWith('ifexists');
  return { base: isIfExists ? base.slice(0, -'ifexists'.length) : base, isForAll, isIfExists };
}

/** A limit that a request without the key passes is none, and one on a key that AWS does not name is not settled. */
function weakened(
  pinned: Pinning,
  { parts, listed, test }: { parts: OperatorParts; listed: ListedKey; test: Test },
): Pinning {
  const { operator, key, demanded } = test;
  const leaves = pinned.leaves ?? [];
  if (parts.isForAll || parts.isIfExists) {
    return demanded.has(key.toLowerCase())
      ? unsettled(`whether ${listed.name} counts as a limit under ${operator} with Null false`, leaves)
      : open(`${operator} lets in a request without ${listed.name}`);
  }
  if (listed.isUnsettled) return unsettled(`whether ${listed.name} counts as a limit`, leaves);
  if (listed.name === 'aws:SourceIp' && parts.base !== 'ipaddress') {
    return unsettled(`whether aws:SourceIp compared by ${operator} counts as a limit`, leaves);
  }
  return pinned;
}

function valuePinning(values: readonly string[], key: ListedKey): Pinning {
  const variable = values.find((value) => value.includes('${'));
  if (variable !== undefined) return open(`${key.name} "${variable}" is a policy variable`);
  const wild = values.find((value) => hasWildcard(value) && key.mayHaveWildcard?.(value) !== true);
  const doubtful = values.find((value) => key.isDoubtful?.(value) === true);
  if (wild === undefined && doubtful !== undefined) {
    return unsettled(`whether ${key.name} "${doubtful}" counts as a limit`, values.map(key.partyOf));
  }
  if (wild === undefined) {
    return { is: 'pinned', because: `${key.name} is pinned to ${fewOf(values)}`, leaves: values.map(key.partyOf) };
  }
  const left = values.map((value) => key.narrowedTo?.(value));
  const because = `${key.name} "${wild}" has a wildcard`;
  if (!left.every((party) => party !== undefined)) return open(because);
  const accounts = [...new Set(left.map(({ name }) => name))];
  return { is: 'open', because: `${because}, though it narrows to account ${accounts.join(', ')}`, leaves: left };
}

/** aws-facts §2.2: too broad a range is no limit, and one such range is enough. */
function addressPinning(values: readonly string[]): Pinning {
  const breadths = values.map((value) => ({ value, breadth: breadthOf(value) }));
  for (const { value, breadth } of breadths) {
    if (breadth.is === 'broad') return open(`aws:SourceIp "${value}" is broader than ${breadth.than}`);
    if (breadth.is === 'no-range' && hasWildcard(value)) return open(`aws:SourceIp "${value}" has a wildcard`);
    if (breadth.is === 'no-range' && value.includes('${')) return open(`aws:SourceIp "${value}" is a policy variable`);
  }
  const leaves: readonly Party[] = [{ type: 'addresses', name: fewOf(values, 1) }];
  for (const { value, breadth } of breadths) {
    if (breadth.is === 'no-range') return { is: 'unsettled', because: `aws:SourceIp "${value}" is no address range` };
    if (breadth.is === 'private-and-broad') {
      return unsettled(`whether aws:SourceIp "${value}", private but broader than /32, counts as a limit`, leaves);
    }
  }
  const share = shareOfIpv4(
    breadths.flatMap(({ breadth }) => (breadth.is === 'narrow' && breadth.range !== undefined ? [breadth.range] : [])),
  );
  const warning =
    share < CONSPICUOUS_SHARE
      ? ''
      : `; together they are ${Math.floor(share * 100)} % of all IPv4 addresses, which the letter of the rule allows`;
  return { is: 'pinned', because: `aws:SourceIp is pinned to ${fewOf(values)}${warning}`, leaves };
}

function open(because: string): Pinning {
  return { is: 'open', because };
}

function unsettled(what: string, leaves: readonly Party[]): Pinning {
  return { is: 'unsettled', because: `AWS does not say ${what}`, leaves };
}
