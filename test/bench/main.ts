/**
 * Ratios and counts measured in one run; never a time that a test waits for. `npm run bench`, or `npm run bench -- event large` for the
 * parts of those names.
 */
import { existsSync, readFileSync } from 'node:fs';
import { AwsDouble } from '../aws-double/client.ts';
import { benchAccessLogs } from './access-logs.ts';
import { benchBlastRadius } from './blast-radius.ts';
import { benchColdStarts, benchSizes } from './functions.ts';
import { isAllWithin, tableOfLines } from './lines.ts';
import { benchOneEvent } from './one-event.ts';
import { benchDiff, benchVerdicts } from './pure.ts';
import { benchTrailLogs } from './trail-logs.ts';
import { benchCollector, benchLargeAccount, benchThrottled } from './scans.ts';

/** What runs the built product needs `npm run build` before. */
const PARTS: Readonly<Record<string, (double: AwsDouble) => void | Promise<void>>> = {
  diff: benchDiff,
  verdicts: benchVerdicts,
  sizes: benchSizes,
  starts: benchColdStarts,
  event: benchOneEvent,
  collector: benchCollector,
  large: benchLargeAccount,
  throttled: benchThrottled,
  'blast-radius': benchBlastRadius,
  logs: benchTrailLogs,
  'access-logs': benchAccessLogs,
};

/** The share of processor time that the machine's host kept for others, as Linux counts it; undefined elsewhere. */
function stolenTime(): { stolen: number; all: number } | undefined {
  if (!existsSync('/proc/stat')) return undefined;
  const times = (readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '').split(/\s+/).slice(1).map(Number);
  return { stolen: times[7] ?? 0, all: times.reduce((sum, time) => sum + time, 0) };
}

const asked = process.argv.slice(2);
for (const name of asked)
  if (!Object.hasOwn(PARTS, name)) throw new Error(`no part "${name}"; there are ${Object.keys(PARTS).join(', ')}`);
const before = stolenTime();
const double = await AwsDouble.start();
Object.assign(process.env, double.environment);
try {
  for (const [name, bench] of Object.entries(PARTS))
    if (asked.length === 0 || asked.includes(name)) await bench(double);
} finally {
  await double.stop();
}
process.stdout.write(`${tableOfLines()}\n`);
const after = stolenTime();
if (before && after) {
  const share = (after.stolen - before.stolen) / (after.all - before.all);
  process.stdout.write(
    `The host kept ${(100 * share).toFixed(0)} % of the processor time for others; what it keeps makes the walls longer.\n`,
  );
}
process.exitCode = isAllWithin() ? 0 : 1;
