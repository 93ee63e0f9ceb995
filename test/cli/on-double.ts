import { afterAll, beforeAll, beforeEach } from 'vitest';
import { AwsDouble } from '../aws-double/client.ts';
import { openShell, type Shell } from './command.ts';

/** A double for one test file, calm before each test, and a shell of its own for each test. */
export function useDouble(): { readonly double: AwsDouble; readonly shell: Shell } {
  const now: { double?: AwsDouble; shell?: Shell } = {};
  const started = <T>(value: T | undefined): T => {
    if (value === undefined) throw new Error('the double is there only while tests run');
    return value;
  };
  beforeAll(async () => {
    now.double = await AwsDouble.start();
  });
  afterAll(() => now.double?.stop());
  beforeEach(async () => {
    await started(now.double).misbehave({});
    now.shell = await openShell(started(now.double).environment);
  });
  return {
    get double() {
      return started(now.double);
    },
    get shell() {
      return started(now.shell);
    },
  };
}
