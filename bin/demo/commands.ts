import { TIMES } from '#local/demo/incident.ts';

/** What a person runs on the files, in their folder; each is what the story shows too. */
export const COMMANDS = {
  blastRadius: [
    'blast-radius',
    ...['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'].flatMap((flag) => [
      '--set',
      `s3-account-block.${flag}=true`,
    ]),
    '--from',
    '27-october/snapshot.json',
    '--evidence',
    '27-october/logs',
  ],
  explain: [
    'explain',
    '--symptom',
    'AccessDenied PutObject testmaker-exports',
    '--at',
    TIMES.reported.replace(':00.000Z', 'Z'),
    '--snapshots',
    '27-october/snapshot.json',
    '28-october/snapshot.json',
    '--trail-logs',
    '28-october/trail',
    '--evidence',
    '27-october/logs',
    '--evidence',
    '28-october/logs',
  ],
  changes: [
    'changes',
    '--snapshots',
    '27-october/snapshot.json',
    '28-october/snapshot.json',
    '--trail-logs',
    '28-october/trail',
  ],
} as const;

/** The command as a person types it. */
export function typed(args: readonly string[]): string {
  return ['plumbline', ...args].map((word) => (/[\s"']/.test(word) ? `"${word}"` : word)).join(' ');
}
