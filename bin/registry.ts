import type { ReportInput } from '#core/report.ts';
import { kinds, kindsById } from '#kinds';
import { actionItemsIn } from '#lambda/action-items.ts';
import type { Settings } from '#lambda/settings.ts';

/** What this release's kinds can read, for telling a baseline that is newer. */
export const knownShapes: ReadonlyMap<string, number> = new Map(
  kinds.map(({ declaration }) => [declaration.id, declaration.shape]),
);

/** What a report takes from the settings and the registry. */
export function reportSettings(settings: Settings): Pick<ReportInput, 'kinds' | 'actionItems' | 'ownerTags'> {
  return { kinds: kindsById, actionItems: actionItemsIn(settings), ownerTags: settings.ownerTags };
}
