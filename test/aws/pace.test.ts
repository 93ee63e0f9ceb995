import { describe, expect, test } from 'vitest';
import { Pace } from '#aws/pace.ts';

/** A server that lets through so many calls in each second, and whoever calls it as fast as the pace lets them, in virtual time. */
async function callFor(
  seconds: number,
  server: { allowed: number; offered: number; luck?: (call: number) => boolean },
) {
  let time = 0;
  const pace = new Pace({ now: () => time, wait: async (ms) => void (time += ms) });
  let [second, inSecond, answered, calls] = [0, 0, 0, 0];
  while (time < seconds * 1000) {
    await pace.turn();
    if (Math.floor(time / 1000) !== second) [second, inSecond] = [Math.floor(time / 1000), 0];
    inSecond += 1;
    calls += 1;
    const isAnswered = inSecond <= server.allowed && (server.luck?.(calls) ?? true);
    if (isAnswered) answered += 1;
    pace.note(isAnswered ? 'answered' : 'throttled');
    time += 1000 / server.offered;
  }
  return { answered, calls, perSecond: pace.perSecond };
}

describe('the pace of calls', () => {
  test('nobody refuses anything: no limit is known, and nobody waits', async () => {
    expect(await callFor(10, { allowed: Infinity, offered: 500 })).toMatchObject({
      answered: 5000,
      perSecond: undefined,
    });
  });

  test('random refusals of one in twenty are weather, and no limit', async () => {
    const { perSecond } = await callFor(20, { allowed: Infinity, offered: 600, luck: (call) => call % 20 !== 0 });
    expect(perSecond).toBeUndefined();
  });

  test('everything above 400 a second is refused: nearly all of the 400 are used, and few calls are refused', async () => {
    const { answered, calls } = await callFor(60, { allowed: 400, offered: 640 });
    expect(answered / (60 * 400)).toBeGreaterThan(0.95);
    expect((calls - answered) / calls).toBeLessThan(0.15);
  });

  test('a limit that rises is found again', async () => {
    let allowed = 100;
    let time = 0;
    const pace = new Pace({ now: () => time, wait: async (ms) => void (time += ms) });
    let [second, inSecond] = [0, 0];
    while (time < 90_000) {
      await pace.turn();
      if (Math.floor(time / 1000) !== second) [second, inSecond] = [Math.floor(time / 1000), 0];
      if (second > 30) allowed = 300;
      inSecond += 1;
      pace.note(inSecond <= allowed ? 'answered' : 'throttled');
      time += 1;
    }
    expect(pace.perSecond).toBeGreaterThan(250);
  });

  test('with few answers a share tells nothing', async () => {
    let time = 0;
    const pace = new Pace({ now: () => time, wait: async (ms) => void (time += ms) });
    for (let call = 0; call < 10; call += 1) {
      pace.note('throttled');
      time += 300;
    }
    expect(pace.perSecond).toBeUndefined();
  });
});
