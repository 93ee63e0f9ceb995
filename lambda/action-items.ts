import type { ActionItem } from '#core/report.ts';
import type { Settings } from './settings.ts';

/** Action items with their links, in the order of the file. */
export function actionItemsIn({ postmortems }: Settings): readonly ActionItem[] {
  return postmortems.incidents.flatMap(({ slug, actionItems }) =>
    actionItems.map(({ id, title }) => ({ id, title, link: new URL(slug, postmortems.base).href })),
  );
}
