import type { Construct } from 'constructs';
import type { SettingsInput } from '#lambda/settings.ts';
import { AccountWatch } from './account-watch.ts';
import { PACKAGED, readSettings } from './packaged.ts';

export interface PlumblineProps {
  /** The path of a `plumbline.yaml`, from the working folder, or what such a file would hold. */
  readonly settings: string | SettingsInput;
}

/**
 * Plumbline for the account and region of the stack that it stands in: bucket, table, queues, topics, functions and alarms.
 * Throws SETTING_INVALID with one sentence where the settings cannot be read.
 */
export class Plumbline extends AccountWatch {
  constructor(scope: Construct, id: string, { settings }: PlumblineProps) {
    super(scope, id, { settings: readSettings(settings), ...PACKAGED });
  }
}
