import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', 'shared', 'corpora');

/**
 * Cases that others wrote, read from beside the project and never copied into it. Where they are absent the tests that need them
 * say so and are skipped; in CI they are there, and a skipped test is a failure.
 */
export const corpora = {
  absent: !existsSync(FOLDER),
  read: (name: string): readonly unknown[] =>
    existsSync(FOLDER)
      ? readFileSync(join(FOLDER, name), 'utf8')
          .split('\n')
          .filter((line) => line !== '')
          .map((line) => JSON.parse(line) as unknown)
      : [],
};
