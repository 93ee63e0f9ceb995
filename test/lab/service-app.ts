// The service as the lab can carry it: `service-app.ts SETTINGS`, the settings being a file of the test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { kinds } from '#kinds';
import { AuditStack } from '#lib/audit-stack.ts';
import { parseSettings } from '#lambda/settings.ts';

const [, , settings = ''] = process.argv;
const root = join(import.meta.dirname, '..', '..');
const app = new App();
new AuditStack(app, 'Plumbline', {
  settings: parseSettings(readFileSync(settings, 'utf8'), settings),
  declarations: kinds.map(({ declaration }) => declaration),
  bundles: join(root, 'dist', 'functions'),
  version: 'lab',
  env: { account: '123456789012', region: 'us-east-1' },
  // The server's CloudFormation cannot update a stack that has the rule of the bootstrap version.
  synthesizer: new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer,
});
app.synth();
