import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { messageOf, PlumblineError } from '#core/errors.ts';
import type { Json } from '#core/json.ts';
import type { BucketAccess } from '#core/s3/access.ts';
import { explanationOf } from '#core/s3/explanation.ts';
import { accessIn, verdictOn, type VerdictAnswer, type VerdictProblem } from '#lambda/verdict.ts';
import { renderExplanation } from '#render/explanation.ts';
import { printable } from '#render/printable.ts';
import { readText, STANDARD_INPUT, unreadableFile } from '../input-file.ts';
import type { Outcome } from '../run.ts';
import type { World } from '../world.ts';

interface VerdictOptions {
  readonly ndjson?: boolean;
  readonly json?: boolean;
  readonly all?: boolean;
}

export function verdictCommand(world: World, end: Outcome): Command {
  return new Command('verdict')
    .summary('is this policy, ACL or state public, and what does it allow; offline')
    .description(
      'Judges a bucket policy, an ACL or a whole state from a file, by S3’s own rule, with no AWS account: before it is put, in your own CI. What the file leaves out counts as not set; what you could not read, write as {"unreadable": "AccessDenied"}.',
    )
    .argument(
      '[file]',
      'a JSON file: a policy, an ACL, or {"policy", "acl", "accountBlock", "bucketBlock", "ownership", "owner"}; - is standard input',
    )
    .option('--ndjson', 'a state a line in, an answer a line out, in order (default file: standard input)')
    .option('--all', 'what it allows, row by row, also for a policy or an ACL alone')
    .option('--json', 'print the answer as JSON')
    .addHelpText(
      'after',
      '\nExit codes: 0 not public, 1 public (with --ndjson: any of them), 2 not known or not understood, 64 wrong arguments.\n\nExamples:\n  plumbline verdict bucket-policy.json\n  aws s3api get-bucket-acl --bucket my-bucket | plumbline verdict -\n  echo \'{"id":1,"acl":"public-read","accountBlock":{"IgnorePublicAcls":true}}\' | plumbline verdict --ndjson',
    )
    .action(async (file: string | undefined, { ndjson, json, all }: VerdictOptions) => {
      if (ndjson === true) return end(await judgeLines(world, file ?? STANDARD_INPUT));
      if (file === undefined) {
        throw new PlumblineError('ARGUMENT_INVALID', 'name a file, or - for standard input, or use --ndjson');
      }
      end(await judgeFile(world, file, { asJson: json === true, all: all === true }));
    });
}

type ExitCode = 0 | 1 | 2;

function exitCodeFor(answer: VerdictAnswer | VerdictProblem): ExitCode {
  if ('error' in answer || answer.public === 'unknown') return 2;
  return answer.public === 'yes' ? 1 : 0;
}

async function judgeFile(
  world: World,
  file: string,
  { asJson, all }: { asJson: boolean; all: boolean },
): Promise<ExitCode> {
  const text = await readText(world, file);
  const name = file === STANDARD_INPUT ? 'standard input' : file;
  const input = parsed(text, name);
  const answer = verdictOn(input);
  const access = accessIn(input);
  if ('error' in answer || 'error' in access) {
    throw new PlumblineError('INPUT_INVALID', `${name}: ${'error' in answer ? answer.error : 'not understood'}`);
  }
  if (asJson) world.print(`${JSON.stringify(answer, null, 2)}\n`);
  else world.print(textOf({ answer, access, world, all }));
  return exitCodeFor(answer);
}

interface Answered {
  readonly answer: VerdictAnswer;
  readonly access: BucketAccess;
  readonly world: World;
  readonly all: boolean;
}

/** Of a policy or an ACL alone no more can be told than what it opens; of a state, who gets through. */
function textOf({ answer, access, world, all }: Answered): string {
  const { assumed, ignored = [] } = answer;
  const isState = assumed.length < 4;
  const { colour, width } = world;
  return renderExplanation(explanationOf(access), {
    colour,
    width,
    parts: all ? 'all' : isState ? 'most' : 'doors',
    head: [],
    foot: [
      ...(assumed.length > 0 ? [`Counted as not set, since nothing is said of it: ${assumed.join(', ')}.`] : []),
      ...(ignored.length > 0 ? [`Passed over: ${printable(ignored.join(', '))}.`] : []),
      ...(all || isState ? [] : ['--all shows what it allows, row by row.']),
    ],
  });
}

function parsed(text: string, name: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new PlumblineError(
      'INPUT_INVALID',
      `${name} is no JSON (${messageOf(cause)}): give a policy, an ACL or a state`,
      {
        cause,
      },
    );
  }
}

/** One at a time, so that a file of any length takes the memory of a line. The worst of all answers is the exit code. */
async function judgeLines(world: World, file: string): Promise<ExitCode> {
  const source = file === STANDARD_INPUT ? Readable.from(world.input()) : createReadStream(resolve(world.cwd, file));
  const codes = new Set<ExitCode>();
  let number = 0;
  const failed = new Promise<never>((_resolve, reject) =>
    source.once('error', (cause: unknown) => reject(unreadableFile(file, cause))),
  );
  const read = async (): Promise<void> => {
    for await (const line of createInterface({ input: source, crlfDelay: Infinity })) {
      number += 1;
      if (line.trim() === '') continue;
      const answer = judgeLine(line.replace(/^\u{feff}/u, ''), number);
      codes.add(exitCodeFor(answer));
      world.print(`${JSON.stringify(answer)}\n`);
    }
  };
  await Promise.race([read(), failed]);
  if (codes.size === 0) {
    throw new PlumblineError(
      'INPUT_INVALID',
      `${file === STANDARD_INPUT ? 'standard input' : file} holds no line to judge`,
    );
  }
  return codes.has(1) ? 1 : codes.has(2) ? 2 : 0;
}

function judgeLine(line: string, number: number): VerdictAnswer | VerdictProblem {
  let input: Json;
  try {
    input = JSON.parse(line) as Json;
  } catch (cause) {
    return { id: null, error: `line ${number} is no JSON: ${messageOf(cause)}` };
  }
  return verdictOn(input);
}
