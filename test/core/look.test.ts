import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PlumblineError } from '#core/errors.ts';
import { parseEvent } from '#core/event.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { askedBy, lookFrom, type Asked } from '#core/look.ts';
import { printRef } from '#core/reference.ts';
import { kinds } from '#kinds';
import { ACCOUNT, bucketRef } from '../builders.ts';
import { corpora } from '../corpora.ts';
import { messageOf, recordOf } from '../records.ts';

const declarations = kinds.map(({ declaration }) => declaration);
const asked = (message: unknown): Asked => lookFrom(message, declarations);

/** Where it is looked, in one line. */
function aim(found: Asked): string {
  if (found.asks === 'nothing' || found.asks === 'sweep') return found.asks;
  if (found.asks === 'answer') return `answer: ${found.ticket}`;
  if (found.asks === 'search' || found.asks === 'watch') return `${found.asks}: ${found.finding}`;
  if (found.asks === 'attempt') return `attempt: ${found.refs.map(printRef).join(' ')}`;
  const { at } = found.look;
  if ('refs' in at) return at.refs.map(printRef).join(' ');
  if ('shard' in at) return `shard: ${at.shard.kind} ${at.shard.shard}`;
  return `everything: ${at.everything.account}/${at.everything.region}/${at.everything.kind}`;
}

/** The parameters of a fixture's event stand here; what it should lead to is written down, not derived. */
function fixture(kind: string, name: string): JsonObject {
  const path = join(import.meta.dirname, '..', 'fixtures', kind, 'events.json');
  const { events } = JSON.parse(readFileSync(path, 'utf8')) as { readonly events: readonly JsonObject[] };
  const record = events.find(({ eventName }) => eventName === name);
  if (record === undefined) throw new PlumblineError('INPUT_INVALID', `no event ${name} in ${path}`);
  return record;
}

const EXPORTS = `${ACCOUNT}/us-east-1/s3-bucket/exports`;
const PAGES = `${ACCOUNT}/global/cloudfront-distribution/EDFDVBD6EXAMPLE`;
const WATCHED = [
  { kind: 'cloudfront-distribution', name: 'CreateDistribution', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'CreateDistributionWithTags', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'CopyDistribution', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'UpdateDistribution', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'UpdateDistributionWithStagingConfig', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'DeleteDistribution', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'AssociateDistributionWebACL', to: PAGES },
  { kind: 'cloudfront-distribution', name: 'DisassociateDistributionWebACL', to: PAGES },
  { kind: 's3-account-block', name: 'PutAccountPublicAccessBlock', to: `${ACCOUNT}/global/s3-account-block/account` },
  {
    kind: 's3-account-block',
    name: 'DeleteAccountPublicAccessBlock',
    to: `${ACCOUNT}/global/s3-account-block/account`,
  },
  { kind: 's3-bucket', name: 'CreateBucket', to: EXPORTS },
  { kind: 's3-bucket', name: 'DeleteBucket', to: EXPORTS },
  { kind: 's3-bucket', name: 'PutBucketPublicAccessBlock', to: EXPORTS },
  { kind: 's3-bucket', name: 'DeleteBucketPublicAccessBlock', to: EXPORTS },
  { kind: 's3-bucket', name: 'PutBucketAcl', to: EXPORTS },
  { kind: 's3-bucket', name: 'PutBucketPolicy', to: EXPORTS },
  { kind: 's3-bucket', name: 'DeleteBucketPolicy', to: EXPORTS },
  { kind: 's3-bucket', name: 'PutBucketOwnershipControls', to: EXPORTS },
  { kind: 's3-bucket', name: 'DeleteBucketOwnershipControls', to: EXPORTS },
  { kind: 's3-bucket', name: 'PutBucketWebsite', to: EXPORTS },
  { kind: 's3-bucket', name: 'DeleteBucketWebsite', to: EXPORTS },
  { kind: 'waf-ip-set', name: 'CreateIPSet', to: `${ACCOUNT}/us-east-1/waf-ip-set/deny-list` },
  { kind: 'waf-ip-set', name: 'UpdateIPSet', to: `${ACCOUNT}/global/waf-ip-set/deny-list` },
  { kind: 'waf-ip-set', name: 'DeleteIPSet', to: `${ACCOUNT}/us-east-1/waf-ip-set/deny-list` },
  { kind: 'waf-web-acl', name: 'CreateWebACL', to: `${ACCOUNT}/us-east-1/waf-web-acl/protection` },
  { kind: 'waf-web-acl', name: 'UpdateWebACL', to: `${ACCOUNT}/global/waf-web-acl/protection` },
  { kind: 'waf-web-acl', name: 'DeleteWebACL', to: `${ACCOUNT}/us-east-1/waf-web-acl/protection` },
  { kind: 'waf-web-acl', name: 'AssociateWebACL', to: `${ACCOUNT}/us-east-1/waf-web-acl/protection` },
  // What they name is a load balancer, or a rule group: which web ACL lost or runs it, nobody says.
  { kind: 'waf-web-acl', name: 'DisassociateWebACL', to: `everything: ${ACCOUNT}/us-east-1/waf-web-acl` },
  { kind: 'waf-web-acl', name: 'UpdateRuleGroup', to: `everything: ${ACCOUNT}/us-east-1/waf-web-acl` },
];

describe('an event leads to the resource that it is about', () => {
  test.each(WATCHED)('$name: $to', ({ kind, name, to }) => expect(aim(asked(messageOf(fixture(kind, name))))).toBe(to));

  test('and every event that a kind watches stands above', () =>
    expect(WATCHED.map(({ kind, name }) => `${kind} ${name}`).sort()).toEqual(
      declarations.flatMap(({ id, events }) => events.map(({ name }) => `${id} ${name}`)).sort(),
    ));

  const ipSet = { name: 'deny-list', id: 'set-1', addresses: ['203.0.113.0/24'] };
  test.each([
    {
      case: 'the account’s block, called at whatever region’s endpoint',
      fact: 'aws-facts §4.1: recorded in the region of the endpoint that the caller used',
      record: () => recordOf('PutAccountPublicAccessBlock', { awsRegion: 'ap-southeast-2' }),
      to: `${ACCOUNT}/global/s3-account-block/account`,
    },
    {
      case: 'the account’s block of an old record, which names a bucket',
      fact: 'corpora: old records carry no parameters or a bucketName',
      record: () => recordOf('PutAccountPublicAccessBlock', { requestParameters: { bucketName: 'b' } }),
      to: `${ACCOUNT}/global/s3-account-block/account`,
    },
    {
      case: 'a bucket in the region that the event came in',
      fact: 'aws-facts §4.1: bucket’s region',
      record: () => recordOf('PutBucketAcl', { requestParameters: { bucketName: 'b' }, awsRegion: 'eu-central-1' }),
      to: `${ACCOUNT}/eu-central-1/s3-bucket/b`,
    },
    {
      case: 'a bucket whose name stands only in the resources',
      fact: 'aws-facts §4.2: bucket events carry resources[0].ARN',
      record: () => recordOf('PutBucketPolicy', { resources: [{ ARN: 'arn:aws:s3:::logs.example.com' }] }),
      to: `${ACCOUNT}/eu-west-1/s3-bucket/logs.example.com`,
    },
    {
      case: 'the same where the parameter is empty',
      fact: 'aws-facts §4.2',
      record: () =>
        recordOf('PutBucketPolicy', {
          requestParameters: { bucketName: '' },
          resources: [{ ARN: 'arn:aws:s3:::logs' }],
        }),
      to: `${ACCOUNT}/eu-west-1/s3-bucket/logs`,
    },
    {
      case: 'a bucket of another partition',
      fact: 'ARNs of aws-cn',
      record: () =>
        recordOf('PutBucketPolicy', { resources: [{ ARN: 'arn:aws-cn:s3:::logs' }, { ARN: 'arn:aws-cn:s3:::logs' }] }),
      to: `${ACCOUNT}/eu-west-1/s3-bucket/logs`,
    },
    {
      case: 'the parameter, where the resources say otherwise',
      fact: 'aws-facts §4.2: resolve the bucket from requestParameters.bucketName first',
      record: () =>
        recordOf('PutBucketPolicy', { requestParameters: { bucketName: 'a' }, resources: [{ ARN: 'arn:aws:s3:::b' }] }),
      to: `${ACCOUNT}/eu-west-1/s3-bucket/a`,
    },
    {
      case: 'two buckets in the resources name none',
      fact: 'nothing tells which',
      record: () => recordOf('PutBucketPolicy', { resources: [{ ARN: 'arn:aws:s3:::a' }, { ARN: 'arn:aws:s3:::b' }] }),
      to: `everything: ${ACCOUNT}/eu-west-1/s3-bucket`,
    },
    {
      case: 'an object’s ARN is no bucket',
      fact: 'arn:aws:s3:::bucket/key',
      record: () => recordOf('PutBucketPolicy', { resources: [{ ARN: 'arn:aws:s3:::a/key' }] }),
      to: `everything: ${ACCOUNT}/eu-west-1/s3-bucket`,
    },
    {
      case: 'a bucket policy whose parameters were dropped',
      fact: 'aws-facts §4.3: omitted above 100 KB',
      record: () => recordOf('PutBucketPolicy'),
      to: `everything: ${ACCOUNT}/eu-west-1/s3-bucket`,
    },
    {
      case: 'an IP set whose parameters were dropped',
      fact: 'aws-facts §4.2: above 5,300 addresses or so',
      record: () => recordOf('UpdateIPSet', { responseElements: { nextLockToken: 't' } }),
      to: `everything: ${ACCOUNT}/eu-west-1/waf-ip-set`,
    },
    {
      case: 'the account’s block whose parameters were dropped is the account’s block',
      fact: 'there is one an account',
      record: () => recordOf('PutAccountPublicAccessBlock'),
      to: `${ACCOUNT}/global/s3-account-block/account`,
    },
    {
      case: 'an IP set of the CLOUDFRONT scope is global',
      fact: 'design.md §3; aws-facts §6: every call goes to us-east-1',
      record: () =>
        recordOf('UpdateIPSet', { requestParameters: { ...ipSet, scope: 'CLOUDFRONT' }, awsRegion: 'us-east-1' }),
      to: `${ACCOUNT}/global/waf-ip-set/deny-list`,
    },
    {
      case: 'an IP set of the REGIONAL scope is of its region',
      fact: 'aws-facts §6',
      record: () =>
        recordOf('UpdateIPSet', { requestParameters: { ...ipSet, scope: 'REGIONAL' }, awsRegion: 'us-east-1' }),
      to: `${ACCOUNT}/us-east-1/waf-ip-set/deny-list`,
    },
    {
      case: 'GuardDuty’s event of the same name',
      fact: 'aws-facts, corpora: the name alone is ambiguous',
      record: () => recordOf('UpdateIPSet', { requestParameters: ipSet, eventSource: 'guardduty.amazonaws.com' }),
      to: 'nothing',
    },
    {
      case: 'classic WAF’s event of the same name',
      fact: 'corpora: classic WAF has the names too',
      record: () => recordOf('UpdateIPSet', { requestParameters: ipSet, eventSource: 'waf-regional.amazonaws.com' }),
      to: 'nothing',
    },
    {
      case: 'the API’s name of a call, which is no event’s name',
      fact: 'aws-facts §4.1: S3 names differ from the API',
      record: () => recordOf('PutPublicAccessBlock', { requestParameters: { bucketName: 'b' } }),
      to: 'nothing',
    },
    {
      case: 'a read',
      fact: 'nothing is moved by it',
      record: () => recordOf('GetBucketPolicy', { requestParameters: { bucketName: 'b' } }),
      to: 'nothing',
    },
    {
      case: 'what every object inherits is no event',
      fact: 'hostile names',
      record: () => recordOf('constructor', { requestParameters: { bucketName: 'b' } }),
      to: 'nothing',
    },
    {
      case: 'a failed call is an attempt on what it names',
      fact: 'aws-facts §4.2: never treat as a change',
      record: () => recordOf('PutBucketPolicy', { requestParameters: { bucketName: 'b' }, errorCode: 'AccessDenied' }),
      to: `attempt: ${ACCOUNT}/eu-west-1/s3-bucket/b`,
    },
    {
      case: 'a failed call without parameters is an attempt on nothing known, and nothing is looked at',
      fact: 'corpora: failed calls carry parameters too, or null',
      record: () => recordOf('PutBucketPolicy', { errorCode: 'AccessDenied' }),
      to: 'attempt: ',
    },
    {
      case: 'a failed call of what is not watched',
      fact: '',
      record: () => recordOf('PutObject', { errorCode: 'AccessDenied' }),
      to: 'nothing',
    },
    {
      case: 'a name that a reference must escape',
      fact: 'a name is a stranger’s text',
      record: () => recordOf('UpdateIPSet', { requestParameters: { name: 'a b#c\n/d', scope: 'REGIONAL' } }),
      to: `${ACCOUNT}/eu-west-1/waf-ip-set/a%20b%23c%0A/d`,
    },
  ])('$case', ({ record, to }) => expect(aim(asked(messageOf(record())))).toBe(to));

  test('AWS’s own id goes with it, so that no listing is needed to find the set', () => {
    const hints = [
      recordOf('UpdateIPSet', { requestParameters: { ...ipSet, scope: 'REGIONAL' } }),
      recordOf('CreateIPSet', {
        requestParameters: { name: 'deny-list', scope: 'REGIONAL' },
        responseElements: { summary: { id: 'set-2' } },
      }),
      recordOf('PutBucketAcl', { requestParameters: { bucketName: 'b' } }),
    ].map((record) => {
      const found = asked(messageOf(record));
      return found.asks === 'look' && 'refs' in found.look.at ? found.look.at.hint : undefined;
    });
    expect(hints).toEqual([{ id: 'set-1' }, { id: 'set-2' }, {}]);
  });

  test('a look carries its event, and that nobody has tried yet', () => {
    const record = recordOf('PutBucketAcl', { requestParameters: { bucketName: 'b' } });
    expect(asked(messageOf(record))).toEqual({
      asks: 'look',
      look: {
        at: { refs: [bucketRef('b', 'eu-west-1')], hint: {} },
        because: { event: parseEvent(record), tries: 0 },
      },
    });
  });

  test('nothing says why', () => {
    expect(askedBy(parseEvent(recordOf('PutObject')), declarations)).toEqual({
      asks: 'nothing',
      because: 'nothing watched is moved by PutObject',
    });
  });
});

describe('messages of our own', () => {
  const look = { at: { refs: [bucketRef('b')], hint: {} }, because: { again: 'accepted' } };
  const shard = { account: ACCOUNT, kind: 's3-bucket', shard: 3, sweep: '20260302T080000000Z' };

  test.each([
    { case: 'a sweep', message: { plumbline: 'sweep' }, is: { asks: 'sweep' } },
    { case: 'a look', message: { plumbline: 'look', look }, is: { asks: 'look', look } },
    {
      case: 'a look at everything of a kind in a region',
      message: {
        plumbline: 'look',
        look: {
          at: { everything: { account: ACCOUNT, kind: 's3-bucket', region: 'eu-west-1' } },
          because: { sweep: 's' },
        },
      },
      is: {
        asks: 'look',
        look: {
          at: { everything: { account: ACCOUNT, kind: 's3-bucket', region: 'eu-west-1' } },
          because: { sweep: 's' },
        },
      },
    },
    {
      case: 'a shard',
      message: { plumbline: 'shard', shard },
      is: { asks: 'look', look: { at: { shard }, because: { sweep: shard.sweep } } },
    },
    {
      case: 'a shard with what a later release says beside it',
      message: { plumbline: 'shard', shard: { ...shard, later: true } },
      is: { asks: 'look', look: { at: { shard }, because: { sweep: shard.sweep } } },
    },
  ])('$case', ({ message, is }) => expect(asked(message)).toEqual(is));

  test('a look that is asked for again comes back as it went', () => {
    const first = asked(messageOf(recordOf('PutBucketAcl', { requestParameters: { bucketName: 'b' } })));
    if (first.asks !== 'look') throw new PlumblineError('INPUT_INVALID', 'no look');
    const sent = JSON.parse(JSON.stringify({ plumbline: 'look', look: first.look })) as Json;
    expect(asked(sent)).toEqual(first);
  });

  test('a look from before an upgrade, which does not say all of who called, is worked on', () => {
    const first = asked(messageOf(recordOf('PutBucketAcl', { requestParameters: { bucketName: 'b' } })));
    if (first.asks !== 'look' || !('event' in first.look.because)) throw new PlumblineError('INPUT_INVALID', 'no look');
    const { who: _later, ...actor } = first.look.because.event.actor;
    const event = { ...first.look.because.event, actor };
    const old = { ...first.look, because: { ...first.look.because, event } };
    expect(asked(JSON.parse(JSON.stringify({ plumbline: 'look', look: old })))).toMatchObject({
      look: { because: { event: { actor: { name: actor.name, who: { type: 'unknown' } } } } },
    });
  });

  const POISON: readonly { case: string; message: unknown; says: string }[] = [
    { case: 'nothing', message: undefined, says: 'a message of the queue is no object' },
    { case: 'null', message: null, says: 'a message of the queue is no object' },
    { case: 'a list', message: [{ plumbline: 'sweep' }], says: 'a message of the queue is no object' },
    { case: 'a text', message: 'sweep', says: 'a message of the queue is no object' },
    {
      case: 'an empty object',
      message: {},
      says: 'a message of the queue is neither an event of CloudTrail nor one of ours',
    },
    {
      case: 'a word that we never say',
      message: { plumbline: 'obey' },
      says: 'a message of the queue is neither an event of CloudTrail nor one of ours',
    },
    {
      case: 'an inherited word',
      message: { plumbline: '__proto__' },
      says: 'a message of the queue is neither an event of CloudTrail nor one of ours',
    },
    {
      case: 'an event of EventBridge that is not CloudTrail’s',
      message: messageOf(recordOf('PutBucketAcl'), { 'detail-type': 'Object Created' }),
      says: 'a message of the queue is neither an event of CloudTrail nor one of ours',
    },
    {
      case: 'a bare CloudTrail record without its envelope',
      message: recordOf('PutBucketAcl'),
      says: 'a message of the queue is neither an event of CloudTrail nor one of ours',
    },
    {
      case: 'an envelope without a record',
      message: messageOf(null),
      says: 'a CloudTrail record cannot be read: it is no object',
    },
    {
      case: 'a record that says too little',
      message: messageOf({ eventVersion: '1.11' }),
      says: 'a CloudTrail record cannot be read: it has no eventID',
    },
    ...[
      undefined,
      null,
      'x',
      [],
      {},
      { ...shard, shard: -1 },
      { ...shard, shard: 1.5 },
      { ...shard, shard: '3' },
      { ...shard, shard: Infinity },
      { ...shard, kind: null },
      { ...shard, account: 7 },
      { ...shard, sweep: undefined },
    ].map((wrong) => ({
      case: `the shard ${JSON.stringify(wrong)}`,
      message: { plumbline: 'shard', shard: wrong },
      says: 'a shard in the queue does not say account, kind, sweep and number',
    })),
    ...[
      undefined,
      null,
      [],
      {},
      { at: look.at },
      { because: look.because },
      { at: {}, because: look.because },
      { at: look.at, because: {} },
      { at: [], because: look.because },
      { at: { refs: [], hint: {} }, because: look.because },
      { at: { refs: [{ account: ACCOUNT }], hint: {} }, because: look.because },
      { at: { refs: [{ ...bucketRef('b'), id: 7 }], hint: {} }, because: look.because },
      { at: { refs: [null], hint: {} }, because: look.because },
      { at: { refs: 'all', hint: {} }, because: look.because },
      { at: { refs: [bucketRef('b')] }, because: look.because },
      { at: { everything: { kind: 's3-bucket' } }, because: look.because },
      { at: { everything: null }, because: look.because },
      { at: { shard: { ...shard, shard: -1 } }, because: look.because },
      { at: look.at, because: { again: 7 } },
      { at: look.at, because: { event: null, tries: 0 } },
      { at: look.at, because: { event: {}, tries: 0 } },
      { at: look.at, because: { event: { name: 'x' } } },
    ].map((wrong) => ({
      case: `the look ${JSON.stringify(wrong)}`,
      message: { plumbline: 'look', look: wrong },
      says: 'a look in the queue does not say where to look, or why',
    })),
  ];

  test.each(POISON)('$case is poison', ({ message, says }) => {
    expect(() => asked(message)).toThrow(new PlumblineError('INPUT_INVALID', says));
  });

  test('whatever comes is understood, or poison with one sentence; nothing else is thrown', () => {
    const words = fc.constantFrom('look', 'shard', 'sweep', 'obey', '__proto__');
    const messages = fc.oneof(
      fc.jsonValue(),
      fc.record({ plumbline: words, look: fc.jsonValue(), shard: fc.jsonValue() }, { requiredKeys: [] }),
      fc.record({ 'detail-type': fc.constant('AWS API Call via CloudTrail'), detail: fc.jsonValue() }),
      fc
        .tuple(fc.constantFrom(...WATCHED.map(({ name }) => name)), fc.jsonValue(), fc.jsonValue())
        .map(([name, requestParameters, resources]) =>
          messageOf(recordOf(name, { requestParameters: requestParameters as Json, resources: resources as Json })),
        ),
    );
    fc.assert(
      fc.property(messages, (message) => {
        try {
          asked(message);
        } catch (error) {
          expect(error).toMatchObject({ name: 'PlumblineError', code: 'INPUT_INVALID' });
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** Other people's events, in the folder beside the project. Skipped where it is absent, with a name that says so. */
describe.skipIf(corpora.absent)('every event that others recorded (../shared/corpora/events.jsonl)', () => {
  test('asks for a look, is an attempt, is of nothing watched, or is poison', () => {
    const outcomes = new Map<string, number>();
    for (const { event } of corpora.read('events.jsonl') as readonly { readonly event: Json }[]) {
      let outcome = 'poison';
      try {
        outcome = asked(messageOf(event)).asks;
      } catch (error) {
        expect(error).toMatchObject({ code: 'INPUT_INVALID' });
      }
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].sort()).toEqual(['attempt', 'look', 'nothing', 'poison']);
  });

  test('and what is looked at is what it names', () => {
    const events = (corpora.read('events.jsonl') as readonly { readonly event: Json }[]).map(({ event }) => event);
    const strange = events.filter((event) => {
      let found: Asked;
      try {
        found = asked(messageOf(event));
      } catch {
        return false;
      }
      if (found.asks !== 'look' || !('refs' in found.look.at)) return false;
      const text = JSON.stringify(event);
      return found.look.at.refs.some(
        ({ kind, id }) => kind !== 's3-account-block' && !text.includes(JSON.stringify(id)),
      );
    });
    expect(strange).toEqual([]);
  });
});
