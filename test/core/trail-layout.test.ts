import { describe, expect, test } from 'vitest';
import { daysAsked, mayHold, type LogsAsked } from '#core/trail-layout.ts';

const EUROPE = 'AWSLogs/111122223333/CloudTrail/eu-west-1';
const ORGANIZATION = 'audit/AWSLogs/o-a1b2c3d4e5/444455556666/CloudTrail/us-east-1';
const since: LogsAsked = { since: '2026-03-02T22:00:00.000Z' };
const evening: LogsAsked = { since: '2026-03-02T22:00:00.000Z', until: '2026-03-02T23:59:00.000Z' };

describe('may it hold what is asked? A folder ends in a slash', () => {
  test.each<{ path: string; root?: string; asked?: LogsAsked; may: boolean; because: string }>([
    { path: `${EUROPE}/2026/03/02/a.json.gz`, may: true, because: 'everything is asked' },
    { path: `${EUROPE}/2026/03/02/a.json.gz`, asked: evening, may: true, because: 'it is of the day' },
    { path: `${EUROPE}/2026/03/03/a.json.gz`, asked: evening, may: true, because: 'what is late lies in the next day' },
    { path: `${EUROPE}/2026/03/04/a.json.gz`, asked: evening, may: false, because: 'it is of later' },
    {
      path: `${EUROPE}/2026/03/01/a.json.gz`,
      asked: evening,
      may: false,
      because: 'nothing is written down before it is',
    },
    { path: `${EUROPE}/2026/03/04/a.json.gz`, asked: since, may: true, because: 'no end is asked' },
    { path: `${EUROPE}/2026/03/`, asked: evening, may: true, because: 'a day of the month is asked' },
    { path: `${EUROPE}/2026/04/`, asked: evening, may: false, because: 'no day of the month is asked' },
    { path: `${EUROPE}/2025/`, asked: evening, may: false, because: 'no day of the year is asked' },
    { path: `${EUROPE}/`, asked: evening, may: true, because: 'the days are below it' },
    {
      path: `${EUROPE}/2026/03/02/a.json.gz`,
      asked: { since: '2026-03-02T00:30:00.000Z', until: '2026-03-31T23:59:59.000Z' },
      may: true,
      because: 'days are those of UTC',
    },
    {
      path: `${EUROPE}/2026/04/01/a.json.gz`,
      asked: { until: '2026-03-31T23:59:59.000Z' },
      may: true,
      because: 'the day after the last of a month is of the next',
    },
    {
      path: `${ORGANIZATION}/2026/03/02/a.json.gz`,
      asked: evening,
      may: true,
      because: 'an organization has its id there',
    },
    {
      path: `${ORGANIZATION}/2026/02/02/a.json.gz`,
      asked: evening,
      may: false,
      because: 'an organization has days too',
    },
    {
      path: 'AWSLogs/o-a1b2c3d4e5/',
      asked: { account: '111122223333' },
      may: true,
      because: 'the accounts are below it',
    },
    { path: 'AWSLogs/111122223333/', asked: { account: '111122223333' }, may: true, because: 'it is the account' },
    { path: 'AWSLogs/444455556666/', asked: { account: '111122223333' }, may: false, because: 'it is another account' },
    { path: 'AWSLogs/o-a1b2c3d4e5/444455556666/', asked: { account: '111122223333' }, may: false, because: 'as above' },
    {
      path: `${EUROPE}/`,
      asked: { regions: ['eu-west-1', 'us-east-1'] },
      may: true,
      because: 'it is one of the regions',
    },
    { path: `${EUROPE}/`, asked: { regions: ['us-east-1'] }, may: false, because: 'it is another region' },
    { path: 'AWSLogs/111122223333/CloudTrail-Digest/', may: false, because: 'digests hold no records' },
    {
      path: 'AWSLogs/111122223333/CloudTrail-Insight/eu-west-1/2026/03/02/a.json.gz',
      may: false,
      because: 'nor insights',
    },
    { path: 'AWSLogs/111122223333/Config/eu-west-1/2026/3/2/a.json.gz', may: false, because: 'another service’s logs' },
    { path: 'AWSLogs/111122223333/elasticloadbalancing/', may: false, because: 'another service’s logs' },
    { path: 'copied/CloudTrail-Digest/a.json.gz', may: false, because: 'digests, wherever they were copied' },
    { path: 'CloudTrail-Digest/a.json.gz', may: false, because: 'digests' },
    { path: 'a.json.gz', root: 'AWSLogs/111122223333/CloudTrail-Digest', may: true, because: 'it was named itself' },
    { path: 'a.json.gz', root: 'AWSLogs/111122223333/Config', may: true, because: 'it was named itself' },
    { path: '02/a.json.gz', root: `${EUROPE}/2026/02`, asked: evening, may: false, because: 'the place says its days' },
    { path: '02/a.json.gz', root: `/home/ana/${EUROPE}/2026/03`, asked: evening, may: true, because: 'as above' },
    {
      path: 'a.jsonl',
      asked: { ...evening, account: '111122223333', regions: [] },
      may: true,
      because: 'it is a plain log',
    },
    { path: '2025/01/a.json.gz', asked: evening, may: true, because: 'days alone are no trail’s layout' },
    { path: 'AWSLogs/111122223333/a.json.gz', asked: evening, may: true, because: 'no day is said' },
    { path: 'notes.txt', may: false, because: 'it is no log by its name' },
    { path: 'AWSLogs/notes.txt.gz.bak', may: false, because: 'it is no log by its name' },
    { path: 'export/', asked: evening, may: true, because: 'anything may be below it' },
  ])('$root $path: $may, $because', ({ path, root = '', asked = {}, may }) => {
    expect(mayHold({ root, path }, asked)).toBe(may);
  });
});

describe('the days of a region, as S3 lists them', () => {
  test.each<{ folder: string; asked: LogsAsked; days: ReturnType<typeof daysAsked> }>([
    {
      folder: `${EUROPE}/2026/`,
      asked: evening,
      days: { first: `${EUROPE}/2026/03/02`, last: `${EUROPE}/2026/03/03` },
    },
    { folder: `${EUROPE}/2026/`, asked: since, days: { first: `${EUROPE}/2026/03/02` } },
    { folder: `${EUROPE}/2026/03/`, asked: {}, days: {} },
    { folder: `${EUROPE}/`, asked: evening, days: undefined },
    { folder: 'export/2026/', asked: evening, days: undefined },
  ])('$folder', ({ folder, asked, days }) => expect(daysAsked(folder, asked)).toEqual(days));
});
