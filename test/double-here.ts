import { afterAll, beforeAll, beforeEach } from 'vitest';
import { AwsDouble } from './aws-double/client.ts';

/** A double that this process itself asks, for one test file: calm before each test, and gone with the file's environment after the last. */
export function useDoubleHere(): { readonly double: AwsDouble } {
  let started: AwsDouble | undefined;
  const environment = { ...process.env };
  const on = {
    get double(): AwsDouble {
      if (started === undefined) throw new Error('the double is there only while tests run');
      return started;
    },
  };
  beforeAll(async () => {
    started = await AwsDouble.start();
    Object.assign(process.env, started.environment);
  });
  beforeEach(() => on.double.misbehave({}));
  afterAll(async () => {
    await started?.stop();
    process.env = environment;
  });
  return on;
}
