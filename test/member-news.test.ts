import { describe, expect, test } from 'vitest';
import { fittingNews } from '#lambda/member-news.ts';
import { LONGEST_LINE, MOST_ACTORS, MOST_LINES, MOST_MOVES, MOST_OWNERS, type HubNews } from '#lambda/hub-news.ts';

const AT = '2026-03-02T08:00:00.000Z';
/** EventBridge: an entry of PutEvents has less than 256 KB, its source, type and bus included. */
const LONGEST_ENTRY = 256 * 1024;

function news(more: Partial<HubNews> = {}): HubNews {
  return {
    version: 1,
    finding: 'f-0000000001',
    status: 'opened',
    at: AT,
    since: AT,
    tell: 'hub',
    severity: 'high',
    exposure: 'narrowed',
    breakage: 'breaks',
    headline: 'account-level S3 Block Public Access changed',
    breaks: ['Uploads with a public ACL are refused.'],
    affected: ['3 of 3 s3-bucket affected'],
    moves: ['s3-account-block publicAccessBlock.BlockPublicAcls present:b5bea41b6c62'],
    actors: [{ who: 'role platform', certainty: 'certain' }],
    report: 's3://audit/reports/alerts/f-0000000001/x.json',
    owners: ['team-a'],
    ...more,
  };
}

const lines = (count: number): string[] => Array.from({ length: count }, (_, index) => `${index} ${long}`);
const long = '語'.repeat(LONGEST_LINE - 4);
const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/** As long as a stranger can make it with names, tags, sessions and user agents. */
const LONGEST = news({
  breaks: lines(MOST_LINES),
  affected: lines(MOST_LINES),
  moves: lines(MOST_MOVES),
  actors: lines(MOST_ACTORS).map((who) => ({ who, session: who, call: who, userAgent: who, certainty: 'likely' })),
  owners: lines(MOST_OWNERS),
  alert: { text: long.repeat(18) },
});

describe('news of a member', () => {
  test('of the usual length are put as they are', () => {
    expect(fittingNews(news())).toEqual(news());
  });

  test('as long as a stranger can make them are still taken: EventBridge refuses what is longer, for ever', () => {
    expect(bytesOf(LONGEST)).toBeGreaterThan(LONGEST_ENTRY);
    expect(bytesOf(fittingNews(LONGEST))).toBeLessThan(LONGEST_ENTRY - 1024);
  });

  test('lose first what is shown to nobody, and never what they are about', () => {
    const { alert, ...shown } = news({ alert: { text: long.repeat(80) } });
    expect(alert).toBeDefined();
    expect(fittingNews({ ...shown, alert })).toEqual({ ...shown, others: [] });
    const { finding, severity, headline, report, status } = fittingNews(LONGEST);
    expect({ finding, severity, headline, report, status }).toEqual({
      finding: LONGEST.finding,
      severity: 'high',
      headline: LONGEST.headline,
      report: LONGEST.report,
      status: 'opened',
    });
    expect(fittingNews(LONGEST).breaks.length).toBeGreaterThan(0);
  });
});
