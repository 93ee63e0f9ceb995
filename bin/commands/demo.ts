import { Command } from 'commander';
import pc from 'picocolors';
import { accept } from '#core/acceptance.ts';
import { reportOn, type Report } from '#core/report.ts';
import type { Scan } from '#core/scan.ts';
import { createReads } from '#aws/reads.ts';
import { kinds, kindsById } from '#kinds';
import { loadBaseline, saveBaseline } from '#lambda/baseline-store.ts';
import { collect } from '#lambda/collect.ts';
import type { Documents } from '#lambda/ports.ts';
import { saveScan } from '#lambda/snapshot-store.ts';
import { recordings, type Recording } from '#local/demo/recording.ts';
import { replay } from '#local/demo/replay.ts';
import { MemoryDocuments } from '#local/memory-documents.ts';
import { renderTerminal } from '#render/terminal.ts';
import type { Outcome } from '../run.ts';
import { readShippedSettings, type World } from '../world.ts';
import { knownShapes, reportSettings } from '../registry.ts';

/** The times of the postmortem, in UTC; durations are computed from them. */
const CHANGED_AT = Date.parse('2025-10-28T19:00:00Z');
const FIRST_REPORT_AT = Date.parse('2025-10-28T21:25:00Z');
const ROLLED_BACK_AT = Date.parse('2025-10-29T14:30:00Z');

const CONCURRENCY = 8;

const FIRST_LOOK = {
  at: '2025-10-27T14:05:00.000Z',
  by: 'arn:aws:iam::111122223333:user/platform-engineer',
  reason: 'first look',
};

export function demoCommand(world: World, end: Outcome): Command {
  return new Command('demo')
    .summary('the recorded incident, start to end, with no AWS account')
    .description(
      'Replays the recorded account of the October 2025 incident through the code that scans real accounts, and prints what Plumbline would have said.',
    )
    .option('--json', 'print the report of 28 October as JSON, and nothing else')
    .addHelpText('after', '\nExample:\n  plumbline demo')
    .action(async ({ json }: { json?: boolean }) => {
      const documents = new MemoryDocuments();
      const first = await scanRecording(world, documents, recordings.before);
      const accepted = accept(undefined, {
        scan: first.scan,
        comparedWith: 0,
        what: 'all',
        kinds: kindsById,
        acceptance: FIRST_LOOK,
      });
      await saveBaseline(documents, accepted.baseline, undefined);
      const second = await scanRecording(world, documents, recordings.after);
      if (json === true) world.print(`${JSON.stringify(second.report, null, 2)}\n`);
      else world.print(story(first.report, second.report, world));
      end(0);
    });
}

/** The recording stands in for AWS; all else is what `plumbline scan` runs. */
async function scanRecording(
  world: World,
  documents: Documents,
  recording: Recording,
): Promise<{ scan: Scan; report: Report }> {
  const { account, regions, takenAt } = recording;
  const settings = await readShippedSettings();
  const loaded = await loadBaseline(documents, account, knownShapes);
  const accepted = [...(loaded?.baseline.states.values() ?? [])].map(({ state }) => state);
  const aws = createReads({
    account,
    clients: replay(recording),
    concurrency: CONCURRENCY,
    now: () => new Date(takenAt),
    signal: world.signal,
  });
  const seen = await collect({
    kinds,
    regions,
    partition: 'aws',
    ownerTags: settings.ownerTags,
    onlyThose: false,
    accepted,
    aws,
  });
  const scan = await saveScan(documents, { scan: seen, comparedWith: loaded?.baseline.accepted.generation ?? 0 });
  const report = reportOn({
    scan,
    baseline: loaded?.baseline,
    ...reportSettings(settings),
    withStates: false,
  });
  return { scan, report };
}

function story(before: Report, after: Report, { colour, width: columns }: Pick<World, 'colour' | 'width'>): string {
  const width = columns === undefined ? undefined : columns - INDENT.length;
  const colours = pc.createColors(colour);
  const say = (command: string): string => colours.cyan(`$ ${command}`);
  const render = (report: Report): string => indent(renderTerminal(report, { colour, width, kinds: kindsById }));
  return (
    [
      colours.bold('28 October 2025, replayed from a recording, through the code that scans your account'),
      'A tool that was meant to check applied its fix: S3 Block Public Access for a whole production account.\nEvery upload that carried a public ACL failed. Every posture tool showed an improvement.',
      `The day before, 14:00 UTC. ${say('plumbline scan')}`,
      render(before),
      `A person looks at it and accepts it. ${say(`plumbline baseline accept --all --reason "${FIRST_LOOK.reason}"`)}`,
      `28 October, 19:01 UTC: one minute after the change. ${say('plumbline scan')}`,
      render(after),
      `What really happened: the first user complained ${span(FIRST_REPORT_AT - CHANGED_AT)} after the change, and it was rolled back after ${span(ROLLED_BACK_AT - CHANGED_AT)}.\nThe scan above needed no complaint. S3 hides public grants while the block is on, and none of the hidden ones is told as a change.`,
      `Yours: ${say('npm start -- scan')}  (reads only; needs the usual AWS credentials)`,
      '',
    ]
      .join('\n\n')
      .trimEnd() + '\n'
  );
}

const INDENT = '  ';

function indent(text: string): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `${INDENT}${line}`))
    .join('\n');
}

function span(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
