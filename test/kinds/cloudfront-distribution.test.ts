import { describe, expect, test } from 'vitest';
import { createReads } from '#aws/reads.ts';
import { parseEvent } from '#core/event.ts';
import { compareStates, createdChange, deletedChange } from '#core/comparison.ts';
import { regionsOf } from '#core/declaration.ts';
import type { Json } from '#core/json.ts';
import { ABSENT, present, unreadable, type JsonReading } from '#core/reading.ts';
import type { Observation, State } from '#core/state.ts';
import { kindsById } from '#kinds';
import { advice } from '#kinds/cloudfront-distribution/advice.ts';
import { cloudfrontDistribution } from '#kinds/cloudfront-distribution/declaration.ts';
import { eventValue } from '#kinds/cloudfront-distribution/event-value.ts';
import { judge } from '#kinds/cloudfront-distribution/judge.ts';
import { reader } from '#kinds/cloudfront-distribution/reader.ts';
import type { Known } from '#lambda/known-states.ts';
import { newsFrom } from '#lambda/news.ts';
import { ACCOUNT, scanOf, T0 } from '../builders.ts';
import { recordOf } from '../records.ts';
import { JUDGED, type DistributionFacts } from './cloudfront-distribution.cases.ts';

const ref = { account: ACCOUNT, region: 'global', kind: 'cloudfront-distribution', id: 'E123' };
const unsigned = { domain: 'assets.s3.amazonaws.com', bucket: 'assets', reachedBy: 'unsigned' };

const kind = () => {
  const found = kindsById.get(ref.kind);
  if (found === undefined) throw new TypeError(`${ref.kind} is not registered`);
  return found;
};

function stateOf({ enabled = true, webAcl, origins = { web: unsigned }, behaviors }: DistributionFacts): State {
  const served: Json = behaviors ?? { 'Default (*)': 'web' };
  return {
    ref,
    shape: 1,
    takenAt: T0,
    watched: {
      enabled: enabled === 'refused' ? unreadable('AccessDenied') : present(enabled),
      webAcl: webAcl === undefined ? ABSENT : present(webAcl),
      origins: present<Json>(origins),
      behaviors: present(served),
    },
    carried: { aliases: ['www.example.com'], domainName: 'd111111abcdef8.cloudfront.net', comment: '' },
  };
}

function changesBetween(before: State | undefined, after: State | undefined) {
  if (before === undefined) return [createdChange(cloudfrontDistribution)];
  return after === undefined ? [deletedChange(cloudfrontDistribution)] : compareStates(kind(), before, after).changes;
}

describe('what a change of a distribution does', () => {
  test.each(JUDGED)('$case ($fact)', (one) => {
    const [before, after] = [one.before && stateOf(one.before), one.after && stateOf(one.after)];
    const contexts = { before: {}, after: {} };
    const changes = judge.changes(changesBetween(before, after), { before, after, contexts });
    expect(changes.map(({ path, exposure, breakage, effects }) => ({ path, exposure, breakage, effects }))).toEqual(
      one.is,
    );
  });
});

/** What the reader makes of one configuration; `refused` are operations that are refused, with the error's name. */
async function readOf(
  config: object | undefined,
  { controls = {}, refused = {} }: { controls?: Record<string, string>; refused?: Record<string, string> } = {},
): Promise<{ seen: Observation; asked: readonly string[] }> {
  const asked: string[] = [];
  const send = ({ constructor, input }: { readonly constructor: { name: string }; readonly input: { Id: string } }) => {
    const operation = constructor.name.replace(/Command$/, '');
    asked.push(`${operation} ${input.Id}`);
    const code = refused[operation];
    if (code !== undefined)
      return Promise.reject(Object.assign(new Error(code), { name: code, $metadata: { httpStatusCode: 403 } }));
    if (operation === 'GetOriginAccessControl')
      return Promise.resolve({
        OriginAccessControl: { OriginAccessControlConfig: { SigningBehavior: controls[input.Id] } },
      });
    return Promise.resolve({
      Distribution: { Id: input.Id, DomainName: 'd1.cloudfront.net', DistributionConfig: config },
    });
  };
  const aws = createReads({
    account: ACCOUNT,
    clients: { for: () => ({ send }) as never },
    concurrency: 1,
    now: () => new Date(T0),
  });
  return { seen: await reader.read({ found: { ref, hint: {} }, aws, context: {} }), asked };
}

function watchedIn(seen: Observation): Record<string, JsonReading> {
  if (seen.seen !== 'state') throw new TypeError(`it was ${seen.seen}`);
  return seen.state.watched;
}

describe('what is read of a distribution', () => {
  const origin = (Id: string, more: object = {}) => ({
    Id,
    DomainName: `${Id}.s3.amazonaws.com`,
    OriginPath: '',
    ...more,
  });
  const config = (...Items: readonly object[]) => ({
    Enabled: true,
    WebACLId: '',
    Comment: 'pages',
    Aliases: { Items: ['www.example.com'] },
    Origins: { Items },
    DefaultCacheBehavior: { TargetOriginId: 'a' },
  });

  test('without access controls one call tells everything', async () => {
    const { seen, asked } = await readOf(config(origin('a')));
    expect(asked).toEqual(['GetDistribution E123']);
    expect(seen).toEqual({
      seen: 'state',
      state: {
        ref,
        shape: 1,
        takenAt: T0,
        watched: {
          enabled: present(true),
          webAcl: ABSENT,
          origins: present({ a: { domain: 'a.s3.amazonaws.com', bucket: 'a', reachedBy: 'unsigned' } }),
          behaviors: present({ 'Default (*)': 'a' }),
        },
        carried: { domainName: 'd1.cloudfront.net', aliases: ['www.example.com'], comment: 'pages' },
      },
    });
  });

  test('each access control is asked once for how it signs', async () => {
    const by = { OriginAccessControlId: 'E1' };
    const { seen, asked } = await readOf(config(origin('a', by), origin('b', by)), { controls: { E1: 'always' } });
    expect(asked).toEqual(['GetDistribution E123', 'GetOriginAccessControl E1']);
    expect(watchedIn(seen)['origins']).toEqual(
      present({
        a: {
          domain: 'a.s3.amazonaws.com',
          bucket: 'a',
          reachedBy: 'origin-access-control',
          accessControl: 'E1',
          signing: 'always',
        },
        b: {
          domain: 'b.s3.amazonaws.com',
          bucket: 'b',
          reachedBy: 'origin-access-control',
          accessControl: 'E1',
          signing: 'always',
        },
      }),
    );
  });

  test('a refused access control leaves the origins unknown, and what else was read as it is', async () => {
    const refused = { GetOriginAccessControl: 'AccessDenied' };
    const { seen } = await readOf(config(origin('a', { OriginAccessControlId: 'E1' })), { refused });
    expect(watchedIn(seen)).toMatchObject({
      enabled: present(true),
      webAcl: ABSENT,
      origins: unreadable('AccessDenied'),
      behaviors: present({ 'Default (*)': 'a' }),
    });
  });

  test('a web ACL, paths in their own right, and an origin that stands in for another', async () => {
    const { seen } = await readOf({
      ...config(origin('a'), origin('b')),
      WebACLId: 'arn',
      OriginGroups: { Items: [{ Id: 'both', Members: { Items: [{ OriginId: 'b' }, { OriginId: 'a' }] } }] },
      CacheBehaviors: { Items: [{ PathPattern: 'img/*', TargetOriginId: 'both' }] },
    });
    expect(watchedIn(seen)).toMatchObject({
      webAcl: present('arn'),
      behaviors: present({ 'Default (*)': 'a', 'img/*': ['b', 'a'] }),
    });
  });

  test('headers that are sent to an origin may be secrets, and are not kept', async () => {
    const CustomHeaders = { Items: [{ HeaderName: 'Referer', HeaderValue: 'a-secret' }] };
    const { seen } = await readOf(config(origin('a', { CustomHeaders })));
    expect(JSON.stringify(seen)).not.toContain('a-secret');
  });

  test('an answer without a configuration says nothing of what is set', async () => {
    const { seen } = await readOf(undefined);
    expect(new Set(Object.values(watchedIn(seen)).map((one) => JSON.stringify(one)))).toEqual(
      new Set([JSON.stringify(unreadable('MalformedAnswer'))]),
    );
  });

  test('gone is what it answers itself', async () => {
    const { seen } = await readOf(config(), { refused: { GetDistribution: 'NoSuchDistribution' } });
    expect(seen).toEqual({ seen: 'gone', ref, takenAt: T0, code: 'NoSuchDistribution' });
  });
});

test('it is looked for in the partition aws alone', () => {
  const where = (partition: string) => regionsOf(cloudfrontDistribution, { regions: ['one', 'two'], partition });
  expect({ aws: where('aws'), china: where('aws-cn'), government: where('aws-us-gov') }).toEqual({
    aws: ['global'],
    china: [],
    government: [],
  });
});

describe('what an event set', () => {
  const arn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4';
  test.each([
    { name: 'CreateDistribution', parameters: {}, is: { path: 'exists', reading: present(true) } },
    { name: 'CreateDistributionWithTags', parameters: {}, is: { path: 'exists', reading: present(true) } },
    { name: 'CopyDistribution', parameters: {}, is: { path: 'exists', reading: present(true) } },
    { name: 'DeleteDistribution', parameters: { id: 'E123' }, is: { path: 'exists', reading: ABSENT } },
    {
      name: 'AssociateDistributionWebACL',
      parameters: { id: 'E123', webACLArn: arn },
      is: { path: 'webAcl', reading: present(arn) },
    },
    { name: 'AssociateDistributionWebACL', parameters: { id: 'E123' }, is: { path: 'webAcl' } },
    { name: 'DisassociateDistributionWebACL', parameters: { id: 'E123' }, is: { path: 'webAcl', reading: ABSENT } },
    // Its configuration may differ from the one before in any path, or in none.
    { name: 'UpdateDistribution', parameters: { distributionConfig: { enabled: true } }, is: undefined },
    { name: 'UpdateDistributionWithStagingConfig', parameters: { id: 'E123' }, is: undefined },
  ])('$name: $is', ({ name, parameters, is }) => {
    expect(eventValue(parseEvent(recordOf(name, { requestParameters: parameters })))).toEqual(is);
  });
});

test('with nothing to compare with, an update is told of each path that was read, and as no creation', () => {
  const event = parseEvent(recordOf('UpdateDistribution', { requestParameters: { id: 'E123' } }));
  const read = stateOf({ webAcl: 'arn' });
  const state = { ...read, watched: { ...read.watched, origins: unreadable('AccessDenied') } };
  const news = newsFrom({
    kinds: kindsById,
    scan: scanOf([{ seen: 'state', state }]),
    known: { baseline: undefined, generation: 0 } as Known,
    refs: [ref],
    event,
  });
  expect(news.map(({ drift }) => drift.changes.map(({ says }) => says))).toEqual([
    [
      'whether it is enabled: not known → set',
      'web ACL: not known → set',
      'which origin serves which path: not known → set',
    ],
  ]);
});

describe('the way back', () => {
  const wayBack = (before: DistributionFacts, after: DistributionFacts) => {
    const accepted = stateOf(before);
    const { changes } = compareStates(kind(), accepted, stateOf(after));
    return advice.wayBack({ ref, accepted, changes, partition: 'aws' });
  };
  const arn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4';

  test('a web ACL that went is put back by one call', () =>
    expect(wayBack({ webAcl: arn }, {})).toMatchInlineSnapshot(`
      {
        "commands": [
          "aws cloudfront associate-distribution-web-acl --id E123 --web-acl-arn arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/a1b2c3d4 --if-match "$(aws cloudfront get-distribution-config --id E123 --query ETag --output text)"",
        ],
      }
    `));

  test('a web ACL that came is taken away by one call', () =>
    expect(wayBack({}, { webAcl: arn })).toMatchInlineSnapshot(`
      {
        "commands": [
          "aws cloudfront disassociate-distribution-web-acl --id E123 --if-match "$(aws cloudfront get-distribution-config --id E123 --query ETag --output text)"",
        ],
      }
    `));

  test('everything else is an update of the whole configuration, and what is to be changed in it', () => {
    const control = { ...unsigned, reachedBy: 'origin-access-control', accessControl: 'E1', signing: 'always' };
    expect(
      wayBack(
        { origins: { web: control }, behaviors: { 'Default (*)': 'web' } },
        { enabled: false, behaviors: { 'Default (*)': 'web', 'new/*': 'web' } },
      ),
    ).toMatchInlineSnapshot(`
      {
        "commands": [
          "etag="$(aws cloudfront get-distribution-config --id E123 --query ETag --output text)"",
          "aws cloudfront get-distribution-config --id E123 --query DistributionConfig --output json > distribution.json",
          "aws cloudfront update-distribution --id E123 --if-match "$etag" --distribution-config file://distribution.json",
        ],
        "note": "before the last command, in distribution.json: set Enabled to true; let origin "web" have OriginAccessControlId "E1"; take out the behaviour of "new/*"; an update replaces the whole configuration, and is refused where somebody changed it after the first command",
      }
    `);
  });

  test('how an access control signs is put back where it stands', () => {
    const control = (signing: string) => ({
      web: { ...unsigned, reachedBy: 'origin-access-control', accessControl: 'E1', signing },
    });
    expect(wayBack({ origins: control('always') }, { origins: control('never') })).toMatchInlineSnapshot(`
      {
        "commands": [],
        "note": "let origin access control E1 have SigningBehavior always again, by aws cloudfront update-origin-access-control: that moves every distribution that uses it",
      }
    `);
  });

  test('what was not known before is not made up', () => {
    const { changes } = compareStates(kind(), stateOf({}), stateOf({ webAcl: arn }));
    expect(advice.wayBack({ ref, accepted: undefined, changes, partition: 'aws' })).toEqual({
      commands: [],
      note: 'what it was before is not known',
    });
  });

  test('a deleted one does not come back', () =>
    expect(
      advice.wayBack({
        ref,
        accepted: stateOf({}),
        changes: [deletedChange(cloudfrontDistribution)],
        partition: 'aws',
      }),
    ).toMatchInlineSnapshot(`
      {
        "commands": [],
        "note": "a deleted distribution does not come back: a new one has another id and another name, which bucket policies and DNS have to name",
      }
    `));
});
