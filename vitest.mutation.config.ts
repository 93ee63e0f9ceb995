import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** What mutation testing runs: the tables of the verdicts. The laws over the whole cube take too long for each mutant. */
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    include: [
      'test/core/s3/*.test.ts',
      'test/verdict.test.ts',
      'test/explain.test.ts',
      'test/core/consequences.test.ts',
    ],
    exclude: ['**/properties.test.ts', '**/agreement.test.ts', '**/corpora.test.ts', '**/robustness.test.ts'],
  },
});
