import { beforeEach, expect, test } from 'vitest';
import { proofWord } from '#core/recovery-proof.ts';
import type { Traffic } from '#local/demo/traffic.ts';
import { WATCH } from '#lambda/watch-family.ts';
import { useDoubleHere } from '../double-here.ts';
import { LogFolder } from './log-folder.ts';
import { PROOF_CASES, type ProofStep } from './recovery-proof.cases.ts';
import { NO_MORE_TIME, Scene } from './scene.ts';

const on = useDoubleHere();

const BLOCKED = { BlockPublicAcls: true };
const SET = 'PutAccountPublicAccessBlock';
const TAKEN_BACK = 'DeleteAccountPublicAccessBlock';
const MINUTE = 60_000;
const FAILS = {
  refused: {
    code: 'AccessDenied',
    status: 403,
    because: 'because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.',
  },
  throttled: { code: 'SlowDown', status: 503 },
} as const;

let scene: Scene;
let folder: LogFolder;
beforeEach(async () => {
  scene = new Scene(on.double);
  folder = new LogFolder(scene.now);
  scene.useLogs = folder.logs();
  await scene.open();
  await scene.sets({ buckets: { exports: { region: 'us-east-1' } } });
  await scene.accepted();
  return () => folder.remove();
});

/** A time as many minutes after it was taken back. */
const clock =
  (takenBack: number) =>
  (minutes: number): string =>
    new Date(takenBack + minutes * MINUTE).toISOString();

function traffic(step: Extract<ProofStep, { readonly logs: string }>, at: (minutes: number) => string): Traffic {
  const [from, to] = step.of;
  return {
    by: { role: step.by ?? 'export-app' },
    bucket: 'exports',
    operation: 'PutObject',
    acl: 'public-read',
    userAgent: 'export-app/1.0',
    addresses: ['192.0.2.10'],
    everyMs: 3_000,
    from: at(from),
    to: at(to),
    ...(step.logs === 'worked' ? {} : { fails: { since: at(from), ...FAILS[step.logs] } }),
  };
}

async function takes(step: ProofStep, at: (minutes: number) => string): Promise<void> {
  if ('logs' in step) return folder.delivers([traffic(step, at)]);
  switch (step.does) {
    case 'the block is set again':
      await scene.sets({ accountBlock: BLOCKED });
      await scene.event(SET, { block: BLOCKED });
      return;
    case 'the message comes twice':
      for (const finding of [1, 2].map(() => scene.alerts.at(-1)?.finding ?? ''))
        await scene.ports.asking.ask([{ plumbline: 'watch', finding }]);
      return;
    case 'evidence is taken out':
      scene.useLogs = undefined;
      return;
    case 'nothing':
      return;
  }
}

/** What was told from the recovery on: how it is over, and of how many of those who were refused it is proved. */
function told(since: number): readonly string[] {
  return scene.alerts.slice(since).map(({ evidence, status }, index) => {
    const head = scene.mails[since + index]?.split(':')[0]?.replaceAll('\n', ' ') ?? '';
    const groups = status === 'proved' ? (evidence?.proof?.groups ?? []) : undefined;
    if (groups === undefined) return head;
    expect(evidence?.proof === undefined ? '' : proofWord(evidence.proof)).not.toBe('');
    return `${head}: ${groups.filter(({ provedAt }) => provedAt !== undefined).length} of ${groups.length}`;
  });
}

/** The first write of a proof is lost, with the function that made it. */
function losesProof(): void {
  const write = scene.ledger.write.bind(scene.ledger);
  let isLost = false;
  scene.ledger.write = async (item) => {
    const isProof = item.family === WATCH && JSON.stringify(item.body).includes('proofFrom');
    if (isLost || !isProof) return write(item);
    isLost = true;
    throw new Error('the function had no more time');
  };
}

/** Looks end in the middle until it is over. */
function losesLooks(): () => void {
  const logs = scene.useLogs;
  scene.useLogs = { read: () => Promise.reject(NO_MORE_TIME) };
  return () => (scene.useLogs = logs);
}

const BEFORE = 10;

test.each(PROOF_CASES)('$case ($fact)', { timeout: 120_000 }, async ({ steps, crash, unread, told: expected }) => {
  const at = clock(scene.now().getTime() + BEFORE * MINUTE + 3_000);
  const happens = async (from: number, to: number): Promise<void> => {
    for (let minute = from; minute < to;) {
      for (const step of steps) if (step.at === minute && minute !== 0) await takes(step, at);
      // Of the day after it a look at every quarter of an hour is enough.
      const each = minute < 45 ? 1 : 15;
      await scene.minutes(1, each);
      minute += each;
    }
  };
  const looksAgain = unread === true ? losesLooks() : () => undefined;
  await scene.sets({ accountBlock: BLOCKED });
  await scene.event(SET, { block: BLOCKED });
  await happens(-BEFORE, 0);
  await scene.clearsAccountBlock();
  if (crash === true) losesProof();
  looksAgain();
  for (const step of steps) if (step.at === 0) await takes(step, at);
  const since = scene.alerts.length;
  await scene.event(TAKEN_BACK);
  await happens(0, Math.max(...steps.map((step) => step.at)));
  expect(told(since)).toEqual(expected);
});

test('the mails of a recovery whole: the one that says that it is read again, and the one that proves it', async () => {
  scene.applications = [{ name: 'exports', owner: 'assessment', is: { roles: ['export-app'] } }];
  const at = clock(scene.now().getTime() + BEFORE * MINUTE + 3_000);
  await scene.sets({ accountBlock: BLOCKED });
  await scene.event(SET, { block: BLOCKED });
  await scene.minutes(4);
  await takes({ at: -6, logs: 'refused', of: [-9, -6] }, at);
  // Fewer than the other: which of two that are equal stands first is told by nothing.
  await takes({ at: -6, logs: 'refused', of: [-9, -7.5], by: 'other-app' }, at);
  await scene.minutes(6);
  await scene.clearsAccountBlock();
  await scene.event(TAKEN_BACK);
  await scene.minutes(8);
  await takes({ at: 8, logs: 'worked', of: [0.5, 6] }, at);
  await takes({ at: 8, logs: 'worked', of: [2, 6], by: 'other-app' }, at);
  await scene.minutes(10);
  const parts = scene.mails
    .slice(-2)
    .map((mail) => mail.split('\n\n').filter((part) => /^CRIT|^PROOF|^FOR/.test(part)));
  expect(parts.map((part) => part.join('\n\n')).join('\n----\n')).toMatchInlineSnapshot(`
    "CRITICAL, recovered: account-level S3 Block Public Access as accepted again,
    account 111122223333.
    The logs are read again until 2026-03-03 08:14:04 UTC: you hear when they
    prove it.
    Finding f-185cd3068a, sent by Plumbline at 2026-03-02 08:14:04 UTC.

    PROOF
      account-level S3 Block Public Access: read at 2026-03-02 08:14:04 UTC, and
        it is as accepted again; it was not for 10 min.
      No request of the sort that failed is in the logs since: that they work
        again is not proved.

    FOR THE STATUS PAGE, IN THE WORDS OF CUSTOMERS
      From 2026-03-02 08:05:06 UTC to 2026-03-02 08:14:04 UTC (9 min), uploads and
        exports of some files failed for some of you. The cause has been removed.
        What failed in that time was not stored: please try it again.

    FOR THE POSTMORTEM
      At 2026-03-02 08:04:03 UTC in account 111122223333: account-level S3 Block
        Public Access changed, by role SecurityTooling, session alice@example.com,
        with PutAccountPublicAccessBlock (finding f-185cd3068a). From 2026-03-02
        08:05:06 UTC to 2026-03-02 08:08:04 UTC the logs have 96 refused requests:
        58 PutObject on exports by exports (assessment), role export-app of
        account 111122223333; 38 PutObject on exports by role other-app of account
        111122223333. It was read as it should be again at 2026-03-02 08:14:04
        UTC, 10 min after the change. Counts are what the logs have; S3's access
        logs may miss some.
    ----
    CRITICAL, recovered, with proof: account-level S3 Block Public Access as
    accepted again, account 111122223333.
    Finding f-185cd3068a, sent by Plumbline at 2026-03-02 08:25:04 UTC.

    PROOF
      account-level S3 Block Public Access: read at 2026-03-02 08:14:04 UTC, and
        it is as accepted again; it was not for 10 min.
      Each of 2 callers that were refused has worked since: the first at
        2026-03-02 08:14:37 UTC, the last at 2026-03-02 08:16:07 UTC (logs until
        2026-03-02 08:20:03 UTC).

    FOR THE STATUS PAGE, IN THE WORDS OF CUSTOMERS
      From 2026-03-02 08:05:06 UTC to 2026-03-02 08:14:04 UTC (9 min), uploads and
        exports of some files failed for some of you. The cause has been removed.
        What failed in that time was not stored: please try it again.

    FOR THE POSTMORTEM
      At 2026-03-02 08:04:03 UTC in account 111122223333: account-level S3 Block
        Public Access changed, by role SecurityTooling, session alice@example.com,
        with PutAccountPublicAccessBlock (finding f-185cd3068a). From 2026-03-02
        08:05:06 UTC to 2026-03-02 08:08:04 UTC the logs have 96 refused requests:
        58 PutObject on exports by exports (assessment), role export-app of
        account 111122223333; 38 PutObject on exports by role other-app of account
        111122223333. It was read as it should be again at 2026-03-02 08:14:04
        UTC, 10 min after the change. The first such request that worked again is
        of 2026-03-02 08:14:37 UTC. Counts are what the logs have; S3's access
        logs may miss some."
  `);
});

test('of two that one session shut, one is taken back and one accepted: whom the accepted one refuses is refused as wanted', async () => {
  const SHUT = { block: BLOCKED };
  await scene.sets({ buckets: { exports: { region: 'us-east-1' }, quiet: { region: 'us-east-1' } } });
  await scene.accepted();
  for (const bucket of ['exports', 'quiet']) {
    await scene.setsBucket(bucket, SHUT);
    await scene.event('PutBucketPublicAccessBlock', { bucket, block: BLOCKED });
  }
  await scene.minutes(10);
  const at = clock(scene.now().getTime());
  await scene.setsBucket('exports', {});
  await scene.event('DeleteBucketPublicAccessBlock', { bucket: 'exports' });
  await scene.minutes(1);
  await scene.sweep();
  await scene.accepts();
  folder.delivers([
    traffic({ at: 0, logs: 'refused', of: [-8, 0] }, at),
    traffic({ at: 0, logs: 'worked', of: [1, 30] }, at),
    { ...traffic({ at: 0, logs: 'refused', of: [-8, 30] }, at), bucket: 'quiet' },
  ]);
  const since = scene.alerts.length;
  await scene.minutes(45);
  expect([told(since), scene.alerts.at(-1)?.evidence?.proof?.groups.map(({ bucket }) => bucket)]).toEqual([
    ['HIGH, recovered', 'HIGH, recovered, with proof: 1 of 1'],
    ['exports'],
  ]);
});
