import { messageOf, PlumblineError } from '#core/errors.ts';
import type { World } from './world.ts';

/** Anything that was thrown, as JSON tells it. */
export function errorBody(error: unknown): { readonly code: string; readonly message: string } {
  return { code: error instanceof PlumblineError ? error.code : 'UNEXPECTED', message: messageOf(error) };
}

/** What nobody foresaw is a fault of ours: the trace is what makes a report of it useful. */
export function tellFault(world: World, error: unknown): void {
  if (error instanceof PlumblineError || !(error instanceof Error)) return;
  world.tell(`${error.stack ?? ''}\nThis is a fault in Plumbline; please report it with the lines above.\n`);
}
