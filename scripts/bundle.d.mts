import type { Metafile, Plugin } from 'esbuild';

export function bundle(): Promise<void>;
export function bundleFunction(entry: string, outdir: string): Promise<Metafile>;
export const loadedLater: Plugin;
