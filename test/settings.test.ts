import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { actionItemsIn } from '#lambda/action-items.ts';
import { parseSettings } from '#lambda/settings.ts';
import { evidenceSettingsOf } from '#lambda/service-settings.ts';

const shipped = readFileSync(join(import.meta.dirname, '..', 'plumbline.yaml'), 'utf8');

test('the shipped settings hold the incidents and their action items, each with its link', () => {
  const items = actionItemsIn(parseSettings(shipped, 'plumbline.yaml'));
  expect(items.map(({ id }) => id)).toEqual([
    'TM-1',
    'TM-2',
    'TM-3',
    'TM-4',
    'TM-5',
    'TM-6',
    'TM-7',
    'TM-8',
    'SP-1',
    'SP-2',
    'SP-3',
  ]);
  expect(items[0]?.link).toBe('https://status.example.com/postmortems/testmaker-export-outage-october-2025');
});

test('an empty file is all defaults', () => {
  expect(parseSettings('', 'plumbline.yaml')).toEqual({
    ownerTags: ['owner', 'team'],
    timeZone: 'UTC',
    schedule: { sweepEvery: '3 hours', digestAt: '08:00' },
    tell: { alerts: [], selfWatch: [], chat: false },
    keep: { snapshotsDays: 90, logsDays: 90 },
    tools: [],
    applications: [],
    networks: [],
    mirroredIpSets: [],
    postmortems: { base: 'https://example.com/', incidents: [] },
  });
});

test('a hub: members mail themselves where it says nothing else, and its own functions may read them', () => {
  const { hub } = parseSettings("hub: { account: '999988887777', region: us-east-1, organization: o-a1b2c3d4e5 }", 'p');
  expect(hub).toEqual({
    account: '999988887777',
    region: 'us-east-1',
    organization: 'o-a1b2c3d4e5',
    tell: 'here',
    readers: ['Plumbline-On*'],
  });
});

test('logs of use: folders, with a slash at the end or not, a week back where it says nothing else', () => {
  const { evidence } = parseSettings("evidence: { accessLogs: ['s3://logs/access/'], trails: ['s3://trail'] }", 'p');
  expect(evidence && evidenceSettingsOf(evidence)).toEqual({
    accessLogs: [{ bucket: 'logs', prefix: 'access' }],
    trails: [{ bucket: 'trail', prefix: '' }],
    requestMetrics: false,
    lookBackDays: 7,
  });
});

describe('a mistake is told with its line and key', () => {
  const hub = (more: string): string => `hub:\n  account: '999988887777'\n  region: us-east-1\n  ${more}\n`;
  const whole = (more: string): string => hub(`organization: o-a1b2c3d4e5\n  ${more}`);
  const incident = 'postmortems:\n  base: https://x.example/\n  incidents:\n    - slug: one\n      title: One\n';
  test.each([
    {
      case: 'logs of use in a folder',
      text: 'evidence:\n  accessLogs: [/var/logs]',
      says: 'p.yaml:2: "evidence.accessLogs[0]" must be a place such as s3://example-logs/access/, without stars',
    },
    {
      case: 'logs of use of all buckets of a name',
      text: 'evidence:\n  trails: ["s3://logs-*/x"]',
      says: 'p.yaml:2: "evidence.trails[0]" must be a place such as s3://example-trail/all, without stars',
    },
    {
      case: 'a place of logs named twice',
      text: 'evidence:\n  accessLogs: ["s3://logs/a/", "s3://logs/a/"]',
      says: 'p.yaml:2: "evidence.accessLogs" must name each place once',
    },
    {
      case: 'more days of logs than 30',
      text: 'evidence:\n  requestMetrics: true\n  lookBack: 31 days',
      says: 'p.yaml:3: "evidence.lookBack" must be 1 day, or 2 days to 30 days',
    },
    {
      case: 'evidence of nothing',
      text: 'evidence:\n  lookBack: 3 days',
      says: 'p.yaml:1: "evidence" must name accessLogs or trails, or set requestMetrics',
    },
    {
      case: 'a misspelt key',
      text: 'ownerTags: [a]\nregoins: [us-east-1]',
      says: 'p.yaml:2: "regoins" is no setting; did you mean "regions"?',
    },
    {
      case: 'a key from nowhere',
      text: 'colour: red',
      says: 'p.yaml:1: "colour" is no setting: here may stand regions, ownerTags, timeZone, schedule, tell, keep, feeds, tools, applications, evidence, networks, mirroredIpSets, hub, postmortems',
    },
    {
      case: 'a tool that nothing tells',
      text: 'tools: [{ name: x, is: {}, mayChange: [] }]',
      says: 'p.yaml:1: "tools[0].is" must say one of roles, sessions, functions, accessKeys, userAgents',
    },
    {
      case: 'an application that nothing tells',
      text: 'applications: [{ name: x, is: {} }]',
      says: 'p.yaml:1: "applications[0].is" must say one of roles, users, userAgents',
    },
    {
      case: 'a tool that may change a name without its kind',
      text: 'tools: [{ name: x, is: { roles: [r] }, mayChange: [partners] }]',
      says: 'p.yaml:1: "tools[0].mayChange[0]" must be a kind and a name such as waf-ip-set/partners, or waf-ip-set/*',
    },
    {
      case: 'a network whose address is no range',
      text: 'networks: [{ name: office, ranges: [203.0.113.7] }]',
      says: 'p.yaml:1: "networks[0].ranges[0]" must be a range such as 203.0.113.0/24, or 203.0.113.7/32 for one address',
    },
    {
      case: 'an IP set that is to be equal to none',
      text: 'mirroredIpSets: [[us-east-1/waf-ip-set/deny-list]]',
      says: 'p.yaml:1: "mirroredIpSets[0]" must name two IP sets or more',
    },
    {
      case: 'an IP set without its region',
      text: 'mirroredIpSets: [[waf-ip-set/a, global/waf-ip-set/b]]',
      says: 'p.yaml:1: "mirroredIpSets[0][0]" must be a region, waf-ip-set and a name, such as global/waf-ip-set/deny-list for one of CLOUDFRONT scope',
    },
    {
      case: 'a misspelt key deep inside',
      text: incident.replace('title', 'titel'),
      says: 'p.yaml:5: "postmortems.incidents[0].titel" is no setting; did you mean "title"?',
    },
    { case: 'a text where a list belongs', text: 'regions: us-east-1', says: 'p.yaml:1: "regions" must be a list' },
    {
      case: 'no region',
      text: '\nregions: [us-east-1, useast2]',
      says: 'p.yaml:2: "regions[1]" must be a region such as us-east-1',
    },
    {
      case: 'an empty list',
      text: 'regions: []',
      says: 'p.yaml:1: "regions" must name a region, or be left out for all',
    },
    {
      case: 'something missing',
      text: 'postmortems:\n  base: https://x.example/\n',
      says: 'p.yaml:1: "postmortems.incidents" is missing',
    },
    {
      case: 'no address',
      text: incident.replace('https://x.example/', 'here'),
      says: 'p.yaml:2: "postmortems.base" must be an address such as https://status.example.com/postmortems/',
    },
    {
      case: 'a slug that is no slug',
      text: incident.replace('slug: one', 'slug: ../one'),
      says: 'p.yaml:4: "postmortems.incidents[0].slug" must be lower-case words joined by hyphens',
    },
    {
      case: 'an action item twice',
      text: `${incident}      actionItems:\n        - { id: TM-1, title: a }\n        - { id: TM-1, title: b }\n`,
      says: 'p.yaml:8: the action item TM-1 stands twice: give the second one an id of its own',
    },
    { case: 'a key twice', text: 'ownerTags: [a]\nownerTags: [b]', says: 'p.yaml:2: Map keys must be unique' },
    { case: 'no YAML', text: 'regions: [us-east-1', says: 'p.yaml:1:' },
    {
      case: 'an address that is no web page',
      text: incident.replace('https://x.example/', 'javascript:alert(1)'),
      says: 'p.yaml:2: "postmortems.base" must be an address',
    },
    {
      case: 'aliases that grow without end',
      text: [
        'a: &a [x,x,x,x,x,x,x,x,x,x]',
        ...'b c d e f g h i'
          .split(' ')
          .map(
            (name, index) =>
              `${name}: &${name} [${Array.from({ length: 10 }, () => `*${'abcdefgh'[index] ?? 'a'}`).join(',')}]`,
          ),
      ].join('\n'),
      says: 'p.yaml: its aliases (*name) repeat too much: write the values out',
    },
    {
      case: 'a feed from no region',
      text: 'feeds: [us-east-1, useast2]',
      says: 'p.yaml:1: "feeds[1]" must be a region such as us-east-1',
    },
    {
      case: 'a feed twice',
      text: 'feeds: [us-east-1, us-east-1]',
      says: 'p.yaml:1: "feeds" must name each region once',
    },
    {
      case: 'a feed from a region that is not looked at',
      text: 'regions: [us-east-1]\nfeeds:\n  - eu-west-1',
      says: 'p.yaml:3: the region eu-west-1 is under "feeds" and not under "regions": what its events name would not be looked at: name it under both, or under neither',
    },
    {
      case: 'a hub that is a number, which loses a leading zero',
      text: 'hub:\n  account: 999988887777\n  region: us-east-1\n  organization: o-a1b2c3d4e5',
      says: 'p.yaml:2: "hub.account" must be a text',
    },
    {
      case: 'a hub that is no account',
      text: 'hub:\n  account: prod\n  region: us-east-1\n  organization: o-a1b2c3d4e5',
      says: 'p.yaml:2: "hub.account" must be the 12 digits of an account, in quotes',
    },
    { case: 'a hub without an organization', text: hub(''), says: 'p.yaml:1: "hub.organization" is missing' },
    {
      case: 'an organization that is a unit of one',
      text: hub('organization: ou-ab12-c3d4e5f6'),
      says: 'p.yaml:4: "hub.organization" must be the id of an organization, such as o-a1b2c3d4e5',
    },
    {
      case: 'who tells, in a word of its own',
      text: whole('tell: both'),
      says: 'p.yaml:5: "hub.tell" must be here or hub',
    },
    {
      case: 'an ARN where the name of a role belongs',
      text: whole("readers: ['arn:aws:iam::999988887777:role/Audit']"),
      says: 'p.yaml:5: "hub.readers[0]" must be the name of a role in the hub account, with its path before it; * stands for any part',
    },
    {
      case: 'everybody in the hub account',
      text: whole("readers: ['*']"),
      says: 'p.yaml:5: "hub.readers[0]" must be the name of a role in the hub account, with its path before it; * stands for any part',
    },
    {
      case: 'a time zone that is none',
      text: 'timeZone: Mars/Olympus',
      says: 'p.yaml:1: "timeZone" must be a name of the time zone database, such as America/New_York',
    },
    {
      case: 'a sweep at an hour of its own',
      text: 'schedule:\n  sweepEvery: 2m',
      says: 'p.yaml:2: "schedule.sweepEvery" must be one of 15 minutes, 1 hour, 3 hours, 6 hours, 12 hours, 1 day',
    },
    {
      case: 'a digest at no time of the day',
      text: 'schedule:\n  digestAt: 8 am',
      says: 'p.yaml:2: "schedule.digestAt" must be a time of the day such as 08:00',
    },
    {
      case: 'a digest at a time that a day does not have',
      text: 'schedule: { digestAt: 24:00 }',
      says: 'p.yaml:1: "schedule.digestAt" must be a time of the day such as 08:00',
    },
    {
      case: 'a misspelt key of the schedule',
      text: 'schedule:\n  sweepEvry: 1 hour',
      says: 'p.yaml:2: "schedule.sweepEvry" is no setting; did you mean "sweepEvery"?',
    },
    {
      case: 'one who is told in two ways',
      text: 'tell:\n  alerts:\n    - email: oncall@example.com\n    - email: a@example.com\n      https: https://events.example.com/',
      says: 'p.yaml:4: "tell.alerts[1]" must have exactly one of email, https, sqs, lambda',
    },
    {
      case: 'one who is told in no way',
      text: 'tell:\n  selfWatch:\n    - severities: [high]',
      says: 'p.yaml:3: "tell.selfWatch[0]" must have exactly one of email, https, sqs, lambda',
    },
    {
      case: 'an address of mail that is none',
      text: 'tell: { alerts: [{ email: oncall }] }',
      says: 'p.yaml:1: "tell.alerts[0].email" must be an address such as oncall@example.com',
    },
    {
      case: 'an endpoint in the clear',
      text: 'tell: { alerts: [{ https: http://events.example.com/ }] }',
      says: 'p.yaml:1: "tell.alerts[0].https" must be an address that starts with https://',
    },
    {
      case: "a queue's address where its ARN belongs",
      text: 'tell: { alerts: [{ sqs: https://sqs.us-east-1.amazonaws.com/111122223333/q }] }',
      says: 'p.yaml:1: "tell.alerts[0].sqs" must be the ARN of a queue',
    },
    {
      case: "a function's name where its ARN belongs",
      text: 'tell: { alerts: [{ lambda: notify }] }',
      says: 'p.yaml:1: "tell.alerts[0].lambda" must be the ARN of a function',
    },
    {
      case: 'no severity at all',
      text: 'tell: { alerts: [{ email: a@example.com, severities: [] }] }',
      says: 'p.yaml:1: "tell.alerts[0].severities" must name a severity, or be left out for all',
    },
    {
      case: 'a severity that there is not',
      text: 'tell: { alerts: [{ email: a@example.com, severities: [high, grave] }] }',
      says: 'p.yaml:1: "tell.alerts[0].severities[1]" must be one of critical, high, medium, low, info',
    },
    {
      case: 'no owner at all',
      text: 'tell: { alerts: [{ email: a@example.com, owners: [] }] }',
      says: 'p.yaml:1: "tell.alerts[0].owners" must name an owner, or be left out for all',
    },
    {
      case: 'a word where yes or no belongs',
      text: 'tell:\n  chat: yes',
      says: 'p.yaml:2: "tell.chat" must be true or false',
    },
    {
      case: 'snapshots kept for a part of a day',
      text: 'keep:\n  snapshotsDays: 0.5',
      says: 'p.yaml:2: "keep.snapshotsDays" must be a whole number of days',
    },
    {
      case: 'snapshots kept for no day',
      text: 'keep:\n  snapshotsDays: 0',
      says: 'p.yaml:2: "keep.snapshotsDays" must be a day or more',
    },
    {
      case: 'a lock for longer than ten years',
      text: 'keep:\n  objectLockDays: 4000',
      says: 'p.yaml:2: "keep.objectLockDays" must be at most 3650 days',
    },
    {
      case: 'logs kept for days that CloudWatch does not offer',
      text: 'keep:\n  logsDays: 45',
      says: 'p.yaml:2: "keep.logsDays" must be 7, 30, 90, 180 or 365',
    },
    {
      case: 'days as a text',
      text: 'keep:\n  snapshotsDays: ninety',
      says: 'p.yaml:2: "keep.snapshotsDays" must be a number',
    },
    { case: 'a list instead of settings', text: '- regions', says: 'p.yaml:1: the file must be a map of settings' },
  ])('$case', ({ text, says }) => expect(() => parseSettings(text, 'p.yaml')).toThrow(says));
});
