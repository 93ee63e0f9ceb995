import { expect } from 'vitest';
import type { Report } from '#core/report.ts';
import { OWNER_ID, ALL_USERS, type Bucket, type World } from '../aws-double/world.ts';
import { plumbline, type Shell } from './command.ts';

export const OWNER = { to: OWNER_ID, permission: 'FULL_CONTROL' };
export const PUBLIC = { to: ALL_USERS, permission: 'READ' };

/** A policy that lets somebody read. */
export const allow = (who: unknown): string =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Sid: 'S', Effect: 'Allow', Principal: who, Action: 's3:GetObject', Resource: 'arn:aws:s3:::a/*' }],
  });

/** So many buckets in us-east-1. */
export const buckets = (
  count: number,
  make: (index: number) => Omit<Bucket, 'region'> = () => ({}),
): World['buckets'] =>
  Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `bucket-${String(index).padStart(5, '0')}`,
      { region: 'us-east-1', ...make(index) },
    ]),
  );

/** Scans, and reads the report. */
export async function scanIn(
  shell: Shell,
  ...args: readonly string[]
): Promise<{ code: number; report: Report; err: string }> {
  const { code, out, err } = await plumbline(shell, 'scan', '--json', ...args);
  return { code, report: JSON.parse(out) as Report, err };
}

/** Scans for the first time and accepts everything. */
export async function acceptAllIn(shell: Shell): Promise<void> {
  expect(await plumbline(shell, 'scan')).toMatchObject({ code: 2 });
  expect(await plumbline(shell, 'baseline', 'accept', '--all', '--reason', 'first look')).toMatchObject({ code: 0 });
}

/** `kind/id#path` of every change that a report names. */
export const changesIn = (report: Report): readonly string[] =>
  report.findings.flatMap(({ drifts }) =>
    drifts.flatMap(({ ref, changes }) => changes.map(({ path }) => `${ref.kind}/${ref.id}#${path}`)),
  );

export const blindIn = (report: Report): readonly string[] =>
  report.unreadable.map(
    ({ ref, path, code }) => `${ref?.id ?? 'listing'}${path === undefined ? '' : `#${path}`} ${code}`,
  );
