import { describe, expect, test } from 'vitest';
import { isJsonObject, objectOf, textOf, type Json, type JsonObject } from '#core/json.ts';
import { whoOf, whoText } from '#core/who.ts';
import { ACCOUNT } from '../builders.ts';
import { corpora } from '../corpora.ts';
import { IDENTITIES } from './identities.cases.ts';

const assumed = (role: string, session: string, more: JsonObject = {}): JsonObject => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLE',
  ...more,
});
const LAMBDA = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:hardening-check`;

describe('who called, in one sentence (aws-facts §4.4)', () => {
  const cases: readonly { case: string; identity: JsonObject; says: string }[] = [
    {
      case: 'a role that a Lambda function held',
      identity: assumed('SecurityTooling', 'hardening-check', {
        inScopeOf: { issuerType: 'AWS::Lambda::Function', sourceArn: LAMBDA, credentialsIssuedTo: LAMBDA },
      }),
      says: 'role SecurityTooling, session hardening-check, from Lambda function hardening-check',
    },
    {
      case: 'a role with the person who took it, by source identity: it survives a chain of roles',
      identity: assumed('SecurityTooling', 'botocore-session-1', {
        sessionContext: { sessionIssuer: { userName: 'SecurityTooling' }, sourceIdentity: 'alice@example.com' },
      }),
      says: 'role SecurityTooling, session botocore-session-1, for alice@example.com',
    },
    {
      case: 'a role that a service calls by: CloudFormation with the rights of a person',
      identity: assumed('platform', 'ana@example.com', { invokedBy: 'cloudformation.amazonaws.com' }),
      says: 'role platform, session ana@example.com, by cloudformation.amazonaws.com',
    },
    {
      case: 'a role of another account',
      identity: assumed('platform', 'ana@example.com', { accountId: '444455556666' }),
      says: 'role platform, session ana@example.com, of account 444455556666',
    },
    {
      case: 'a product provider with delegated access',
      identity: assumed('Admin', 'x', { invokedByDelegate: { accountId: '444455556666' } }),
      says: 'role Admin, session x, by delegate 444455556666',
    },
    {
      case: 'credentials of something that is no function',
      identity: assumed('Task', 'x', {
        inScopeOf: { issuerType: 'AWS::ECS::Task', credentialsIssuedTo: `arn:aws:ecs:us-east-1:${ACCOUNT}:task/c/1` },
      }),
      says: `role Task, session x, from arn:aws:ecs:us-east-1:${ACCOUNT}:task/c/1`,
    },
    {
      case: 'a function by its name alone where the ARN has a version',
      identity: assumed('r', 's', { inScopeOf: { issuerType: 'AWS::Lambda::Function', sourceArn: `${LAMBDA}:7` } }),
      says: 'role r, session s, from Lambda function hardening-check',
    },
    {
      case: 'a service that calls itself needs no second name',
      identity: { type: 'AWSService', invokedBy: 'inspector2.amazonaws.com' },
      says: 'the AWS service inspector2.amazonaws.com',
    },
    {
      case: 'the root user, through the console’s sign-in',
      identity: { type: 'Root', principalId: ACCOUNT, accountId: ACCOUNT, invokedBy: 'signin.amazonaws.com' },
      says: 'the root user, by signin.amazonaws.com',
    },
  ];
  test.each(cases)('$case', ({ identity, says }) => expect(whoText(whoOf(identity, ACCOUNT))).toBe(says));
});

describe.skipIf(corpora.absent)('every identity that others recorded (../shared/corpora/identities.jsonl)', () => {
  interface Recorded {
    readonly id: string;
    readonly recipientAccountId: string | null;
    readonly userIdentity: JsonObject;
  }
  const records = corpora.read('identities.jsonl') as readonly Recorded[];
  /** The corpus masks members with dots: they say nothing. */
  const unmasked = (value: Json): Json =>
    isJsonObject(value)
      ? objectOf(
          Object.entries(value).flatMap(([name, one]) =>
            /^[.:]+$/.test(textOf(one) ?? '') ? [] : [[name, unmasked(one)]],
          ),
        )
      : value;

  test('all of them are labelled', () => {
    expect(records.map(({ id }) => id)).toEqual(IDENTITIES.map(({ id }) => id));
  });

  test.each(IDENTITIES)('$id is $type $person', ({ id, ...expected }) => {
    const record = records.find((one) => one.id === id);
    const identity = unmasked(record?.userIdentity ?? {}) as JsonObject;
    expect(whoOf(identity, record?.recipientAccountId ?? undefined)).toEqual(expected);
  });
});
