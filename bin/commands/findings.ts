import Table from 'cli-table3';
import { Command } from 'commander';
import type { DriftRecord } from '#core/drift-record.ts';
import { PlumblineError } from '#core/errors.ts';
import type { FindingRecord } from '#core/finding-record.ts';
import { printRef } from '#core/reference.ts';
import { printable } from '#render/printable.ts';
import { clock } from '#render/clock.ts';
import { askDeployed } from '../deployed.ts';
import { withStoreOption, type LiveOptions } from '../live-options.ts';
import type { StorePlace } from '../store-place.ts';
import type { Outcome } from '../run.ts';
import type { World } from '../world.ts';

interface FindingsOptions extends Pick<LiveOptions, 'profile'> {
  readonly store: StorePlace;
  readonly json?: boolean;
  readonly all?: boolean;
  readonly note?: string;
  readonly for?: string;
  readonly until?: string;
}

export function findingsCommand(world: World, end: Outcome): Command {
  return new Command('findings')
    .summary('what the deployed service has found: list, show, acknowledge, mute')
    .description('The findings of a deployed service. Who acknowledges or mutes is what AWS says of the credentials.')
    .addHelpText(
      'after',
      '\nExamples:\n  plumbline findings list --store s3://BUCKET\n  plumbline findings ack f-0123456789 --note "we are on it" --store s3://BUCKET\n  plumbline findings mute f-0123456789 --for 8h --note "partner is told" --store s3://BUCKET',
    )
    .addCommand(listCommand(world, end))
    .addCommand(showCommand(world, end))
    .addCommand(ackCommand(world, end))
    .addCommand(muteCommand(world, end));
}

function listCommand(world: World, end: Outcome): Command {
  const command = new Command('list')
    .summary('list what is open')
    .option('--all', 'also what is over')
    .option('--json', 'print the findings as JSON')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing is open, 1 something is, 2 could not tell.\n\nExample:\n  plumbline findings list --store s3://BUCKET',
    )
    .action(async (options: FindingsOptions) => {
      const { document } = await askDeployed(world, options, { ask: 'findings' });
      const findings = (document['findings'] ?? []) as unknown as readonly Listed[];
      const open = findings.filter(({ status }) => status === 'open');
      const shown = options.all === true ? findings : open;
      world.print(
        options.json === true ? `${JSON.stringify({ version: 1, findings: shown }, null, 2)}\n` : listText(shown),
      );
      end(open.length > 0 ? 1 : 0);
    });
  return withStoreOption(command);
}

function showCommand(world: World, end: Outcome): Command {
  const command = new Command('show')
    .summary('show one finding')
    .argument('<finding>', 'its id, such as f-0123456789')
    .option('--json', 'print it as JSON')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText('after', '\nExample:\n  plumbline findings show f-0123456789 --store s3://BUCKET')
    .action(async (id: string, options: FindingsOptions) => {
      const { document } = await askDeployed(world, options, { ask: 'findings', finding: id });
      const finding = document['finding'] as unknown as FindingRecord;
      const drifts = (document['drifts'] ?? []) as unknown as readonly DriftRecord[];
      world.print(options.json === true ? `${JSON.stringify(document, null, 2)}\n` : showText(finding, drifts));
      end(0);
    });
  return withStoreOption(command);
}

function ackCommand(world: World, end: Outcome): Command {
  const command = new Command('ack')
    .summary('acknowledge a finding: it is not said again that it is still open')
    .argument('<finding>', 'its id, such as f-0123456789')
    .requiredOption('--note <text>', 'what is done about it, for whoever asks later')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText('after', '\nExample:\n  plumbline findings ack f-0123456789 --note "we are on it" --store s3://BUCKET')
    .action(async (finding: string, options: FindingsOptions) => {
      const { text } = await askDeployed(world, options, { ask: 'ack', finding, note: options.note ?? '' });
      world.print(printable(text.trimEnd()) + '\n');
      end(0);
    });
  return withStoreOption(command);
}

function muteCommand(world: World, end: Outcome): Command {
  const command = new Command('mute')
    .summary('say nothing more of a finding until a time; its recovery is told all the same')
    .argument('<finding>', 'its id, such as f-0123456789')
    .option('--for <duration>', 'how long, such as 30m, 8h or 3d')
    .option('--until <time>', 'until when, such as 2026-03-02T18:00Z')
    .requiredOption('--note <text>', 'why, for whoever asks later')
    .option('--profile <name>', 'the AWS profile to use')
    .addHelpText(
      'after',
      '\nExample:\n  plumbline findings mute f-0123456789 --for 8h --note "partner is told" --store s3://BUCKET',
    )
    .action(async (finding: string, options: FindingsOptions) => {
      const until = untilOf(options, world.now());
      const { text } = await askDeployed(world, options, { ask: 'mute', finding, until, note: options.note ?? '' });
      world.print(printable(text.trimEnd()) + '\n');
      end(0);
    });
  return withStoreOption(command);
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

function untilOf({ for: duration, until }: FindingsOptions, now: Date): string {
  if ((duration === undefined) === (until === undefined))
    throw new PlumblineError('ARGUMENT_INVALID', 'say how long with --for, or until when with --until, and not both');
  // The service reads it strictly: a time without a zone would be another one for everybody.
  if (until !== undefined) return until;
  const [, count = '', unit = ''] = /^(\d+)([mhd])$/.exec(duration ?? '') ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (!(ms > 0))
    throw new PlumblineError('ARGUMENT_INVALID', `--for ${duration}: write how long, such as 30m, 8h or 3d`);
  return new Date(now.getTime() + ms).toISOString();
}

/** A finding in a list names its first members. */
type Listed = FindingRecord & { readonly memberCount?: number };

function listText(findings: readonly Listed[]): string {
  if (findings.length === 0) return 'Nothing is open.\n';
  const table = new Table({
    head: ['finding', 'severity', 'status', 'what', 'since'],
    style: { head: [], border: [], compact: true },
  });
  for (const finding of findings)
    table.push([finding.id, finding.severity, statusText(finding), whatText(finding), clock(finding.openedAt)]);
  return `${table.toString()}\n`;
}

function statusText({ status, acknowledged, muted }: FindingRecord): string {
  if (status !== 'open') return status;
  if (muted !== undefined) return `muted until ${clock(muted.until)}`;
  return acknowledged === undefined ? 'open' : 'acknowledged';
}

function whatText({ members, memberCount = members.length }: Listed): string {
  const first = (members[0] ?? '')
    .replace(/@[^@]*$/, '')
    .split('/')
    .slice(1)
    .join('/');
  return `${printable(first)}${memberCount > 1 ? ` and ${memberCount - 1} more` : ''}`;
}

function showText(finding: FindingRecord, drifts: readonly DriftRecord[]): string {
  const { id, severity, openedAt, acknowledged, muted, told } = finding;
  const acts = [
    ...(acknowledged === undefined
      ? []
      : [
          `acknowledged by ${printable(acknowledged.by)} at ${clock(acknowledged.at)}: ${printable(acknowledged.note)}`,
        ]),
    ...(muted === undefined
      ? []
      : [`muted until ${clock(muted.until)} by ${printable(muted.by)}: ${printable(muted.note)}`]),
    ...(told === undefined ? [] : [`last told at ${clock(told.at)}: ${told.status}`]),
  ];
  const lines = drifts.flatMap(({ drift, status }) => [
    `  ${printable(printRef(drift.ref))}  ${status}`,
    ...drift.changes.map(({ says }) => `      ${printable(says)}`),
    ...drift.causes
      .filter(({ who, call }) => who !== undefined || call !== undefined)
      .map(
        ({ who, call, certainty }) => `      by ${printable(who ?? '?')} with ${printable(call ?? '?')} (${certainty})`,
      ),
  ]);
  return `${[`${id}  ${severity}  ${finding.status} since ${clock(openedAt)}`, ...acts, ...lines].join('\n')}\n`;
}
