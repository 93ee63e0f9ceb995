import { describe, expect, test } from 'vitest';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';
import { SERVICE_CASES } from './service.cases.ts';

const on = useDoubleHere();
describe('from a change to an alert', () => {
  test.each(SERVICE_CASES)('$case', { timeout: 120_000 }, async ({ happens, told }) => {
    const scene = new Scene(on.double);
    await scene.open();
    await happens(scene);
    expect(scene.told).toEqual(told);
  });

  test('a flip over 300 buckets tells of each of them, by name', { timeout: 120_000 }, async () => {
    const scene = new Scene(on.double);
    await scene.open();
    await scene.manyPublicAcls(300);
    await scene.accepted();
    await scene.sets({ accountBlock: { BlockPublicAcls: true, IgnorePublicAcls: true } });
    await scene.minutes(1);
    const [consequence] = scene.alerts[0]?.consequences ?? [];
    const names = consequence?.affected.flatMap(({ resources }) => resources.map(({ id }) => id)) ?? [];
    expect([new Set(names).size, consequence?.notAffected, consequence?.unknown.length]).toEqual([300, 0, 0]);
  });

  test('a burst of 300 by one session leaves none out', { timeout: 120_000 }, async () => {
    const scene = new Scene(on.double);
    await scene.open();
    await scene.many(300);
    await scene.accepted();
    await scene.burst(300, { withEvents: true });
    await scene.minutes(12);
    const told = scene.alerts.flatMap(({ members }) => members.map(({ record }) => record.drift.ref.id));
    expect([scene.alerts.length, new Set(told).size]).toEqual([2, 300]);
  });
});
