import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PlumblineError } from '#core/errors.ts';
import { TIMES } from '#local/demo/incident.ts';
import { rawFiles } from '#local/demo/raw-files.ts';
import { errnoOf } from '#local/file-system.ts';
import { liveThrough, type IncidentAlerts } from './incident-alerts.ts';
import { COMMANDS, typed } from './commands.ts';
import { writeRawFolder } from './raw-folder.ts';
import { readShippedSettings, type World } from '../world.ts';

/** What a command line printed, and with which code it ended. */
export interface Answered {
  readonly command: string;
  readonly text: string;
  readonly code: number;
}

/** Everything that is told, each as the product itself says it. */
export interface IncidentStory {
  readonly alerts: IncidentAlerts;
  /** Which change explains what the first user reports, and which do not. */
  readonly explained: Answered;
  /** The day before, from what there was then. */
  readonly blastRadius: Answered;
}

/** Runs one command line; `run` of the command line itself, which knows the demo too. */
export type RunCommand = (args: readonly string[], world: World) => Promise<number>;

/** Computes the story from raw files, which lie in a folder of their own for as long as it takes. */
export async function tellIncident(world: World, run: RunCommand): Promise<IncidentStory> {
  const settings = await readShippedSettings();
  const logs = rawFiles();
  const folder = await temporaryFolder();
  try {
    await writeRawFolder(folder, { world, settings, logs });
    const answer = async (args: readonly string[], now: string): Promise<Answered> => {
      let text = '';
      const code = await run(args, {
        ...world,
        cwd: folder,
        now: () => new Date(now),
        print: (printed) => void (text += printed),
        isWatched: false,
      });
      return { command: typed(args), text, code };
    };
    return {
      alerts: await liveThrough(settings, logs),
      explained: await answer(COMMANDS.explain, TIMES.reported),
      blastRadius: await answer(COMMANDS.blastRadius, TIMES.askedBefore),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function temporaryFolder(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'plumbline-demo-'));
  } catch (error) {
    throw new PlumblineError(
      'STORE_UNWRITABLE',
      `no folder can be made in ${tmpdir()} (${errnoOf(error) ?? String(error)}): set TMPDIR to one that can be written to`,
      { cause: error },
    );
  }
}
