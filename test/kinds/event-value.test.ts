import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Shown } from '#core/change.ts';
import { parseEvent } from '#core/event.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { JsonReading } from '#core/reading.ts';
import type { State } from '#core/state.ts';
import { kinds, kindsById } from '#kinds';
import type { EventValue } from '#kinds/kind.ts';
import { corpora } from '../corpora.ts';
import { recordOf } from '../records.ts';

/** What an event of a kind says that it set. */
function valueOf(kind: string, name: string, parameters?: Json): EventValue | undefined {
  const event = parseEvent(recordOf(name, parameters === undefined ? {} : { requestParameters: parameters }));
  return kindsById.get(kind)?.eventValue?.(event);
}

const ABSENT = { status: 'absent' };
const present = (value: Json) => ({ status: 'present', value });
const flags = (on: readonly string[]): JsonObject => ({
  BlockPublicAcls: on.includes('BlockPublicAcls'),
  IgnorePublicAcls: on.includes('IgnorePublicAcls'),
  BlockPublicPolicy: on.includes('BlockPublicPolicy'),
  RestrictPublicBuckets: on.includes('RestrictPublicBuckets'),
});
const written = (on: readonly string[]): JsonObject => ({
  xmlns: 'http://awss3control.amazonaws.com/doc/2018-08-20/',
  ...flags(on),
});
const BLOCK = 'PublicAccessBlockConfiguration';
const POLICY = {
  Version: '2012-10-17',
  Id: 'label',
  Statement: [{ Sid: 'Read', Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::b/*' }],
};
const MEANING = {
  Version: '2012-10-17',
  Statement: [{ Action: ['s3:getobject'], Effect: 'Allow', Principal: { AWS: ['*'] }, Resource: ['arn:aws:s3:::b/*'] }],
};

interface Case {
  readonly case: string;
  readonly kind: string;
  readonly name: string;
  readonly parameters?: Json;
  readonly is: object | undefined;
}

describe('what an event set (aws-facts §4.2)', () => {
  const account = { kind: 's3-account-block', name: 'PutAccountPublicAccessBlock' };
  const block = { kind: 's3-bucket', name: 'PutBucketPublicAccessBlock' };
  const policy = { kind: 's3-bucket', name: 'PutBucketPolicy' };
  const update = { kind: 'waf-ip-set', name: 'UpdateIPSet' };
  const cases: readonly Case[] = [
    {
      ...account,
      case: 'the account’s block: four flags, without the name space',
      parameters: { [BLOCK]: written(['BlockPublicAcls']), host: ['111122223333.s3-control.us-east-1.amazonaws.com'] },
      is: { path: 'publicAccessBlock', reading: present(flags(['BlockPublicAcls'])) },
    },
    {
      ...account,
      case: 'the account’s block with a flag left out: it is off',
      parameters: { [BLOCK]: { BlockPublicAcls: true }, Host: '111122223333.s3-control.us-east-1.amazonaws.com' },
      is: { path: 'publicAccessBlock', reading: present(flags(['BlockPublicAcls'])) },
    },
    {
      ...account,
      case: 'the account’s block as a list of one',
      parameters: { [BLOCK]: [written(['BlockPublicAcls'])] },
      is: { path: 'publicAccessBlock', reading: present(flags(['BlockPublicAcls'])) },
    },
    {
      ...account,
      case: 'the account’s block of before September 2019, without parameters',
      is: { path: 'publicAccessBlock' },
    },
    {
      ...account,
      case: 'the account’s block of an old record, which only names a bucket',
      parameters: { bucketName: 'b' },
      is: { path: 'publicAccessBlock' },
    },
    {
      ...account,
      case: 'flags that are no booleans are not understood',
      parameters: { [BLOCK]: { BlockPublicAcls: 'true' } },
      is: { path: 'publicAccessBlock' },
    },
    {
      kind: 's3-account-block',
      name: 'DeleteAccountPublicAccessBlock',
      case: 'the account’s block is taken away',
      parameters: { host: ['x'] },
      is: { path: 'publicAccessBlock', reading: ABSENT },
    },
    {
      ...block,
      case: 'a bucket’s block, of 2019: lists of one, and host',
      parameters: {
        publicAccessBlock: [''],
        bucketName: 'b',
        host: ['b.s3.amazonaws.com'],
        [BLOCK]: [written(['BlockPublicPolicy'])],
      },
      is: { path: 'publicAccessBlock', reading: present(flags(['BlockPublicPolicy'])) },
    },
    {
      ...block,
      case: 'a bucket’s block, of 2022 and later: scalars, and Host',
      parameters: {
        publicAccessBlock: '',
        bucketName: 'b',
        Host: 'b.s3.amazonaws.com',
        [BLOCK]: written(['BlockPublicPolicy']),
      },
      is: { path: 'publicAccessBlock', reading: present(flags(['BlockPublicPolicy'])) },
    },
    {
      ...block,
      case: 'the subresource’s marker is no block',
      parameters: { publicAccessBlock: '', bucketName: 'b' },
      is: { path: 'publicAccessBlock' },
    },
    { ...block, case: 'a block of two', parameters: { [BLOCK]: [{}, {}] }, is: { path: 'publicAccessBlock' } },
    {
      ...block,
      case: 'a bucket’s flags that are no booleans',
      parameters: { [BLOCK]: { BlockPublicAcls: 1 } },
      is: { path: 'publicAccessBlock' },
    },
    {
      kind: 's3-bucket',
      name: 'DeleteBucketPublicAccessBlock',
      case: 'a bucket’s block is taken away',
      parameters: { bucketName: 'b', publicAccessBlock: '' },
      is: { path: 'publicAccessBlock', reading: ABSENT },
    },
    {
      ...policy,
      case: 'a policy: its meaning',
      parameters: { bucketName: 'b', bucketPolicy: POLICY, policy: [''] },
      is: { path: 'policy', reading: present(MEANING) },
    },
    {
      ...policy,
      case: 'a policy whose statement is no list',
      parameters: { bucketPolicy: { ...POLICY, Statement: POLICY.Statement[0] ?? null } },
      is: { path: 'policy', reading: present(MEANING) },
    },
    {
      ...policy,
      case: 'a policy as a text',
      parameters: { bucketPolicy: JSON.stringify(POLICY) },
      is: { path: 'policy', reading: present(MEANING) },
    },
    {
      ...policy,
      case: 'a policy as a text that is no JSON',
      parameters: { bucketPolicy: '{' },
      is: { path: 'policy' },
    },
    { ...policy, case: 'a policy that is absent', parameters: { bucketName: 'b', policy: '' }, is: { path: 'policy' } },
    { ...policy, case: 'a policy that was dropped', is: { path: 'policy' } },
    { ...policy, case: 'a policy of two', parameters: { bucketPolicy: [POLICY, POLICY] }, is: { path: 'policy' } },
    {
      kind: 's3-bucket',
      name: 'DeleteBucketPolicy',
      case: 'a policy is taken away',
      parameters: { bucketName: 'b', policy: '' },
      is: { path: 'policy', reading: ABSENT },
    },
    {
      kind: 's3-bucket',
      name: 'PutBucketAcl',
      case: 'an ACL: which path, and no more: canned names and masks stand between it and what is read',
      parameters: { bucketName: 'b', acl: [''], 'x-amz-acl': 'public-read' },
      is: { path: 'acl' },
    },
    {
      kind: 's3-bucket',
      name: 'PutBucketAcl',
      case: 'an ACL with one grant',
      parameters: { AccessControlPolicy: { AccessControlList: { Grant: { Permission: 'READ' } } } },
      is: { path: 'acl' },
    },
    { kind: 's3-bucket', name: 'PutBucketOwnershipControls', case: 'ownership', is: { path: 'ownership' } },
    {
      kind: 's3-bucket',
      name: 'DeleteBucketOwnershipControls',
      case: 'ownership is taken away',
      is: { path: 'ownership', reading: ABSENT },
    },
    { kind: 's3-bucket', name: 'PutBucketWebsite', case: 'a website', is: { path: 'website' } },
    {
      kind: 's3-bucket',
      name: 'DeleteBucketWebsite',
      case: 'a website is taken away',
      is: { path: 'website', reading: ABSENT },
    },
    { kind: 's3-bucket', name: 'CreateBucket', case: 'a bucket comes', is: { path: 'exists', reading: present(true) } },
    { kind: 's3-bucket', name: 'DeleteBucket', case: 'a bucket goes', is: { path: 'exists', reading: ABSENT } },
    { kind: 's3-bucket', name: 'PutBucketTagging', case: 'what is not watched', is: undefined },
    { kind: 's3-bucket', name: 'constructor', case: 'what every object inherits', is: undefined },
    { kind: 's3-bucket', name: '__proto__', case: 'the prototype', is: undefined },
    {
      ...update,
      case: 'addresses: the whole list, as ranges',
      parameters: { name: 'n', addresses: ['2001:0DB8:0000::/32', '203.0.113.7/24', '203.0.113.0/24'] },
      is: { path: 'addresses', reading: present(['2001:db8::/32', '203.0.113.0/24']) },
    },
    {
      ...update,
      case: 'addresses: none is a list too',
      parameters: { addresses: [] },
      is: { path: 'addresses', reading: present([]) },
    },
    { ...update, case: 'addresses that were dropped above 100 KB', is: { path: 'addresses' } },
    {
      ...update,
      case: 'addresses that are no list',
      parameters: { addresses: '203.0.113.0/24' },
      is: { path: 'addresses' },
    },
    {
      ...update,
      case: 'addresses of which one is no text: half a list is no list',
      parameters: { addresses: ['203.0.113.0/24', { cidr: 'x' }] },
      is: { path: 'addresses' },
    },
    { kind: 'waf-ip-set', name: 'CreateIPSet', case: 'a set comes', is: { path: 'exists', reading: present(true) } },
    { kind: 'waf-ip-set', name: 'DeleteIPSet', case: 'a set goes', is: { path: 'exists', reading: ABSENT } },
  ];

  test.each(cases)('$name: $case', ({ kind, name, parameters, is }) =>
    expect(valueOf(kind, name, parameters)).toEqual(is),
  );

  test('every watched event says at least which path it moved, but for those that set everything at once', () => {
    const whole = ['UpdateWebACL', 'UpdateDistribution', 'UpdateDistributionWithStagingConfig'];
    const silent = kinds.flatMap(({ declaration: { id, events, paths } }) =>
      events.flatMap(({ name }) => {
        if (whole.includes(name)) return [];
        const path = valueOf(id, name)?.path ?? '';
        return [...Object.keys(paths), 'exists'].includes(path) ? [] : [`${id} ${name}: ${path}`];
      }),
    );
    expect(silent).toEqual([]);
  });
});

describe('what a reading shows of an event on a web ACL (aws-facts §6)', () => {
  const BALANCER = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer/app/web/1';
  const TABLE = 'arn:aws:appsync:us-east-1:111122223333:apis/1';
  const state = (watched: State['watched']): State => ({
    ref: { account: '111122223333', region: 'us-east-1', kind: 'waf-web-acl', id: 'protection' },
    shape: 1,
    takenAt: '2026-01-01T00:00:00.000Z',
    watched: { rules: present({}) as JsonReading, ...watched },
    carried: { lockToken: 'new' },
  });
  const behind = (...arns: readonly string[]): State => state({ associations: present([...arns]) as JsonReading });
  const UNREAD: JsonReading = { status: 'unreadable', code: 'AccessDenied' };

  test.each<{ case: string; name: string; record: JsonObject; now: State; is: Shown | undefined }>([
    {
      case: 'an update is there when its lock token is',
      name: 'UpdateWebACL',
      record: { responseElements: { nextLockToken: 'new' } },
      now: state({}),
      is: 'yes',
    },
    {
      case: 'another lock token is that of another update',
      name: 'UpdateWebACL',
      record: { responseElements: { nextLockToken: 'other' } },
      now: state({}),
      is: 'no',
    },
    { case: 'an update that lost its answer', name: 'UpdateWebACL', record: {}, now: state({}), is: undefined },
    {
      case: 'rules that could not be read show nothing',
      name: 'UpdateWebACL',
      record: { responseElements: { nextLockToken: 'new' } },
      now: state({ rules: UNREAD }),
      is: undefined,
    },
    {
      case: 'an associated load balancer is among those behind it',
      name: 'AssociateWebACL',
      record: { requestParameters: { resourceArn: BALANCER } },
      now: behind(BALANCER),
      is: 'yes',
    },
    {
      case: 'one that does not show yet',
      name: 'AssociateWebACL',
      record: { requestParameters: { resourceArn: BALANCER } },
      now: behind(),
      is: 'no',
    },
    {
      case: 'what is of a type that is not asked for never shows',
      name: 'AssociateWebACL',
      record: { requestParameters: { resourceArn: TABLE } },
      now: behind(),
      is: undefined,
    },
    {
      case: 'one that was taken from behind it is not there any more',
      name: 'DisassociateWebACL',
      record: { requestParameters: { resourceArn: BALANCER } },
      now: behind(),
      is: 'yes',
    },
    {
      case: 'one that still is',
      name: 'DisassociateWebACL',
      record: { requestParameters: { resourceArn: BALANCER } },
      now: behind(BALANCER),
      is: 'no',
    },
    {
      case: 'a list that could not be read',
      name: 'DisassociateWebACL',
      record: { requestParameters: { resourceArn: BALANCER } },
      now: state({ associations: UNREAD }),
      is: undefined,
    },
  ])('$name: $case', ({ name, record, now, is }) =>
    expect(kindsById.get('waf-web-acl')?.shown?.(parseEvent(recordOf(name, record)), now)).toBe(is),
  );
});

describe('hostile parameters', () => {
  const NAMES = kinds.flatMap(({ declaration }) =>
    declaration.events.map(({ name }) => ({ id: declaration.id, name })),
  );

  test('whatever stands in them, the path is told and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...NAMES),
        fc.constantFrom(BLOCK, 'bucketPolicy', 'addresses'),
        fc.jsonValue(),
        ({ id, name }, member, value) => {
          expect(valueOf(id, name, { [member]: value as Json })?.path).toBe(valueOf(id, name)?.path);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('a policy that is nested to hurt is not understood', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) as Json;
    expect(valueOf('s3-bucket', 'PutBucketPolicy', { bucketPolicy: deep })).toEqual({ path: 'policy' });
  });

  test('an inherited member sets nothing', () => {
    const inherited = JSON.parse(`{"__proto__": {"${BLOCK}": {"BlockPublicAcls": true}}}`) as Json;
    expect(valueOf('s3-account-block', 'PutAccountPublicAccessBlock', inherited)).toEqual({
      path: 'publicAccessBlock',
    });
  });
});

/** Other people's events, in the folder beside the project. Skipped where it is absent, with a name that says so. */
describe.skipIf(corpora.absent)('every event that others recorded (../shared/corpora/events.jsonl)', () => {
  const recorded = (name: string): readonly JsonObject[] =>
    (corpora.read('events.jsonl') as readonly { readonly eventName: string; readonly event: JsonObject }[])
      .filter(({ eventName, event }) => eventName === name && event['errorCode'] === undefined)
      .map(({ event }) => event);
  const read = (kind: string, event: JsonObject): EventValue | undefined => {
    const record = recordOf('x', { ...event, eventTime: '2026-03-02T08:00:00Z', eventID: 'e', awsRegion: 'eu-west-1' });
    return kindsById.get(kind)?.eventValue?.(parseEvent(record));
  };

  test.each([
    { kind: 's3-bucket', name: 'PutBucketPublicAccessBlock', member: BLOCK },
    { kind: 's3-account-block', name: 'PutAccountPublicAccessBlock', member: BLOCK },
    { kind: 's3-bucket', name: 'PutBucketPolicy', member: 'bucketPolicy' },
    { kind: 'waf-ip-set', name: 'UpdateIPSet', member: 'addresses' },
  ])('$name: what it carries is understood', ({ kind, name, member }) => {
    const isOwn = ({ eventSource }: JsonObject): boolean => eventSource !== 'guardduty.amazonaws.com';
    const carrying = recorded(name).filter((event) => {
      const parameters = event['requestParameters'];
      if (!isOwn(event) || !isJsonObject(parameters) || parameters[member] === undefined) return false;
      // One record of a rule's test carries a text that is no policy on purpose.
      return parameters[member] !== 'invalid-json-policy';
    });
    expect(carrying.filter((event) => read(kind, event)?.reading === undefined)).toEqual([]);
  });
});
