import { describe, expect, test } from 'vitest';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { acceptAllIn, allow, buckets, scanIn } from './account.ts';
import { plumbline, startPlumbline } from './command.ts';
import { useDouble } from './on-double.ts';

const on = useDouble();

const scan = (...args: readonly string[]) => scanIn(on.shell, ...args);
const acceptAll = () => acceptAllIn(on.shell);

describe('five runs that are killed', () => {
  test('at any time leave a store that is whole, and the next run works', { timeout: 300_000 }, async () => {
    await on.double.show({ buckets: buckets(60, () => ({ policy: allow('*') })) });
    await acceptAll();
    for (const delay of [250, 400, 550, 700, 850]) {
      await on.double.show({
        buckets: buckets(60, () => ({ policy: allow({ AWS: String(100_000_000_000 + delay) }) })),
      });
      const running = startPlumbline(on.shell, 'scan');
      await new Promise((resolve) => setTimeout(resolve, delay));
      running.kill('SIGKILL');
      const { code, report } = await scan();
      expect([code, report.counts.drifts]).toEqual([1, 60]);
      const accepting = startPlumbline(on.shell, 'baseline', 'accept', '--all', '--reason', `run ${delay}`);
      await new Promise((resolve) => setTimeout(resolve, delay));
      accepting.kill('SIGKILL');
      expect([0, 1]).toContain((await scan()).code);
      expect((await plumbline(on.shell, 'baseline', 'accept', '--all', '--reason', 'again')).code).toBe(0);
      expect((await scan()).code).toBe(0);
    }
  });

  test('stopped by Ctrl-C: exit 130, nothing half-written', async () => {
    await on.double.show({ buckets: buckets(200) });
    await on.double.misbehave({ latencyMs: 100 });
    const running = startPlumbline(on.shell, 'scan', '--concurrency', '2');
    const ended = new Promise<number | null>((resolve) => running.once('exit', resolve));
    await new Promise((resolve) => setTimeout(resolve, 1500));
    running.kill('SIGINT');
    expect(await ended).toBe(130);
    await on.double.misbehave({});
    await rm(join(on.shell.cwd, '.plumbline'), { recursive: true, force: true });
    expect((await scan()).code).toBe(2);
  });
});
