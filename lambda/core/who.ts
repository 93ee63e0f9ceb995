import { isJsonObject, textOf, type Json, type JsonObject } from './json.ts';

/** What sort of principal called. */
export type WhoType =
  /** A person of IAM Identity Center. */
  | 'identity-center'
  /** A role's session that an EC2 instance holds. */
  | 'instance'
  | 'service-linked'
  /** Any other session of a role. */
  | 'role'
  | 'user'
  | 'root'
  /** An AWS service, with nobody's session. */
  | 'service'
  | 'federated-user'
  | 'saml'
  | 'web-identity'
  /** Of another account, of whom no more is known. */
  | 'other-account'
  | 'anonymous'
  | 'unknown';

/** Who called, as far as the record's `userIdentity` tells (aws-facts §4.4). */
export interface Who {
  readonly type: WhoType;
  /** Whom to ask: by source identity, Identity Center, an IAM user's name, or a session that is an e-mail address. */
  readonly person?: string;
  readonly role?: string;
  /** Whoever takes a role chooses it. */
  readonly session?: string;
  /** What held the credentials, or called in their name. */
  readonly via?: string;
  /** The principal's own account, where it is another than the one that it called in. */
  readonly account?: string;
}

const ACCOUNT_ID = /^\d{12}$/;
const INSTANCE = /^i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const E_MAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Who called. `recipient`: the account that it was called in. Pure. */
export function whoOf(identity: JsonObject, recipient?: string): Who {
  const via = viaOf(identity);
  const account = filled(identity, 'accountId');
  const isOther = account !== recipient && ACCOUNT_ID.test(account ?? '') && ACCOUNT_ID.test(recipient ?? '');
  return {
    ...principalOf(identity),
    ...(via === undefined ? {} : { via }),
    ...(isOther && account !== undefined ? { account } : {}),
  };
}

type Principal = Omit<Who, 'via' | 'account'>;

function principalOf(identity: JsonObject): Principal {
  const named = (type: WhoType, person: string | undefined): Principal => ({
    type,
    ...(person === undefined ? {} : { person }),
  });
  const arn = filled(identity, 'arn') ?? '';
  const userName = filled(identity, 'userName');
  if (isAnonymous(identity)) return { type: 'anonymous' };
  switch (filled(identity, 'type')) {
    case 'AWSService':
      return { type: 'service' };
    case 'Root':
      return named('root', 'root');
    case 'IAMUser':
    case 'User':
      return named('user', userNameIn(arn, userName));
    case 'FederatedUser':
      return named('federated-user', userName ?? after(arn, 'federated-user/'));
    case 'SAMLUser':
      return named('saml', userName);
    case 'WebIdentityUser':
      return named('web-identity', userName);
    case 'AWSAccount':
      return { type: 'other-account' };
    default:
      return sessionOf(identity) ?? namelessOf(identity, userName);
  }
}

/** What a failed sign-in has in place of a name that nobody bears (CloudTrail user guide, console sign-in events). */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

function userNameIn(arn: string, userName: string | undefined): string | undefined {
  if (userName !== undefined) return userName === HIDDEN ? undefined : userName;
  const name = arn.split(/[:/]/).at(-1);
  return name === '' ? undefined : name;
}

/** Two spellings are known (aws-facts §4.4). */
function isAnonymous(identity: JsonObject): boolean {
  return ['accountId', 'principalId'].some((member) => /^anonymous/i.test(filled(identity, member) ?? ''));
}

/** A session of a role, whatever the type says: Identity Center's may come as Unknown (aws-facts §4.4). */
function sessionOf(identity: JsonObject): Principal | undefined {
  const issuer = objectAt(objectAt(identity, 'sessionContext'), 'sessionIssuer');
  const [ofArn, ...rest] = after(filled(identity, 'arn') ?? '', 'assumed-role/')?.split('/') ?? [];
  const isRole = ['AssumedRole', 'Role'].includes(filled(identity, 'type') ?? '');
  const role = ofArn ?? filled(issuer, 'userName') ?? (isRole ? filled(identity, 'userName') : undefined);
  if (role === undefined && !isRole) return undefined;
  const session = rest.length > 0 ? rest.join('/') : filled(identity, 'principalId')?.split(':')[1];
  const type = sortOf({ role: role ?? '', session: session ?? '', issuer: filled(issuer, 'arn') ?? '' });
  const source = filled(objectAt(identity, 'sessionContext'), 'sourceIdentity');
  return withTexts(type, { person: source ?? personOf(type, session), role, session });
}

function withTexts(
  type: WhoType,
  texts: Readonly<Record<'person' | 'role' | 'session', string | undefined>>,
): Principal {
  const said = Object.entries(texts).filter(([, text]) => text !== undefined && text !== '');
  return { type, ...Object.fromEntries(said) };
}

function sortOf({ role, session, issuer }: { role: string; session: string; issuer: string }): WhoType {
  if (role.startsWith('AWSServiceRole') || issuer.includes('role/aws-service-role/')) return 'service-linked';
  if (role.startsWith('AWSReservedSSO_') || issuer.includes('/aws-reserved/sso.amazonaws.com/'))
    return 'identity-center';
  return INSTANCE.test(session) ? 'instance' : 'role';
}

function personOf(sort: WhoType, session: string | undefined): string | undefined {
  if (sort === 'identity-center') return session;
  return sort === 'role' && E_MAIL.test(session ?? '') ? session : undefined;
}

function namelessOf(identity: JsonObject, userName: string | undefined): Principal {
  const user = filled(objectAt(identity, 'onBehalfOf'), 'userId');
  if (user !== undefined) return { type: 'identity-center', person: user };
  if (filled(identity, 'type') === undefined && userName === undefined && filled(identity, 'invokedBy') !== undefined)
    return { type: 'service' };
  return { type: 'unknown', ...(userName === undefined ? {} : { person: userName }) };
}

/** What held the credentials comes first: it is the tool. */
function viaOf(identity: JsonObject): string | undefined {
  const scope = objectAt(identity, 'inScopeOf');
  const delegate = filled(objectAt(identity, 'invokedByDelegate'), 'accountId');
  const all = [
    filled(scope, 'sourceArn') ?? filled(scope, 'credentialsIssuedTo'),
    delegate === undefined ? undefined : `delegate ${delegate}`,
    filled(identity, 'invokedBy'),
  ].flatMap((one) => one ?? []);
  return all.length === 0 ? undefined : all.join('; ');
}

/** How each sort is called, before its name. */
const WORDS: Readonly<Partial<Record<WhoType, string>>> = {
  role: 'role',
  user: 'user',
  'identity-center': 'Identity Center user',
  'federated-user': 'federated user',
  saml: 'SAML user',
  'web-identity': 'web identity',
};

/** Who called, in one sentence: `role SecurityTooling, session alice@example.com, from Lambda function hardening-check`. Pure. */
export function whoText(who: Who): string {
  const { via, account, type } = who;
  const principal = principalText(who);
  const isItself = type === 'service';
  return [
    principal,
    ...(who.person === undefined || principal.includes(who.person) || type === 'root' ? [] : [`for ${who.person}`]),
    ...(account === undefined || type === 'other-account' ? [] : [`of account ${account}`]),
    ...(via === undefined || isItself ? [] : via.split('; ').map(viaText)),
  ].join(', ');
}

function principalText(who: Who): string {
  const { type, person = 'unknown', role, session } = who;
  if (role !== undefined || session !== undefined)
    return `role ${role ?? 'unknown'}${session === undefined ? '' : `, session ${session}`}`;
  const word = WORDS[type];
  return word === undefined ? namelessText(who) : `${word} ${person}`;
}

function namelessText({ type, person, via = 'unknown', account }: Who): string {
  switch (type) {
    case 'root':
      return 'the root user';
    case 'anonymous':
      return 'somebody without credentials';
    case 'service':
      return `the AWS service ${via}`;
    case 'other-account':
      return account === undefined ? 'somebody of another account' : `somebody of account ${account}`;
    default:
      return person ?? 'unknown';
  }
}

function viaText(via: string): string {
  const [, fn] = /:lambda:[^:]*:\d+:function:([^:]+)/.exec(via) ?? [];
  if (fn !== undefined) return `from Lambda function ${fn}`;
  return via.startsWith('arn:') ? `from ${via}` : `by ${via}`;
}

/** What follows a word of an ARN's last part. */
function after(arn: string, word: string): string | undefined {
  const at = arn.indexOf(`:${word}`);
  const text = at === -1 ? '' : arn.slice(at + 1 + word.length);
  return text === '' ? undefined : text;
}

/** A member's text, in whichever case an exporter wrote the name; the empty one says nothing. */
function filled(object: JsonObject | undefined, name: string): string | undefined {
  const text = textOf(memberOf(object, name));
  return text === '' ? undefined : text;
}

function objectAt(object: JsonObject | undefined, name: string): JsonObject | undefined {
  const value = memberOf(object, name);
  return isJsonObject(value) ? value : undefined;
}

function memberOf(object: JsonObject | undefined, name: string): Json | undefined {
  if (object === undefined) return undefined;
  return Object.hasOwn(object, name) ? object[name] : object[name.toLowerCase()];
}
