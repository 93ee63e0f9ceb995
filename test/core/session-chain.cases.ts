import type { Json, JsonObject } from '#core/json.ts';
import type { ChainEnd } from '#core/session-chain.ts';
import { ACCOUNT } from '../builders.ts';
import { recordOf } from '../records.ts';

/** One row: what is asked about, what else was read, and what is then known of whoever took the session. */
export interface ChainCase {
  readonly case: string;
  /** Where AWS or a record says that it is so. */
  readonly fact: string;
  readonly event: JsonObject;
  readonly read: readonly JsonObject[];
  /** The events of the chain, the nearest first. */
  readonly links: readonly string[];
  readonly end: ChainEnd;
  readonly person?: string;
  /** The phrase; undefined where there is nothing to say beyond who called. */
  readonly says: string | undefined;
}

const OTHER = '444455556666';
/** Of no real session: only that nothing of it may be kept. */
export const SECRET = 'IQoJb3JpZ2luX2VjEXAMPLESECRET';

const attributes = (began: string, more: JsonObject = {}): JsonObject => ({
  attributes: { creationDate: began, mfaAuthenticated: 'false' },
  ...more,
});
const session = (role: string, name: string, more: JsonObject = {}): JsonObject => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${name}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIA1',
  ...more,
});
const user = (name: string, accessKeyId = 'AKIA1', more: JsonObject = {}): JsonObject => ({
  type: 'IAMUser',
  principalId: 'AIDAEXAMPLE',
  arn: `arn:aws:iam::${ACCOUNT}:user/${name}`,
  accountId: ACCOUNT,
  accessKeyId,
  userName: name,
  ...more,
});
const service = (invokedBy: string): JsonObject => ({ type: 'AWSService', invokedBy });

const change = (userIdentity: JsonObject, more: Readonly<Record<string, Json | undefined>> = {}): JsonObject =>
  recordOf('PutBucketPolicy', {
    eventID: 'change',
    eventTime: '2025-10-28T19:01:02Z',
    requestParameters: { bucketName: 'exports' },
    userIdentity,
    ...more,
  });

/** An event that gives out a session; an empty `gives` is the ARN of a session that has none (GetSessionToken). */
const issue = (
  call: string,
  to: JsonObject,
  more: Readonly<Record<string, Json | undefined>> & { readonly key?: string; readonly gives?: string } = {},
): JsonObject => {
  const { key = 'ASIA1', gives = '', ...rest } = more;
  return recordOf(call, {
    eventSource: 'sts.amazonaws.com',
    eventID: `give-${key}`,
    eventTime: '2025-10-28T18:58:03Z',
    userIdentity: to,
    responseElements: {
      credentials: { accessKeyId: key, sessionToken: SECRET, expiration: 'Oct 28, 2025, 7:58:03 PM' },
      ...(gives === '' ? {} : { assumedRoleUser: { assumedRoleId: 'AROAEXAMPLE:x', arn: gives } }),
    },
    ...rest,
  });
};
const arnOf = (role: string, name: string): string => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${name}`;
const GIVEN = 'whose session was given by';
const AT = 'at 2025-10-28 18:58:03 UTC to';
const MISSING = 'whose session was given by an event that is in none of what was read';

const deploys = session('deploy', 'build-7');
const DEPLOYS = arnOf('deploy', 'build-7');

/** Expected before the code was written. */
export const CHAINS: readonly ChainCase[] = [
  {
    case: 'a user takes a role: the name of the session says somebody else, the event says who it was',
    fact: 'aws-facts §4.4: accessKeyId joins to responseElements.credentials.accessKeyId; whoever takes a role chooses the session’s name',
    event: change(session('platform', 'ana@example.com')),
    read: [issue('AssumeRole', user('bob'), { gives: arnOf('platform', 'ana@example.com') })],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'bob',
    says: `${GIVEN} AssumeRole ${AT} user bob, with a long-lived access key`,
  },
  {
    case: 'a user takes a role and with it another one: the source identity survives',
    fact: 'aws-facts §4.4: sourceIdentity survives role chaining',
    event: change(session('audit', 'step-2', { sessionContext: { sourceIdentity: 'alice' } })),
    read: [
      issue(
        'AssumeRole',
        session('deploy', 'step-1', { accessKeyId: 'ASIA2', sessionContext: { sourceIdentity: 'alice' } }),
      ),
      issue('AssumeRole', user('alice'), { key: 'ASIA2', eventTime: '2025-10-28T18:50:00Z' }),
    ],
    links: ['give-ASIA1', 'give-ASIA2'],
    end: 'long-lived-key',
    person: 'alice',
    says: `${GIVEN} AssumeRole ${AT} role deploy, session step-1, for alice, ${GIVEN} AssumeRole at 2025-10-28 18:50:00 UTC to user alice, with a long-lived access key`,
  },
  {
    case: 'the same, with the first event missing: the source identity still says who',
    fact: 'aws-facts §4.4: sourceIdentity is the strongest trace of a person',
    event: change(session('audit', 'step-2', { sessionContext: { sourceIdentity: 'alice' } })),
    read: [
      issue(
        'AssumeRole',
        session('deploy', 'step-1', { accessKeyId: 'ASIA2', sessionContext: { sourceIdentity: 'alice' } }),
      ),
    ],
    links: ['give-ASIA1'],
    end: 'person',
    person: 'alice',
    says: `${GIVEN} AssumeRole ${AT} role deploy, session step-1, for alice`,
  },
  {
    case: 'a company’s sign-in by SAML',
    fact: 'aws-facts §4.4: SAMLUser in events of STS; issuer in responseElements (corpora, aws-docs)',
    event: change(session('okta', 'tester')),
    read: [
      issue(
        'AssumeRoleWithSAML',
        { type: 'SAMLUser', principalId: 'x:tester@domain.tld', userName: 'tester@domain.tld' },
        {
          responseElements: {
            credentials: { sessionToken: SECRET, accessKeyId: 'ASIA1' },
            issuer: 'https://server.example.com/idp',
            subject: 'tester@domain.tld',
          },
        },
      ),
    ],
    links: ['give-ASIA1'],
    end: 'person',
    person: 'tester@domain.tld',
    says: `${GIVEN} AssumeRoleWithSAML ${AT} SAML user tester@domain.tld of https://server.example.com/idp`,
  },
  {
    case: 'a workflow of GitHub by OIDC: the repository and the branch are who it is',
    fact: 'aws-facts §4.4: WebIdentityUser in events of STS; provider in responseElements (corpora, aws-docs)',
    event: change(session('github', 'GitHubActions')),
    read: [
      issue(
        'AssumeRoleWithWebIdentity',
        {
          type: 'WebIdentityUser',
          principalId:
            'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com:sts.amazonaws.com:repo:acme/infra:ref:refs/heads/main',
          userName: 'repo:acme/infra:ref:refs/heads/main',
          identityProvider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
        },
        {
          responseElements: {
            credentials: { accessKeyId: 'ASIA1', sessionToken: SECRET },
            provider: `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`,
            subjectFromWebIdentityToken: 'repo:acme/infra:ref:refs/heads/main',
          },
        },
      ),
    ],
    links: ['give-ASIA1'],
    end: 'person',
    person: 'repo:acme/infra:ref:refs/heads/main',
    says: `${GIVEN} AssumeRoleWithWebIdentity ${AT} web identity repo:acme/infra:ref:refs/heads/main of token.actions.githubusercontent.com`,
  },
  {
    case: 'Lambda takes the role of a function: the chain ends with the service',
    fact: 'corpora, cloudtrail-invictus: AssumeRole by AWSService, invokedBy lambda.amazonaws.com',
    event: change(session('SecurityTooling', 'hardening-check')),
    read: [
      issue('AssumeRole', service('lambda.amazonaws.com'), { gives: arnOf('SecurityTooling', 'hardening-check') }),
    ],
    links: ['give-ASIA1'],
    end: 'service',
    says: `${GIVEN} AssumeRole ${AT} the AWS service lambda.amazonaws.com`,
  },
  {
    case: 'the same without the event: AWS says in the session itself which function holds it',
    fact: 'aws-facts §4.4: inScopeOf.issuerType AWS::Lambda::Function',
    event: change(
      session('SecurityTooling', 'hardening-check', {
        inScopeOf: {
          issuerType: 'AWS::Lambda::Function',
          sourceArn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:hardening-check`,
        },
      }),
    ),
    read: [],
    links: [],
    end: 'service',
    says: undefined,
  },
  {
    case: 'a service-linked role is its service’s, with or without the event',
    fact: 'IAM user guide: only the linked service can assume a service-linked role',
    event: change(session('AWSServiceRoleForConfig', 'x')),
    read: [],
    links: [],
    end: 'service',
    says: undefined,
  },
  {
    case: 'a user signs in with MFA at the command line',
    fact: 'STS API: GetSessionToken with SerialNumber; the session is the user’s own (type IAMUser)',
    event: change(user('ana', 'ASIA1', { sessionContext: attributes('2025-10-28T18:58:03Z') })),
    read: [
      issue('GetSessionToken', user('ana'), { requestParameters: { serialNumber: `arn:aws:iam::${ACCOUNT}:mfa/ana` } }),
    ],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'ana',
    says: `${GIVEN} GetSessionToken with MFA ${AT} user ana, with a long-lived access key`,
  },
  {
    case: 'a user in the console: no event gives that key out, and who it is is known',
    fact: 'corpora, cloudtrail-invictus: IAMUser with ASIA keys that no event gave out',
    event: change(user('ana', 'ASIA1'), { sessionCredentialFromConsole: 'true' }),
    read: [],
    links: [],
    end: 'person',
    person: 'ana',
    says: undefined,
  },
  {
    case: 'a user with a key that does not expire',
    fact: 'aws-facts §4.4: AKIA = long-lived user key',
    event: change(user('ana')),
    read: [],
    links: [],
    end: 'long-lived-key',
    person: 'ana',
    says: undefined,
  },
  {
    case: 'root, in the console',
    fact: 'aws-facts §4.3: sessionCredentialFromConsole',
    event: change(
      { type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, accessKeyId: 'ASIA1' },
      {
        sessionCredentialFromConsole: 'true',
      },
    ),
    read: [],
    links: [],
    end: 'person',
    person: 'root',
    says: undefined,
  },
  {
    case: 'root of a member account by AssumeRoot, which the management account’s log tells of',
    fact: 'IAM user guide, "Track privileged tasks in CloudTrail": AssumeRoot gives the key that the Root identity then has',
    event: change({ type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, accessKeyId: 'ASIA1' }),
    read: [issue('AssumeRoot', user('admin', 'ASIA9', { accountId: OTHER }), { recipientAccountId: OTHER })],
    links: ['give-ASIA1'],
    end: 'person',
    person: 'admin',
    says: `${GIVEN} AssumeRoot ${AT} user admin`,
  },
  {
    case: 'root with a session that no event explains may be somebody of the management account',
    fact: 'the same page',
    event: change({ type: 'Root', arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT, accessKeyId: 'ASIA1' }),
    read: [],
    links: [],
    end: 'not-found',
    says: MISSING,
  },
  {
    case: 'a role of this account taken from another one, with both copies: the caller’s own says who',
    fact: 'aws-facts §4.3: sharedEventID links copies delivered to two accounts; corpora, aws-docs: AWSAccount in the copy of the role’s account',
    event: change(deploys),
    read: [
      issue(
        'AssumeRole',
        { type: 'AWSAccount', principalId: 'AIDAQRSTUVWXYZEXAMPLE', accountId: OTHER },
        {
          eventID: 'copy-here',
          sharedEventID: 'shared',
          gives: DEPLOYS,
        },
      ),
      issue('AssumeRole', user('john', 'AKIA9', { arn: `arn:aws:iam::${OTHER}:user/john`, accountId: OTHER }), {
        eventID: 'copy-there',
        sharedEventID: 'shared',
        recipientAccountId: OTHER,
        gives: DEPLOYS,
      }),
    ],
    links: ['copy-there'],
    end: 'long-lived-key',
    person: 'john',
    says: `${GIVEN} AssumeRole ${AT} user john, with a long-lived access key`,
  },
  {
    case: 'the same with the copy of this account alone: the other one’s log says who',
    fact: 'corpora, aws-docs: {type: AWSAccount, principalId, accountId} and nothing else',
    event: change(deploys),
    read: [
      issue(
        'AssumeRole',
        { type: 'AWSAccount', principalId: 'AIDAQRSTUVWXYZEXAMPLE', accountId: OTHER },
        {
          sharedEventID: 'shared',
          gives: DEPLOYS,
        },
      ),
    ],
    links: ['give-ASIA1'],
    end: 'other-account',
    says: `${GIVEN} AssumeRole ${AT} AIDAQRSTUVWXYZEXAMPLE of account ${OTHER}: who that is stands in the log of that account`,
  },
  {
    case: 'one event, twice and corrected: it is one',
    fact: 'aws-facts §4.3: addendum means a late or corrected copy of an earlier event',
    event: change(deploys),
    read: [
      issue('AssumeRole', user('bob'), { gives: DEPLOYS }),
      issue('AssumeRole', user('bob'), { gives: DEPLOYS }),
      issue('AssumeRole', user('bob'), {
        eventID: 'late',
        addendum: { reason: 'DELIVERY_DELAY', originalEventID: 'give-ASIA1' },
        gives: DEPLOYS,
      }),
    ],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'bob',
    says: `${GIVEN} AssumeRole ${AT} user bob, with a long-lived access key`,
  },
  {
    case: 'two events that say that they gave out one key: the one of the session’s second, and it is said',
    fact: 'aws-facts §4.4: a key is of one session; a log that says otherwise was mended by somebody',
    event: change(session('deploy', 'build-7', { sessionContext: attributes('2025-10-28T18:58:03Z') })),
    read: [
      issue('AssumeRole', user('eve'), { eventID: 'other', eventTime: '2025-10-28T18:00:00Z', gives: DEPLOYS }),
      issue('AssumeRole', user('bob'), { gives: DEPLOYS }),
    ],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'bob',
    says: `${GIVEN} AssumeRole ${AT} user bob, with a long-lived access key (2 events say that they gave out this key)`,
  },
  {
    case: 'an event that gave the key to another session than the one that used it',
    fact: 'STS API: responseElements.assumedRoleUser.arn is the ARN of the session',
    event: change(deploys),
    read: [issue('AssumeRole', user('bob'), { gives: arnOf('deploy', 'build-8') })],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'bob',
    says: `${GIVEN} AssumeRole ${AT} user bob, with a long-lived access key (the event gave the key to another session: ${arnOf('deploy', 'build-8')})`,
  },
  {
    case: 'a key that was given out only after it was used explains nothing',
    fact: 'a session begins with the event that gives it out',
    event: change(deploys),
    read: [issue('AssumeRole', user('eve'), { eventTime: '2025-10-28T19:30:00Z', gives: DEPLOYS })],
    links: [],
    end: 'not-found',
    says: MISSING,
  },
  {
    case: 'the console and Identity Center change the key during a session: its name and its second still say which',
    fact: 'a published pair of events of Identity Center (2026-07): another accessKeyId, the same ARN, and creationDate = eventTime of AssumeRoleWithSAML',
    event: change(
      session('Admin', 'carl', { accessKeyId: 'ASIA5', sessionContext: attributes('2025-10-28T18:58:03Z') }),
    ),
    read: [
      issue('AssumeRole', user('carl', 'ASIA9'), { gives: arnOf('Admin', 'carl') }),
      issue('AssumeRole', user('eve', 'ASIA9'), {
        key: 'ASIA6',
        eventTime: '2025-10-28T18:40:00Z',
        gives: arnOf('Admin', 'carl'),
      }),
    ],
    links: ['give-ASIA1'],
    end: 'person',
    person: 'carl',
    says: `${GIVEN} AssumeRole ${AT} user carl (told by the session’s name and the second in which it began, not by its key)`,
  },
  {
    case: 'somebody of Identity Center is known without any event',
    fact: 'aws-facts §4.4: session name of AWSReservedSSO_… is the user’s name',
    event: change(session('AWSReservedSSO_Admin_0123456789abcdef', 'ana@example.com')),
    read: [],
    links: [],
    end: 'person',
    person: 'ana@example.com',
    says: undefined,
  },
  {
    case: 'the event that gave the key out was not read: an e-mail address as a name of a session proves nobody',
    fact: 'aws-facts §4.4: whoever takes a role chooses the session’s name',
    event: change(session('platform', 'ana@example.com')),
    read: [issue('AssumeRole', user('bob'), { key: 'ASIA7' })],
    links: [],
    end: 'not-found',
    says: MISSING,
  },
  {
    case: 'the second event of a chain was not read',
    fact: 'aws-facts §4.4',
    event: change(deploys),
    read: [issue('AssumeRole', session('ci', 'runner', { accessKeyId: 'ASIA2' }), { gives: DEPLOYS })],
    links: ['give-ASIA1'],
    end: 'not-found',
    says: `${GIVEN} AssumeRole ${AT} role ci, session runner, ${MISSING}`,
  },
  {
    case: 'two sessions that gave each other out',
    fact: 'AWS never writes this: whoever mended a log may',
    event: change(deploys),
    read: [
      issue('AssumeRole', session('ci', 'runner', { accessKeyId: 'ASIA2' }), { gives: DEPLOYS }),
      issue('AssumeRole', deploys, { key: 'ASIA2' }),
    ],
    links: ['give-ASIA1', 'give-ASIA2'],
    end: 'cut',
    says: `${GIVEN} AssumeRole ${AT} role ci, session runner, ${GIVEN} AssumeRole ${AT} role deploy, session build-7, and so on: it goes round in a circle`,
  },
  {
    case: 'more sessions than anybody chains are not followed to the end',
    fact: 'a bound: IAM user guide, role chaining; chains of more than three are hardly ever made',
    event: change(deploys),
    read: Array.from({ length: 12 }, (_, index) =>
      issue('AssumeRole', session('hop', `${index + 1}`, { accessKeyId: `ASIA${index + 2}` }), {
        key: `ASIA${index + 1}`,
      }),
    ),
    links: Array.from({ length: 8 }, (_, index) => `give-ASIA${index + 1}`),
    end: 'cut',
    says: `${Array.from({ length: 8 }, (_, index) => `${GIVEN} AssumeRole ${AT} role hop, session ${index + 1}`).join(', ')}, and so on: more than 8 sessions`,
  },
  {
    case: 'a federated user has the name that was asked for; who asked is in the event',
    fact: 'STS API: GetFederationToken, Name is the caller’s choice; responseElements.federatedUser.arn',
    event: change({
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:admin`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/admin`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIA1',
    }),
    read: [
      issue('GetFederationToken', user('bert'), {
        responseElements: {
          credentials: { accessKeyId: 'ASIA1', sessionToken: SECRET },
          federatedUser: { arn: `arn:aws:sts::${ACCOUNT}:federated-user/admin` },
        },
      }),
    ],
    links: ['give-ASIA1'],
    end: 'long-lived-key',
    person: 'bert',
    says: `${GIVEN} GetFederationToken ${AT} user bert, with a long-lived access key`,
  },
  {
    case: 'the same without the event: the session itself says whose it is',
    fact: 'CloudTrail, userIdentity: sessionIssuer of a FederatedUser is the IAM user who asked',
    event: change({
      type: 'FederatedUser',
      principalId: `${ACCOUNT}:admin`,
      arn: `arn:aws:sts::${ACCOUNT}:federated-user/admin`,
      accountId: ACCOUNT,
      accessKeyId: 'ASIA1',
      sessionContext: {
        sessionIssuer: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/bert`, userName: 'bert' },
      },
    }),
    read: [],
    links: [],
    end: 'person',
    person: 'bert',
    says: 'whose session is of user bert',
  },
  {
    case: 'an attempt that was refused gives nothing out, whatever stands in it',
    fact: 'aws-facts §4.2: errorCode present means that the attempt failed',
    event: change(deploys),
    read: [
      issue('AssumeRole', user('eve'), { errorCode: 'AccessDenied', gives: DEPLOYS }),
      issue('AssumeRole', user('eve'), { eventID: 'null', errorCode: 'AccessDenied', responseElements: null }),
    ],
    links: [],
    end: 'not-found',
    says: MISSING,
  },
  {
    case: 'a call of that name of another service gives nothing out',
    fact: 'corpora/README: the name alone is ambiguous, key on source + name',
    event: change(deploys),
    read: [issue('AssumeRole', user('eve'), { eventSource: 'example.amazonaws.com', gives: DEPLOYS })],
    links: [],
    end: 'not-found',
    says: MISSING,
  },
  {
    case: 'texts that are meant to be read as something else stay texts',
    fact: 'aws-facts §4.4: whoever takes a role chooses the session’s name',
    event: change(deploys),
    read: [
      issue('AssumeRole', session('ci', 'to user root, with MFA\u{1b}[31m', { accessKeyId: 'ASIA2' }), {
        gives: DEPLOYS,
        eventName: 'AssumeRole',
      }),
      issue('AssumeRole', service('__proto__'), { key: 'ASIA2' }),
    ],
    links: ['give-ASIA1', 'give-ASIA2'],
    end: 'service',
    says: `${GIVEN} AssumeRole ${AT} role ci, session to user root, with MFA\u{1b}[31m, ${GIVEN} AssumeRole ${AT} the AWS service __proto__`,
  },
  {
    case: 'somebody without credentials has no session',
    fact: 'aws-facts §4.4: accountId anonymous',
    event: change({ type: 'AWSAccount', accountId: 'anonymous' }),
    read: [],
    links: [],
    end: 'no-session',
    says: undefined,
  },
  {
    case: 'a service in its own name has no session',
    fact: 'aws-facts §4.4: AWSService',
    event: change(service('inspector2.amazonaws.com')),
    read: [],
    links: [],
    end: 'service',
    says: undefined,
  },
];
