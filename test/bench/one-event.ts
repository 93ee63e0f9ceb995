import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PutBucketPolicyCommand, S3Client } from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { accept } from '#core/acceptance.ts';
import { createClients } from '#aws/clients.ts';
import { createReads } from '#aws/reads.ts';
import { S3Documents } from '#aws/s3-documents.ts';
import { kinds, kindsById } from '#kinds';
import type { AwsReads } from '#kinds/kind.ts';
import { saveBaseline } from '#lambda/baseline-store.ts';
import { collect } from '#lambda/collect.ts';
import { SETTINGS_FILE, VARIABLES } from '#lambda/service-names.ts';
import type { ServiceSettings } from '#lambda/service-settings.ts';
import { bundleFunction } from '../../scripts/bundle.mjs';
import type { AwsDouble } from '../aws-double/client.ts';
import type { Bucket } from '../aws-double/world.ts';
import { medianOf, note } from './lines.ts';
import type { OneEventPlan, OneEventResult } from './one-event-process.ts';
import { namedPolicy, SHAPES } from './worlds.ts';

const root = join(import.meta.dirname, '..', '..');
const scratch = join(root, 'dist', 'bench', 'one-event');
const ACCOUNT = '111122223333';
const REGION = 'us-east-1';
const STORE = 'plumbline-store';
const TABLE = 'plumbline-ledger';
const BEFORE = '444455556666';
const AFTER = '777788889999';
/** Measured: 1.6, and 1.7 on a busy machine. A new call of our own that computes as much as all of this would go past it. */
const MOST_CPU = 2;
/** One shard of the baseline. */
const BUCKETS = 250;

/**
 * One event of one bucket, through the function's own bundle in a process of its own: how many calls it takes, and what the function
 * itself computes beside them.
 */
export async function benchOneEvent(double: AwsDouble): Promise<void> {
  const names = Array.from({ length: BUCKETS }, (_, index) => `bucket-${String(index).padStart(3, '0')}`);
  await double.misbehave({});
  await prepareAccount(double, names);
  const { cold, warm, ratios, handlingMs } = await runEvents(double, names);
  note('one drifted bucket: calls of the first event of an instance', cold);
  note('one drifted bucket: calls of a further event', warm, 8);
  note('one drifted bucket: processor time of an event, ms', medianOf(handlingMs));
  note(
    `one drifted bucket: processor time ÷ that of its calls alone (median of ${ratios.length})`,
    medianOf(ratios),
    MOST_CPU,
  );
}

/** Modern buckets, each with a policy; accepted as they are, and then each policy is changed. */
async function prepareAccount(double: AwsDouble, names: readonly string[]): Promise<void> {
  const buckets = names.map((name): [string, Bucket] => [
    name,
    { region: REGION, policy: namedPolicy(name, BEFORE), ...SHAPES.modern(name) },
  ]);
  const store: [string, Bucket] = [STORE, { region: REGION, ownership: 'BucketOwnerEnforced' }];
  await double.show({ account: ACCOUNT, regions: [REGION], buckets: Object.fromEntries([...buckets, store]) });
  const clients = createClients({ globalRegion: REGION });
  const aws = createReads({ account: ACCOUNT, clients, concurrency: 32 });
  await acceptAll(aws);
  await pMap(
    names,
    (name) =>
      clients
        .for(S3Client, REGION)
        .send(new PutBucketPolicyCommand({ Bucket: name, Policy: namedPolicy(name, AFTER) })),
    { concurrency: 16 },
  );
}

async function acceptAll(aws: AwsReads): Promise<void> {
  const scan = await collect({
    kinds,
    partition: 'aws',
    ownerTags: [],
    regions: [REGION],
    onlyThose: false,
    accepted: [],
    aws,
  });
  const acceptance = { at: scan.finishedAt, by: `arn:aws:iam::${ACCOUNT}:user/ana`, reason: 'bench' };
  const { baseline } = accept(undefined, { scan, comparedWith: 0, what: 'all', acceptance, kinds: kindsById });
  await saveBaseline(new S3Documents(aws, { bucket: STORE, prefix: '' }, REGION), baseline, undefined);
}

async function runEvents(double: AwsDouble, names: readonly string[]): Promise<OneEventResult> {
  const deployed = join(scratch, 'on-look');
  try {
    mkdirSync(scratch, { recursive: true });
    cpSync(join(root, 'dist', 'functions', 'on-look'), deployed, { recursive: true });
    const settings: ServiceSettings = {
      ownerTags: [],
      timeZone: 'UTC',
      digestAt: '08:00',
      actionItems: [],
      contracts: [],
      applications: [],
      addresses: { networks: [], mirroredIpSets: [] },
    };
    writeFileSync(join(deployed, SETTINGS_FILE), JSON.stringify(settings));
    await bundleFunction(join(import.meta.dirname, 'one-event-process.ts'), join(scratch, 'process'));
    const child = fork(join(scratch, 'process', 'index.mjs'), {
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...environmentOf(double) },
      execArgv: [],
      // What the function logs, nobody reads here.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    const plan: OneEventPlan = {
      handler: join(deployed, 'index.mjs'),
      double: double.url,
      account: ACCOUNT,
      region: REGION,
      store: STORE,
      table: TABLE,
      queue: queueAt(double, 'nudges'),
      events: names.map((name) => ({ bucket: name, policy: namedPolicy(name, AFTER) })),
    };
    child.send(plan);
    const ended = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the events ended with ${code}`)));
    const [result] = (await Promise.race([once(child, 'message'), ended])) as [OneEventResult];
    child.disconnect();
    await ended.catch(() => undefined);
    return result;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The SDK asks a queue at its address, whatever the endpoint is. */
function queueAt({ url }: AwsDouble, name: string): string {
  return `${url}/${ACCOUNT}/${name}`;
}

function environmentOf(double: AwsDouble): Record<string, string> {
  const topic = `arn:aws:sns:${REGION}:${ACCOUNT}:`;
  return {
    ...double.environment,
    [VARIABLES.account]: ACCOUNT,
    [VARIABLES.partition]: 'aws',
    [VARIABLES.bucket]: STORE,
    [VARIABLES.table]: TABLE,
    [VARIABLES.alertsTopic]: `${topic}alerts`,
    [VARIABLES.selfWatchTopic]: `${topic}self-watch`,
    [VARIABLES.changesQueue]: queueAt(double, 'changes'),
    [VARIABLES.sweepsQueue]: queueAt(double, 'sweeps'),
    [VARIABLES.nudgesQueue]: queueAt(double, 'nudges'),
    [VARIABLES.ownQueue]: queueAt(double, 'own'),
    [VARIABLES.version]: 'bench',
  };
}
