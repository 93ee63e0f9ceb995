import { expect, test } from 'vitest';
import { searchSymptom } from '#core/symptom/search.ts';
import { parseSymptom } from '#core/symptom/symptom.ts';
import { kindsById } from '#kinds';
import { ACCOUNT } from '../../builders.ts';
import { evidenceOf, minutes, STATES } from './exports.ts';
import { SEARCH_CASES } from './search.cases.ts';

const kind = kindsById.get('s3-bucket');

test.each(SEARCH_CASES)('$name ($cites)', ({ symptom, changes, requests, verdict, causes, ruledOut = [] }) => {
  const answer = searchSymptom({
    symptom: parseSymptom(symptom, minutes(60), ['exports', 'imports']),
    account: ACCOUNT,
    changes,
    states: STATES,
    judge: kind?.judge ?? { changes: (own) => own },
    context: kind?.declaration.context ?? [],
    evidence: requests === undefined ? undefined : evidenceOf(requests, changes),
  });
  expect({
    verdict: answer.verdict,
    causes: answer.causes.map(({ change, fit, isProven }) => `${change.id}: ${fit}${isProven ? ' (proven)' : ''}`),
    ruledOut: answer.ruledOut.map(({ change, reason }) => `${change.id}: ${reason}`),
  }).toEqual({ verdict, causes, ruledOut });
});
