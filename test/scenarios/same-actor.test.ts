import { describe, expect, test } from 'vitest';
import { printRef } from '#core/reference.ts';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();
const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const PUT = 'PutAccountPublicAccessBlock';

interface OtherCase {
  readonly case: string;
  /** What the expectation rests on. */
  readonly fact: string;
  readonly happens: (scene: Scene) => Promise<void>;
  /** Of the last alert: `call resource: status, breakage, contract`. */
  readonly others: readonly string[];
}

/** The tool does what it is for, and half an hour later what it is not for. */
async function theIncident(scene: Scene): Promise<void> {
  await scene.accepted();
  await scene.setsAddresses('deny-list', ['198.51.100.0/24', '203.0.113.0/24']);
  await scene.event('UpdateIPSet', { set: 'deny-list', addresses: ['198.51.100.0/24', '203.0.113.0/24'] });
  await scene.minutes(30);
  await scene.sets({ accountBlock: BLOCKED });
  await scene.event(PUT, { block: BLOCKED });
  await scene.minutes(2);
}

const CASES: readonly OtherCase[] = [
  {
    case: 'what the tool is for, half an hour before',
    fact: 'incidents.md A, TM-3: the same actor’s writes, unasked',
    happens: theIncident,
    others: ['UpdateIPSet waf-ip-set/deny-list: changed, none, within'],
  },
  {
    case: 'a write of the same values, which changed nothing, and is outside the contract',
    fact: 'issue: a write outside is a broken contract whatever the value',
    happens: async (s) => {
      await s.accepted();
      await s.event('PutBucketPolicy', { bucket: 'bucket-00', policy: 'none' });
      await s.minutes(20);
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(2);
    },
    others: ['PutBucketPolicy s3-bucket/bucket-00: as accepted, none, broken'],
  },
  {
    case: 'an attempt that failed',
    fact: 'aws-facts §4.2',
    happens: async (s) => {
      await s.accepted();
      await s.event('PutBucketAcl', { bucket: 'bucket-00', error: 'AccessDenied' });
      await s.minutes(20);
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(2);
    },
    others: ['PutBucketAcl s3-bucket/bucket-00: attempt, none, broken'],
  },
  {
    case: 'what somebody else did in the same hour is not theirs',
    fact: 'incidents.md A',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-00', session: 'bob@example.com' });
      await s.minutes(20);
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(2);
    },
    others: [],
  },
  {
    case: 'what they did two hours before is another piece of work',
    fact: 'issue: in the hour around it',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await s.minutes(120);
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(2);
    },
    others: [],
  },
  {
    case: 'another change that breaks something, whose event was lost: the history is asked for what they did',
    fact: 'aws-facts §4.5, §4.6: by access key',
    happens: async (s) => {
      await s.accepted();
      s.remembers('PutBucketOwnershipControls', { bucket: 'bucket-01' }, { afterMinutes: 0 });
      await s.setsBucket('bucket-01', { ownership: 'BucketOwnerPreferred' });
      await s.minutes(12);
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(62);
    },
    others: ['PutBucketOwnershipControls s3-bucket/bucket-01: changed, none, broken'],
  },
];

describe('what else whoever did it has done', () => {
  test.each(CASES)('$case', { timeout: 60_000 }, async ({ happens, others }) => {
    const scene = new Scene(on.double);
    scene.contracts = [
      { tool: 'command center', is: { roles: ['SecurityTooling'] }, mayChange: ['waf-ip-set/deny-list'] },
    ];
    await scene.open();
    await happens(scene);
    const ofBlock = scene.alerts.filter(({ members }) =>
      members.some(({ record }) => record.drift.ref.kind === 's3-account-block'),
    );
    const lines = (ofBlock.at(-1)?.others?.calls ?? []).map(({ call, ref, status, breakage, contract }) => {
      const tail = printRef(ref).split('/').slice(2).join('/');
      const word = contract === undefined ? 'no contract' : contract.isBroken ? 'broken' : 'within';
      return `${call} ${tail}: ${status}, ${breakage}, ${word}`;
    });
    expect(lines).toEqual(others);
  });

  test('the mail tells of it', async () => {
    const scene = new Scene(on.double);
    scene.contracts = [
      { tool: 'command center', is: { roles: ['SecurityTooling'] }, mayChange: ['waf-ip-set/deny-list'] },
    ];
    await scene.open();
    await theIncident(scene);
    const [, section = ''] = /(WHAT ELSE THEY DID[\s\S]*?)\n\n/.exec(scene.lastMail) ?? [];
    expect(section).toMatchInlineSnapshot(`
      "WHAT ELSE THEY DID IN THE HOUR AROUND IT
        2026-03-02 08:04:02 UTC UpdateIPSet of
          111122223333/us-east-1/waf-ip-set/deny-list: breaks nothing; expected:
          within the contract of the tool "command center"
          addresses: +1 −0"
    `);
  });
});
