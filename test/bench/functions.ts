import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { FUNCTIONS, type FunctionName } from '#lambda/service-names.ts';
import { bundleFunction, loadedLater } from '../../scripts/bundle.mjs';
import { medianOf, note } from './lines.ts';

const root = join(import.meta.dirname, '..', '..');
/** Inside the root, so that the bundler finds the packages. */
const scratch = join(root, 'dist', 'bench');
const KILOBYTE = 1000;
const STARTS = 21;

const START = `
const before = process.cpuUsage();
const { handler } = await import(process.argv[1]);
const whole = process.cpuUsage();
if (typeof handler !== 'function') throw new Error('no handler');
process.stdout.write(JSON.stringify({ before, whole }));
`;

/** What a cold start reads of a function, and every file of it together, as it is uploaded. */
export function benchSizes(): void {
  for (const name of FUNCTIONS) {
    const folder = join(root, 'dist', 'functions', name);
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    note(`${name}: read at a cold start, KB`, statSync(join(folder, 'index.mjs')).size / KILOBYTE, 800);
    note(`${name}: bundle, KB`, bytes / KILOBYTE, 1000);
  }
}

/**
 * A start of each function beside that of a function with the same SDK clients and nothing else, bundled alike: what is measured is what
 * our own code costs. A whole start counts, from the beginning of the process until there is a handler, and of it the processor time:
 * how long it takes depends on what else the machine does. The import alone is told beside it.
 */
export async function benchColdStarts(): Promise<void> {
  try {
    for (const name of FUNCTIONS) {
      const own = join(root, 'dist', 'functions', name, 'index.mjs');
      const empty = await bundleEmpty(name);
      const pairs = Array.from({ length: STARTS }, (_, round) => startPair({ own, empty }, round));
      const ratio = (of: (one: Start) => number): number =>
        medianOf(pairs.map((pair) => of(pair.own) / of(pair.empty)));
      note(
        `${name}: cold start ÷ with the same clients, empty (median of ${STARTS})`,
        ratio(({ wholeMs }) => wholeMs),
        1.15,
      );
      note(
        `${name}: import alone ÷ that of the empty one`,
        ratio(({ importMs }) => importMs),
      );
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface Start {
  readonly wholeMs: number;
  readonly importMs: number;
}

interface Pair<T> {
  readonly own: T;
  readonly empty: T;
}

/** One after the other, so that what else the machine does meets both; by turns the one or the other first. */
function startPair({ own, empty }: Pair<string>, round: number): Pair<Start> {
  if (round % 2 === 0) return { own: start(own), empty: start(empty) };
  const emptyStart = start(empty);
  return { own: start(own), empty: emptyStart };
}

function start(bundle: string): Start {
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', START, bundle], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], AWS_REGION: 'us-east-1' },
  });
  if (status !== 0) throw new Error(`${bundle} does not start: ${stderr}`);
  const { before, whole } = JSON.parse(stdout) as Record<'before' | 'whole', NodeJS.CpuUsage>;
  const [beforeMs, wholeMs] = [before, whole].map(({ user, system }) => (user + system) / 1000) as [number, number];
  return { wholeMs, importMs: wholeMs - beforeMs };
}

/** A handler that does nothing, with the clients and commands that the function loads before its first event; each client is made. */
async function bundleEmpty(name: FunctionName): Promise<string> {
  const imports = await sdkImportsOf(name);
  const names = imports.flatMap((one) => one.names);
  const clients = names.filter((one) => one.endsWith('Client'));
  const source = [
    ...imports.map((one) => `import { ${one.names.join(', ')} } from '${one.from}';`),
    `export const loaded = [${names.join(', ')}];`,
    `export const clients = [${clients.map((client) => `new ${client}({ region: 'us-east-1' })`).join(', ')}];`,
    'export const handler = async () => undefined;',
  ];
  const folder = join(scratch, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'empty.js'), source.join('\n'));
  await bundleFunction(join(folder, 'empty.js'), join(folder, 'bundled'));
  return join(folder, 'bundled', 'index.mjs');
}

const SDK_IMPORT = /^import \{([^}]+)\} from '(@aws-sdk\/client-[\w-]+)';/gm;

/** What the sources that a function loads at once import of SDK clients. */
async function sdkImportsOf(name: FunctionName): Promise<readonly { from: string; names: readonly string[] }[]> {
  const { metafile } = await build({
    entryPoints: [join(root, 'lambda', 'handlers', `${name}.ts`)],
    absWorkingDir: root,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    conditions: ['plumbline-source'],
    plugins: [loadedLater],
  });
  const byPackage = new Map<string, Set<string>>();
  for (const file of Object.keys(metafile.inputs)) {
    for (const [, listed = '', from = ''] of readFileSync(join(root, file), 'utf8').matchAll(SDK_IMPORT)) {
      const values = listed.split(',').map((one) => one.trim());
      const names = byPackage.get(from) ?? new Set<string>();
      for (const one of values) if (one !== '' && !one.startsWith('type ')) names.add(one);
      byPackage.set(from, names);
    }
  }
  return [...byPackage].map(([from, names]) => ({ from, names: [...names] }));
}
