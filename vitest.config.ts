import { defineConfig } from 'vitest/config';

const conditions = ['plumbline-source', 'node', 'import', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Two cores: the servers that some tests start need one.
    maxWorkers: 2,
    env: { NODE_NO_WARNINGS: '1' },
  },
});
