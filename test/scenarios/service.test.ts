import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { AwsDouble } from '../aws-double/client.ts';
import { Scene } from './scene.ts';
import { SERVICE_CASES } from './service.cases.ts';

const before = { ...process.env };
let double: AwsDouble;

beforeAll(async () => {
  double = await AwsDouble.start();
  Object.assign(process.env, double.environment);
});
afterAll(async () => {
  await double.stop();
  process.env = before;
});
beforeEach(() => double.misbehave({}));

describe('from a change to an alert', () => {
  test.each(SERVICE_CASES)('$case', { timeout: 120_000 }, async ({ happens, told }) => {
    const scene = new Scene(double);
    await scene.open();
    await happens(scene);
    expect(scene.told).toEqual(told);
  });
});
