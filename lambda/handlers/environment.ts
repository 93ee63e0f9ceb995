import { readFileSync } from 'node:fs';
import type { Queues } from '#aws/sqs-asking.ts';
import { PlumblineError } from '#core/errors.ts';
import { SETTINGS_FILE, VARIABLES } from '../service-names.ts';
import type { ServiceSettings } from '../service-settings.ts';

/** What the stack tells its functions. The one place that reads their environment. */
export interface Environment {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  readonly bucket: string;
  readonly table: string;
  readonly topics: { readonly alerts: string; readonly 'self-watch': string; readonly chat?: string };
  readonly queues: Queues;
  readonly requestUrl: string | undefined;
  readonly requestFunction: string | undefined;
  readonly version: string;
  /** Of a member of a hub: the ARN of the hub's bus, and who mails. */
  readonly hub: { readonly bus: string; readonly tell: 'here' | 'hub' } | undefined;
  /** Of the hub: the ARN of the queue behind its bus. */
  readonly hubQueue: string | undefined;
}

/** Reads the environment. Throws SETTING_INVALID for a variable that the stack did not set. */
export function readEnvironment(): Environment {
  const chat = process.env[VARIABLES.chatTopic];
  const uses = process.env[VARIABLES.usesQueue];
  return {
    account: variable(VARIABLES.account),
    partition: variable(VARIABLES.partition),
    region: variable('AWS_REGION'),
    bucket: variable(VARIABLES.bucket),
    table: variable(VARIABLES.table),
    topics: {
      alerts: variable(VARIABLES.alertsTopic),
      'self-watch': variable(VARIABLES.selfWatchTopic),
      ...(chat === undefined || chat === '' ? {} : { chat }),
    },
    queues: {
      changes: variable(VARIABLES.changesQueue),
      sweeps: variable(VARIABLES.sweepsQueue),
      nudges: variable(VARIABLES.nudgesQueue),
      own: variable(VARIABLES.ownQueue),
      ...(uses === undefined ? {} : { uses }),
    },
    requestUrl: process.env[VARIABLES.requestUrl],
    requestFunction: process.env[VARIABLES.requestFunction],
    version: variable(VARIABLES.version),
    hub: hubIn(process.env[VARIABLES.hubBus]),
    hubQueue: process.env[VARIABLES.hubQueue],
  };
}

/** The settings that the stack put beside the code. */
export function readServiceSettings(): ServiceSettings {
  return JSON.parse(readFileSync(new URL(SETTINGS_FILE, import.meta.url), 'utf8')) as ServiceSettings;
}

function hubIn(bus: string | undefined): Environment['hub'] {
  if (bus === undefined) return undefined;
  return { bus, tell: process.env[VARIABLES.hubTell] === 'hub' ? 'hub' : 'here' };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new PlumblineError('SETTING_INVALID', `the variable ${name} is not set: deploy the stack again`);
}
