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
const FILES = 2_000;
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
  /** As long as the tokens that STS gives out, and packed as badly. */
  token(): string {
    return Buffer.from(Uint32Array.from({ length: 140 }, () => this.below(0x1_0000_0000)).buffer).toString('base64');
  }
}

/** Sessions that were given out lately, in files before this one: watched calls are made in one of them. */
const SESSIONS_KEPT = 20_000;

interface Session {
  readonly accessKeyId: string;
  readonly role: string;
  readonly name: string;
  readonly began: string;
}

const sessions: Session[] = [];

function newSession(chance: Chance, began: string): Session {
  const session = {
    accessKeyId: `ASIA${chance.hex(16).toUpperCase()}`,
    role: `service-${chance.below(60)}`,
    name: `session-${chance.hex(6)}`,
    began,
  };
  sessions[chance.below(SESSIONS_KEPT)] = session;
  return session;
}

function anySession(chance: Chance): Session | undefined {
  return sessions[chance.below(SESSIONS_KEPT)];
}

/** One run of a deployment sets several things, of one bucket or of a few. */
const CALLS_A_SESSION = 4;
let calls = 0;
let working: Session | undefined;

function workingSession(chance: Chance): Session | undefined {
  if (calls % CALLS_A_SESSION === 0) working = anySession(chance);
  calls += 1;
  return working;
}

/** Of calls that give sessions out, so many in a hundred are made by services, which have no session themselves. */
const BY_SERVICES = 60;

/** What AssumeRole has that other calls do not. */
function issueParts(chance: Chance, at: string): object {
  const { accessKeyId, role, name } = newSession(chance, at);
  return {
    ...(chance.below(100) < BY_SERVICES
      ? { userIdentity: { type: 'AWSService', invokedBy: 'lambda.amazonaws.com' } }
      : {}),
    requestParameters: { roleArn: `arn:aws:iam::111122223333:role/${role}`, roleSessionName: name },
    responseElements: {
      credentials: { accessKeyId, sessionToken: chance.token(), expiration: 'Mar 2, 2026, 9:00:00 AM' },
      assumedRoleUser: {
        assumedRoleId: `AROA${chance.hex(16).toUpperCase()}:${name}`,
        arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
      },
    },
    resources: [{ accountId: '111122223333', type: 'AWS::IAM::Role', ARN: `arn:aws:iam::111122223333:role/${role}` }],
  };
}

/** Five minutes a file. */
function timeOf(file: number): string {
  return new Date(Date.UTC(2026, 2, 1) + file * 5 * 60_000).toISOString().replace('.000', '');
}

function recordOf(chance: Chance, file: number): object {
  const isWatched = chance.below(ONE_IN) === 0;
  const [source, name] = isWatched
    ? (['s3', 'PutBucketPolicy'] as const)
    : (CALLS[chance.below(CALLS.length)] ?? ['', '']);
  const known = isWatched ? workingSession(chance) : name === 'AssumeRole' ? anySession(chance) : undefined;
  const role = known?.role ?? `service-${chance.below(60)}`;
  const session = known?.name ?? `session-${chance.hex(6)}`;
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROA${chance.hex(16).toUpperCase()}:${session}`,
      arn: `arn:aws:sts::111122223333:assumed-role/${role}/${session}`,
      accountId: '111122223333',
      accessKeyId: known?.accessKeyId ?? `ASIA${chance.hex(16).toUpperCase()}`,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: `AROA${chance.hex(16).toUpperCase()}`,
          arn: `arn:aws:iam::111122223333:role/${role}`,
          accountId: '111122223333',
          userName: role,
        },
        attributes: { creationDate: known?.began ?? timeOf(file), mfaAuthenticated: 'false' },
      },
    },
    eventTime: timeOf(file),
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
    ...(name === 'AssumeRole' ? issueParts(chance, timeOf(file)) : {}),
  };
}

function fileText(chance: Chance, file: number): string {
  return JSON.stringify({ Records: Array.from({ length: RECORDS_A_FILE }, () => recordOf(chance, file)) });
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
      const text = fileText(chance, file);
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
    note('logs: watched calls whose session an event explains, %', pairs[0]?.own.explained ?? Number.NaN);
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
  // Those of the month began later than what is written here.
  sessions.length = 0;
  const packing = createGzip();
  const out = packing.pipe(createWriteStream(path));
  const write = async (text: string): Promise<void> => {
    if (!packing.write(text)) await once(packing, 'drain');
  };
  await write('{"Records":[');
  let bytes = 0;
  for (let part = 0; bytes < 600 * MEGABYTE; part += 1) {
    const text = `${part === 0 ? '' : ','}${fileText(chance, part).slice('{"Records":['.length, -2)}`;
    bytes += Buffer.byteLength(text);
    await write(text);
  }
  packing.end(']}');
  await finished(out);
}

/** The command line as people run it, with the peak that the system saw. */
function readMs(path: string): { readonly wallMs: number; readonly peakMb: number; readonly explained: number } {
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
  const { entries } = JSON.parse(stdout) as { entries: readonly { readonly chain: { readonly links: unknown[] } }[] };
  if (entries.length === 0) throw new Error('it found nothing');
  const explained = (100 * entries.filter(({ chain }) => chain.links.length > 0).length) / entries.length;
  return { ...(JSON.parse(stderr) as { readonly wallMs: number; readonly peakMb: number }), explained };
}

function unpackMs(folder: string): number {
  const started = process.hrtime.bigint();
  const { status } = spawnSync('sh', ['-c', `zcat ${folder}/*.json.gz | wc -c`]);
  if (status !== 0) throw new Error('zcat failed');
  return Number(process.hrtime.bigint() - started) / 1e6;
}
