import { spawnSync } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip, gzipSync } from 'node:zlib';
import { medianOf, note } from './lines.ts';

const BUILT = join(import.meta.dirname, '..', '..', 'dist', 'bin', 'plumbline.js');
const ROUNDS = 3;
const MEGABYTE = 1e6;

/** A month of a busy account, as a trail writes it: a file of one line each five minutes and region. */
const FILES = 2_400;
const RECORDS_A_FILE = 700;
/** A watched call among so many. */
const ONE_IN = 3_000;

/** How often what is called, in a hundred: read calls and keys make most of any log. */
const MIX: readonly (readonly [source: string, name: string, weight: number])[] = [
  ['sts', 'AssumeRole', 24],
  ['kms', 'Decrypt', 14],
  ['ec2', 'DescribeInstances', 12],
  ['ec2', 'DescribeNetworkInterfaces', 8],
  ['s3', 'GetBucketAcl', 6],
  ['s3', 'ListBuckets', 4],
  ['logs', 'CreateLogStream', 10],
  ['lambda', 'GetFunction20150331v2', 6],
  ['ssm', 'UpdateInstanceInformation', 10],
  ['iam', 'GetRole', 6],
];
const CALLS = MIX.flatMap((call) => Array.from({ length: call[2] }, () => call));

class Chance {
  #state = 20_251_028;
  /** Mulberry32: the same logs in each run. */
  below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
  hex(digits: number): string {
    return Array.from({ length: digits }, () => this.below(16).toString(16)).join('');
  }
}

function recordOf(chance: Chance): object {
  const isWatched = chance.below(ONE_IN) === 0;
  const [source, name] = isWatched
    ? (['s3', 'PutBucketPolicy'] as const)
    : (CALLS[chance.below(CALLS.length)] ?? ['', '']);
  const role = `service-${chance.below(60)}`;
  const session = `session-${chance.hex(6)}`;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${chance.hex(16).toUpperCase()}:${session}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${role}/${session}`,
      accountId: '111122223333',
      accessKeyId: `ASIA${chance.hex(16).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROA${chance.hex(16).toUpperCase()}`,
          arn: `arn:aws:iam::111122223333:role/${role}`,
          accountId: '111122223333',
          userName: role,
        },
        attributes: { creationDate: '2026-03-02T08:00:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: `2026-03-${String(1 + chance.below(28)).padStart(2, '0')}T08:${String(chance.below(60)).padStart(2, '0')}:00Z`,
    eventSource: `${source}.amazonaws.com`,
    eventName: name,
    awsRegion: 'eu-west-1',
    sourceIPAddress: `10.${chance.below(256)}.${chance.below(256)}.${chance.below(256)}`,
    userAgent: 'aws-sdk-java/2.31.0 ua/2.1 os/Linux#6.1 lang/java#21.0.6 md/OpenJDK_64-Bit_Server_VM#21 "quoted" \\ {',
    requestParameters: isWatched
      ? { bucketName: `bucket-${chance.below(300)}`, bucketPolicy: { Statement: [] } }
      : { filterSet: { items: Array.from({ length: chance.below(4) }, () => ({ value: `i-${chance.hex(17)}` })) } },
    responseElements: null,
    requestID: chance.hex(32),
    eventID: `${chance.hex(8)}-${chance.hex(4)}-${chance.hex(4)}-${chance.hex(12)}`,
    readOnly: !isWatched,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: 'eu-west-1' },
  };
}

function fileText(chance: Chance): string {
  return JSON.stringify({ Records: Array.from({ length: RECORDS_A_FILE }, () => recordOf(chance)) });
}

/** Reading a month of logs beside unpacking them and counting their bytes. */
export async function benchTrailLogs(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plumbline-logs-'));
  try {
    const month = join(folder, 'month');
    mkdirSync(month);
    const chance = new Chance();
    let bytes = 0;
    for (let file = 0; file < FILES; file += 1) {
      const text = fileText(chance);
      bytes += Buffer.byteLength(text);
      writeFileSync(join(month, `${String(file).padStart(5, '0')}.json.gz`), gzipSync(text));
    }
    note('logs of a month, unpacked, MB (at least 2,000)', bytes / MEGABYTE);
    const pairs = Array.from({ length: ROUNDS }, () => ({ own: readMs(month), plain: unpackMs(month) }));
    note(
      `logs: wall ÷ zcat | wc -c (median of ${ROUNDS})`,
      medianOf(pairs.map(({ own, plain }) => own.wallMs / plain)),
      1,
    );
    note('logs: peak memory, MB', Math.max(...pairs.map(({ own }) => own.peakMb)), 256);
    const large = join(folder, 'large.json.gz');
    await writeLarge(large, chance);
    note('one packed file of 600 MB: peak memory, MB', readMs(large).peakMb, 256);
    note('that file, packed, MB', statSync(large).size / MEGABYTE);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writeLarge(path: string, chance: Chance): Promise<void> {
  const packing = createGzip();
  const out = packing.pipe(createWriteStream(path));
  const write = async (text: string): Promise<void> => {
    if (!packing.write(text)) await once(packing, 'drain');
  };
  await write('{"Records":[');
  let bytes = 0;
  for (let first = true; bytes < 600 * MEGABYTE; first = false) {
    const text = `${first ? '' : ','}${fileText(chance).slice('{"Records":['.length, -2)}`;
    bytes += Buffer.byteLength(text);
    await write(text);
  }
  packing.end(']}');
  await finished(out);
}

/** The command line as people run it, with the peak that the system saw. */
function readMs(path: string): { readonly wallMs: number; readonly peakMb: number } {
  const script = `
    const started = process.hrtime.bigint();
    process.on('exit', () => process.stderr.write(JSON.stringify({
      wallMs: Number(process.hrtime.bigint() - started) / 1e6, peakMb: process.resourceUsage().maxRSS / 1e3 })));
    process.argv = [process.argv[0], ${JSON.stringify(BUILT)}, 'changes', '--json', '--trail-logs', ${JSON.stringify(path)}];
    await import(${JSON.stringify(BUILT)});`;
  const { stderr, stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0) throw new Error(`changes ended with ${status}: ${stderr}`);
  if ((JSON.parse(stdout) as { entries: readonly unknown[] }).entries.length === 0) throw new Error('it found nothing');
  return JSON.parse(stderr) as { readonly wallMs: number; readonly peakMb: number };
}

function unpackMs(folder: string): number {
  const started = process.hrtime.bigint();
  const { status } = spawnSync('sh', ['-c', `zcat ${folder}/*.json.gz | wc -c`]);
  if (status !== 0) throw new Error('zcat failed');
  return Number(process.hrtime.bigint() - started) / 1e6;
}
