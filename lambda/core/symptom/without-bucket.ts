import { EXISTS } from '../declaration.ts';
import { REFUSALS } from '../evidence/refusal.ts';
import type { Evidence } from '../evidence/uses.ts';
import type { RuledOut, RuledOutChange, SymptomCause } from './answer.ts';
import { isNamedIn, proofIn, proofTexts } from './proof.ts';
import type { Symptom } from './symptom.ts';
import { becomesPublic, isDeciding, isTakenBackBy, onlyOpens } from './value-change.ts';
import type { WatchedChange } from './watched-change.ts';

interface Asked {
  readonly symptom: Symptom;
  readonly changes: readonly WatchedChange[];
  readonly evidence?: Evidence | undefined;
}

/** What a web ACL answers to what it blocks, where its rule has no response of its own. */
const BLOCKED = 403;

/**
 * A change beside a failure of which nothing is known that failed: by what it set alone. What failed may be no matter of S3 at all; where it
 * is, which bucket it was is not known, and a change is ruled out by nothing but that it refuses nothing. Pure.
 */
export function judgeWithoutBucket(
  change: WatchedChange,
  { symptom, changes, evidence }: Asked,
): SymptomCause | RuledOutChange {
  const { bucket } = symptom;
  const { kind, id } = change.ref;
  if (isInFront(change)) return judgeInFront(change, symptom);
  if (!isOfBuckets(change))
    return out(change, 'not-on-the-path', `a ${kind} decides nothing about requests to a bucket`);
  if (kind === 's3-bucket' && bucket !== undefined && id !== bucket)
    return out(change, 'other-bucket', `it is on bucket ${id}, and ${bucket} failed`);
  if (isTakenBackBy(change, changes, symptom.at))
    return out(change, 'taken-back', 'it was taken back before the failure');
  if (onlyOpens(change)) return judgeOpening(change, symptom);
  if (!isDeciding(change)) return out(change, 'cannot-refuse', 'it is no setting by which S3 refuses anything');
  if (bucket !== undefined)
    return may(change, `what it does cannot be computed: nothing is known of the bucket ${bucket}`);
  const other = otherErrorText(change, symptom);
  if (other !== undefined) return out(change, 'cannot-refuse', other);
  const proof = proofIn(evidence?.uses ?? [], change);
  const isNamed = isNamedIn(symptom, change);
  const says = isOfS3(symptom)
    ? 'it refuses some requests to buckets; which bucket failed is not known'
    : 'it refuses some requests to buckets; whether what failed was one is not known: the symptom names none that is watched';
  // Of what failed the logs may tell nothing: they prove that such requests fail, and which did.
  return proof === undefined && !isNamed
    ? may(change, says)
    : { change, fit: 'may', isProven: true, reasons: [...proofTexts(proof, symptom, isNamed), says] };
}

/** S3 refuses by a setting with 400 or 403 (aws-facts §1.1, §1.6); a bucket that is gone is 404. */
function otherErrorText({ path }: WatchedChange, { error, status }: Symptom): string | undefined {
  if (path === EXISTS) return undefined;
  const isOther =
    (error !== undefined && !REFUSALS.has(error)) || (status !== undefined && ![400, 403].includes(status));
  return isOther ? `it refuses with 400 or 403, and what failed has ${error ?? status}` : undefined;
}

const out = (change: WatchedChange, reason: RuledOut, says: string): RuledOutChange => ({ change, reason, says });
const may = (change: WatchedChange, says: string): SymptomCause => ({
  change,
  fit: 'may',
  isProven: false,
  reasons: [says],
});

function isOfS3({ bucket, operation, isWebsite }: Symptom): boolean {
  return bucket !== undefined || operation !== undefined || isWebsite === true;
}

function judgeInFront(change: WatchedChange, symptom: Symptom): SymptomCause | RuledOutChange {
  const { id } = change.ref;
  const { status } = symptom;
  if (isOfS3(symptom))
    return out(change, 'not-on-the-path', `failing calls go to S3 itself, and ${id} is not on their way`);
  return status !== undefined && status !== BLOCKED
    ? out(
        change,
        'cannot-refuse',
        `it refuses with ${BLOCKED} where a rule has no response of its own, and what failed has ${status}`,
      )
    : may(change, `whether what failed passes ${id} is not known: the symptom names nothing that is watched`);
}

/** What lets more in shuts others out where a policy becomes public by it. */
function judgeOpening(change: WatchedChange, symptom: Symptom): SymptomCause | RuledOutChange {
  return isOfS3(symptom) && becomesPublic(change)
    ? may(
        change,
        'it makes a policy public, which under RestrictPublicBuckets shuts out other accounts and whoever does not sign',
      )
    : out(change, 'opens', 'it refuses nothing: it only lets more in');
}

/** Kinds that stand before what is served, and not before the S3 API. */
function isInFront({ ref: { kind } }: WatchedChange): boolean {
  return kind.startsWith('waf-') || kind.startsWith('cloudfront-');
}

function isOfBuckets({ ref: { kind } }: WatchedChange): boolean {
  return kind.startsWith('s3-');
}
