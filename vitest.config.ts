import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { defineConfig } from 'vitest/config';

const conditions = ['plumbline-source', 'node', 'import', 'default'];

/** The longest first: one that begins last would run alone while the other worker has nothing left. Of the others the largest file. */
const LONGEST = ['test/simulation/', 'test/lab/', 'test/cli/'];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId }: TestSpecification): number => {
      const rank = LONGEST.findIndex((start) => relative(import.meta.dirname, moduleId).startsWith(start));
      return rank < 0 ? LONGEST.length : rank;
    };
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Tests wait about as long as they compute: for servers, for programs that they start, for their own modules. On two cores three at
    // once are done soonest.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    env: { NODE_NO_WARNINGS: '1' },
  },
});
