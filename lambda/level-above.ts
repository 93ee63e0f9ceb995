import { aboveSaid } from '#core/cause-search.ts';
import type { DriftRecord } from '#core/drift-record.ts';
import { printRef, type ResourceRef } from '#core/reference.ts';
import { ABSENT, unreadable, type JsonReading } from '#core/reading.ts';
import { refOf } from '#core/state.ts';
import type { Kind } from '#kinds/kind.ts';
import { detect, type Detected, type DetectPorts } from './detect.ts';
import { observeSome } from './observe.ts';

export interface LookedAbove extends Detected {
  /** A sentence each. */
  readonly says: readonly string[];
}

/** Looks at what may have set these from above, with no event of theirs: what departs of it is told like anything else. */
export async function lookAbove(records: readonly DriftRecord[], ports: DetectPorts): Promise<LookedAbove> {
  const below = new Set(records.map(({ drift }) => drift.ref.kind));
  const above = ports.kinds.filter(({ declaration }) => declaration.above?.kinds.some((kind) => below.has(kind)));
  const looked: LookedAbove[] = [];
  for (const kind of above) looked.push(await lookAt(kind, ports));
  return { says: looked.flatMap(({ says }) => says), due: looked.reduce((sum, { due }) => sum + due, 0) };
}

async function lookAt(kind: Kind, ports: DetectPorts): Promise<LookedAbove> {
  const { declaration } = kind;
  const ref: ResourceRef = { account: ports.account, region: 'global', kind: declaration.id, id: 'account' };
  const { due } = await detect(
    { at: { refs: [ref], hint: {} }, because: { again: 'nothing explains what is below' } },
    ports,
  );
  const [path = ''] = Object.keys(declaration.paths);
  const { observations } = await observeSome(kind, [{ ref, carried: {} }], ports);
  const seen = observations.find((one) => printRef(refOf(one)) === printRef(ref));
  const now: JsonReading =
    seen?.seen === 'state'
      ? (seen.state.watched[path] ?? ABSENT)
      : unreadable(seen?.seen === 'unreadable' ? seen.code : 'Unknown');
  const { baseline } = await ports.known.of([ref], []);
  const accepted = baseline?.states.get(printRef(ref))?.state.watched[path];
  const { title, above } = declaration;
  return { due, says: aboveSaid({ title, accepted, now, confirmedBy: above?.confirmedBy ?? '' }) };
}
