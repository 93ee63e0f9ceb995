import { describe, expect, test } from 'vitest';
import { partsToRead, readPart } from '#kinds/plumbline-self/reader.ts';
import type { Scan } from '#core/scan.ts';
import type { Line } from '#lambda/doctor.ts';
import { linesOfLastSweep, linesOfParts, linesOfSubscribers } from '#lambda/service-doctor.ts';
import { ACCOUNT, OwnWorld, REGION } from './own-world.ts';

const CALLER = 'arn:aws:iam::111122223333:user/ana';

async function examined(happens: (world: OwnWorld) => void): Promise<readonly string[]> {
  const world = new OwnWorld();
  world.rule('wafv2').State = 'ENABLED';
  happens(world);
  const states = await Promise.all(
    partsToRead(world.parts, { account: ACCOUNT, region: REGION }).map((part) =>
      readPart(part, { partition: 'aws', aws: world.aws }),
    ),
  );
  return [...linesOfParts(states, CALLER), ...linesOfSubscribers(states)].map(textOf);
}

const textOf = ({ isWell, about, says }: Line): string => `${isWell ? 'ok' : 'not ok'} ${about}: ${says}`;

const WELL = [
  'ok functions: 3 as they should be',
  'ok roles: 3 as they should be',
  'ok queues: 3 as they should be',
  'ok topics: 2 as they should be',
  'ok ledger: as it should be',
  'ok keys: 2 as they should be',
  'ok buses: as it should be',
  'ok rules: 6 as they should be',
  'ok schedules: 3 as they should be',
  'ok alarms: 2 act',
  'ok trail: management writes are logged in us-east-1',
  'ok subscriptions: alerts: email oncall@example.com, https https://pager.example.com/in',
  'ok subscriptions: self-watch: email oncall@example.com, https https://pager.example.com/in',
];

describe('the doctor of a deployed service', () => {
  test('all is well', async () => {
    expect(await examined(() => undefined)).toEqual(WELL);
  });

  test.each<{ case: string; happens: (world: OwnWorld) => void; line: string }>([
    {
      case: 'a rule is off',
      happens: (w) => void (w.rule('s3').State = 'DISABLED'),
      line: 'not ok rules: rule s3: The rule is off: what it brings is no longer heard of, and found by sweeps alone. To mend it: enable it (aws events enable-rule), or deploy the stack again',
    },
    {
      case: 'a role is gone',
      happens: (w) => w.remove('role', 'on-tick'),
      line: 'not ok roles: role on-tick: It is gone. To mend it: deploy the stack again',
    },
    {
      case: 'no trail logs',
      happens: (w) => void (w.trail.isLogging = false),
      line: 'not ok trail: us-east-1: No trail logs the writes of this region any more: no event comes, and changes are found by sweeps alone. To mend it: aws cloudtrail start-logging, with management events of writes',
    },
    {
      case: 'nobody has confirmed',
      happens: (w) => void w.topic('alerts').subscriptions.splice(0),
      line: 'not ok subscriptions: nobody has confirmed that they are told by the topic alerts: name somebody under "tell" in plumbline.yaml and deploy, or confirm the mail that AWS sent',
    },
    {
      case: 'what may not be read is said, and is no "ok"',
      happens: (w) => w.refuses('DescribeTable'),
      line: `not ok ledger: cannot read condition of table:ledger (AccessDeniedException): allow it to ${CALLER} (docs/permissions.md, "plumbline-self")`,
    },
  ])('$case', async ({ happens, line }) => {
    expect(await examined(happens)).toContain(line);
  });
});

describe('the last sweep', () => {
  const scan = (finishedAt: string, more: Partial<Scan> = {}): Scan =>
    ({ finishedAt, observations: [], listings: [], ...more }) as unknown as Scan;
  const lines = (one: Scan | undefined): readonly string[] =>
    linesOfLastSweep(one, { now: new Date('2026-03-02T12:00:00Z'), everyMs: 3 * 3_600_000 }).map(textOf);

  test.each([
    [
      undefined,
      ['not ok last sweep: no sweep has ended yet: the first begins by itself within a minute of the deployment'],
    ],
    [
      scan('2026-03-02T11:20:00Z'),
      [
        'ok last sweep: ended 40 minutes ago, 0 resources',
        'ok blind spots: everything that it looked at could be read',
      ],
    ],
    [
      scan('2026-03-02T03:00:00Z'),
      [
        'not ok last sweep: ended 9 hours ago, which is more than two intervals: docs/runbook.md#sweep-late',
        'ok blind spots: everything that it looked at could be read',
      ],
    ],
    [
      scan('2026-03-02T11:00:00Z', {
        listings: [{ kind: 's3-bucket', region: 'us-east-1', shape: 1, complete: false, code: 'AccessDenied' }],
        observations: [
          {
            seen: 'unreadable',
            ref: { account: ACCOUNT, region: REGION, kind: 's3-bucket', id: 'b' },
            takenAt: '',
            code: 'AccessDenied',
          },
        ],
      }),
      [
        'not ok last sweep: ended 1 hour ago, and was not whole: s3-bucket in us-east-1 (AccessDenied): docs/runbook.md#sweep-incomplete',
        'not ok blind spots: 1 resource could not be read in whole: docs/runbook.md#blind-spots',
      ],
    ],
  ])('%#', (one, expected) => {
    expect(lines(one)).toEqual(expected);
  });
});
