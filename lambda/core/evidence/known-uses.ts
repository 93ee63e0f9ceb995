import type { LineShape } from './access-log-shape.ts';
import type { UseCounter } from './uses.ts';

/** A power of two: more callers than are busy at any time. */
const SLOTS = 4096;
/** More than this is looked up anew: nothing is lost by forgetting, and a log may hold a million sessions. */
const MOST_KNOWN = 20_000;
/** What a use has seen is compared with so much of it. */
const MOST_SEEN = 8;

const BLANK = 0x20;
const DASH = 0x2d;
const LETTER_A = 0x41;
const LETTER_Q = 0x51;
const FOUR = 0x34;

/** A use that lines were counted on. */
export interface KnownUse {
  readonly counter: UseCounter;
  /** What it was told of already: a character a byte, as lines are. */
  readonly addresses: SeenTexts;
  readonly agents: SeenTexts;
}

/** What one operation on one bucket came to, for one caller. */
interface Outcomes {
  readonly bucket: string;
  readonly operation: string;
  readonly uses: Map<number, KnownUse>;
}

/** A requester as lines name it; all sessions of a role have what the role has. */
interface Caller {
  readonly requester: string;
  readonly operations: Map<string, Outcomes>;
}

/**
 * Finds what lines of the same caller, door and outcome are counted on. Where it was found last for a line that looks alike is tried first: so most
 * lines are compared in place, and nothing is taken out of them. What is kept are copies: a part of what was read would keep all of it.
 */
export class KnownUses {
  #byBucket = new Map<string, Map<string, Caller>>();
  #errors = new Map<string, number>();
  readonly #lastCallers: (Caller | undefined)[] = Array.from({ length: SLOTS });
  readonly #lastOutcomes: (Outcomes | undefined)[] = Array.from({ length: SLOTS });
  #count = 0;

  /** What a line of this shape is counted on; undefined where that is not known yet. */
  find(text: string, shape: LineShape): KnownUse | undefined {
    const outcomes = this.#outcomesOf(text, shape);
    if (outcomes === undefined) return undefined;
    const error = errorOf(text, shape);
    const outcome = outcomeOf(text, shape, typeof error === 'number' ? error : this.#errors.get(error));
    return outcome === undefined ? undefined : outcomes.uses.get(outcome);
  }

  /** Counts lines like this one, which was not found, on this from now on. */
  keep(text: string, shape: LineShape, counter: UseCounter): void {
    if (this.#count >= MOST_KNOWN) this.#forget();
    this.#count += 1;
    const error = errorOf(text, shape);
    const outcome = outcomeOf(text, shape, typeof error === 'number' ? error : this.#numberOf(error));
    if (outcome === undefined) return;
    const { operations } = this.#callerOf(text, shape);
    const operation = copyOf(text.slice(shape.operationAt, shape.operationEnd));
    const outcomes = memberOf(operations, operation, () => ({ bucket: counter.bucket, operation, uses: new Map() }));
    // Another session of the role may have it already.
    memberOf(outcomes.uses, outcome, () => ({ counter, addresses: new SeenTexts(), agents: new SeenTexts() }));
  }

  #outcomesOf(text: string, shape: LineShape): Outcomes | undefined {
    const slot = slotOf(text, shape);
    const last = this.#lastOutcomes[slot];
    const lastCaller = this.#lastCallers[slot];
    if (last !== undefined && lastCaller !== undefined && isOf(text, shape, last) && isBy(text, shape, lastCaller))
      return last;
    const callers = this.#byBucket.get(text.slice(shape.bucketAt, shape.bucketEnd));
    const caller = callers?.get(text.slice(shape.requesterAt, shape.requesterEnd));
    const found = caller?.operations.get(text.slice(shape.operationAt, shape.operationEnd));
    if (caller === undefined || found === undefined) return undefined;
    this.#lastOutcomes[slot] = found;
    this.#lastCallers[slot] = caller;
    return found;
  }

  #callerOf(text: string, shape: LineShape): Caller {
    const callers = memberOf(this.#byBucket, copyOf(text.slice(shape.bucketAt, shape.bucketEnd)), () => new Map());
    const requester = copyOf(text.slice(shape.requesterAt, shape.requesterEnd));
    const role = roleOf(requester);
    const { operations } = memberOf(callers, role, () => ({ requester: role, operations: new Map() }));
    return memberOf(callers, requester, () => ({ requester, operations }));
  }

  #numberOf(code: string): number {
    let known = this.#errors.get(code);
    if (known === undefined) this.#errors.set(copyOf(code), (known = ABOVE_ANY_STATUS + this.#errors.size));
    return known;
  }

  #forget(): void {
    this.#lastCallers.fill(undefined);
    this.#lastOutcomes.fill(undefined);
    this.#byBucket = new Map();
    this.#errors = new Map();
    this.#count = 0;
  }
}

const ABOVE_ANY_STATUS = 1000;

/** The code; 0 where it did not fail, and where it failed without a code, the status. */
function errorOf(line: string, { errorAt, errorEnd, statusAt }: LineShape): string | number {
  if (errorEnd !== errorAt + 1 || line.charCodeAt(errorAt) !== DASH) return line.slice(errorAt, errorEnd);
  return line.charCodeAt(statusAt) < FOUR ? 0 : Number(line.slice(statusAt, statusAt + 3));
}

/**
 * What else makes a difference, as a number: how it ended, whether there is a key, whether it was signed and where, and whether an ACL was
 * required. Undefined for words that are not known: the careful reading knows what to make of them.
 */
function outcomeOf(line: string, shape: LineShape, error: number | undefined): number | undefined {
  const auth = authOf(line, shape);
  const acl = aclRequiredOf(line, shape);
  if (error === undefined || auth === undefined || acl === undefined) return undefined;
  const signature = signatureOf(line, shape);
  if (signature === undefined) return undefined;
  return error * 64 + (shape.hasKey ? 32 : 0) + signature * 16 + auth * 4 + acl;
}

/** `-`, or a version. */
function signatureOf(line: string, { signatureAt }: LineShape): 0 | 1 | undefined {
  if (line.charCodeAt(signatureAt) === DASH) return line.charCodeAt(signatureAt + 1) === BLANK ? 0 : undefined;
  return line.startsWith('SigV4 ', signatureAt) || line.startsWith('SigV2 ', signatureAt) ? 1 : undefined;
}

/** `-`, `AuthHeader` or `QueryString`. */
function authOf(line: string, { authAt }: LineShape): 0 | 1 | 2 | undefined {
  switch (line.charCodeAt(authAt)) {
    case DASH:
      return line.charCodeAt(authAt + 1) === BLANK ? 0 : undefined;
    case LETTER_A:
      return line.startsWith('AuthHeader ', authAt) ? 1 : undefined;
    case LETTER_Q:
      return line.startsWith('QueryString ', authAt) ? 2 : undefined;
    default:
      return undefined;
  }
}

/** The format has none, `-`, or `Yes`. */
function aclRequiredOf(line: string, { aclRequiredAt, aclRequiredEnd }: LineShape): 0 | 1 | 2 | undefined {
  if (aclRequiredAt === 0) return 0;
  if (aclRequiredEnd === aclRequiredAt + 1 && line.charCodeAt(aclRequiredAt) === DASH) return 1;
  return aclRequiredEnd === aclRequiredAt + 3 && line.startsWith('Yes', aclRequiredAt) ? 2 : undefined;
}

/** Texts that were seen, the first few. */
export class SeenTexts {
  readonly #texts: string[] = [];

  has(text: string): boolean {
    return this.#texts.includes(text);
  }

  add(text: string): void {
    if (this.#texts.length < MOST_SEEN) this.#texts.push(copyOf(text));
  }
}

const SESSION = ':assumed-role/';

/** A session's role; anyone else as they are named. */
function roleOf(requester: string): string {
  return requester.includes(SESSION) ? requester.slice(0, requester.lastIndexOf('/')) : requester;
}

/** What tells names apart stands near their ends. */
const TOLD_BY = 14;

/** Lines that look alike have one slot; whether they are alike is compared. */
function slotOf(text: string, shape: LineShape): number {
  const { bucketAt, bucketEnd, requesterAt, requesterEnd, operationAt } = shape;
  let mixed = text.charCodeAt(operationAt + 5) * 521 + (requesterEnd - requesterAt);
  for (let at = Math.max(bucketAt, bucketEnd - TOLD_BY); at < bucketEnd; at += 1)
    mixed = (mixed * 31 + text.charCodeAt(at)) | 0;
  for (let at = Math.max(requesterAt, requesterEnd - TOLD_BY); at < requesterEnd; at += 1)
    mixed = (mixed * 31 + text.charCodeAt(at)) | 0;
  return mixed & (SLOTS - 1);
}

// Parts are taken out and compared: quicker than a search that begins at a place (measured, for an ARN: a third).
function isOf(
  text: string,
  { bucketAt, bucketEnd, operationAt, operationEnd }: LineShape,
  { bucket, operation }: Outcomes,
): boolean {
  return text.slice(bucketAt, bucketEnd) === bucket && text.slice(operationAt, operationEnd) === operation;
}

function isBy(text: string, { requesterAt, requesterEnd }: LineShape, { requester }: Caller): boolean {
  return text.slice(requesterAt, requesterEnd) === requester;
}

function memberOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let member = map.get(key);
  if (member === undefined) map.set(key, (member = make()));
  return member;
}

function copyOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('latin1');
}
