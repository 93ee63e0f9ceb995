import Table from 'cli-table3';

interface Line {
  readonly what: string;
  readonly measured: number;
  /** Without one the line only tells. */
  readonly most: number | undefined;
}

const lines: Line[] = [];

/** A line of the report; with a limit it may fail the run. */
export function note(what: string, measured: number, most?: number): void {
  lines.push({ what, measured, most });
  process.stderr.write(`${what}: ${measured.toFixed(3)}${most === undefined ? '' : ` (at most ${limitText(most)})`}\n`);
}

/** As many digits as the measured figure has. */
function limitText(most: number): string {
  return String(Number(most.toFixed(3)));
}

/** Everything that was noted, as a table. */
export function tableOfLines(): string {
  const table = new Table({ head: ['what', 'measured', 'at most', ''], style: { head: [], border: [] } });
  for (const line of lines)
    table.push([
      line.what,
      line.measured.toFixed(3),
      line.most === undefined ? '' : limitText(line.most),
      line.most === undefined ? '' : isWithin(line) ? 'ok' : 'TOO MUCH',
    ]);
  return table.toString();
}

export function isAllWithin(): boolean {
  return lines.every(isWithin);
}

function isWithin({ measured, most }: Line): boolean {
  return most === undefined || measured <= most;
}

/** The middle of an odd number of measurements. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
