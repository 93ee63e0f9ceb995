import { resolve } from 'node:path';
import { Command } from 'commander';
import { documentOf } from '#render/alert-json.ts';
import { COMMANDS, typed } from '../demo/commands.ts';
import type { Outcome } from '../run.ts';
import { readShippedSettings, type World } from '../world.ts';

interface DemoOptions {
  readonly json?: boolean;
  readonly files?: string;
}

export function demoCommand(world: World, end: Outcome): Command {
  return new Command('demo')
    .summary('the recorded incident, start to end, with no AWS account')
    .description(
      'Has the service live through the October 2025 incident, from recorded settings and made-up logs in the formats of AWS, and prints what it says when: the alert, who is hit, the other accounts, what one command would have said the day before, and the recovery.',
    )
    .option('--json', 'print the alerts and the answers as JSON, and nothing else')
    .option('--files <folder>', 'write the raw files into a new folder, with nothing else')
    .addHelpText(
      'after',
      `
--files writes what all of it is computed from: snapshots, CloudTrail's management
events, data events, S3 access logs, and the settings. In that folder run

${commandLines()}

Examples:
  plumbline demo
  plumbline demo --files incident`,
    )
    .action(async (options: DemoOptions) => {
      if (options.files === undefined) await tell(world, options);
      else await write(world, options.files);
      end(0);
    });
}

async function tell(world: World, { json = false }: DemoOptions): Promise<void> {
  const { run } = await import('../run.ts');
  const { tellIncident } = await import('../demo/incident-story.ts');
  const { storyText } = await import('../demo/story-text.ts');
  const story = await tellIncident({ ...world, colour: json ? false : world.colour }, run);
  if (!json) return world.print(storyText(story, world));
  const { alerts, ...answers } = story;
  const { hub, hubToldAt: _at, ...told } = alerts;
  const documents = Object.fromEntries(Object.entries(told).map(([name, alert]) => [name, documentOf(alert)]));
  world.print(`${JSON.stringify({ version: 1, alerts: { ...documents, hub: hub.text }, ...answers }, null, 2)}\n`);
}

async function write(world: World, named: string): Promise<void> {
  const { rawFiles } = await import('#local/demo/raw-files.ts');
  const { writeRawFolder } = await import('../demo/raw-folder.ts');
  const folder = resolve(world.cwd, named);
  await writeRawFolder(folder, { world, settings: await readShippedSettings(), logs: rawFiles() });
  world.print(`${folder}\n`);
  world.tell(`plumbline: run in that folder, with no AWS account:\n${commandLines()}\n`);
}

function commandLines(): string {
  return Object.values(COMMANDS)
    .map((args) => `  ${typed(args)}`)
    .join('\n');
}
