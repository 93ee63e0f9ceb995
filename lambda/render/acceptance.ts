import type { AcceptOutcome } from '#core/acceptance.ts';
import { printRef, printSelection } from '#core/reference.ts';
import type { Scan } from '#core/scan.ts';
import { printable } from './printable.ts';
import { clock } from './clock.ts';

const MOST_NAMED = 5;

/** What was accepted, in a few lines. */
export function acceptText({
  outcome: { baseline, accepted, removed, unread, unseen },
  kept: { scan },
  isNew,
}: {
  readonly outcome: AcceptOutcome;
  readonly kept: { readonly scan: Pick<Scan, 'id' | 'finishedAt'> };
  readonly isNew: boolean;
}): string {
  if (!isNew) return `Nothing new in scan ${scan.id}: all of it is accepted already.\n`;
  const lines = [
    `Accepted from scan ${scan.id}, taken at ${clock(scan.finishedAt)}: ${accepted.length} resource${accepted.length === 1 ? '' : 's'}, ${removed.length} taken out because gone. This is generation ${baseline.accepted.generation} of account ${baseline.account}.`,
    ...(unread.length > 0
      ? [
          `${unread.length} setting${unread.length === 1 ? '' : 's'} could not be read, so what was accepted before stays: ${named(unread.map(printSelection))}`,
        ]
      : []),
    ...(unseen.length > 0
      ? [`${unseen.length} could not be read at all and stay not yet accepted: ${named(unseen.map(printRef))}`]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}

function named(names: readonly string[]): string {
  return `${names.slice(0, MOST_NAMED).map(printable).join(', ')}${names.length > MOST_NAMED ? ', …' : ''}`;
}
