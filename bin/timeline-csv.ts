import { stringify } from 'csv-stringify/sync';
import { howText } from '#core/how.ts';
import { aboutText } from '#render/timeline.ts';
import { printable } from '#render/printable.ts';
import type { TimelineEntry } from '#core/timeline.ts';

const COLUMNS = [
  'time',
  'call',
  'resource',
  'region',
  'who',
  'person',
  'chain',
  'taken by',
  'how',
  'certainty',
  'address',
  'error',
  'event',
];

/** The timeline as a table. What a stranger wrote is no formula of a spreadsheet. */
export function timelineCsv(entries: readonly TimelineEntry[]): string {
  const rows = entries.map((entry) =>
    [
      entry.at,
      entry.call,
      aboutText(entry),
      entry.region,
      entry.whoText,
      entry.who.person ?? '',
      entry.chainText ?? '',
      entry.chain?.person ?? entry.chain?.end ?? '',
      howText(entry.how),
      entry.how.certainty,
      entry.sourceAddress ?? '',
      entry.error?.code ?? '',
      entry.event,
    ].map(printable),
  );
  return stringify(rows, { header: true, columns: COLUMNS, escape_formulas: true });
}
