import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PlumblineError } from '#core/errors.ts';
import type { Scan } from '#core/scan.ts';
import { createReads } from '#aws/reads.ts';
import { kinds } from '#kinds';
import { collect } from '#lambda/collect.ts';
import { encode, FORMAT } from '#lambda/document-encoding.ts';
import type { Settings } from '#lambda/settings.ts';
import { DAYS, type RawFile } from '#local/demo/raw-files.ts';
import { otherRecordings, recordings, type Recording } from '#local/demo/recording.ts';
import { replay } from '#local/demo/replay.ts';
import { errnoOf, explainDisk } from '#local/file-system.ts';
import { shippedSettingsText, type World } from '../world.ts';

const CONCURRENCY = 8;

export interface RawFolder {
  readonly world: Pick<World, 'signal'>;
  readonly settings: Settings;
  readonly logs: readonly RawFile[];
}

/**
 * Writes the files that the story is computed from into a folder, which it makes: snapshots, logs of a trail, access logs, and the settings. Throws
 * ARGUMENT_INVALID for a folder that holds something, STORE_UNWRITABLE.
 */
export async function writeRawFolder(folder: string, { world, settings, logs }: RawFolder): Promise<void> {
  await refuseFilled(folder);
  const of = [recordings.before, recordings.after, recordings.recovered];
  const write = async (path: string, body: string | Uint8Array): Promise<void> => {
    const file = join(folder, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, body, { flag: 'wx' });
    } catch (error) {
      throw new PlumblineError('STORE_UNWRITABLE', explainDisk(error, file), { cause: error });
    }
  };
  await write('plumbline.yaml', await shippedSettingsText());
  for (const [index, recording] of of.entries()) {
    const scan = await scanOf(recording, { settings, signal: world.signal });
    await write(`${DAYS[index]?.name ?? 'later'}/snapshot.json`, snapshotBody(scan));
  }
  for (const { before } of otherRecordings) {
    const scan = await scanOf(before, { settings, signal: world.signal });
    await write(`27-october/snapshot-${before.account}.json`, snapshotBody(scan));
  }
  for (const { path, text } of logs) await write(path, text);
}

function snapshotBody(scan: Scan): Uint8Array {
  return encode({ plumbline: 'snapshot', format: FORMAT, ...scan });
}

async function refuseFilled(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length === 0) return;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return;
    throw new PlumblineError('STORE_UNWRITABLE', explainDisk(error, join(folder, 'plumbline.yaml')), { cause: error });
  }
  throw new PlumblineError('ARGUMENT_INVALID', `--files: ${folder} holds something already: name a new folder`);
}

/** What `plumbline snapshot` would have read then: the recording stands in for AWS. */
async function scanOf(
  recording: Recording,
  { settings, signal }: { readonly settings: Settings; readonly signal: AbortSignal },
): Promise<Scan> {
  const { account, regions, takenAt } = recording;
  const aws = createReads({
    account,
    clients: replay(recording),
    concurrency: CONCURRENCY,
    now: () => new Date(takenAt),
    signal,
  });
  const { ownerTags } = settings;
  return collect({ kinds, regions, partition: 'aws', ownerTags, onlyThose: false, accepted: [], aws });
}
