import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const oxlint = join(root, 'node_modules', 'oxlint', 'bin', 'oxlint');

test('the linter finds every seeded fault', () => {
  const { stdout, status } = spawnSync(process.execPath, [oxlint, '--type-aware', '-f', 'unix', 'test/lint-seeds'], {
    cwd: root,
    encoding: 'utf8',
  });
  const found = [
    'no-floating-promises',
    'no-misused-promises',
    'switch-exhaustiveness-check',
    'no-explicit-any',
  ].filter((rule) => stdout.includes(rule));
  expect([status, found]).toEqual([
    1,
    ['no-floating-promises', 'no-misused-promises', 'switch-exhaustiveness-check', 'no-explicit-any'],
  ]);
});
