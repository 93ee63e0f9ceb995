import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { verdictOnPolicy } from '#core/s3/policy-publicness.ts';

/** Cases as a scan prints them where AWS and Plumbline disagree, a line each; AWS's verdict is the expected one. */
const cases = readFileSync(join(import.meta.dirname, 'policy-verdicts.jsonl'), 'utf8')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line) as { id: string; policy: JsonObject; expected: string });

test.each(cases)('$id is $expected', ({ policy, expected }) => expect(verdictOnPolicy(policy).verdict).toBe(expected));
