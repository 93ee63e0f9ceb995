import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findPrograms } from '../cli/api-server.ts';

export type LabPrograms = { readonly python: string; readonly aws: string } | { readonly missing: string };

/** The Python that the API server is installed for, and the AWS command line. Says why where one cannot be had. */
export function findLabPrograms(): LabPrograms {
  const programs = findPrograms();
  if ('missing' in programs) return programs;
  const python = pythonsOf(programs.server).find(hasServer);
  return python === undefined
    ? { missing: `no Python was found that has the server of ${programs.server}` }
    : { python, aws: programs.aws };
}

/** The interpreter that a script names in its first line, then its neighbours, then whatever is on the PATH. */
function pythonsOf(script: string): readonly string[] {
  const named = /^#!(\S*python[\d.]*)$/m.exec(readFileSync(realpathSync(script), 'utf8').slice(0, 200))?.[1];
  const neighbours = ['python3', 'python']
    .map((name) => join(dirname(script), name))
    .filter((path) => existsSync(path));
  return [...(named === undefined ? [] : [named]), ...neighbours, 'python3'];
}

function hasServer(python: string): boolean {
  return spawnSync(python, ['-c', 'import flask, moto.server']).status === 0;
}
