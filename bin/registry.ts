import type { ReportInput } from '#core/report.ts';
import { kinds } from '#kinds';
import type { Kind } from '#kinds/kind.ts';
import { kindsByIdKnowing } from '#kinds/knowing.ts';
import { actionItemsIn } from '#lambda/action-items.ts';
import { addressesIn } from '#lambda/service-settings.ts';
import type { Settings } from '#lambda/settings.ts';

/** What this release's kinds can read, for telling a baseline that is newer. */
export const knownShapes: ReadonlyMap<string, number> = new Map(
  kinds.map(({ declaration }) => [declaration.id, declaration.shape]),
);

/** The kinds, with judges that know what the settings say. */
export function kindsOf(settings: Settings): ReadonlyMap<string, Kind> {
  return kindsByIdKnowing(kinds, addressesIn(settings));
}

/** What a report takes from the settings and the registry. */
export function reportSettings(settings: Settings): Pick<ReportInput, 'kinds' | 'actionItems' | 'ownerTags'> {
  return { kinds: kindsOf(settings), actionItems: actionItemsIn(settings), ownerTags: settings.ownerTags };
}
