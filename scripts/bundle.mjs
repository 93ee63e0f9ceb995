// Makes dist/functions/, one bundle a function with the SDK in it, as `cdk deploy`, tests and benchmarks use it, and dist/bin/.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { root } from './ready.mjs';

const handlers = join(root, 'lambda', 'handlers');
const functions = join(root, 'dist', 'functions');

const NO_BROWSER = join(root, 'lambda', 'aws', 'bundled', 'no-browser.ts');

/** What all bundles have in common. */
const SHARED = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  // The oldest Node that runs the command line and the tests; Lambda's is newer.
  target: 'node20',
  mainFields: ['module', 'main'],
  // Naming conditions drops esbuild's own "module", by which the SDK's core can be shaken.
  conditions: ['plumbline-source', 'module'],
  // Packages that are still CommonJS call require; ESM has none.
  banner: { js: "import{createRequire as __cr}from'module';const require=__cr(import.meta.url);" },
  legalComments: 'none',
  logLevel: 'warning',
  // Readers are loaded when they are first needed. In one file that would keep the SDK from being shaken at all.
  splitting: true,
};

export async function bundle() {
  rmSync(functions, { recursive: true, force: true });
  const names = readdirSync(handlers)
    .filter((file) => file.startsWith('on-'))
    .map((file) => file.replace(/\.ts$/, ''));
  for (const name of names) {
    mkdirSync(join(functions, name), { recursive: true });
    const metafile = await bundleFunction(join(handlers, `${name}.ts`), join(functions, name), [
      withReadersOf(READS[name] ?? (() => true)),
    ]);
    if (process.argv.includes('--meta')) report(name, metafile);
  }
}

/** Which kinds a function may read (lib/account-watch.ts): the readers of all others, with their SDK clients, are left out of it. */
const READS = {
  'on-request': () => false,
  'on-tick': (kind) =>
    readFileSync(join(root, 'lambda', 'kinds', kind, 'declaration.ts'), 'utf8').includes('polled: true'),
};

const withReadersOf = (isRead) => ({
  name: 'with-readers-of',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\/[\w-]+\/reader\.ts$/ }, ({ path }) =>
      isRead(path.split('/')[1]) ? undefined : { path: join(root, 'lambda', 'aws', 'bundled', 'no-reader.ts') },
    ),
});

/**
 * Clients of which few calls are made, and whose errors are told apart by name alone (lambda/aws/failure.ts). Without a class of its own
 * each error comes as the service's base exception under the same name, and the classes of all other calls' errors are left out.
 */
const NAMED_ERRORS =
  /client-(organizations|cloudtrail|cloudfront|wafv2|dynamodb|account|sqs|sts|s3-control|resource-groups-tagging-api)[\\/]/;

/**
 * The SDK's schemas have members under computed keys (`{ [_hH]: … }`), which a bundler has to keep for what computing a key may do. Written
 * out they mean the same, and what no command needs is left out: it would be the heaviest part of S3's and S3 Control's clients.
 */
const plainSchemas = {
  name: 'plain-schemas',
  setup: ({ onLoad }) =>
    onLoad({ filter: /client-[\w-]+[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8');
      const names = new Map(
        [...source.matchAll(/^const (\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
      );
      const plain = NAMED_ERRORS.test(path) ? source.replaceAll(/^n0_registry\.registerError\(.*\);$/gm, '') : source;
      return {
        contents: plain.replaceAll(/\[(\w+)\]: /g, (key, name) => (names.has(name) ? `${names.get(name)}: ` : key)),
      };
    }),
};

/** A client names its version to AWS, and takes all of its package's description along for that. */
const versionsAlone = {
  name: 'versions-alone',
  setup: ({ onLoad }) =>
    onLoad({ filter: /@aws-sdk[\\/]client-[\w-]+[\\/]package\.json$/ }, ({ path }) => {
      const { version } = JSON.parse(readFileSync(path, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    }),
};

/**
 * The command line as it is installed: in a few files with what it needs of the SDK in them. Loaded from some six hundred files, most of
 * them clients' descriptions of calls that it never makes, a command would need more than twice the processor time before it asks AWS
 * anything. Names are left as they are, so that a stack trace can be read; credentials come from wherever the SDK finds them.
 */
export async function bundleCommandLine() {
  const outdir = join(root, 'dist', 'bin');
  // The CDK's app is made of modules that apps of others take too, and stays as the compiler made it.
  for (const name of readdirSync(outdir))
    if (!name.startsWith('app.')) rmSync(join(outdir, name), { recursive: true, force: true });
  await build({
    ...SHARED,
    entryPoints: { plumbline: join(root, 'bin', 'plumbline.ts') },
    outdir,
    chunkNames: '[name]-[hash]',
    minifyWhitespace: true,
    minifySyntax: true,
    alias: { bowser: NO_BROWSER },
    plugins: [plainSchemas, versionsAlone],
  });
}

/** One entry as a function is bundled: what it is measured against is bundled the same way. */
export async function bundleFunction(entry, outdir, plugins = []) {
  const { metafile } = await build({
    ...SHARED,
    entryPoints: { index: entry },
    outdir,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'c-[hash]',
    minify: true,
    alias: {
      '@aws-sdk/credential-provider-node': join(root, 'lambda', 'aws', 'bundled', 'credentials.ts'),
      bowser: NO_BROWSER,
    },
    plugins: [...plugins, plainSchemas, versionsAlone],
    metafile: true,
  });
  await joinEager(outdir, metafile.outputs);
  return metafile;
}

/**
 * Puts the entry and every chunk that it loads at once into one file: each file costs a cold start about a third of a millisecond, and
 * splitting makes one for every combination of what shares it. A chunk that is loaded later finds the others under their old names.
 */
async function joinEager(outdir, outputs) {
  const byName = new Map(Object.entries(outputs).map(([path, output]) => [basename(path), output]));
  const loadsAtOnce = (name) =>
    byName
      .get(name)
      .imports.filter(({ kind, external }) => kind === 'import-statement' && external !== true)
      .map(({ path }) => basename(path));
  const eager = new Set(['index.mjs']);
  for (const name of eager) for (const other of loadsAtOnce(name)) eager.add(other);
  const later = [...byName.keys()].filter((name) => !eager.has(name));
  const shared = new Set(later.flatMap(loadsAtOnce).filter((name) => eager.has(name)));
  const names = [...shared].map((name, at) => ({
    name,
    renamed: byName.get(name).exports.map((one) => ({ one, inEntry: `shared${at}_${one}` })),
  }));
  const list = (pairs) => pairs.map(([from, to]) => `${from} as ${to}`).join();
  const reExports = names.map(
    ({ name, renamed }) => `export {${list(renamed.map(({ one, inEntry }) => [one, inEntry]))}} from './${name}';`,
  );
  const { outputFiles } = await build({
    stdin: { contents: ["export * from './index.mjs';", ...reExports].join('\n'), resolveDir: outdir },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [loadedLater],
  });
  for (const name of eager) rmSync(join(outdir, name));
  writeFileSync(join(outdir, 'index.mjs'), outputFiles[0].contents);
  for (const { name, renamed } of names)
    writeFileSync(
      join(outdir, name),
      `export{${list(renamed.map(({ one, inEntry }) => [inEntry, one]))}}from'./index.mjs';\n`,
    );
}

/** Leaves what is imported only when it is first needed where it is. */
export const loadedLater = {
  name: 'loaded-later',
  setup: ({ onResolve }) =>
    onResolve({ filter: /.*/ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined)),
};

/** The heaviest inputs of a bundle, for whoever looks for what to leave out. */
function report(name, { outputs }) {
  const packages = new Map();
  for (const { inputs } of Object.values(outputs)) {
    for (const [file, { bytesInOutput }] of Object.entries(inputs)) {
      const [, found = 'own'] = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file) ?? [];
      packages.set(found, (packages.get(found) ?? 0) + bytesInOutput);
    }
  }
  const bytes = Object.values(outputs).reduce((sum, output) => sum + output.bytes, 0);
  const heaviest = [...packages].sort(([, a], [, b]) => b - a).slice(0, 14);
  process.stdout.write(`${name} ${bytes}\n${heaviest.map(([one, size]) => `  ${size} ${one}`).join('\n')}\n`);
}

if (process.argv[1]?.endsWith('bundle.mjs')) await bundle();
