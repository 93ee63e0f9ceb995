import type { AddressKnowledge } from '#core/waf/ip-set-change.ts';
import type { Kind } from './kind.ts';

/** The kinds with judges that know what the settings say. */
export function kindsKnowing(kinds: readonly Kind[], knowledge: AddressKnowledge): readonly Kind[] {
  return kinds.map((kind) =>
    kind.judgeKnowing === undefined ? kind : { ...kind, judge: kind.judgeKnowing(knowledge) },
  );
}

/** The same by id. */
export function kindsByIdKnowing(kinds: readonly Kind[], knowledge: AddressKnowledge): ReadonlyMap<string, Kind> {
  return new Map(kindsKnowing(kinds, knowledge).map((kind) => [kind.declaration.id, kind]));
}
