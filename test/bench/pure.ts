import { performance } from 'node:perf_hooks';
import { departureFrom } from '#core/drift.ts';
import { parsePolicy } from '#core/policy.ts';
import { compareScans } from '#core/report.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';
import type { Scan } from '#core/scan.ts';
import { kindsById } from '#kinds';
import { POLICY_CASES } from '../core/s3/policy-publicness.cases.ts';
import { corpora } from '../corpora.ts';
import { medianOf, note } from './lines.ts';
import { snapshotPair } from './snapshots.ts';

export function benchDiff(): void {
  const { before, after, changed } = snapshotPair(10_000);
  const ratios: number[] = [];
  for (let round = 0; round < 7; round += 1) {
    const parseStart = performance.now();
    const [a, b] = [JSON.parse(before) as Scan, JSON.parse(after) as Scan];
    const parsed = performance.now();
    const { baseline, scan } = compareScans(a, b);
    const { drifts } = departureFrom(baseline, scan, kindsById);
    const diffed = performance.now();
    if (drifts.length !== changed) throw new Error(`found ${drifts.length} of ${changed} changes`);
    ratios.push((diffed - parsed) / (parsed - parseStart));
  }
  note('diff of two snapshots of 10,000 buckets ÷ JSON.parse of them (median of 7)', medianOf(ratios), 0.6);
}

/** Texts of every sort: those of the tables, and those of the corpora where they are at hand. */
function policyTexts(): readonly string[] {
  const own = POLICY_CASES.map(({ statements }) => JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  const others = ['policies.jsonl', 'policies_unlabelled.jsonl'].flatMap((name) =>
    corpora.read(name).map((record) => JSON.stringify((record as { policy: unknown }).policy)),
  );
  return [...own, ...others];
}

export function benchVerdicts(): void {
  const texts = policyTexts();
  const ROUNDS_OF_ALL = 40;
  const ratios: number[] = [];
  let fastest = 0;
  for (let round = 0; round < 9; round += 1) {
    const parseStart = performance.now();
    let parsedCount = 0;
    for (let time = 0; time < ROUNDS_OF_ALL; time += 1) {
      for (const text of texts) if (JSON.parse(text) !== undefined) parsedCount += 1;
    }
    const parsed = performance.now();
    for (let time = 0; time < ROUNDS_OF_ALL; time += 1) {
      for (const text of texts) {
        const policy = parsePolicy(text);
        if (policy.status === 'present' && verdictOnPolicy(policy.value).verdict === undefined)
          throw new Error('no verdict');
      }
    }
    const judged = performance.now();
    ratios.push((judged - parsed) / (parsed - parseStart));
    fastest = Math.max(fastest, (parsedCount / (judged - parsed)) * 1000);
  }
  process.stderr.write(`verdicts on policies: up to ${Math.round(fastest)} a second, read from their texts\n`);
  note('verdicts on policies from their texts ÷ JSON.parse of them (median of 9)', medianOf(ratios), 6);
}
