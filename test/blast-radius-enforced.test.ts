/**
 * What `plumbline blast-radius --set` says would flip, against what really does: random buckets, random changes, and every request of
 * S3's decision table sent over HTTP before and after to a server that enforces it by other code (test/aws-double).
 * `SEED=70 npx vitest run test/blast-radius-enforced.test.ts` repeats one.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AwsDouble } from './aws-double/client.ts';
import type { Verdict } from './enforced/compared.ts';
import { caseOf } from './enforced/generated.ts';
import { breachesOf, LAWS } from './enforced/laws.ts';
import { PROBES } from './enforced/observed.ts';
import { openReader } from './enforced/predicted.ts';
import { trial, type Trial } from './enforced/trial.ts';

const only = process.env['SEED'];
const SEEDS = only === undefined ? Array.from({ length: 200 }, (_, index) => index + 1) : [Number(only)];

/** Rows that no setting refuses, or that always are (aws-facts §3.2); and C2, of which the facts leave open what happens in a lockdown. */
const NEVER_FLIP = ['W0', 'W1', 'A4', 'P2', 'M2', 'X1', 'S1', 'S2', 'C1', 'C2', 'U1'];

/** So often at least each row is compared, and so often flips, in two hundred changes. */
const FEWEST = 2;

/** What a prediction may not know, and the fact or the limit that it is for. */
const REASONS: Readonly<Record<string, string>> = {
  'a Deny statement, which does not count for what S3 calls public, may still shut people out':
    '§2.3: a Deny does not count, and whom it meets is not computed',
  'S3 does not show public grants while IgnorePublicAcls is on': '§1.4',
  'one of the two readings was masked: S3 does not show public grants under IgnorePublicAcls, and shows them again without it':
    '§1.4',
  'the stored bucket ACL is not read while ACLs are off': '§1.4',
  'ACLs are off over a stored ACL that grants somebody else; whether S3 minds that again, AWS does not say':
    '§3.2 A3, of which the facts are silent',
  'whether IgnorePublicAcls takes the whole of such an ACL or its public grants alone, AWS does not say': '§3.2 X4 [U]',
  'whether RestrictPublicBuckets shuts out an origin access identity, AWS does not say': '§3.2 C2 [U]',
};

/** Some fifteen seconds where nothing else runs, and several times that where much does. */
const PATIENCE_MS = 300_000;

let double: AwsDouble;
let trials: readonly Trial[];
const environment = { ...process.env };

beforeAll(async () => {
  double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
  const ground = { double, reader: await openReader() };
  const all: Trial[] = [];
  for (const seed of SEEDS) all.push(await trial(ground, caseOf(seed)));
  trials = all;
}, PATIENCE_MS);
afterAll(async () => {
  process.env = environment;
  await double.stop();
});

const linesOf = (...verdicts: readonly Verdict[]) =>
  trials.flatMap(({ lines }) => lines.filter(({ verdict }) => verdicts.includes(verdict)));

describe('random buckets and random changes', () => {
  test('each flip that is predicted is seen, and each that is seen is predicted', () => {
    expect(linesOf('different').map(({ text }) => text)).toEqual([]);
  });

  test.each(LAWS)('$says', (law) => {
    expect(breachesOf(law, trials)).toEqual([]);
  });

  test('what is not known is not known for a reason that the facts give', () => {
    const others = linesOf('unknown').filter(({ why = '' }) => !(why in REASONS));
    expect(others.map(({ text, why }) => `${text}\n  because: ${why}`)).toEqual([]);
  });
});

describe.runIf(only === undefined)('all of them together', () => {
  test('no row drops out, and each that can flip is seen to', () => {
    const rows = [...new Set(PROBES.map(({ row }) => row))];
    const count = (row: string, ...verdicts: readonly Verdict[]): number =>
      linesOf(...verdicts).filter((line) => line.row === row).length;
    expect(rows.filter((row) => count(row, 'same-flip', 'same-rest') < FEWEST)).toEqual([]);
    const rare = rows.filter((row) => count(row, 'same-flip') < FEWEST);
    expect(rare.sort()).toEqual(NEVER_FLIP.toSorted());
  });

  test('little is left open', () => {
    const asked = linesOf('same-flip', 'same-rest', 'different', 'unknown', 'cannot-tell', 'not-there').length;
    const share = (...verdicts: readonly Verdict[]): number => linesOf(...verdicts).length / asked;
    const percent = (of: number): string => `${(100 * of).toFixed(1)} %`;
    const [unknown, untold] = [share('unknown'), share('cannot-tell')];
    console.info(
      `${asked} rows compared: ${linesOf('same-flip').length} flips predicted and seen, ${percent(unknown)} predicted as not known, ${percent(untold)} that the double cannot tell; ${trials.filter(({ made }) => made === 'made').length} of ${trials.length} changes made by S3's own calls`,
    );
    expect(unknown).toBeLessThan(0.02);
    expect(untold).toBeLessThan(0.06);
    expect(trials.filter(({ made }) => made === 'made').length).toBeGreaterThan(SEEDS.length / 2);
  });
});
