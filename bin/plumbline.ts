#!/usr/bin/env node
import { setFlagsFromString } from 'node:v8';
import pc from 'picocolors';
import { run } from './run.ts';
import { widthOf } from './terminal.ts';

// The SDK warns on every start that a Node release to come will be needed; that is ours to mind, not our users'.
const tellWarning = process.listeners('warning');
process.removeAllListeners('warning');
process.on('warning', (warning) => {
  if (warning.name !== 'NodeVersionSupportWarning' && !warning.message.includes('AWS SDK for JavaScript'))
    for (const tell of tellWarning) tell(warning);
});

// Calls leave much behind, and V8 clears it away late: ten thousand buckets need 100 MB and would hold 400. At half as much again they
// hold 250, for a little more work.
setFlagsFromString('--heap-growing-percent=50');

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    stop.abort();
    // A call that never answers must not keep the process: what is written is written in one step, so this is safe.
    setTimeout(() => process.exit(130), 2000).unref();
  });
}

// A reader that stops reading (head, less) is no failure, and no success either: the exit code is still the command's.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await run(process.argv.slice(2), {
  cwd: process.cwd(),
  now: () => new Date(),
  environmentProfile: process.env['AWS_PROFILE'] || undefined,
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  print: (text) => void process.stdout.write(text),
  input: () => process.stdin,
  tell: (text) => void process.stderr.write(text),
  // CI systems count as colourful to the library; a pipe is still a pipe.
  colour: pc.isColorSupported && (process.stdout.isTTY || process.env['FORCE_COLOR'] !== undefined),
  width: widthOf(process.stdout),
  // What shows progress clears as many lines as its text takes, and of no width those are without end.
  isWatched: widthOf(process.stderr) !== undefined,
  signal: stop.signal,
});
