#!/usr/bin/env node
// What `cdk deploy` runs: the settings of the working folder, or the shipped ones, as a stack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { AuditStack } from '#lib/audit-stack.ts';
import { PACKAGE_ROOT, PACKAGED, readSettings } from '#lib/packaged.ts';
import type { Settings } from '#lambda/settings.ts';

/** The settings that `-c settings=…` names, else those of the working folder, else the shipped ones. */
function settingsIn(app: App): Settings {
  const named: unknown = app.node.tryGetContext('settings');
  if (typeof named === 'string') return readSettings(named);
  return readSettings(existsSync('plumbline.yaml') ? 'plumbline.yaml' : join(PACKAGE_ROOT, 'plumbline.yaml'));
}

try {
  const app = new App();
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  new AuditStack(app, 'Plumbline', {
    settings: settingsIn(app),
    ...PACKAGED,
    ...(account === undefined || region === undefined ? {} : { env: { account, region } }),
  });
  app.synth();
} catch (error) {
  process.stderr.write(`plumbline: ${messageOf(error)}\n`);
  process.exitCode = error instanceof PlumblineError ? 64 : 1;
}
