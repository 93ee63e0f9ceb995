import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import type { Outcome } from '../run.ts';
import type { World } from '../world.ts';
import { askDeployed } from '../deployed.ts';

interface AlertOptions extends Pick<LiveOptions, 'profile'> {
  readonly store: StorePlace;
  readonly test?: boolean;
}

export function alertCommand(world: World, end: Outcome): Command {
  const command = new Command('alert')
    .summary('send one test alert to everyone who is told')
    .description('Sends one alert that says that it is a test: does it arrive?')
    .option('--test', 'send it')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText('after', '\nExample:\n  plumbline alert --test --store s3://BUCKET')
    .action(async (options: AlertOptions) => {
      if (options.test !== true)
        throw new PlumblineError('ARGUMENT_INVALID', 'say --test: Plumbline sends no other alert by hand');
      const { text } = await askDeployed(world, options, { ask: 'test-alert' });
      world.print(text);
      end(0);
    });
  return withStoreOption(command);
}
