import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { exitCodeOf, messageOf, PlumblineError } from '#core/errors.ts';
import { printable } from '#render/printable.ts';
import { alertCommand } from './commands/alert.ts';
import { askCommand } from './commands/ask.ts';
import { baselineCommand } from './commands/baseline.ts';
import { blastRadiusCommand } from './commands/blast-radius.ts';
import { changesCommand } from './commands/changes.ts';
import { demoCommand } from './commands/demo.ts';
import { diffCommand } from './commands/diff.ts';
import { doctorCommand } from './commands/doctor.ts';
import { explainCommand } from './commands/explain.ts';
import { findingsCommand } from './commands/findings.ts';
import { initCommand } from './commands/init.ts';
import { scanCommand } from './commands/scan.ts';
import { snapshotCommand } from './commands/snapshot.ts';
import { verdictCommand } from './commands/verdict.ts';
import { errorBody, tellFault } from './fault.ts';
import type { World } from './world.ts';

/** How a command says with which code the process ends. */
export type Outcome = (code: number) => void;

const INTERRUPTED = 130;

/** Runs one command line and gives the exit code: 0 clean, 1 findings, 2 could not tell, 64 wrong arguments or settings. */
export async function run(args: readonly string[], world: World): Promise<number> {
  let code = 0;
  const end: Outcome = (given) => {
    code = given;
  };
  const program = buildProgram(world, end);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 64;
    if (world.signal.aborted) {
      world.tell('plumbline: stopped; nothing was left half-written\n');
      return INTERRUPTED;
    }
    return explain(error, { world, asJson: args.includes('--json') });
  }
}

export function buildProgram(world: World, end: Outcome): Command {
  const program = new Command('plumbline')
    .description(
      'Says what has moved from true in the AWS settings whose silent change breaks production. Never writes to what it watches.',
    )
    .version(version(), '-V, --version', 'print the version')
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 findings, 2 could not tell, 64 wrong arguments or settings.\n\nExample:\n  plumbline demo',
    );
  const commands = [
    initCommand,
    scanCommand,
    snapshotCommand,
    baselineCommand,
    diffCommand,
    explainCommand,
    verdictCommand,
    changesCommand,
    blastRadiusCommand,
    findingsCommand,
    alertCommand,
    askCommand,
    doctorCommand,
    demoCommand,
  ];
  for (const make of commands) program.addCommand(make(world, end));
  configure(program, world);
  return program;
}

/** Subcommands that are added whole inherit nothing, so each is told where to write and not to exit by itself. */
function configure(command: Command, world: World): void {
  command
    .exitOverride()
    .configureOutput({
      writeOut: world.print,
      writeErr: world.tell,
      outputError: (text, write) => write(text.replace(/^error: /, 'plumbline: ')),
    })
    .showHelpAfterError('(add --help for what it takes)');
  for (const inner of command.commands) configure(inner, world);
}

function explain(error: unknown, { world, asJson }: { world: World; asJson: boolean }): number {
  const exitCode = error instanceof PlumblineError ? exitCodeOf(error.code) : 2;
  if (asJson) world.print(`${JSON.stringify({ version: 1, exitCode, error: errorBody(error) }, null, 2)}\n`);
  world.tell(`plumbline: ${printable(messageOf(error))}\n`);
  tellFault(world, error);
  return exitCode;
}

function version(): string {
  const read = createRequire(import.meta.url);
  const { version: number } = read(import.meta.url.endsWith('.ts') ? '../package.json' : '../../package.json') as {
    version: string;
  };
  return number;
}
