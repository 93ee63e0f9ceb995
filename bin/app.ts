#!/usr/bin/env node
// What `cdk deploy` runs: the settings of the working folder, or the shipped ones, as a stack.
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App } from 'aws-cdk-lib';
import { messageOf, PlumblineError } from '#core/errors.ts';
import { kinds } from '#kinds';
import { AuditStack } from '#lib/audit-stack.ts';
import { parseSettings, type Settings } from '#lambda/settings.ts';

const root = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

function readSettings(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlumblineError(
      'SETTING_INVALID',
      `could not read the settings ${file} (${messageOf(cause)}): check -c settings=…`,
      { cause },
    );
  }
}

function settingsIn(app: App): Settings {
  const named: unknown = app.node.tryGetContext('settings');
  const own = typeof named === 'string' ? resolve(named) : resolve('plumbline.yaml');
  const file = existsSync(own) || typeof named === 'string' ? own : join(root, 'plumbline.yaml');
  return parseSettings(readSettings(file), typeof named === 'string' ? named : 'plumbline.yaml');
}

try {
  const app = new App();
  const { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: region } = process.env;
  new AuditStack(app, 'Plumbline', {
    settings: settingsIn(app),
    declarations: kinds.map(({ declaration }) => declaration),
    bundles: join(root, 'dist', 'functions'),
    version,
    ...(account === undefined || region === undefined ? {} : { env: { account, region } }),
  });
  app.synth();
} catch (error) {
  process.stderr.write(`plumbline: ${messageOf(error)}\n`);
  process.exitCode = error instanceof PlumblineError ? 64 : 1;
}
