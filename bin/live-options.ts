import { InvalidArgumentError, Option, type Command } from 'commander';
import { DEFAULT_STORE, parseStorePlace } from './store-place.ts';

/** Options of every command that looks at AWS. */
export interface LiveOptions {
  readonly profile?: string;
  readonly region?: readonly string[];
  readonly concurrency: number;
  readonly settings?: string;
}

/** S3 calls under way at once; the lane narrows by itself when S3 asks for it. */
const DEFAULT_CONCURRENCY = 32;
const MOST_CONCURRENCY = 256;

/** As whom, and where. */
export function withSignInOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'the AWS profile to use (else AWS_PROFILE, else the default chain)')
    .option(
      '--region <region>',
      'look only at this region; may be repeated (default: all that are enabled)',
      (region: string, before?: readonly string[]) => [...(before ?? []), region],
    );
}

export function withLiveOptions(command: Command): Command {
  return withSignInOptions(command)
    .option('--concurrency <calls>', 'S3 calls under way at once', parseConcurrency, DEFAULT_CONCURRENCY)
    .option('--settings <file>', 'the settings to use (default: plumbline.yaml here, else the shipped one)');
}

export function withStoreOption(command: Command): Command {
  return command.addOption(
    new Option('--store <place>', 'where baseline and scans are kept: a folder, or s3://bucket/prefix')
      .argParser(parseStorePlace)
      .default(parseStorePlace(DEFAULT_STORE), DEFAULT_STORE),
  );
}

function parseConcurrency(text: string): number {
  const calls = Number(text);
  if (!Number.isInteger(calls) || calls < 1 || calls > MOST_CONCURRENCY)
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_CONCURRENCY}.`);
  return calls;
}
