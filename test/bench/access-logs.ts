import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessLogLine, dataEvent, requestsOf, type MadeAccount, type Traffic } from '#local/demo/traffic.ts';
import { medianOf, note } from './lines.ts';

const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'lambda');
const ROUNDS = 3;
const GIGABYTE = 1e9;
const MEGABYTE = 1e6;
/** What is to be read, and how much of it a file has: a day of a busy bucket, put together. */
const BYTES = 2.1 * GIGABYTE;
const BYTES_A_FILE = 100 * MEGABYTE;
const EVENT_BYTES = 0.3 * GIGABYTE;

const ROLES = ['document-api', 'scheduler-api', 'content-extraction-api', 'marketing-sync', 'backup', 'reports'];
const BUCKETS = ['exports', 'media', 'cdn-assets', 'backups', 'reports-archive'];

/** Each role on each bucket, downloads of whoever comes, and uploads that fail from a day on. */
function account(): MadeAccount {
  const common = { from: '2025-10-01T00:00:00Z', to: '2026-10-01T00:00:00Z' };
  const roles = ROLES.flatMap((role, index) =>
    BUCKETS.map((bucket, place): Traffic => ({
      ...common,
      by: { role },
      bucket: `example-${bucket}`,
      operation: (index + place) % 2 === 0 ? 'PutObject' : 'GetObject',
      ...(index === place ? { acl: 'public-read' } : {}),
      userAgent: `aws-sdk-java/2.31.0 ua/2.1 os/Linux#6.1 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21 app/${role}`,
      addresses: Array.from({ length: 4 }, (_, host) => `10.${index}.${place}.${host}`),
      everyMs: 4000 + 700 * index,
      fails: { since: '2025-10-28T19:00:00Z', until: '2025-10-29T14:30:00Z', code: 'AccessDenied', status: 403 },
    })),
  );
  const visitors: Traffic = {
    ...common,
    by: 'anonymous',
    bucket: 'example-cdn-assets',
    operation: 'GetObject',
    userAgent: 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Safari/537.36',
    addresses: Array.from({ length: 200 }, (_, host) => `198.51.100.${host}`),
    everyMs: 250,
  };
  return {
    account: '111122223333',
    canonicalId: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be',
    region: 'us-east-1',
    traffic: [...roles, visitors],
  };
}

/** Writes so many bytes of texts, in files of at most so many. Returns what was written. */
function writeAll(texts: Iterable<string>, { folder, bytes }: { folder: string; bytes: number }): number {
  let written = 0;
  let file = -1;
  let inFile = Number.POSITIVE_INFINITY;
  let buffered = '';
  const flush = (): void => {
    if (file !== -1) writeSync(file, buffered);
    buffered = '';
  };
  for (const text of texts) {
    if (inFile > BYTES_A_FILE) {
      flush();
      if (file !== -1) closeSync(file);
      file = openSync(join(folder, `${String(Math.floor(written / BYTES_A_FILE)).padStart(3, '0')}.log`), 'w');
      inFile = 0;
    }
    buffered += text;
    inFile += text.length;
    written += text.length;
    if (buffered.length > MEGABYTE) flush();
    if (written > bytes) break;
  }
  flush();
  if (file !== -1) closeSync(file);
  return written;
}

/** Access logs beside a loop over the lines of the same files; then data events, which are read as a trail writes them. */
export function benchAccessLogs(): void {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-access-logs-'));
  try {
    const [lines, events] = ['lines', 'events'].map((name) => join(folder, name));
    for (const path of [lines, events]) mkdirSync(path ?? '');
    const made = account();
    const bytes = writeAll(linesOf(made), { folder: lines ?? '', bytes: BYTES });
    note('access logs, MB (at least 2,000)', bytes / MEGABYTE);
    const pairs = Array.from({ length: ROUNDS }, () => ({ own: readMs(lines ?? ''), plain: loopMs(lines ?? '') }));
    const ratio = (of: 'wallMs' | 'cpuMs'): number => medianOf(pairs.map(({ own, plain }) => own[of] / plain[of]));
    note(`access logs: wall ÷ for await over readline (median of ${ROUNDS})`, ratio('wallMs'), 1.5);
    note('access logs: the same of processor time', ratio('cpuMs'));
    note('access logs: seconds', medianOf(pairs.map(({ own }) => own.wallMs)) / 1000);
    note('access logs: peak memory, MB', Math.max(...pairs.map(({ own }) => own.peakMb)), 256);
    note('access logs: malformed lines', Math.max(...pairs.map(({ own }) => own.malformed)), 0);
    writeAll(eventsOf(made), { folder: events ?? '', bytes: EVENT_BYTES });
    const own = readMs(events ?? '');
    note('data events, 300 MB: wall ÷ for await over readline', own.wallMs / loopMs(events ?? '').wallMs);
    note('data events: peak memory, MB', own.peakMb, 256);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function* linesOf(made: MadeAccount): Generator<string> {
  for (const request of requestsOf(made, 1)) yield `${accessLogLine(made, request)}\n`;
}

function* eventsOf(made: MadeAccount): Generator<string> {
  for (const request of requestsOf(made, 1)) yield `${JSON.stringify(dataEvent(made, request))}\n`;
}

interface Run {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly malformed: number;
}

const TELL = `
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(JSON.stringify({ wallMs: Number(process.hrtime.bigint() - started) / 1e6, cpuMs: (user + system) / 1e3,
    peakMb: process.resourceUsage().maxRSS / 1e3, malformed }));`;

function readMs(folder: string): Run {
  return run(`
    const { findLogFiles } = await import(${JSON.stringify(join(BUILT, 'local', 'log-files.js'))});
    const { readEvidence } = await import(${JSON.stringify(join(BUILT, 'evidence-reading.js'))});
    const { evidenceLayout } = await import(${JSON.stringify(join(BUILT, 'core', 'evidence', 'log-layout.js'))});
    const started = process.hrtime.bigint();
    const before = process.cpuUsage();
    const { files } = await findLogFiles({ path: ${JSON.stringify(folder)}, named: 'logs' }, {}, evidenceLayout());
    const { evidence, counts: { malformed } } = await readEvidence(files, { marks: [Date.UTC(2025, 9, 28, 19)] });
    if (evidence.requests === 0) throw new Error('it found nothing');
    ${TELL}`);
}

function loopMs(folder: string): Run {
  return run(`
    const { createReadStream, readdirSync } = await import('node:fs');
    const { createInterface } = await import('node:readline');
    const started = process.hrtime.bigint();
    const before = process.cpuUsage();
    let lines = 0;
    const malformed = 0;
    for (const name of readdirSync(${JSON.stringify(folder)}))
      for await (const line of createInterface({ input: createReadStream(${JSON.stringify(folder)} + '/' + name) })) lines += line === '' ? 0 : 1;
    ${TELL}`);
}

function run(script: string): Run {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`it ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Run;
}
