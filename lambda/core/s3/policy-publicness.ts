import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import { pinningOf } from './condition-pins.ts';
import { distinctParties, type Party } from './party.ts';
import { fixedText, principalsOf } from './principals.ts';

export type Publicness = 'public' | 'not-public' | 'unknown';

/** Is one statement public, why, and whom does it let in. */
export interface StatementVerdict {
  /** Its place in the document, from 0. */
  readonly index: number;
  readonly sid?: string;
  readonly verdict: Publicness;
  readonly because: string;
  readonly letsIn: readonly Party[];
}

/** Is a policy public by S3's own rule (aws-facts §2), and who else is let in. "Shared" with named others is not public. */
export interface PolicyVerdict {
  readonly verdict: Publicness;
  /** The reasons of the statements that decide. */
  readonly reasons: readonly string[];
  readonly statements: readonly StatementVerdict[];
  readonly letsIn: readonly Party[];
}

/**
 * S3's rule: public until each Allow statement is limited to fixed values; one public statement makes the whole policy public; Deny
 * statements do not count. Takes any JSON object and never throws; what IAM could not read is `unknown`.
 */
export function verdictOnPolicy(document: JsonObject): PolicyVerdict {
  const statements = listOf(document['Statement'] ?? []).map(verdictOnStatement);
  let verdict: Publicness = 'not-public';
  for (const one of statements) {
    if (one.verdict === 'public') verdict = 'public';
    else if (one.verdict === 'unknown' && verdict === 'not-public') verdict = 'unknown';
  }
  const reasons = new Set<string>();
  for (const one of statements) if (one.verdict === verdict && one.because !== DENY) reasons.add(one.because);
  return {
    verdict,
    reasons: reasons.size === 0 ? ['it has no Allow statement'] : [...reasons],
    statements,
    letsIn: distinctParties(statements.flatMap((one) => one.letsIn)),
  };
}

const DENY = 'a Deny lets nobody in';

function verdictOnStatement(statement: Json, index: number): StatementVerdict {
  if (!isJsonObject(statement)) {
    return { index, verdict: 'unknown', because: 'it is no statement that IAM could read', letsIn: [] };
  }
  const sid = textOf(statement['Sid']);
  const named = sid === undefined ? { index } : { index, sid };
  const effect = textOf(statement['Effect'])?.toLowerCase();
  if (effect === 'deny') return { ...named, verdict: 'not-public', because: DENY, letsIn: [] };
  if (effect !== 'allow') {
    return { ...named, verdict: 'unknown', because: 'its Effect is neither Allow nor Deny', letsIn: [] };
  }
  return { ...named, ...verdictOnAllow(statement) };
}

function verdictOnAllow(statement: JsonObject): Pick<StatementVerdict, 'verdict' | 'because' | 'letsIn'> {
  const principals = principalsOf(statement['Principal'], statement['NotPrincipal']);
  const condition = statement['Condition'];
  const fixed =
    condition !== undefined && principals.fixed.some(({ type }) => type === 'service')
      ? boundTo(condition, principals.fixed)
      : principals.fixed;
  if (principals.fixity === 'fixed') {
    const letsIn = distinctParties(fixed);
    return { verdict: 'not-public', because: fixedText(letsIn), letsIn };
  }
  const pinning = pinningOf(condition);
  const letsIn = distinctParties([...fixed, ...(pinning.leaves ?? principals.open)]);
  if (pinning.is === 'pinned') return { verdict: 'not-public', because: pinning.because, letsIn };
  const isSettled = principals.fixity === 'open' && pinning.is === 'open';
  return {
    verdict: isSettled ? 'public' : 'unknown',
    because: `${principals.because}, and ${pinning.because}`,
    letsIn,
  };
}

/** The accounts for which a service may act: a condition on SourceAccount or SourceArn says so. */
function boundTo(condition: Json, parties: readonly Party[]): readonly Party[] {
  const pinning = pinningOf(condition);
  const forAccounts =
    pinning.is === 'pinned'
      ? (pinning.leaves ?? []).flatMap(({ type, name }) => (type === 'requests-for' ? [name] : []))
      : [];
  return forAccounts.length === 0
    ? parties
    : parties.map((party) => (party.type === 'service' ? { ...party, forAccounts } : party));
}
