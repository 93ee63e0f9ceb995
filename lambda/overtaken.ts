import type { DriftRecord } from '#core/drift-record.ts';
import { isOwn } from '#core/own-parts.ts';
import { lookAgain } from './look-again.ts';
import type { TellPorts } from './tell-ports.ts';

const LOOK_AGAIN_MS = 60_000;

/** When what is compared anew is to be thought of again. */
export function afterNewLook({ now }: Pick<TellPorts, 'now'>): string {
  return new Date(now().getTime() + LOOK_AGAIN_MS).toISOString();
}

/** Those that something was accepted after they were compared: they are compared anew before anybody is told of them. */
export async function lookAtOvertaken(
  records: readonly DriftRecord[],
  { known, asking }: Pick<TellPorts, 'known' | 'asking'>,
): Promise<ReadonlySet<DriftRecord>> {
  const generation = await known.generation();
  const overtaken = records.filter(
    (record) => record.status === 'open' && isBaselined(record) && record.generation < generation,
  );
  await lookAgain(
    overtaken.map(({ drift }) => drift.ref),
    asking,
    { why: 'accepted since' },
  );
  return new Set(overtaken);
}

/** What the service itself is made of is compared with what was deployed, and no accept overtakes that. */
function isBaselined({ drift }: DriftRecord): boolean {
  return !isOwn(drift.ref);
}
