import { describe, expect, test } from 'vitest';
import type { ToolContract } from '#core/contract.ts';
import { subjectOf } from '#render/alert-words.ts';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();
const BLOCK = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };

const PRIVATE = { ownership: 'BucketOwnerEnforced' } as const;

async function sceneWith(contract: Partial<ToolContract>): Promise<Scene> {
  const scene = new Scene(on.double);
  scene.contracts = [{ tool: 'hardening', is: { roles: ['SecurityTooling'] }, mayChange: [], ...contract }];
  await scene.open();
  await scene.sets({ accountBlock: BLOCK });
  await scene.setsBucket('bucket-01', PRIVATE);
  await scene.accepted();
  return scene;
}
/** A private bucket gets a block of its own: what every posture tool calls an improvement, and nobody meets it. */
const harden = (scene: Scene): Promise<void> => scene.setsBucket('bucket-01', { ...PRIVATE, block: BLOCK });
const subjects = ({ alerts }: Scene): readonly string[] => alerts.map((alert) => subjectOf(alert));
const event = (scene: Scene): Promise<object> =>
  scene.event('PutBucketPublicAccessBlock', { bucket: 'bucket-01', block: BLOCK });

/** Another thing that matters by itself. */
const open = (scene: Scene): Promise<void> =>
  scene.setsBucket('bucket-02', { policy: scene.policyFor('bucket-02', '444455556666') });

describe('a tool with a contract', () => {
  test('that only checks, and writes the best value there is: its contract is broken', async () => {
    const scene = await sceneWith({});
    await harden(scene);
    await event(scene);
    await scene.minutes(2);
    expect(subjects(scene)).toMatchInlineSnapshot(`
      [
        "HIGH breaks nothing, contract broken: bucket bucket-01 changed (111122223333)",
      ]
    `);
  });

  test('that does what it may do: told like any change', async () => {
    const scene = await sceneWith({ mayChange: ['s3-bucket/bucket-*'] });
    await harden(scene);
    await event(scene);
    await scene.minutes(2);
    expect(subjects(scene)).toMatchInlineSnapshot(`
      [
        "LOW breaks nothing: bucket bucket-01 changed (111122223333)",
      ]
    `);
  });

  test('whose event comes after the change was told: that the contract is broken is told then', async () => {
    const scene = await sceneWith({});
    await harden(scene);
    await scene.sweep();
    await scene.minutes(20);
    await event(scene);
    await scene.minutes(20);
    expect(subjects(scene)).toMatchInlineSnapshot(`
      [
        "LOW breaks nothing: bucket bucket-01 changed (111122223333)",
        "HIGH who is known now, breaks nothing, contract broken: bucket bucket-01 changed (111122223333)",
      ]
    `);
  });

  test('the same where it was as grave already', async () => {
    const scene = await sceneWith({});
    await open(scene);
    await scene.sweep();
    await scene.minutes(20);
    await scene.event('PutBucketPolicy', { bucket: 'bucket-02' });
    await scene.minutes(20);
    expect(subjects(scene)).toMatchInlineSnapshot(`
      [
        "HIGH exposes: bucket bucket-02 changed (111122223333)",
        "HIGH who is known now, exposes, contract broken: bucket bucket-02 changed (111122223333)",
      ]
    `);
  });
});
