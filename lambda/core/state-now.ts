import type { Change } from './change.ts';
import { isJsonObject } from './json.ts';
import type { State } from './state.ts';

/** The state that a departure left: what was accepted, with what changed. Pure. */
export function stateWith(accepted: State, changes: readonly Change[], takenAt: string): State {
  const watched = { ...accepted.watched };
  for (const { path, after } of changes) {
    const [root = '', ...rest] = path.split('.');
    const member = rest.join('.');
    const before = watched[root];
    if (member === '') watched[root] = after;
    else if (before?.status === 'present' && isJsonObject(before.value))
      watched[root] = {
        status: 'present',
        value: { ...before.value, ...(after.status === 'present' ? { [member]: after.value } : {}) },
      };
  }
  return { ...accepted, watched, takenAt };
}
