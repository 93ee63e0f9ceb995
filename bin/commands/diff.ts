import { Command } from 'commander';
import pc from 'picocolors';
import { PlumblineError } from '#core/errors.ts';
import type { JsonObject } from '#core/json.ts';
import { isSamePolicy, parsePolicy, statementChange } from '#core/policy.ts';
import { isJsonObject } from '#core/json.ts';
import { compareScans, reportOn } from '#core/report.ts';
import { printable } from '#render/printable.ts';
import { readText, snapshotIn } from '../input-file.ts';
import type { Outcome } from '../run.ts';
import { readSettings, type World } from '../world.ts';
import { reportSettings } from '../registry.ts';
import { printReport } from './scan.ts';

interface DiffOptions {
  readonly policy?: boolean;
  readonly json?: boolean;
  readonly settings?: string;
}

export function diffCommand(world: World, end: Outcome): Command {
  return new Command('diff')
    .summary('compare two snapshots, or two policies, by meaning')
    .description('Compares two snapshot files by meaning; with --policy two policy documents: do they mean the same?')
    .argument('<before>', 'a snapshot file, or a policy')
    .argument('<after>', 'the other one')
    .option('--policy', 'the files are policy documents')
    .option('--json', 'print the answer as JSON')
    .option('--settings <file>', 'the settings to use')
    .addHelpText(
      'after',
      '\nExit codes: 0 the same, 1 different, 2 an input that cannot be compared.\n\nExamples:\n  plumbline diff before.json after.json\n  plumbline diff --policy old-policy.json new-policy.json',
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const [a, b] = [await readText(world, before), await readText(world, after)];
      end(
        options.policy === true
          ? diffPolicies(world, { a, b, before, after, asJson: options.json === true })
          : await diffSnapshots(world, { a, b, before, after, options }),
      );
    });
}

interface Texts {
  readonly a: string;
  readonly b: string;
  readonly before: string;
  readonly after: string;
}

function diffPolicies(world: World, { a, b, before, after, asJson }: Texts & { readonly asJson: boolean }): 0 | 1 {
  const [first, second] = [policyIn(a, before), policyIn(b, after)];
  const isSame = isSamePolicy(first, second);
  const { added, removed } = statementChange(first, second);
  if (asJson) {
    world.print(`${JSON.stringify({ version: 1, same: isSame, added, removed }, null, 2)}\n`);
  } else if (isSame) {
    world.print('The two policies mean the same.\n');
  } else {
    const colours = pc.createColors(world.colour);
    const lines = [
      ...removed.map((statement) => colours.red(`  - ${printable(JSON.stringify(statement))}`)),
      ...added.map((statement) => colours.green(`  + ${printable(JSON.stringify(statement))}`)),
      ...(first['Version'] === second['Version']
        ? []
        : [colours.yellow(`  ~ Version: ${versionText(first)} → ${versionText(second)}`)]),
    ];
    world.print(
      `The two policies differ in meaning: statements +${added.length} −${removed.length}\n${lines.join('\n')}\n`,
    );
  }
  return isSame ? 0 : 1;
}

function versionText({ Version }: JsonObject): string {
  return Version === undefined ? 'none, which is 2008-10-17' : printable(JSON.stringify(Version));
}

function policyIn(text: string, name: string): JsonObject {
  const policy = parsePolicy(text);
  if (policy.status === 'present' && policy.value['Statement'] !== undefined) return policy.value;
  const tried = tryJson(text);
  const why =
    tried === undefined
      ? 'it is no JSON'
      : !isJsonObject(tried)
        ? 'it is JSON, but no object'
        : tried['Statement'] === undefined
          ? 'it has no Statement'
          : 'it is nested too deeply';
  throw new PlumblineError(
    'INPUT_INVALID',
    `${name} is no policy: ${why}; give a file that holds one policy document, {"Version": …, "Statement": …}`,
  );
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function diffSnapshots(
  world: World,
  { a, b, before, after, options }: Texts & { readonly options: DiffOptions },
): Promise<0 | 1 | 2> {
  const settings = await readSettings(world, options.settings);
  const { baseline, scan } = compareScans(snapshotIn(a, before), snapshotIn(b, after));
  const report = reportOn({
    scan,
    baseline,
    ...reportSettings(settings),
    withStates: false,
  });
  printReport(world, report, { asJson: options.json === true, of: 'snapshots' });
  const isWhole =
    report.counts.notLookedAt + report.counts.resourcesNotYetAccepted + report.counts.pathsNotYetAccepted === 0;
  // Where one file has what the other did not look at, "the same" cannot be told.
  return report.exitCode === 0 && !isWhole ? 2 : report.exitCode;
}
