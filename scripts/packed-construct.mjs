// Packs what npm would ship, installs it into an empty CDK app, and compares the functions that three lines synthesise with dist/functions.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './ready.mjs';

/** What every CDK app has already, and the one package more that the README names: those of this clone. */
const IN_THE_APP = ['aws-cdk-lib', 'constructs', 'cdk-monitoring-constructs'];

const APP = `import { App, Stack } from 'aws-cdk-lib';
import { Plumbline } from 'plumbline';
const app = new App({ outdir: 'cdk.out' });
const stack = new Stack(app, 'Platform');
new Plumbline(stack, 'Plumbline', { settings: { tell: { alerts: [{ email: 'oncall@example.com' }] } } });
app.synth();
`;

const folder = mkdtempSync(join(tmpdir(), 'plumbline-packed-'));
const run = (program, ...args) => execFileSync(program, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });

/** Every file below a folder, by its name: its bytes. */
const filesIn = (place) => new Map(readdirSync(place).map((name) => [name, readFileSync(join(place, name))]));

/** Is a synthesised asset one of our functions with its settings beside it, byte for byte? */
function isFunction(asset, name) {
  const built = filesIn(join(root, 'dist', 'functions', name));
  const { size } = asset;
  return (
    asset.has('settings.json') &&
    size === built.size + 1 &&
    [...built].every(([file, bytes]) => asset.get(file)?.equals(bytes) === true)
  );
}

try {
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root, stdio: ['ignore', 2, 2] });
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  run('npm', 'install', '--silent', '--no-audit', '--no-fund', `./${tarball}`);
  const unasked = IN_THE_APP.filter((name) => readdirSync(join(folder, 'node_modules')).includes(name));
  if (unasked.length > 0) throw new Error(`the command line alone brings ${unasked.join(', ')}`);
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  for (const name of IN_THE_APP)
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name), 'dir');
  writeFileSync(join(folder, 'app.js'), APP);
  run(process.execPath, 'app.js');
  const out = join(folder, 'cdk.out');
  const assets = readdirSync(out)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => filesIn(join(out, name)));
  const names = readdirSync(join(root, 'dist', 'functions'));
  const missing = names.filter((name) => !assets.some((asset) => isFunction(asset, name)));
  if (missing.length > 0 || assets.length !== names.length)
    throw new Error(`of ${assets.length} assets none has the bytes of ${missing.join(', ') || 'its function'}`);
  process.stdout.write(`The packed construct synthesises ${names.join(', ')}: the bytes of dist/functions.\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
