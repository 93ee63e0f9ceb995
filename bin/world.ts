import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import ora from 'ora';
import pc from 'picocolors';
import { fileURLToPath } from 'node:url';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { errnoOf } from '#local/file-system.ts';
import { parseSettings, type Settings } from '#lambda/settings.ts';
import type { Progress } from '#lambda/ports.ts';

/** Everything that a command has of the machine it runs on. */
export interface World {
  readonly cwd: string;
  readonly now: () => Date;
  /** AWS_PROFILE, for telling which profile is at fault. */
  readonly environmentProfile: string | undefined;
  /** The machine's time zone, as Intl names it; undefined where it is set to none that there is, whatever the types say. */
  readonly timeZone: string | undefined;
  readonly print: (text: string) => void;
  /** What is piped in. */
  readonly input: () => AsyncIterable<Uint8Array>;
  readonly tell: (text: string) => void;
  /** Colour on standard output. */
  readonly colour: boolean;
  /** Columns of the terminal on standard output; undefined where it is none. */
  readonly width: number | undefined;
  /** Whether a person watches standard error. */
  readonly isWatched: boolean;
  readonly signal: AbortSignal;
}

const SHIPPED = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? '../plumbline.yaml' : '../../plumbline.yaml', import.meta.url),
);

/** The settings that come with Plumbline: those of the incidents it was made for. */
export function readShippedSettings(): Promise<Settings> {
  return readSettingsFile(SHIPPED, 'plumbline.yaml');
}

/** The same as they are written, for whoever wants them beside files of the incident. */
export function shippedSettingsText(): Promise<string> {
  return readFile(SHIPPED, 'utf8');
}

/** The settings: what was named, else `plumbline.yaml` in the working folder, else what Plumbline ships. Throws SETTING_INVALID. */
export async function readSettings(world: World, named: string | undefined): Promise<Settings> {
  if (named !== undefined) return readSettingsFile(resolve(world.cwd, named), named);
  try {
    return await readSettingsFile(join(world.cwd, 'plumbline.yaml'), 'plumbline.yaml');
  } catch (error) {
    if (error instanceof PlumblineError && errnoOf(error.cause) === 'ENOENT') return readShippedSettings();
    throw error;
  }
}

async function readSettingsFile(path: string, name: string): Promise<Settings> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new PlumblineError(
      'SETTING_INVALID',
      `could not read the settings ${path} (${errnoOf(cause) ?? messageOf(cause)}): check --settings`,
      { cause },
    );
  }
  return parseSettings(text, name);
}

/** Shows how far a long work has come, where somebody watches; and nothing where nobody does. */
export async function withProgress<T>(
  world: World,
  work: (onProgress: (progress: Progress) => void) => Promise<T>,
  beginning = 'asking AWS who we are',
): Promise<T> {
  if (!world.isWatched) return work(() => undefined);
  const spinner = ora({
    stream: process.stderr,
    text: beginning,
    discardStdin: false,
    ...(pc.isColorSupported ? {} : { color: false }),
  }).start();
  try {
    return await work(({ doing, done, of }) => {
      spinner.text = `${doing} ${done} of ${of} ${bar(done, of)}`;
    });
  } finally {
    spinner.stop();
  }
}

const BAR_WIDTH = 24;

function bar(done: number, of: number): string {
  const filled = of === 0 ? 0 : Math.round((done / of) * BAR_WIDTH);
  return '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
}
