import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import { parseEvent, textAt } from '#core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { ACCOUNT } from '../builders.ts';
import { corpora } from '../corpora.ts';
import { recordOf } from '../records.ts';

/** What reading gives: the event, or the sentence that refuses it. Anything else that is thrown fails the test. */
function read(record: unknown): ReturnType<typeof parseEvent> | string {
  try {
    return parseEvent(record);
  } catch (error) {
    if (error instanceof PlumblineError && error.code === 'INPUT_INVALID') return error.message;
    throw error;
  }
}

const refusal = (why: string): string => `a CloudTrail record cannot be read: ${why}`;

describe('a record', () => {
  test('is read into what is needed of it', () => {
    const record = recordOf('PutBucketPolicy', {
      requestParameters: { bucketName: 'exports' },
      resources: [{ type: 'AWS::S3::Bucket', ARN: 'arn:aws:s3:::exports', accountId: ACCOUNT }],
    });
    expect(parseEvent(record)).toEqual({
      id: 'PutBucketPolicy-1',
      name: 'PutBucketPolicy',
      source: 's3.amazonaws.com',
      region: 'eu-west-1',
      account: ACCOUNT,
      at: '2026-03-02T08:00:00.000Z',
      actor: {
        type: 'AssumedRole',
        who: { type: 'role', person: 'ana@example.com', role: 'platform', session: 'ana@example.com' },
        name: 'role platform, session ana@example.com',
        arn: `arn:aws:sts::${ACCOUNT}:assumed-role/platform/ana@example.com`,
        session: 'ASIAEXAMPLE',
        sourceAddress: '203.0.113.9',
        userAgent: 'aws-cli/2.30.0',
      },
      parameters: { bucketName: 'exports' },
      resources: ['arn:aws:s3:::exports'],
    });
  });

  test.each([
    {
      case: 'the account is the one that received it, not the caller’s',
      fact: 'corpora: recipientAccountId may differ from userIdentity.accountId',
      more: { recipientAccountId: '444455556666' },
      has: { account: '444455556666' },
    },
    {
      case: 'an old record without a recipient is of the caller’s account',
      fact: 'corpora: records of before 2015',
      more: { recipientAccountId: undefined },
      has: { account: ACCOUNT },
    },
    {
      case: 'a failed call keeps its error, and its parameters',
      fact: 'aws-facts §4.2: errorCode present means that the attempt failed',
      more: { errorCode: 'AccessDenied', errorMessage: 'no', requestParameters: { bucketName: 'b' } },
      has: { error: { code: 'AccessDenied', message: 'no' }, parameters: { bucketName: 'b' } },
    },
    {
      case: 'a failed call without a message',
      fact: 'aws-facts §4.2',
      more: { errorCode: 'AccessDenied' },
      has: { error: { code: 'AccessDenied' } },
    },
    {
      case: 'a message of an error alone is a failed call too',
      fact: 'aws-facts §4.2: errorCode/errorMessage present means that the attempt failed',
      more: { errorMessage: 'Failed authentication' },
      has: { error: { code: 'Unknown', message: 'Failed authentication' } },
    },
    {
      case: 'an empty error code is none',
      fact: 'corpora: one exporter writes the empty text for "no error"',
      more: { errorCode: '', errorMessage: '' },
      has: { error: undefined },
    },
    {
      case: 'dropped parameters are none',
      fact: 'aws-facts §4.3: omitted above 100 KB',
      more: { requestParameters: null },
      has: { parameters: undefined, response: undefined },
    },
    {
      case: 'an addendum says which event it corrects',
      fact: 'aws-facts §4.3',
      more: { addendum: { reason: 'DELIVERY_DELAY', originalEventID: 'the-first' } },
      has: { corrects: 'the-first' },
    },
    {
      case: 'an addendum that names no event corrects none',
      fact: 'aws-facts §4.3',
      more: { addendum: { reason: 'UPDATED_DATA' } },
      has: { corrects: undefined },
    },
    {
      case: 'resources that say nothing are none',
      fact: 'aws-facts §4.2: resources may be [] for CreateBucket',
      more: { resources: [{}, { ARN: 7 }, null, 'arn', { ARN: 'arn:aws:s3:::b' }] },
      has: { resources: ['arn:aws:s3:::b'] },
    },
    {
      case: 'a time without a zone is UTC',
      fact: 'aws-facts §4.3: eventTime is in UTC; exporters leave the zone out',
      more: { eventTime: '2022-12-11 19:42:55' },
      has: { at: '2022-12-11T19:42:55.000Z' },
    },
    {
      case: 'a time in nanoseconds without a zone is UTC',
      fact: 'corpora: 2024-06-02 20:16:22.000000000',
      more: { eventTime: '2024-06-02 20:16:22.000000000' },
      has: { at: '2024-06-02T20:16:22.000Z' },
    },
    {
      case: 'a format of a later minor number is read',
      fact: 'aws-facts §4.3: compare major equality, minor at least',
      more: { eventVersion: '1.99', anythingNew: [1] },
      has: { name: 'PutBucketPolicy' },
    },
    {
      case: 'a record of before formats had numbers is read',
      fact: 'corpora',
      more: { eventVersion: undefined },
      has: { name: 'PutBucketPolicy' },
    },
  ])('$case ($fact)', ({ more, has }) => {
    const event: Readonly<Record<string, unknown>> = { ...parseEvent(recordOf('PutBucketPolicy', more)) };
    expect(Object.fromEntries(Object.keys(has).map((member) => [member, event[member]]))).toEqual(has);
  });

  test('means the same time wherever it is read', () => {
    const before = process.env['TZ'];
    try {
      process.env['TZ'] = 'America/New_York';
      const times = ['2026-03-02T08:00:00Z', '2026-03-02 08:00:00', '2026-03-02T08:00:00.000000000'];
      expect(times.map((eventTime) => parseEvent(recordOf('x', { eventTime })).at)).toEqual(
        times.map(() => '2026-03-02T08:00:00.000Z'),
      );
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
  });

  test.each([
    { case: 'nothing', record: undefined, why: 'it is no object' },
    { case: 'null', record: null, why: 'it is no object' },
    { case: 'a list', record: [recordOf('PutBucketPolicy')], why: 'it is no object' },
    { case: 'a text', record: JSON.stringify(recordOf('PutBucketPolicy')), why: 'it is no object' },
    { case: 'an empty object', record: {}, why: 'it has no eventID' },
    {
      case: 'no id',
      record: recordOf('PutBucketPolicy', { eventID: undefined }),
      why: 'it has no eventID',
    },
    { case: 'an empty name', record: recordOf('PutBucketPolicy', { eventName: '' }), why: 'it has no eventName' },
    { case: 'a name that is no text', record: recordOf('x', { eventName: ['x'] }), why: 'it has no eventName' },
    { case: 'no source', record: recordOf('x', { eventSource: undefined }), why: 'it has no eventSource' },
    { case: 'no region', record: recordOf('x', { awsRegion: null }), why: 'it has no awsRegion' },
    { case: 'no time', record: recordOf('x', { eventTime: undefined }), why: 'it has no eventTime' },
    { case: 'a time that is a number', record: recordOf('x', { eventTime: 1 }), why: 'it has no eventTime' },
    { case: 'a time that is none', record: recordOf('x', { eventTime: '...' }), why: 'its eventTime is no time' },
    { case: 'a number for a time', record: recordOf('x', { eventTime: '1' }), why: 'its eventTime is no time' },
    {
      case: 'a time that no calendar has',
      record: recordOf('x', { eventTime: '2026-02-31T25:00:00Z' }),
      why: 'its eventTime is no time',
    },
    {
      case: 'another format',
      record: recordOf('x', { eventVersion: '2.0' }),
      why: 'its format 2.0 is unknown; update Plumbline',
    },
    {
      case: 'no account anywhere: a reference without one names nothing',
      record: recordOf('x', { recipientAccountId: '', userIdentity: { type: 'AWSService', invokedBy: 's3' } }),
      why: 'it does not say in which account it happened',
    },
  ])('$case is refused', ({ record, why }) => expect(read(record)).toBe(refusal(why)));
});

describe('who called, in words (aws-facts §4.4)', () => {
  const assumed = (role: string, session: string) => ({
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${session}`,
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIAEXAMPLE',
  });
  const cases: readonly { case: string; identity: Json; name: string; session?: string | undefined }[] = [
    {
      case: 'a role: the issuer names it, the ARN names the session',
      identity: {
        ...assumed('platform', 'ana@example.com'),
        sessionContext: { sessionIssuer: { userName: 'platform' } },
      },
      name: 'role platform, session ana@example.com',
      session: 'ASIAEXAMPLE',
    },
    {
      case: 'a role whose issuer is missing',
      identity: assumed('platform', 'i-0123456789abcdef0'),
      name: 'role platform, session i-0123456789abcdef0',
      session: 'ASIAEXAMPLE',
    },
    {
      case: 'a role without an ARN: the session stands after the colon of the principal',
      identity: {
        type: 'AssumedRole',
        principalId: 'AROAEXAMPLE:build-7',
        sessionContext: { sessionIssuer: { userName: 'deploy' } },
      },
      name: 'role deploy, session build-7',
      session: 'AROAEXAMPLE:build-7',
    },
    {
      case: 'a role of which nothing is known',
      identity: { type: 'AssumedRole' },
      name: 'role unknown',
      session: undefined,
    },
    {
      case: 'a person through Identity Center',
      identity: assumed('AWSReservedSSO_AdministratorAccess_1b74cd717d47002b', 'ana@example.com'),
      name: 'role AWSReservedSSO_AdministratorAccess_1b74cd717d47002b, session ana@example.com',
      session: 'ASIAEXAMPLE',
    },
    {
      case: 'the same, of type Unknown',
      identity: { ...assumed('AWSReservedSSO_Admin_1b74cd717d47002b', 'ana'), type: 'Unknown' },
      name: 'role AWSReservedSSO_Admin_1b74cd717d47002b, session ana',
      session: 'ASIAEXAMPLE',
    },
    {
      case: 'a user',
      identity: {
        type: 'IAMUser',
        userName: 'ana',
        arn: `arn:aws:iam::${ACCOUNT}:user/ana`,
        accessKeyId: 'AKIAEXAMPLE',
      },
      name: 'user ana',
      session: 'AKIAEXAMPLE',
    },
    {
      case: 'a user without a name',
      identity: { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/ana` },
      name: 'user ana',
      session: `arn:aws:iam::${ACCOUNT}:user/ana`,
    },
    {
      case: 'the root user',
      identity: { type: 'Root', principalId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, accountId: ACCOUNT },
      name: 'the root user',
      session: ACCOUNT,
    },
    {
      case: 'a service, which is one session of nobody',
      identity: { type: 'AWSService', invokedBy: 'cloudformation.amazonaws.com' },
      name: 'the AWS service cloudformation.amazonaws.com',
      session: undefined,
    },
    {
      case: 'a service without a type',
      identity: { accountId: ACCOUNT, invokedBy: 's3.amazonaws.com' },
      name: 'the AWS service s3.amazonaws.com',
      session: undefined,
    },
    {
      case: 'another account',
      identity: { type: 'AWSAccount', principalId: 'AROAEXAMPLE:partner', accountId: '444455556666' },
      name: 'AROAEXAMPLE:partner of account 444455556666',
      session: 'AROAEXAMPLE:partner',
    },
    {
      case: 'nobody: without credentials',
      identity: { type: 'AWSAccount', principalId: '', accountId: 'anonymous' },
      name: 'somebody without credentials',
      session: undefined,
    },
    {
      case: 'the same in the other spelling',
      identity: { type: 'AWSAccount', principalId: '', accountId: 'ANONYMOUS_PRINCIPAL' },
      name: 'somebody without credentials',
      session: undefined,
    },
    {
      case: 'a federated user',
      identity: {
        type: 'FederatedUser',
        principalId: `${ACCOUNT}:bob`,
        arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`,
      },
      name: 'federated user bob',
      session: `${ACCOUNT}:bob`,
    },
    {
      case: 'a SAML user: by name, not by the opaque principal',
      identity: {
        type: 'SAMLUser',
        principalId: 'SampleUkh1i4=:bob',
        userName: 'bob',
        identityProvider: 'SampleUkh1i4=',
      },
      name: 'SAML user bob',
      session: 'SampleUkh1i4=:bob',
    },
    {
      case: 'a user of a web identity',
      identity: { type: 'WebIdentityUser', principalId: 'accounts.google.com:app:42', userName: '42' },
      name: 'web identity 42',
      session: 'accounts.google.com:app:42',
    },
    {
      case: 'a bearer token of Identity Center: on whose behalf',
      identity: {
        type: 'IdentityCenterUser',
        accountId: ACCOUNT,
        onBehalfOf: { userId: '94482488-3041', identityStoreArn: 'arn:aws:identitystore::1:identitystore/d-1' },
        credentialId: 'c',
      },
      name: 'Identity Center user 94482488-3041',
      session: '94482488-3041',
    },
    {
      case: 'unknown, with a name',
      identity: { type: 'Unknown', principalId: ACCOUNT, arn: '', accessKeyId: '', userName: 'bob@example.com' },
      name: 'Unknown bob@example.com',
      session: ACCOUNT,
    },
    { case: 'no identity at all', identity: null, name: 'Unknown', session: undefined },
    { case: 'an empty identity', identity: {}, name: 'Unknown', session: undefined },
    { case: 'a type that nobody knows', identity: { type: 'Martian' }, name: 'Martian', session: undefined },
    { case: 'an identity of wrong types', identity: { type: 7, arn: [], principalId: {} }, name: 'Unknown' },
  ];

  test.each(cases)('$case', ({ identity, name, session }) => {
    const { actor } = parseEvent(recordOf('PutBucketPolicy', { userIdentity: identity }));
    expect({ name: actor.name, session: actor.session }).toEqual({ name, session });
  });

  test('an empty access key makes no two strangers one session', () => {
    const { actor } = parseEvent(
      recordOf('x', { userIdentity: { type: 'IAMUser', userName: 'ana', principalId: 'AIDA1', accessKeyId: '' } }),
    );
    expect(actor.session).toBe('AIDA1');
  });
});

describe('hostile records', () => {
  const WRONG: readonly Json[] = [null, true, 7, '', 'x', [], ['x'], {}, { x: 1 }, { length: 1 }];
  const MEMBERS = [...Object.keys(recordOf('x')), 'errorCode', 'errorMessage', 'addendum', 'resources'];

  const isEventOrSentence = (given: ReturnType<typeof read>): boolean =>
    typeof given !== 'string' || /^a CloudTrail record cannot be read: [^\n]+$/.test(given);

  test('any member of any wrong type gives an event or one sentence', () => {
    const records = MEMBERS.flatMap((member) => WRONG.map((value) => recordOf('PutBucketPolicy', { [member]: value })));
    expect(records.filter((record) => !isEventOrSentence(read(record)))).toEqual([]);
  });

  test('any member left out gives an event, or says which', () => {
    const needed = ['eventTime', 'eventSource', 'eventName', 'awsRegion', 'eventID'];
    const given = MEMBERS.map((member) => read(recordOf('PutBucketPolicy', { [member]: undefined })));
    expect(given.filter((one) => typeof one === 'string')).toEqual(
      needed.map((member) => refusal(`it has no ${member}`)),
    );
  });

  test('any JSON gives an event or one sentence', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(...MEMBERS), (value, member) => {
        expect([value, recordOf('x', { [member]: value as Json })].map(read).every(isEventOrSentence)).toBe(true);
      }),
    );
  });

  test('__proto__ is a member like any other, and changes no object', () => {
    const text = JSON.stringify(recordOf('PutBucketPolicy', { requestParameters: { bucketName: 'b' } })).replace(
      '"bucketName"',
      '"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"bucketName"',
    );
    const event = parseEvent(JSON.parse(text));
    expect([textAt(event, 'requestParameters.bucketName'), ({} as JsonObject)['polluted']]).toEqual(['b', undefined]);
  });

  test('what every object inherits is no member of an event', () => {
    const event = parseEvent(recordOf('x', { requestParameters: {} }));
    expect([textAt(event, 'requestParameters.constructor.name'), textAt(event, 'requestParameters.toString')]).toEqual([
      undefined,
      undefined,
    ]);
  });

  test('a version that would fill a page is not repeated whole', () => {
    expect(read(recordOf('x', { eventVersion: '9'.repeat(100_000) }))).toBe(
      refusal(`its format ${'9'.repeat(40)} is unknown; update Plumbline`),
    );
  });

  test('a text of a megabyte is only a long text', () => {
    const long = 'x'.repeat(1_000_000);
    const event = parseEvent(recordOf('x', { userAgent: long, errorMessage: long, requestParameters: { a: long } }));
    expect(event.actor.userAgent).toBe(long);
  });
});

/** Other people's events, in the folder beside the project. Skipped where it is absent, with a name that says so. */
describe.skipIf(corpora.absent)('every event that others recorded (../shared/corpora/events.jsonl)', () => {
  interface Recorded {
    readonly id: string;
    readonly event: Json;
    readonly errorCode: string | null;
  }
  const recorded = (): readonly Recorded[] => corpora.read('events.jsonl') as readonly Recorded[];

  test('is read, or refused with one sentence', () => {
    const outcomes = recorded().map(({ id, event }) => ({ id, given: read(event) }));
    const refused = outcomes.flatMap(({ given }) => (typeof given === 'string' ? [given] : []));
    expect(outcomes.length).toBe(1974);
    for (const sentence of refused)
      expect(sentence).toMatch(
        /^a CloudTrail record cannot be read: (it has no event\w+|it has no awsRegion|its eventTime is no time|its format .{1,40} is unknown; update Plumbline|it does not say in which account it happened)$/,
      );
    // Rule tests of others leave out whatever their rule does not look at.
    expect(refused.length).toBeLessThan(outcomes.length / 15);
  });

  test('is refused only where it says too little', () => {
    for (const { id, event } of recorded()) {
      if (typeof read(event) !== 'string' || !isJsonObject(event)) continue;
      const { eventID, eventName, eventSource, awsRegion, eventTime, eventVersion = '1.0' } = event;
      const isWhole =
        [eventID, eventName, eventSource, awsRegion].every((text) => typeof text === 'string' && text !== '') &&
        /^"\d{4}-\d\d-\d\d/.test(JSON.stringify(eventTime)) &&
        JSON.stringify(eventVersion).startsWith('"1.') &&
        /\d/.test(JSON.stringify([event['recipientAccountId'], event['userIdentity']]));
      expect(isWhole, id).toBe(false);
    }
  });

  test('has a name for whoever called, and no empty session', () => {
    for (const { id, event } of recorded()) {
      const given = read(event);
      if (typeof given === 'string') continue;
      expect(given.actor.name, id).not.toBe('');
      expect(given.actor.session, id).not.toBe('');
      expect(given.account, id).not.toBe('');
    }
  });

  test('failed exactly where it has an error', () => {
    for (const { id, event, errorCode } of recorded()) {
      const given = read(event);
      if (typeof given === 'string' || !isJsonObject(event)) continue;
      const has =
        (errorCode ?? '') !== '' || (typeof event['errorMessage'] === 'string' && event['errorMessage'] !== '');
      expect(given.error !== undefined, id).toBe(has);
    }
  });
});
