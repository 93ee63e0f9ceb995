import { wrapAnsi } from 'fast-wrap-ansi';

/** Narrower than this a hanging indent leaves no room for words. */
const NARROWEST = 40;

/** A line, wrapped between words to so many columns, with the lines after the first indented; as it is where no width is known. */
export function hanging(line: string, indent: number, width: number | undefined): string {
  if (width === undefined || width < NARROWEST) return line;
  const lead = /^ */.exec(line)?.[0] ?? '';
  const [first = '', ...rest] = wrapAnsi(line, width, { trim: false }).split('\n');
  if (rest.length === 0) return first;
  const tail = rest.map((text) => text.trim()).join(' ');
  const room = Math.max(width - indent, NARROWEST - lead.length);
  const wrapped = wrapAnsi(tail, room).split('\n');
  return [first.trimEnd(), ...wrapped.map((text) => `${' '.repeat(indent)}${text}`)].join('\n');
}

/** So many of them, and how many more there are. */
export function capped(lines: readonly string[], most: number): readonly string[] {
  return lines.length > most ? [...lines.slice(0, most), `… and ${lines.length - most} more`] : lines;
}
