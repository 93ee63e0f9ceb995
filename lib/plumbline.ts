import type { StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { PlumblineError } from '#core/errors.ts';
import type { SettingsInput } from '#lambda/settings.ts';
import { AccountWatch } from './account-watch.ts';
import { PACKAGED, readSettings } from './packaged.ts';
import { ReaderStack } from './reader-stack.ts';

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

export interface PlumblineReaderProps extends StackProps {
  /** As of `Plumbline`; they name a hub. */
  readonly settings: string | SettingsInput;
}

/** The role by which the hub account reads this one. Throws SETTING_INVALID where the settings cannot be read, or name no hub. */
export class PlumblineReader extends ReaderStack {
  constructor(scope: Construct, id: string, { settings, ...props }: PlumblineReaderProps) {
    const { hub } = readSettings(settings);
    if (hub === undefined)
      throw new PlumblineError(
        'SETTING_INVALID',
        'a reader reads for a hub, and the settings name none: name it under "hub"',
      );
    super(scope, id, { declarations: PACKAGED.declarations, hub, ...props });
  }
}
