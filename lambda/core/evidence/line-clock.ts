import { timeOf } from './access-log.ts';

const DAY = '06/Feb/2019:'.length;
const ZONE = ' +0000] ';
const ZONE_AT = DAY + 'hh:mm:ss'.length;
const ZERO = 0x30;
const COLON = 0x3a;

/** Reads the times of lines, most of which are of the day of the line before. */
export class LineClock {
  #day = '';
  #dayAt = 0;

  /** The time that stands at a place of a line, in milliseconds since 1970; undefined for what S3 does not write. */
  read(line: string, at: number): number | undefined {
    if (line.slice(at, at + DAY) !== this.#day) {
      const dayAt = timeOf(`${line.slice(at, at + DAY)}00:00:00 +0000`);
      if (dayAt === undefined) return undefined;
      this.#day = Buffer.from(line.slice(at, at + DAY), 'latin1').toString('latin1');
      this.#dayAt = dayAt;
    }
    if (!line.startsWith(ZONE, at + ZONE_AT)) return undefined;
    const hour = twoAt(line, at + DAY);
    const minute = twoAt(line, at + DAY + 3);
    const second = twoAt(line, at + DAY + 6);
    const isClock = line.charCodeAt(at + DAY + 2) === COLON && line.charCodeAt(at + DAY + 5) === COLON;
    // Written so that what is no number fails.
    if (!(isClock && hour < 24 && minute < 60 && second < 60)) return undefined;
    return this.#dayAt + ((hour * 60 + minute) * 60 + second) * 1000;
  }
}

function twoAt(line: string, at: number): number {
  const tens = line.charCodeAt(at) - ZERO;
  const ones = line.charCodeAt(at + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : Number.NaN;
}
