import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { findProgram, findPrograms } from '../cli/api-server.ts';

const programs = findPrograms();
const cfnLint = findProgram('cfn-lint');
if (cfnLint === undefined)
  process.stderr.write(`cfn-lint cannot run: ${'missing' in programs ? programs.missing : 'it is not there'}\n`);

/** In CI a program that cannot be had is a failure, not a reason to skip. */
export const isCfnLintSkipped = cfnLint === undefined && process.env['CI'] === undefined;

/** What cfn-lint has against a template; nothing where it cannot run and that is no failure. */
export function cfnLintSays(template: Template): string {
  if (isCfnLintSkipped) return '';
  const file = join(mkdtempSync(join(tmpdir(), 'plumbline-synth-')), 'template.json');
  writeFileSync(file, JSON.stringify(template.toJSON()));
  // W3005: the CDK itself makes every function depend on its role beside referring to it.
  const { status, stdout, stderr, error } = spawnSync(cfnLint ?? 'cfn-lint', ['-i', 'W3005', '--', file], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout : `${stdout}${stderr}${error?.message ?? ''}`;
}
