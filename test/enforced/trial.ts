import type { BlastRadius } from '#core/blast-radius.ts';
import type { AwsDouble } from '../aws-double/client.ts';
import { compare, pairOf, type Pair, type Verdict } from './compared.ts';
import { make } from './made.ts';
import { observe, PROBES } from './observed.ts';
import { doubtsIn, flipsIn, predict, type Reader } from './predicted.ts';
import { ROWS_OF_ANY } from './read-requests.cases.ts';
import type { Probe } from './request.ts';
import { settingsAfter, worldOf, written, type Case } from './settings.ts';

/** One row of a case: what was predicted of it, what its requests met, and how the two stand to each other. */
export interface Line {
  readonly row: string;
  readonly does: string;
  readonly pair: Pair;
  /** Something is predicted to flip. */
  readonly isPredicted: boolean;
  readonly verdict: Verdict;
  readonly why?: string;
  /** Predicted and seen in full, so that it can be put among the cases. */
  readonly text: string;
}

export interface Trial {
  readonly asked: Case;
  readonly report: BlastRadius;
  readonly made: 'made' | 'refused';
  readonly lines: readonly Line[];
}

const GROUPS: readonly (readonly Probe[])[] = [
  ...PROBES.filter(({ row }) => !ROWS_OF_ANY.has(row)).map((probe) => [probe]),
  ...[...ROWS_OF_ANY].map((row) => PROBES.filter((probe) => probe.row === row)),
];

/** Where it is tried: a server, and a reader of it. */
export interface Ground {
  readonly double: AwsDouble;
  readonly reader: Reader;
}

/** Asks what a change would do, sends the requests, makes the change, sends them again, and puts the two answers side by side. */
export async function trial({ double, reader }: Ground, asked: Case): Promise<Trial> {
  const [before, after] = [worldOf(asked.before), worldOf(settingsAfter(asked))];
  await double.show(before);
  const report = await predict(reader, asked);
  const was = await observe(double, before);
  await double.show(before);
  const made = await make(double, asked);
  // What S3 would not have so may be asked about all the same.
  if (made === 'refused') await double.show(after);
  const is = await observe(double, after);
  const [flips, doubtOf] = [flipsIn(report), doubtsIn(report)];
  const lines = GROUPS.map((probes): Line => {
    const row = probes[0]?.row ?? '';
    const does = probes.map((probe) => probe.does).join(', or ');
    const pair = pairOf(probes, [was, is]);
    const flip = flips.get(row);
    const compared = compare(flip, { probes, pair, asked, doubtOf });
    return {
      row,
      does,
      pair,
      isPredicted: flip !== undefined,
      ...compared,
      text: textOf(asked, { row, does, predicted: flip ?? 'no flip', seen: pair }),
    };
  });
  return { asked, report, made, lines };
}

/** A case as it stands in a table of cases, and beside it whatever else there is to say. */
export function textOf(asked: Case, more: object): string {
  return [
    `\n  { before: ${JSON.stringify(asked.before)}, set: ${JSON.stringify(asked.set)} }`,
    `  plumbline blast-radius ${written(asked).join(' ')}`,
    ...Object.entries(more).map(
      ([name, value]) => `  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ),
  ].join('\n');
}
