import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '..' : '../..', import.meta.url));

const INSTALLED = './node_modules/plumbline/docs/plumbline.schema.json';

/**
 * How a settings file in this folder names the editor's schema: by the way to the Plumbline at hand where that is part of the same
 * project, a clone or a package that is installed here or above, so that it holds for everyone who has the project; else, started from
 * elsewhere, by the way it will have when it is installed here.
 */
export function schemaReference(folder: string, root: string = ROOT): string {
  const home = resolve(root);
  const holder = dirname(home);
  const project = basename(holder) === 'node_modules' ? dirname(holder) : home;
  if (`${folder}${sep}`.startsWith(project.endsWith(sep) ? project : `${project}${sep}`)) {
    const way = relative(folder, join(home, 'docs', 'plumbline.schema.json'))
      .split(sep)
      .join('/');
    return way.startsWith('.') ? way : `./${way}`;
  }
  return INSTALLED;
}
