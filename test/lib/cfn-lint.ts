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

/** What cfn-lint has against templates; nothing where it cannot run and that is no failure. */
export function cfnLintSays(...templates: readonly Template[]): string {
  if (isCfnLintSkipped) return '';
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-synth-'));
  const files = templates.map((template, index) => {
    const file = join(folder, `${index}.template.json`);
    writeFileSync(file, JSON.stringify(template.toJSON()));
    return file;
  });
  // W3005: the CDK itself makes every function depend on its role beside referring to it.
  const { status, stdout, stderr, error } = spawnSync(cfnLint ?? 'cfn-lint', ['-i', 'W3005', '--', ...files], {
    encoding: 'utf8',
  });
  return status === 0 ? stdout : `${stdout}${stderr}${error?.message ?? ''}`;
}
