// Makes dist/functions/: one bundle a function, with the SDK in it, as `cdk deploy`, tests and benchmarks use it.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { root } from './ready.mjs';

const handlers = join(root, 'lambda', 'handlers');
const functions = join(root, 'dist', 'functions');

// Packages that are still CommonJS call require; ESM has none.
const banner = {
  js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
};

export async function bundle() {
  rmSync(functions, { recursive: true, force: true });
  const names = readdirSync(handlers)
    .filter((file) => file.startsWith('on-'))
    .map((file) => file.replace(/\.ts$/, ''));
  for (const name of names) {
    mkdirSync(join(functions, name), { recursive: true });
    const { metafile } = await build({
      entryPoints: { index: join(handlers, `${name}.ts`) },
      outdir: join(functions, name),
      outExtension: { '.js': '.mjs' },
      chunkNames: 'chunk-[hash]',
      bundle: true,
      platform: 'node',
      format: 'esm',
      // The oldest Node that runs the tests; Lambda's is newer.
      target: 'node20',
      minify: true,
      mainFields: ['module', 'main'],
      // Naming conditions drops esbuild's own "module", by which the SDK's core can be shaken.
      conditions: ['plumbline-source', 'module'],
      banner,
      alias: {
        '@aws-sdk/credential-provider-node': join(root, 'lambda', 'aws', 'bundled', 'credentials.ts'),
        bowser: join(root, 'lambda', 'aws', 'bundled', 'no-browser.ts'),
      },
      legalComments: 'none',
      logLevel: 'warning',
      // Readers are loaded when they are first needed. In one file that would keep the SDK from being shaken at all.
      splitting: true,
      metafile: process.argv.includes('--meta'),
    });
    if (metafile !== undefined) report(name, metafile);
  }
}

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
