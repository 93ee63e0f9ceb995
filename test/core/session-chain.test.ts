import { describe, expect, test } from 'vitest';
import { parseEvent } from '#core/event.ts';
import { chainOf } from '#core/session-chain.ts';
import { chainText } from '#core/session-chain-text.ts';
import { issueOf, issuesIn } from '#core/session-issues.ts';
import { issueQuestion } from '#core/issue-questions.ts';
import { ACCOUNT } from '../builders.ts';
import { recordOf } from '../records.ts';
import { CHAINS, SECRET } from './session-chain.cases.ts';

describe('who took a session, back to the first of a chain', () => {
  test.each(CHAINS)('$case ($fact)', ({ event, read, links, end, person, says }) => {
    const issues = issuesIn(read.flatMap((record) => issueOf(parseEvent(record)) ?? []));
    const chain = chainOf(parseEvent(event), issues);
    expect({
      links: chain.links.map((link) => link.event),
      end: chain.end,
      person: chain.person,
      says: chainText(chain),
    }).toEqual({ links, end, person, says });
  });

  test('in whatever order the events were read', () => {
    for (const { event, read, links } of CHAINS) {
      const issues = issuesIn(read.toReversed().flatMap((record) => issueOf(parseEvent(record)) ?? []));
      expect(chainOf(parseEvent(event), issues).links.map((link) => link.event)).toEqual(links);
    }
  });

  test('nothing of it is secret', () => {
    for (const { event, read } of CHAINS) {
      const issues = read.flatMap((record) => issueOf(parseEvent(record)) ?? []);
      const chain = chainOf(parseEvent(event), issuesIn(issues));
      expect(JSON.stringify([read.map((record) => parseEvent(record)), issues, chain])).not.toContain(SECRET);
    }
  });
});

describe('what to ask of CloudTrail’s history', () => {
  const NONE = issuesIn([]);
  const called = (more: Parameters<typeof recordOf>[1]) =>
    parseEvent(recordOf('PutBucketPolicy', { eventTime: '2025-10-28T19:01:02Z', ...more }));
  const identity = (more: object) => ({
    type: 'AssumedRole',
    principalId: 'AROAEXAMPLE:x',
    arn: `arn:aws:sts::${ACCOUNT}:assumed-role/deploy/x`,
    accountId: ACCOUNT,
    accessKeyId: 'ASIA1',
    ...more,
  });

  test('the key, where the session was used and where the global endpoint is recorded, in the second in which it began', () => {
    const event = called({
      userIdentity: identity({ sessionContext: { attributes: { creationDate: '2025-10-28T18:58:03Z' } } }),
    });
    expect(issueQuestion(event, NONE)).toEqual({
      accessKey: 'ASIA1',
      names: [
        'AssumeRole',
        'AssumeRoleWithSAML',
        'AssumeRoleWithWebIdentity',
        'AssumeRoot',
        'GetFederationToken',
        'GetSessionToken',
      ],
      regions: ['eu-west-1', 'us-east-1'],
      from: '2025-10-28T18:57:53.000Z',
      to: '2025-10-28T18:58:13.000Z',
    });
  });

  test.each([
    { case: 'the home of the global endpoint once', more: { awsRegion: 'us-east-1' }, regions: ['us-east-1'] },
    { case: 'China has no global endpoint', more: { awsRegion: 'cn-north-1' }, regions: ['cn-north-1'] },
    { case: 'nor has GovCloud', more: { awsRegion: 'us-gov-west-1' }, regions: ['us-gov-west-1'] },
  ])('$case', ({ more, regions }) => {
    expect(issueQuestion(called({ userIdentity: identity({}), ...more }), NONE)?.regions).toEqual(regions);
  });

  test('without the beginning of the session, as long before as a session may last', () => {
    const question = issueQuestion(called({ userIdentity: identity({}) }), NONE);
    expect([question?.from, question?.to]).toEqual(['2025-10-27T07:01:02.000Z', '2025-10-28T19:01:12.000Z']);
  });

  test('the answer asks for the next session, where that one was taken', () => {
    const first = parseEvent(
      recordOf('AssumeRole', {
        eventSource: 'sts.amazonaws.com',
        eventTime: '2025-10-28T18:58:03Z',
        awsRegion: 'eu-central-1',
        userIdentity: identity({
          accessKeyId: 'ASIA2',
          sessionContext: { attributes: { creationDate: '20251028T180000Z' } },
        }),
        responseElements: { credentials: { accessKeyId: 'ASIA1' } },
      }),
    );
    const question = issueQuestion(
      called({ userIdentity: identity({}) }),
      issuesIn([issueOf(first)].flatMap((one) => one ?? [])),
    );
    expect([question?.accessKey, question?.regions, question?.from]).toEqual([
      'ASIA2',
      ['eu-central-1', 'us-east-1'],
      '2025-10-28T17:59:50.000Z',
    ]);
  });

  test('nothing where the chain ends with somebody, or nobody can say more', () => {
    const ended = CHAINS.filter(({ end }) => end !== 'not-found');
    const asks = ended.map(({ event, read }) =>
      issueQuestion(parseEvent(event), issuesIn(read.flatMap((record) => issueOf(parseEvent(record)) ?? []))),
    );
    expect(asks.filter((question) => question !== undefined)).toEqual([]);
    expect(ended.length).toBeGreaterThan(20);
  });
});
