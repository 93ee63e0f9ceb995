// Makes dist/: the command line and the library as plain JavaScript with types.
import { chmodSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, runOrExit } from './ready.mjs';

const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const dist = join(root, 'dist');
if (!existsSync(compiler)) {
  // Installed without development dependencies: there is nothing to build with, and an installed package needs no build.
  process.stderr.write(
    existsSync(dist) ? '' : 'Not built: the development dependencies are not installed. Run "npm ci".\n',
  );
} else {
  rmSync(dist, { recursive: true, force: true });
  runOrExit(process.execPath, [compiler, '-p', 'tsconfig.build.json']);
  const { bundle, bundleCommandLine } = await import('./bundle.mjs');
  await bundle();
  await bundleCommandLine();
  chmodSync(join(dist, 'bin', 'plumbline.js'), 0o755);
}
