import type { KindDeclaration } from './declaration.ts';
import type { CloudTrailEvent } from './event.ts';
import type { Issues } from './session-issues.ts';
import { byTime, entryFrom, isWatched, type TimelineEntry } from './timeline.ts';

/** Events on their way to a timeline, each kept once, wherever it was found. */
export class FoundEvents {
  /** Those that were found before. */
  duplicates = 0;
  readonly #events = new Map<string, CloudTrailEvent>();

  take(event: CloudTrailEvent): void {
    const key = `${event.account} ${event.id}`;
    if (this.#events.has(key)) this.duplicates += 1;
    else this.#events.set(key, event);
  }

  /** Those on what is watched. */
  watched(kinds: readonly KindDeclaration[]): readonly CloudTrailEvent[] {
    return [...withCorrections(this.#events.values())].filter((event) => isWatched(event, kinds));
  }

  /** What they did to what is watched, the oldest first; with who took their sessions, where that was looked for. */
  entries(kinds: readonly KindDeclaration[], issues?: Issues): readonly TimelineEntry[] {
    return this.watched(kinds)
      .flatMap((event) => entryFrom(event, kinds, issues) ?? [])
      .sort(byTime);
  }
}

/** An addendum stands in place of the event that it corrects (aws-facts §4.3). */
function withCorrections(events: Iterable<CloudTrailEvent>): Iterable<CloudTrailEvent> {
  const all = new Map<string, CloudTrailEvent>();
  for (const event of events) {
    const key = `${event.account} ${event.corrects ?? event.id}`;
    if (event.corrects !== undefined || !all.has(key)) all.set(key, event);
  }
  return all.values();
}
