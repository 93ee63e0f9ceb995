import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { listOf } from '../policy.ts';
import type { Reading } from '../reading.ts';
import { EVERYONE, partyText, type Party } from './party.ts';

/** Whom a statement names: only fixed values; somebody whom no fixed value names; or something that AWS does not settle. */
export interface Principals {
  readonly fixity: 'fixed' | 'open' | 'unsettled';
  /** Why it is not fixed. */
  readonly because: string;
  /** The fixed ones. */
  readonly fixed: readonly Party[];
  /** Those whom the open or unsettled ones let in. */
  readonly open: readonly Party[];
}

type OnePrincipal =
  | { readonly fixity: 'fixed'; readonly party: Party }
  | { readonly fixity: 'open' | 'unsettled'; readonly because: string; readonly party?: Party };

const ROLE_IN_ACCOUNT = /^arn:[^:*?]*:(?:iam|sts)::(\d{12}):/;
const ORIGIN_ACCESS_IDENTITY = /^arn:[^:*?]*:iam::cloudfront:user\/CloudFront Origin Access Identity ([^*?]+)$/;

/** Who is let in by the Principal of an Allow statement (aws-facts §2.1 item 1, §2.3). */
export function principalsOf(principal: Json | undefined, notPrincipal: Json | undefined): Principals {
  const gathered = new Gathering();
  if (notPrincipal !== undefined) {
    gathered.add(open('everyone but those named is let in (NotPrincipal)', EVERYONE));
  } else if (isJsonObject(principal)) {
    for (const type of Object.keys(principal)) {
      const names = principal[type] ?? null;
      if (Array.isArray(names))
        for (const name of names as readonly Json[]) gathered.add(principalOf(type, textIn(name)));
      else gathered.add(principalOf(type, textIn(names)));
    }
  } else if (Array.isArray(principal)) {
    for (const name of principal as readonly Json[]) gathered.add(awsPrincipal(textIn(name)));
  } else if (principal !== undefined && principal !== null) gathered.add(awsPrincipal(textIn(principal)));
  return gathered.isEmpty ? NOBODY : gathered;
}

const NOBODY: Principals = {
  fixity: 'unsettled',
  because: 'it names no principal, which S3 refuses',
  fixed: [],
  open: [],
};

/** Principals as they are met: an open one decides, else an unsettled one does. */
class Gathering implements Principals {
  fixity: Principals['fixity'] = 'fixed';
  because = '';
  readonly fixed: Party[] = [];
  readonly open: Party[] = [];

  get isEmpty(): boolean {
    return this.fixity === 'fixed' && this.fixed.length === 0;
  }

  add(one: OnePrincipal): void {
    if (one.fixity === 'fixed') {
      this.fixed.push(one.party);
      return;
    }
    if (one.party !== undefined) this.open.push(one.party);
    if (this.fixity === 'fixed' || (this.fixity === 'unsettled' && one.fixity === 'open')) {
      this.fixity = one.fixity;
      this.because = one.because;
    }
  }
}

function principalOf(type: string, name: string | undefined): OnePrincipal {
  if (name === '') return unsettled('a principal is empty');
  if (name?.includes('${') === true) return unsettled(`principal "${name}" has a policy variable, which S3 refuses`);
  switch (type) {
    case 'AWS':
      return awsPrincipal(name);
    case 'Service':
      return name !== undefined && hasWildcard(name)
        ? open(`service "${name}" has a wildcard`, EVERYONE)
        : fixedOr(name, { type: 'service', name: name ?? '' });
    case 'CanonicalUser':
      return name !== undefined && hasWildcard(name)
        ? open(`canonical user "${name}" has a wildcard`, EVERYONE)
        : fixedOr(name, { type: 'canonical-user', name: name ?? '' });
    case 'Federated':
      return federated(name);
    default:
      return unsettled(`"${type}" is no kind of principal that IAM knows`);
  }
}

function awsPrincipal(name: string | undefined): OnePrincipal {
  if (name === undefined) return unsettled('a principal is no text');
  if (name === '*') return open('everyone (*) is let in', EVERYONE);
  const account = ROLE_IN_ACCOUNT.exec(name)?.[1];
  if (hasWildcard(name)) {
    const narrows = account === undefined ? '' : `, though it narrows to account ${account}`;
    return open(
      `principal "${name}" has a wildcard (S3 refuses such a principal when it is put)${narrows}`,
      account === undefined ? EVERYONE : { type: 'account', name: account },
    );
  }
  if (account !== undefined || /^\d{12}$/.test(name)) {
    return { fixity: 'fixed', party: { type: 'account', name: account ?? name } };
  }
  const identity = ORIGIN_ACCESS_IDENTITY.exec(name)?.[1];
  return {
    fixity: 'fixed',
    party: identity === undefined ? { type: 'principal', name } : { type: 'origin-access-identity', name: identity },
  };
}

/**
 * AWS's page no longer has the example of a web identity provider that it called public until 2023; a provider that an account
 * made itself it never named (aws-facts §2.1, §2.3).
 */
function federated(name: string | undefined): OnePrincipal {
  if (name === undefined) return unsettled('a principal is no text');
  if (name.startsWith('arn:') && hasWildcard(name))
    return open(`federated provider "${name}" has a wildcard`, EVERYONE);
  if (name.startsWith('arn:')) {
    return unsettled(`AWS does not say whether a fixed federated provider (${name}) counts as fixed`, {
      type: 'federated',
      name,
    });
  }
  return open(
    `whoever signed in at ${name} is let in (AWS took this example off its page since, so its verdict may differ)`,
    { type: 'everyone-at', name },
  );
}

function open(because: string, party: Party): OnePrincipal {
  return { fixity: 'open', because, party };
}

function unsettled(because: string, party?: Party): OnePrincipal {
  return party === undefined ? { fixity: 'unsettled', because } : { fixity: 'unsettled', because, party };
}

function fixedOr(name: string | undefined, party: Party): OnePrincipal {
  return name === undefined ? unsettled('a principal is no text') : { fixity: 'fixed', party };
}

export function textIn(value: Json): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : undefined;
}

export function hasWildcard(text: string): boolean {
  return text.includes('*') || text.includes('?');
}

/** What the principals are, in words. */
export function fixedText(parties: readonly Party[]): string {
  return `the principals are fixed: ${parties.map(partyText).join(', ')}`;
}

const WHOLE_ACCOUNT = /^(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?$/;

/** The accounts that Allow statements name as a whole, by their id or their root. */
export function wholeAccountsIn(policy: Reading<JsonObject>): readonly string[] {
  if (policy.status !== 'present') return [];
  const accounts = listOf(policy.value['Statement'] ?? []).flatMap((statement) => {
    if (!isJsonObject(statement) || textOf(statement['Effect'])?.toLowerCase() !== 'allow') return [];
    const principal = statement['Principal'];
    const named = isJsonObject(principal) ? (principal['AWS'] ?? []) : [];
    return listOf(named).flatMap((one) => WHOLE_ACCOUNT.exec(textOf(one) ?? '')?.[1] ?? []);
  });
  return [...new Set(accounts)];
}
