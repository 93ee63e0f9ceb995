import { describe, expect, test } from 'vitest';
import { toolsAtFault } from '#core/contract.ts';
import type { Reconciliation } from '#core/reconciliation.ts';
import { kindsById } from '#kinds';
import { changesDocument } from '#lambda/changes-document.ts';
import { useDoubleHere } from '../double-here.ts';
import { RECONCILED_CASES } from './reconciliation.cases.ts';
import { ACCOUNT, Scene } from './scene.ts';

const on = useDoubleHere();
const NOTHING: Reconciliation['counts'] = {
  changes: 0,
  explained: 0,
  unexplained: 0,
  calls: 0,
  causes: 0,
  withoutEffect: 0,
  notCompared: 0,
  attempts: 0,
};

describe('what the records of a day tell', () => {
  test.each(RECONCILED_CASES)(
    '$case',
    { timeout: 120_000 },
    async ({ happens, counts, because = [], atFault = [] }) => {
      const scene = new Scene(on.double);
      await scene.open();
      await scene.accepted();
      await happens(scene);
      const { documents, now } = scene;
      const document = await changesDocument({}, { account: ACCOUNT, documents, kinds: kindsById, now });
      const { reconciliation } = document;
      expect({
        counts: reconciliation.counts,
        because: [
          ...reconciliation.unexplained.flatMap(({ why }) => why.map((one) => one.because)),
          ...reconciliation.withoutEffect.map((one) => one.because),
        ],
        atFault: toolsAtFault(reconciliation.withoutEffect.map(({ cause }) => cause)),
        problems: document.problems,
        exitCode: document.exitCode,
      }).toEqual({ counts: { ...NOTHING, ...counts }, because, atFault, problems: [], exitCode: 0 });
    },
  );
});
