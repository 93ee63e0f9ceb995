// The service as the lab can carry it: `service-app.ts SETTINGS`, the settings being a file of the test.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, DefaultStackSynthesizer, type IStackSynthesizer } from 'aws-cdk-lib';
import { kinds } from '#kinds';
import { AuditStack } from '#lib/audit-stack.ts';
import { FeedStack } from '#lib/feed-stack.ts';
import { feedRegionsOf } from '#lib/feeds.ts';
import { HubStack } from '#lib/hub-stack.ts';
import { parseSettings } from '#lambda/settings.ts';

const [, , file = ''] = process.argv;
const root = join(import.meta.dirname, '..', '..');
const settings = parseSettings(readFileSync(file, 'utf8'), file);
const app = new App();
const env = { account: '123456789012', region: 'us-east-1' };
// The server's CloudFormation cannot update a stack that has the rule of the bootstrap version.
const synthesizer = () => new DefaultStackSynthesizer({ generateBootstrapVersionRule: false }) as IStackSynthesizer;
const { watch } = new AuditStack(app, 'Plumbline', {
  settings,
  declarations: kinds.map(({ declaration }) => declaration),
  bundles: join(root, 'dist', 'functions'),
  version: 'lab',
  env,
  synthesizer: synthesizer(),
});
for (const region of feedRegionsOf(settings, env.region))
  new FeedStack(app, `PlumblineFeed-${region}`, { watch, env: { ...env, region }, synthesizer: synthesizer() });
if (settings.hub !== undefined)
  new HubStack(app, 'PlumblineHub', {
    watch,
    organization: settings.hub.organization,
    env,
    synthesizer: synthesizer(),
  });
app.synth();
