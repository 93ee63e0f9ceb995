import { describe, expect, test } from 'vitest';
import type { Alert } from '#core/alert.ts';
import { useDoubleHere } from '../double-here.ts';
import { MEANS_CASES, WHO_CASES } from './attribution.cases.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();
const whoIn = ({ status, causes }: Alert): string =>
  `${status}: ${causes.map(({ certainty, who, call }) => [certainty, who, call && `(${call})`].filter(Boolean).join(' ')).join('; ')}`;

describe('who is told', () => {
  test.each(WHO_CASES)('$case', { timeout: 120_000 }, async ({ happens, told, says = [] }) => {
    const scene = new Scene(on.double);
    await scene.open();
    await happens(scene);
    expect(scene.alerts.map(whoIn)).toEqual(told);
    for (const sentence of says) expect(scene.lastMail.replaceAll(/\s+/g, ' ')).toContain(sentence);
  });
});

describe('with what', () => {
  test.each(MEANS_CASES)('$case', async ({ record, says }) => {
    const scene = new Scene(on.double);
    await scene.open();
    await scene.accepted();
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: true,
    };
    await scene.sets({ accountBlock: block });
    await scene.event('PutAccountPublicAccessBlock', { block, record });
    await scene.minutes(1);
    expect(scene.alerts.map(({ causes }) => causes.map(({ certainty }) => certainty))).toEqual([['certain']]);
    for (const sentence of says) expect(scene.lastMail.replaceAll(/\s+/g, ' ')).toContain(sentence);
  });
});

describe('the change record', () => {
  test('has what moved once, however often it is polled', async () => {
    const scene = new Scene(on.double);
    await scene.open();
    await scene.accepted();
    await scene.sets({ accountBlock: { BlockPublicAcls: true } });
    await scene.minutes(30);
    await scene.sweep();
    expect(await scene.documents.list('changes/')).toHaveLength(1);
  });

  test('has an event under what it names, and not under what was read beside it', async () => {
    const scene = new Scene(on.double);
    await scene.open();
    await scene.accepted();
    await scene.sets({ accountBlock: { BlockPublicAcls: true } });
    await scene.minutes(1);
    await scene.event('PutBucketAcl', { bucket: 'bucket-00' });
    await scene.minutes(1);
    expect(scene.alerts.flatMap(({ causes }) => causes.map(({ call }) => call))).toEqual([undefined]);
  });
});
