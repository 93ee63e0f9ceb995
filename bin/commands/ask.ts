import { Command } from 'commander';
import { PlumblineError } from '#core/errors.ts';
import { isJsonObject, type JsonObject } from '#core/json.ts';
import { nearest } from '#core/reference.ts';
import { CHANGING_ASKS, READING_ASKS } from '#lambda/asks.ts';
import { findDeployed, type DeployedOptions } from '../deployed.ts';
import { readText, STANDARD_INPUT } from '../input-file.ts';
import { withStoreOption } from '../live-options.ts';
import type { Outcome } from '../run.ts';
import { withProgress, type World } from '../world.ts';

const ASKS: readonly string[] = [...READING_ASKS, ...CHANGING_ASKS];

export function askCommand(world: World, end: Outcome): Command {
  const command = new Command('ask')
    .summary('ask the deployed service one question, and print its answer')
    .description(
      'Asks a deployed service with its own rights, not yours: whoever may invoke it needs none on what is watched. Prints the JSON document that the command of the same name prints with --json. What the service must look for comes under a ticket, which is waited for. A question that changes something takes a proof of who you are along.',
    )
    .argument(
      '<question>',
      'a JSON object such as {"ask":"scan","fresh":true}; a word alone, such as scan, is {"ask":"scan"}; @FILE; - is standard input',
    )
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText(
      'after',
      `
Questions: ${ASKS.join(', ')}.
Answers come from the last sweep and say how old that is (ageSeconds), those on changes
from what the service has noted; "fresh": true reads AWS.

Exit codes: that of the answer, where it has one; else 0 answered, 2 not, 64 wrong arguments.

Examples:
  plumbline ask scan --store s3://BUCKET
  plumbline ask '{"ask":"explain","bucket":"my-bucket","fresh":true}' --store s3://BUCKET
  plumbline ask '{"ask":"blast-radius","set":{"s3-account-block.BlockPublicAcls":true}}' --store s3://BUCKET
  plumbline ask '{"ask":"blast-radius","set":{"s3-account-block":null},"accounts":"all"}' --store s3://HUB-BUCKET`,
    )
    .action(async (written: string, options: DeployedOptions) => {
      const question = await questionIn(world, written);
      const asking = await findDeployed(world, options);
      const { documentFrom } = await import('../service.ts');
      const document = await withProgress(world, (onWait) =>
        documentFrom(asking, question, { onWait, signal: world.signal }),
      );
      world.print(`${JSON.stringify(document, null, 2)}\n`);
      const { exitCode } = document;
      end(exitCode === 1 || exitCode === 2 ? exitCode : 0);
    });
  return withStoreOption(command);
}

/** The question that was written. Throws ARGUMENT_INVALID. */
async function questionIn(world: World, written: string): Promise<JsonObject> {
  if (/^[a-z-]+$/.test(written) && written !== STANDARD_INPUT) return asked({ ask: written });
  const isFile = written === STANDARD_INPUT || written.startsWith('@');
  const text = isFile ? await readText(world, written.replace(/^@/, '')) : written;
  try {
    const value: unknown = JSON.parse(text);
    if (isJsonObject(value)) return asked(value);
  } catch {
    // Said below, as for what is JSON and no object.
  }
  throw new PlumblineError('ARGUMENT_INVALID', 'the question is no JSON object: write one such as {"ask":"scan"}');
}

function asked(question: JsonObject): JsonObject {
  const { ask } = question;
  if (typeof ask === 'string' && ASKS.includes(ask)) return question;
  const near = typeof ask === 'string' ? nearest(ask, ASKS) : undefined;
  throw new PlumblineError(
    'ARGUMENT_INVALID',
    `${typeof ask === 'string' ? `"${ask.slice(0, 40)}" is no question` : '"ask" is missing'}${near === undefined ? `: there are ${ASKS.join(', ')}` : `; did you mean "${near}"?`}`,
  );
}
