#!/usr/bin/env node
// What `cdk deploy` runs: the settings of the working folder, or the shipped ones, as stacks.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { DEFAULT_CROSS_STACK_REFERENCES } from 'aws-cdk-lib/cx-api';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { PACKAGE_ROOT, PACKAGED, readSettings } from '#lib/packaged.ts';
import { makeStacks, READER_CHOICES, type ReaderChoice } from '#lib/stacks.ts';
import type { Settings } from '#lambda/settings.ts';

/** The settings that `-c settings=…` names, else those of the working folder, else the shipped ones. */
function settingsIn(app: App): Settings {
  const named: unknown = app.node.tryGetContext('settings');
  if (typeof named === 'string') return readSettings(named);
  return readSettings(existsSync('plumbline.yaml') ? 'plumbline.yaml' : join(PACKAGE_ROOT, 'plumbline.yaml'));
}

function readerIn(app: App): ReaderChoice {
  const named: unknown = app.node.tryGetContext('reader') ?? 'with';
  const choice = READER_CHOICES.find((one) => one === named);
  if (choice !== undefined) return choice;
  throw new PlumblineError(
    'ARGUMENT_INVALID',
    `-c reader=${String(named)}: must be one of ${READER_CHOICES.join(', ')}`,
  );
}

try {
  // What the service works for cannot be taken away under it: stacks refer to each other by exports.
  const app = new App({ context: { [DEFAULT_CROSS_STACK_REFERENCES]: 'strong' } });
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  makeStacks(app, {
    settings: settingsIn(app),
    ...PACKAGED,
    place: account === undefined || region === undefined ? undefined : { account, region },
    reader: readerIn(app),
  });
  app.synth();
} catch (error) {
  process.stderr.write(`plumbline: ${messageOf(error)}\n`);
  process.exitCode = error instanceof PlumblineError ? 64 : 1;
}
