import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { kinds } from '#kinds';
import { parseSettings, settingsFrom, type Settings, type SettingsInput } from '#lambda/settings.ts';

/** The folder of the package: this file lies one folder deep as a source, and two as it is built. */
export const PACKAGE_ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

/** What a stack takes from the package itself, whatever the settings are. */
export const PACKAGED = {
  declarations: kinds.map(({ declaration }) => declaration),
  bundles: join(PACKAGE_ROOT, 'dist', 'functions'),
  version: versionOf(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')),
} as const;

function versionOf(manifest: string): string {
  return (JSON.parse(manifest) as { readonly version: string }).version;
}

/**
 * The settings as somebody's app gives them: the path of a `plumbline.yaml`, from the working folder, or what such a file would hold.
 * Throws SETTING_INVALID: one sentence with the key, the line in a file, and how to mend it.
 */
export function readSettings(settings: string | SettingsInput): Settings {
  return typeof settings === 'string' ? parseSettings(textOf(settings), settings) : settingsFrom(settings, 'settings');
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlumblineError(
      'SETTING_INVALID',
      `could not read the settings ${file} (${messageOf(cause)}): name a plumbline.yaml that is there`,
      { cause },
    );
  }
}
