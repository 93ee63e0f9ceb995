import type { VirtualTime } from './virtual-time.ts';

/** The same home, for which the clock of the run stands still while it is asked: its calls take real time. */
export function outsideOf<T extends object>(home: T, time: VirtualTime): T {
  return new Proxy(home, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]) =>
        time.outside(() => (member as (...all: unknown[]) => Promise<unknown>).apply(target, given));
    },
  });
}
