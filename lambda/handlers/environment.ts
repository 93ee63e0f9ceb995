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
  /** The stack that made it, and the role that deploys it: what they change is expected. */
  readonly stack: string | undefined;
  readonly deployer: string | undefined;
  readonly version: string;
}

/** Reads the environment. Throws SETTING_INVALID for a variable that the stack did not set. */
export function readEnvironment(): Environment {
  const chat = process.env[VARIABLES.chatTopic];
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
    },
    requestUrl: process.env[VARIABLES.requestUrl],
    stack: process.env[VARIABLES.stack],
    deployer: process.env[VARIABLES.deployer],
    version: variable(VARIABLES.version),
  };
}

/** The settings that the stack put beside the code. */
export function readServiceSettings(): ServiceSettings {
  return JSON.parse(readFileSync(new URL(SETTINGS_FILE, import.meta.url), 'utf8')) as ServiceSettings;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new PlumblineError('SETTING_INVALID', `the variable ${name} is not set: deploy the stack again`);
}
