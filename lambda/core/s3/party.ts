/** Somebody whom a statement lets in. */
export interface Party {
  readonly type:
    | 'everyone'
    | 'everyone-at'
    | 'account'
    | 'organisation'
    | 'service'
    | 'canonical-user'
    | 'origin-access-identity'
    | 'principal'
    | 'federated'
    | 'network'
    | 'addresses'
    | 'requests-for'
    | 'access-points';
  readonly name: string;
  /** For a service: the accounts that it may act for; none is any. */
  readonly forAccounts?: readonly string[];
}

export const EVERYONE: Party = { type: 'everyone', name: '*' };

/** A party in a few words. */
export function partyText({ type, name, forAccounts }: Party): string {
  switch (type) {
    case 'everyone':
      return 'everyone';
    case 'everyone-at':
      return `everyone at ${name}`;
    case 'account':
    case 'organisation':
    case 'network':
    case 'principal':
    case 'addresses':
      return `${type} ${name}`;
    case 'service':
      return `service ${name} (${boundText(forAccounts)})`;
    case 'canonical-user':
      return `canonical user ${name}`;
    case 'origin-access-identity':
      return `CloudFront origin access identity ${name}`;
    case 'federated':
      return `users of ${name}`;
    case 'requests-for':
      return `requests for ${/^\d+$/.test(name) ? 'account ' : ''}${name}`;
    case 'access-points':
      return `access points of account ${name}`;
  }
}

function boundText(accounts: readonly string[] | undefined): string {
  return accounts === undefined || accounts.length === 0
    ? 'for any account: no SourceAccount or SourceArn'
    : `for ${accounts.length === 1 ? 'account' : 'accounts'} ${accounts.join(', ')}`;
}

/** Each party once, in the order in which they are first named. */
export function distinctParties(parties: readonly Party[]): readonly Party[] {
  const [first, second] = parties;
  if (first === undefined || second === undefined) return parties;
  if (parties.length === 2) return isSameParty(first, second) ? [first] : parties;
  const byText = new Map<string, Party>();
  for (const party of parties) {
    const text = partyText(party);
    if (!byText.has(text)) byText.set(text, party);
  }
  return [...byText.values()];
}

function isSameParty(a: Party, b: Party): boolean {
  return a.name === b.name && a.type === b.type && partyText(a) === partyText(b);
}

/** A list of which a person reads the first few. */
export function fewOf(texts: readonly string[], most = 3): string {
  const more = texts.length - most;
  return more > 0 ? `${texts.slice(0, most).join(', ')} and ${more} more` : texts.join(', ');
}
