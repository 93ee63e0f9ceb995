import type { Reconciliation } from '#core/reconciliation.ts';
import type { Scene } from './scene.ts';

/** What happens in an account, and what its records tell of it afterwards. */
export interface ReconciledCase {
  readonly case: string;
  readonly happens: (scene: Scene) => Promise<void>;
  readonly counts: Partial<Reconciliation['counts']>;
  /** Why nobody is known, or why a call changed nothing, in the order of the document. */
  readonly because?: readonly string[];
  /** The tools whose contract is broken by a call without effect. */
  readonly atFault?: readonly string[];
}

const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const policyOf = (scene: Scene, account = '444455556666'): { readonly policy: string } => ({
  policy: scene.policyFor('bucket-00', account),
});

async function putPolicy(scene: Scene, account?: string): Promise<void> {
  await scene.setsBucket('bucket-00', policyOf(scene, account));
  await scene.event('PutBucketPolicy', { bucket: 'bucket-00' });
}

export const RECONCILED_CASES: readonly ReconciledCase[] = [
  { case: 'a quiet day', happens: (scene) => scene.minutes(60), counts: {} },
  {
    case: 'a change with its event',
    happens: async (scene) => {
      await putPolicy(scene);
      await scene.minutes(2);
    },
    counts: { changes: 1, explained: 1, calls: 1, causes: 1 },
  },
  {
    case: 'a change, and a second of another setting: what stood already is not counted again',
    happens: async (scene) => {
      await putPolicy(scene);
      await scene.minutes(2);
      await scene.setsBucket('bucket-00', { ...policyOf(scene), ownership: 'BucketOwnerPreferred' });
      await scene.event('PutBucketOwnershipControls', { bucket: 'bucket-00' });
      await scene.minutes(2);
    },
    counts: { changes: 2, explained: 2, calls: 2, causes: 2 },
  },
  {
    case: 'a change that is taken back: two changes, two calls',
    happens: async (scene) => {
      await putPolicy(scene);
      await scene.minutes(2);
      await scene.setsBucket('bucket-00', {});
      await scene.event('DeleteBucketPolicy', { bucket: 'bucket-00' });
      await scene.minutes(2);
    },
    counts: { changes: 2, explained: 2, calls: 2, causes: 2 },
  },
  {
    case: 'the same value written twice',
    happens: async (scene) => {
      await putPolicy(scene);
      await scene.minutes(2);
      await scene.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await scene.minutes(2);
    },
    counts: { changes: 1, explained: 1, calls: 2, causes: 1, withoutEffect: 1 },
    because: ['same-value'],
  },
  {
    case: 'an event that comes twice is one call',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      const event = await scene.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await scene.again(event);
      await scene.minutes(2);
    },
    counts: { changes: 1, explained: 1, calls: 1, causes: 1 },
  },
  {
    case: 'a tool that only checks writes the value that is there',
    happens: async (scene) => {
      scene.contracts = [{ tool: 'hardening', is: { roles: ['SecurityTooling'] }, mayChange: [] }];
      await scene.event('DeleteAccountPublicAccessBlock');
      await scene.minutes(2);
    },
    counts: { calls: 1, withoutEffect: 1 },
    because: ['same-value'],
    atFault: ['hardening'],
  },
  {
    case: 'a failed attempt alone',
    happens: async (scene) => {
      await scene.event('PutBucketPolicy', { bucket: 'bucket-00', error: 'AccessDenied' });
      await scene.minutes(2);
    },
    counts: { attempts: 1 },
  },
  {
    case: 'an event that comes twenty minutes after a sweep found the change',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      const event = scene.record('PutBucketPolicy', { bucket: 'bucket-00' });
      await scene.sweep();
      await scene.minutes(20);
      await scene.again(event);
      await scene.minutes(2);
    },
    counts: { changes: 1, explained: 1, calls: 1, causes: 1 },
  },
  {
    case: 'an event that is lost, and that CloudTrail itself remembers',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      scene.remembers('PutBucketPolicy', { bucket: 'bucket-00' }, { afterMinutes: 4 });
      await scene.sweep();
      await scene.minutes(40);
    },
    counts: { changes: 1, explained: 1, calls: 1, causes: 1 },
  },
  {
    case: 'a change that nothing explains',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      await scene.sweep();
      await scene.minutes(60);
    },
    counts: { changes: 1, unexplained: 1 },
    because: ['none-found'],
  },
  {
    case: 'a change that nothing explains, and CloudTrail refuses',
    happens: async (scene) => {
      scene.historyRefuses('AccessDeniedException');
      await scene.setsBucket('bucket-00', policyOf(scene));
      await scene.sweep();
      await scene.minutes(60);
    },
    counts: { changes: 1, unexplained: 1 },
    because: ['gap'],
  },
  {
    case: 'a change that nothing explains yet',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      await scene.sweep();
      await scene.minutes(5);
    },
    counts: { changes: 1, unexplained: 1 },
    because: ['young'],
  },
  {
    case: 'the account’s block, with no event',
    happens: async (scene) => {
      await scene.sets({ accountBlock: BLOCKED });
      await scene.minutes(60);
    },
    counts: { changes: 1, unexplained: 1 },
    because: ['level-above', 'none-found'],
  },
  {
    case: 'two changes that cancel out before anybody looks',
    happens: async (scene) => {
      await scene.setsBucket('bucket-00', policyOf(scene));
      const put = scene.record('PutBucketPolicy', { bucket: 'bucket-00' });
      await scene.setsBucket('bucket-00', {});
      await scene.together([put, scene.record('DeleteBucketPolicy', { bucket: 'bucket-00' })]);
      await scene.minutes(40);
    },
    counts: { calls: 2, withoutEffect: 2 },
    because: ['taken-back', 'took-back'],
  },
  {
    case: 'a new bucket, and what is set on it later: nobody knows what it was before',
    happens: async (scene) => {
      await scene.setsBucket('bucket-09', {});
      await scene.event('CreateBucket', { bucket: 'bucket-09' });
      await scene.minutes(5);
      await scene.setsBucket('bucket-09', { ownership: 'BucketOwnerPreferred' });
      await scene.event('PutBucketOwnershipControls', { bucket: 'bucket-09' });
      await scene.minutes(2);
    },
    counts: { changes: 1, explained: 1, calls: 2, causes: 1, notCompared: 1 },
  },
  {
    case: 'a change that somebody accepts is one change, and no second',
    happens: async (scene) => {
      await putPolicy(scene);
      await scene.minutes(2);
      await scene.sweep();
      await scene.accepts();
      await scene.minutes(5);
    },
    counts: { changes: 1, explained: 1, calls: 1, causes: 1 },
  },
];
