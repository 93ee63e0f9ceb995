import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { parseSettings } from '#lambda/settings.ts';
import type { World } from '../aws-double/world.ts';
import { openShell, plumbline, type Shell } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const ROOT = join(import.meta.dirname, '..', '..');

const set = { name: 'deny', id: 'id-1', addresses: ['203.0.113.0/24'], version: 'IPV4' as const, lockToken: 't' };

const ACCOUNT: Partial<World> = {
  regions: ['ap-south-1', 'eu-west-1', 'us-east-1'],
  buckets: {
    exports: { region: 'us-east-1', tags: { team: 'web', 'acme:Owner': 'ann', stage: 'production' } },
    uploads: { region: 'us-east-1', tags: { team: 'web', 'aws:cloudformation:stack-name': 'team' } },
    archive: { region: 'eu-west-1', tags: { team: 'data', CostCenter: '17', 'Team: #1': 'x' } },
    untagged: { region: 'eu-west-1' },
  },
  ipSets: { 'REGIONAL/eu-west-1': [set], 'CLOUDFRONT/us-east-1': [set] },
};

const SIGNED_IN = 'plumbline: signed in to account 111122223333 as arn:aws:iam::111122223333:user/tester\n';
const NEXT = 'plumbline: look it through, then see what it can see: plumbline doctor\n';

/** In Berlin, whatever the machine's own time zone. */
const inBerlin = (): Shell => ({ ...on.shell, environment: { ...on.shell.environment, TZ: 'Europe/Berlin' } });

const written = (name = 'plumbline.yaml'): Promise<string> => readFile(join(on.shell.cwd, name), 'utf8');

/** The lines of one setting with the remarks before it. */
const sectionOf = (text: string, key: string): string | undefined =>
  text.split('\n\n').find((section) => new RegExp(`^#?${key}:`, 'm').test(section));

const WHOLE = `# yaml-language-server: $schema=./node_modules/plumbline/docs/plumbline.schema.json
# What Plumbline is told about account 111122223333. Read strictly: an unknown key is an error that names the line.
# A line such as "#regions:", with no space behind its #, begins what is switched off: take the # of its lines away.

# The regions to look at; left out: all that are enabled in the account.
# What is watched was found in 2 of 3:
#regions:
#  - eu-west-1 # 2 s3-bucket, 1 waf-ip-set
#  - us-east-1 # 2 s3-bucket

# The tag keys that name an owner; the first that a resource bears wins.
# Those in use, the most used first:
ownerTags:
  - team # on 3 resources
  - CostCenter # on 1 resource
  - "Team: #1" # on 1 resource
  - acme:Owner # on 1 resource

# The clock of whoever reads the alerts: a name of the time zone database.
timeZone: Europe/Berlin

# When the deployed service does what no change asks of it.
schedule:
  # How often everything is read again, whatever was heard of changes.
  sweepEvery: 3 hours
  # When the daily digest is sent, in the time zone above.
  digestAt: 08:00

# Who is told what by the deployed service.
# Each has exactly one of email, https, sqs and lambda.
#tell:
#  # Those who are told what has moved.
#  alerts:
#    - email: oncall@example.com
#      severities: [critical, high]
#    - https: https://events.example.com/plumbline
#      owners: [payments]
#    - sqs: arn:aws:sqs:eu-west-1:111122223333:plumbline-alerts
#  # Those who are told when the service itself is unwell: other readers than those of the alerts.
#  selfWatch:
#    - email: platform@example.com
#  # A topic of its own for Amazon Q Developer in chat applications, which reads no other body.
#  chat: true

# How long the deployed service keeps what it writes.
keep:
  # Days that a snapshot is kept.
  snapshotsDays: 90
  # Days that the logs are kept.
  logsDays: 90
#  # For so many days nothing in the audit bucket can be deleted or changed, but by who may bypass governance retention; left out: no such lock.
#  objectLockDays: 30

# Further regions whose events reach the service at once; what happens in others is found by the sweep. Left out: those of "regions", and us-east-1.
#feeds:
#  - us-east-1

# The account where the findings of several accounts come together.
#hub:
#  # The 12 digits of the hub account, in quotes: a number would lose a leading zero.
#  account: '999988887777'
#  region: us-east-1
#  organization: o-a1b2c3d4e5
#  # Who mails: each account itself, or the hub once for all accounts that one cause moved.
#  tell: hub

# The incidents that the checks exist for. A check names action items; their titles and links come from here.
# The checks name TM-1, TM-3, TM-4, TM-5, TM-6, TM-7: give your own action items these ids, and alerts link to them.
#postmortems:
#  base: https://status.example.com/postmortems/
#  incidents:
#    - slug: uploads-refused-28-october
#      title: Uploads refused, 28 October
#      actionItems:
#        - { id: TM-1, title: Change management for security settings, horizon: now }
#        - { id: TM-3, title: See what else depends on it before it is changed, horizon: 1 month }
`;

beforeEach(() => on.double.show(ACCOUNT));

describe('the file of an account', () => {
  test('says where watched things are and what names their owners, with everything else at its default', async () => {
    expect(await plumbline(inBerlin(), 'init')).toEqual({
      code: 0,
      out: `${join(on.shell.cwd, 'plumbline.yaml')}\n`,
      err: SIGNED_IN + NEXT,
    });
    expect(await written()).toBe(WHOLE);
    expect(await readdir(on.shell.cwd)).toEqual(['plumbline.yaml']);
  });

  test('is read by Plumbline and by an editor as it stands, and with all that is switched off switched on', async () => {
    await plumbline(inBerlin(), 'init');
    const text = await written();
    expect(parseSettings(text, 'plumbline.yaml')).toEqual({
      ...parseSettings('', 'plumbline.yaml'),
      ownerTags: ['team', 'CostCenter', 'Team: #1', 'acme:Owner'],
      timeZone: 'Europe/Berlin',
    });
    const all = text.replace(/^#(?! \S)/gm, '');
    const settings = parseSettings(all, 'plumbline.yaml');
    expect(settings).toMatchObject({
      regions: ['eu-west-1', 'us-east-1'],
      tell: { alerts: [{ email: 'oncall@example.com' }, {}, {}], selfWatch: [{}], chat: true },
      keep: { objectLockDays: 30 },
      postmortems: { incidents: [{ actionItems: [{ id: 'TM-1' }, { id: 'TM-3' }] }] },
    });
    const schema = JSON.parse(await readFile(join(ROOT, 'docs', 'plumbline.schema.json'), 'utf8')) as Parameters<
      typeof z.fromJSONSchema
    >[0];
    for (const one of [text, all]) expect(z.fromJSONSchema(schema).safeParse(parse(one)).error).toBeUndefined();
  });

  test('is what the next commands read', async () => {
    await plumbline(on.shell, 'init');
    expect(await plumbline(on.shell, 'doctor')).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ok {2}settings +0 incidents, all enabled regions\n/),
    });
  });

  test('of regions that were named holds those, also where nothing is', async () => {
    expect(
      await plumbline(on.shell, 'init', '--region', 'us-east-1', '--region', 'ap-south-1', '--out', 'two.yaml'),
    ).toMatchObject({ code: 0, err: `${SIGNED_IN}${NEXT.trimEnd()} --settings two.yaml\n` });
    const text = await written('two.yaml');
    expect(sectionOf(text, 'regions')).toBe(`# The regions to look at; left out: all that are enabled in the account.
regions:
  - us-east-1 # 2 s3-bucket
  - ap-south-1 # nothing that is watched was found`);
    expect(parseSettings(text, 'two.yaml').ownerTags).toEqual(['team', 'acme:Owner']);
  });

  test('that holds nothing has an example of a region, and the usual owner tags', async () => {
    await on.double.show({});
    expect(await plumbline(on.shell, 'init')).toMatchObject({ code: 0 });
    const text = await written();
    expect(sectionOf(text, 'regions')).toMatch(/account\.\n#regions:\n# {2}- us-east-1$/);
    expect(sectionOf(text, 'ownerTags')).toMatch(
      /\n# No tag that looks like an owner was found; these are the usual ones\.\nownerTags:\n {2}- owner\n {2}- team$/,
    );
  });

  test('whose tag keys are a stranger’s tricks holds them as they are, and nothing else', async () => {
    const keys = [
      'owner"]\nregions: [eu-west-9',
      "owner: '*x' # & !y",
      '? owner',
      '- team',
      'team\u2028\u001b[31m',
      '',
    ];
    await on.double.show({
      buckets: { a: { region: 'us-east-1', tags: Object.fromEntries(keys.map((key) => [key, 'x'])) } },
    });
    expect(await plumbline(on.shell, 'init')).toMatchObject({ code: 0 });
    const { ownerTags, regions } = parseSettings(await written(), 'plumbline.yaml');
    expect([regions, [...ownerTags].sort()]).toEqual([undefined, keys.filter((key) => key !== '').sort()]);
  });

  test('as a role of another account', async () => {
    await on.double.show({
      members: {
        '444455556666': {
          account: '444455556666',
          caller: '',
          regions: ['eu-west-1'],
          buckets: { theirs: { region: 'eu-west-1', tags: { squad: 'x' } } },
          ipSets: {},
        },
      },
    });
    const role = 'arn:aws:iam::444455556666:role/reader';
    const { code, out, err } = await plumbline(on.shell, 'init', '--account-role', role, '--out', '-');
    expect([code, err]).toEqual([0, `plumbline: signed in to account 444455556666 as ${role}\n`]);
    expect(out).toContain('told about account 444455556666.');
    expect(parseSettings(out, '-').ownerTags).toEqual(['squad']);
  });
});

describe('a refusal is said, and costs its part of the file alone', () => {
  const caller = 'arn:aws:iam::111122223333:user/tester';

  test.each([
    {
      case: 'buckets that may not be listed',
      refuse: { call: 'ListBuckets', code: 'AccessDenied', status: 403 },
      says: `could not list s3-bucket (AccessDenied): allow s3:ListAllMyBuckets to ${caller}`,
      regions: /found in 1 of 3, as far as AWS answered:\n#regions:\n# {2}- eu-west-1 # 1 waf-ip-set$/,
      ownerTags: ['owner', 'team'],
    },
    {
      case: 'IP sets that may not be listed anywhere',
      refuse: { call: 'ListIPSets', code: 'AccessDeniedException', status: 400 },
      says: `could not list waf-ip-set in ap-south-1, eu-west-1, us-east-1 (AccessDeniedException): allow wafv2:ListIPSets to ${caller}`,
      regions:
        /found in 2 of 3, as far as AWS answered:\n#regions:\n# {2}- eu-west-1 # 2 s3-bucket\n# {2}- us-east-1 # 2 s3-bucket$/,
      ownerTags: ['team', 'CostCenter', 'Team: #1', 'acme:Owner'],
    },
    {
      case: 'tags that may not be read in one region',
      refuse: { call: 'GetResources', of: 'eu-west-1', code: 'AccessDeniedException', status: 400 },
      says: `could not read the tags of s3-bucket in eu-west-1 (AccessDeniedException): allow tag:GetResources to ${caller}`,
      regions: /found in 2 of 3, as far as AWS answered:/,
      ownerTags: ['team', 'acme:Owner'],
    },
    {
      case: 'regions that may not be listed: those that buckets are in are named, since a scan could not list them either',
      refuse: { call: 'DescribeRegions', code: 'UnauthorizedOperation', status: 403 },
      says: `could not ask which regions are enabled in account 111122223333 (UnauthorizedOperation): allow ec2:DescribeRegions to ${caller}, or name the regions with --region`,
      regions: /\nregions:\n {2}- eu-west-1 # 2 s3-bucket, 1 waf-ip-set\n {2}- us-east-1 # 2 s3-bucket$/,
      ownerTags: ['team', 'CostCenter', 'Team: #1', 'acme:Owner'],
    },
  ])('$case', async ({ refuse, says, regions, ownerTags }) => {
    await on.double.misbehave({ refuse: [refuse] });
    expect(await plumbline(on.shell, 'init')).toMatchObject({
      code: 2,
      err: `${SIGNED_IN}plumbline: ${says}\n${NEXT}`,
    });
    const text = await written();
    expect(sectionOf(text, 'regions')).toMatch(regions);
    expect(parseSettings(text, 'plumbline.yaml').ownerTags).toEqual(ownerTags);
  });

  test('credentials that end in the middle: one sentence, and nothing is written', async () => {
    await on.double.misbehave({ refuse: [{ call: 'ListIPSets', code: 'ExpiredTokenException', status: 400 }] });
    expect(await plumbline(on.shell, 'init')).toEqual({
      code: 2,
      out: '',
      err: `${SIGNED_IN}plumbline: the AWS credentials ended in the middle (ExpiredTokenException), and nothing was written: sign in again, then repeat the command\n`,
    });
    expect(await readdir(on.shell.cwd)).toEqual([]);
  });

  test('nobody who could sign in: the sentence says how to do without AWS', async () => {
    const bare = await openShell({ ...on.double.environment, AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
    const { code, err } = await plumbline(bare, 'init');
    expect(err).toMatch(
      /^plumbline: could not use the default AWS credentials: .* shows; or ask AWS nothing: plumbline init --offline\n$/,
    );
    expect([code, await readdir(bare.cwd)]).toEqual([2, []]);
  });
});

describe('what is there is never written over', () => {
  const sentence = (name: string): string =>
    `plumbline: ${join(on.shell.cwd, name)} is there already, and is never written over: name another file with --out FILE, or move it away\n`;

  test('AWS is not even asked', async () => {
    await writeFile(join(on.shell.cwd, 'plumbline.yaml'), 'regions: [us-east-1]\n');
    await on.double.forgetCalls();
    expect(await plumbline(on.shell, 'init')).toEqual({ code: 64, out: '', err: sentence('plumbline.yaml') });
    expect(await plumbline(on.shell, 'init', '--offline')).toMatchObject({ code: 64, err: sentence('plumbline.yaml') });
    expect([await written(), (await on.double.calls()).calls]).toEqual(['regions: [us-east-1]\n', {}]);
  });

  test('another name is as good, a folder or a link into nowhere as taken', async () => {
    await writeFile(join(on.shell.cwd, 'plumbline.yaml'), '');
    await mkdir(join(on.shell.cwd, 'folder'));
    await symlink('nowhere', join(on.shell.cwd, 'link.yaml'));
    expect(await plumbline(on.shell, 'init', '--offline', '--out', 'other.yaml')).toMatchObject({ code: 0 });
    for (const name of ['other.yaml', 'folder', 'link.yaml'])
      expect(await plumbline(on.shell, 'init', '--offline', '--out', name)).toEqual({
        code: 64,
        out: '',
        err: sentence(name),
      });
    expect((await readdir(on.shell.cwd)).sort()).toEqual(['folder', 'link.yaml', 'other.yaml', 'plumbline.yaml']);
  });

  test('of two at once one writes, whole, and the other is told', async () => {
    const both = await Promise.all([1, 2, 3, 4].map(() => plumbline(on.shell, 'init', '--offline')));
    expect(both.map(({ code }) => code).toSorted((a, b) => a - b)).toEqual([0, 64, 64, 64]);
    expect(await readdir(on.shell.cwd)).toEqual(['plumbline.yaml']);
    expect(parseSettings(await written(), 'plumbline.yaml')).toMatchObject({ ownerTags: ['owner', 'team'] });
  });

  test('a folder that is not there, or is none', async () => {
    await writeFile(join(on.shell.cwd, 'file'), '');
    const path = (...parts: readonly string[]): string => join(on.shell.cwd, ...parts);
    expect(await plumbline(on.shell, 'init', '--offline', '--out', 'no/p.yaml')).toEqual({
      code: 2,
      out: '',
      err: `plumbline: the folder ${path('no')} is not there: make it first, or choose another one\n`,
    });
    expect(await plumbline(on.shell, 'init', '--offline', '--out', 'file/p.yaml')).toEqual({
      code: 2,
      out: '',
      err: `plumbline: ${path('file')} is not a folder: choose another one\n`,
    });
  });
});

describe('without AWS', () => {
  const nobody = async (): Promise<Shell> =>
    openShell({ TZ: 'America/New_York', AWS_ENDPOINT_URL: 'http://127.0.0.1:9' });

  test('--offline writes the same file with defaults', async () => {
    const { code, out, err } = await plumbline(await nobody(), 'init', '--offline', '--out', '-');
    expect([code, err]).toEqual([0, '']);
    expect(out.split('\n\n').slice(0, 4).join('\n\n'))
      .toBe(`# yaml-language-server: $schema=./node_modules/plumbline/docs/plumbline.schema.json
# What Plumbline is told about you. Read strictly: an unknown key is an error that names the line.
# A line such as "#regions:", with no space behind its #, begins what is switched off: take the # of its lines away.

# The regions to look at; left out: all that are enabled in the account.
#regions:
#  - us-east-1

# The tag keys that name an owner; the first that a resource bears wins.
ownerTags:
  - owner
  - team

# The clock of whoever reads the alerts: a name of the time zone database.
timeZone: America/New_York`);
    // The rest is that of any account.
    expect(out.split('\n\n').slice(4).join('\n\n')).toBe(
      WHOLE.split('\n\n').slice(4).join('\n\n').replace('sqs:eu-west-1', 'sqs:us-east-1'),
    );
  });

  test('a machine whose time zone nobody knows has UTC', async () => {
    const shell = await openShell({ TZ: 'Mars/Olympus' });
    const { out } = await plumbline(shell, 'init', '--offline', '--out', '-');
    expect(parseSettings(out, '-').timeZone).toBe('UTC');
  });

  test.each(['--profile', '--region', '--account-role'])('--offline and %s do not go together', async (option) => {
    const { code, out, err } = await plumbline(await nobody(), 'init', '--offline', option, 'x');
    expect(err).toMatch(new RegExp(`^plumbline: option '--offline' cannot be used with option '${option} <`));
    expect([code, out]).toEqual([64, '']);
  });
});

test('--out - prints the file and nothing else, and writes none', async () => {
  expect(await plumbline(inBerlin(), 'init', '--out', '-')).toEqual({ code: 0, out: WHOLE, err: SIGNED_IN });
  expect(await readdir(on.shell.cwd)).toEqual([]);
});

test('the calls are few: one listing of buckets, one of IP sets and one of web ACLs a region, one of tags where there are buckets', async () => {
  await on.double.forgetCalls();
  await plumbline(on.shell, 'init');
  expect((await on.double.calls()).calls).toEqual({
    GetCallerIdentity: 1,
    DescribeRegions: 1,
    ListBuckets: 1,
    ListIPSets: 3,
    ListWebACLs: 3,
    GetResources: 2,
  });
});
