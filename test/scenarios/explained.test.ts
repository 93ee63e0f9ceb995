import { beforeAll, describe, expect, test } from 'vitest';
import type { FindingRecord } from '#core/finding-record.ts';
import type { FindingImpactDocument } from '#core/symptom/impact-document.ts';
import type { SymptomDocument } from '#core/symptom/document.ts';
import { kindsById } from '#kinds';
import { documentFor, type DocumentQuestion } from '#lambda/questions.ts';
import { useDoubleHere } from '../double-here.ts';
import { Scene } from './scene.ts';

const on = useDoubleHere();
let scene: Scene;
const ALL = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const shapes = new Map([...kindsById].map(([id, { declaration }]) => [id, declaration.shape]));

/** The 28th of October as the service itself notes it: swept, accepted, and changed by calls whose events come. */
beforeAll(async () => {
  scene = new Scene(on.double, Date.parse('2025-10-28T18:00:00.000Z'));
  await scene.open();
  await scene.accepted();
  await scene.minutes(10);
  await scene.setsBucket('bucket-01', { ownership: 'BucketOwnerEnforced' });
  await scene.event('PutBucketOwnershipControls', { bucket: 'bucket-01' });
  await scene.minutes(5);
  await scene.setsAddresses('deny-list', ['198.51.100.0/24', '203.0.113.66/32']);
  await scene.event('UpdateIPSet', { set: 'deny-list', addresses: ['198.51.100.0/24', '203.0.113.66/32'] });
  await scene.minutes(20);
  await scene.sets({ accountBlock: ALL });
  await scene.event('PutAccountPublicAccessBlock', { block: ALL });
  await scene.event('PutBucketPolicy', { bucket: 'bucket-00', error: 'AccessDenied' });
  await scene.minutes(60);
});

const ask = <T>(question: DocumentQuestion): Promise<T> =>
  documentFor(question, { ...scene.ports, kinds: kindsById, shapes, timeZone: 'America/New_York' }) as Promise<T>;
const explain = (symptom: string): Promise<SymptomDocument> => ask({ ask: 'explain', symptom, fresh: false });

describe('from what the service noted itself', () => {
  test('an upload that is refused: the account’s block, with who and when; everything else says why not', async () => {
    const { says, exitCode, causes, ruledOut, wayBack, lookedAt } = await explain('AccessDenied PutObject bucket-00');
    expect({ says, exitCode, wayBack }).toEqual({
      says: 'One change may explain this',
      exitCode: 0,
      wayBack: { commands: ['aws s3control delete-public-access-block --account-id 111122223333'] },
    });
    expect(causes.map(({ change: { path, call, who } }) => [path, call, who])).toEqual([
      ['publicAccessBlock', 'PutAccountPublicAccessBlock', expect.stringContaining('role SecurityTooling')],
    ]);
    expect(ruledOut.map(({ reason, changes }) => [reason, changes.map(({ ref }) => ref.id)])).toEqual([
      ['failed', ['bucket-00']],
      ['other-bucket', ['bucket-01', 'bucket-01']],
      ['not-on-the-path', ['deny-list']],
    ]);
    expect(lookedAt).toMatchObject({ in: 'store', changes: 5 });
  });

  test('a 400 on the bucket whose ACLs went off is that, though the block came after it', async () => {
    const { causes, verdict } = await explain('AccessControlListNotSupported PutObject bucket-01');
    expect([verdict, causes[0]?.change.path]).toEqual(['one', 'ownership']);
  });

  test('the finding of the block: its own change, and what it does to what is below', async () => {
    const findings = (await scene.ledger.list('finding')).map(({ body }) => body as unknown as FindingRecord);
    const own = findings.find(({ members }) => members.some((key) => key.includes('s3-account-block')));
    const document = await ask<FindingImpactDocument>({ ask: 'blast-radius', finding: own?.id ?? '', fresh: false });
    expect(document).toMatchObject({ exitCode: 2, lookedAt: { evidence: { looked: false } } });
    expect(document.changes.map(({ path, call }) => [path, call])).toContainEqual([
      'publicAccessBlock',
      'PutAccountPublicAccessBlock',
    ]);
    expect(
      document.consequences.flatMap(({ affected }) => affected.flatMap(({ resources }) => resources)).length,
    ).toBeGreaterThan(0);
  });
});
