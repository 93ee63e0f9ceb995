import type { Scene } from './scene.ts';

/** One row: what happens in an account, and every alert that comes of it, in order, as `status severity: what (how many)`. */
export interface ServiceCase {
  readonly case: string;
  /** What the expectation rests on. */
  readonly fact: string;
  readonly happens: (scene: Scene) => Promise<void>;
  readonly told: readonly string[];
}

const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const ACL_BLOCKED = { BlockPublicAcls: true };

/** The expected alerts of the whole way from a change to a mail. Written before the code that makes them so. */
export const SERVICE_CASES: readonly ServiceCase[] = [
  // One cause, one alert, whichever way it was found.
  {
    case: 'the account block is turned on, and the event arrives',
    fact: 'incidents.md A; design.md §1.3: an event is a hint, reading is the truth',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(2);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'the event is lost: the tick finds it within a minute',
    fact: 'aws-facts §13: one GetPublicAccessBlock a minute finds the change with no trail at all',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(1);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'event, tick and sweep all see it: still one alert',
    fact: 'design.md §4: event and sweep meet on one record',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(2);
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'a bucket policy changed, and only the sweep sees it',
    fact: 'aws-facts §4.5: delivery is best effort',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.minutes(5);
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened high: s3-bucket/bucket-00 (1)'],
  },
  {
    case: 'taken back: one recovered, and the same change the next day is one new alert',
    fact: 'design.md §4: a new episode opens only by a read taken after the closing read',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(3);
      await s.clearsAccountBlock();
      await s.event('DeleteAccountPublicAccessBlock');
      await s.minutes(3);
      await s.minutes(24 * 60);
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(3);
    },
    told: [
      'opened high: s3-account-block/account (1)',
      'recovered high: s3-account-block/account (1)',
      'opened high: s3-account-block/account (1)',
    ],
  },

  // Events as they come.
  {
    case: 'the same event three times',
    fact: 'aws-facts §4.5: duplicates possible; §4.3: the key is eventID',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '444455556666') });
      const event = await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.again(event);
      await s.minutes(1);
      await s.again(event);
      await s.minutes(2);
    },
    told: ['opened high: s3-bucket/bucket-01 (1)'],
  },
  {
    case: 'an event of a change that was undone before anybody looked',
    fact: 'design.md §1.3: what is believed is what is then read',
    happens: async (s) => {
      await s.accepted();
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(30);
    },
    told: [],
  },
  {
    case: 'the read still shows the old value when the event arrives',
    fact: 'issue: re-read with backoff until the read shows the event’s value',
    happens: async (s) => {
      await s.accepted();
      await s.staleFor(5, { accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(1);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'the older of two events arrives last',
    fact: 'aws-facts §4.3: no ordering guarantee; order by eventTime, then re-read',
    happens: async (s) => {
      await s.accepted();
      const older = s.record('PutAccountPublicAccessBlock', { block: ACL_BLOCKED });
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(1);
      await s.again(older);
      await s.minutes(20);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'a call that failed is an attempt, not a change',
    fact: 'aws-facts §4.2: errorCode present means that the attempt failed',
    happens: async (s) => {
      await s.accepted();
      await s.event('PutBucketPolicy', { bucket: 'bucket-01', error: 'AccessDenied' });
      await s.minutes(2);
    },
    told: [],
  },
  {
    case: 'an IP set’s event whose parameters were dropped',
    fact: 'aws-facts §4.2: requestParameters is dropped above 100 KB, so the set is read again; §6: no web ACL refers to it',
    happens: async (s) => {
      await s.accepted();
      await s.setsAddresses('deny-list', ['198.51.100.0/24', '203.0.113.0/24']);
      await s.event('UpdateIPSet', { dropped: true });
      await s.minutes(2);
    },
    told: ['opened low: waf-ip-set/deny-list (1)'],
  },
  {
    case: 'a bucket is deleted',
    fact: 'design.md §3: deleted is said when the list was complete and the thing itself answers that it is gone',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-02', undefined);
      await s.event('DeleteBucket', { bucket: 'bucket-02' });
      await s.minutes(2);
    },
    // A bucket that is gone may break whoever used it: high, by the verdicts' table of coming and going.
    told: ['opened high: s3-bucket/bucket-02 (1)'],
  },
  {
    case: 'a private bucket is created: the digest tells it, no alert does',
    fact: 'design.md §3: info, new private things, digest only',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-new', { block: BLOCKED, ownership: 'BucketOwnerEnforced' });
      await s.event('CreateBucket', { bucket: 'bucket-new' });
      await s.minutes(20);
    },
    told: [],
  },

  // Many effects of one cause.
  {
    case: 'a flip over 300 buckets with public ACLs: one alert, no phantom for ACLs that S3 only hides',
    fact: 'aws-facts §1.4: ACL reads are masked; design.md §1.5: consequences are computed',
    happens: async (s) => {
      await s.manyPublicAcls(300);
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(2);
      await s.sweep();
      await s.minutes(20);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'a burst of 300 bucket changes by one session: two alerts, nothing missing',
    fact: 'design.md §4: one actor session within 10 minutes; first alert at once, followers in one follow-up',
    happens: async (s) => {
      await s.many(300);
      await s.accepted();
      await s.burst(300, { withEvents: true });
      await s.minutes(30);
    },
    told: ['opened high: 10 × s3-bucket (10)', 'changed high: 300 × s3-bucket (300)'],
  },
  {
    case: 'the same burst with all events lost: one sweep, one alert or two',
    fact: 'design.md §4: one sweep, kind and set of paths',
    happens: async (s) => {
      await s.many(300);
      await s.accepted();
      await s.burst(300, { withEvents: false });
      await s.sweep();
      await s.minutes(30);
    },
    told: ['opened high: 300 × s3-bucket (300)'],
  },
  {
    case: 'eleven buckets changed in different ways, by nobody known, in one sweep: one finding',
    fact: 'design.md §4: more than ten alone in one tick become one finding',
    happens: async (s) => {
      await s.many(20);
      await s.accepted();
      await s.differentChanges(11);
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened high: 11 × s3-bucket (11)'],
  },

  // Not knowing.
  {
    case: 'what drifted can no longer be read: not recovered, blind',
    fact: 'design.md §1.2: recovery is never announced from a blind read',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(2);
      await s.refuses('GetBucketPolicy', 'bucket-01');
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened high: s3-bucket/bucket-01 (1)', 'blind high: s3-bucket/bucket-01 (1)'],
  },
  {
    case: 'a refused read of something that did not change is no alert',
    fact: 'design.md §1.2: a refused read is never "not set"',
    happens: async (s) => {
      await s.accepted();
      await s.refuses('GetBucketPolicy', 'bucket-00');
      await s.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await s.sweep();
      await s.minutes(20);
    },
    told: [],
  },

  // People.
  {
    case: 'still open: said again at widening intervals',
    fact: 'issue: still-open, widening intervals until acknowledged',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(1);
      await s.minutes(6 * 60);
    },
    told: [
      'opened high: s3-account-block/account (1)',
      'still-open high: s3-account-block/account (1)',
      'still-open high: s3-account-block/account (1)',
    ],
  },
  {
    case: 'acknowledged: not said again, but its recovery is',
    fact: 'issue: until acknowledged',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(1);
      await s.acknowledges();
      await s.minutes(24 * 60);
      await s.clearsAccountBlock();
      await s.minutes(1);
    },
    told: ['opened high: s3-account-block/account (1)', 'recovered high: s3-account-block/account (1)'],
  },
  {
    case: 'muted for two hours: silent until then, and said when it ends',
    fact: 'issue: muted until',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(1);
      await s.mutes(2 * 60);
      await s.minutes(2 * 60 - 5);
      await s.minutes(10);
    },
    told: ['opened high: s3-account-block/account (1)', 'still-open high: s3-account-block/account (1)'],
  },
  {
    case: 'accepted: the finding ends, and nothing is said of a recovery',
    fact: 'design.md §4: the teller drops drifts of a superseded version',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(1);
      await s.sweep();
      await s.accepts();
      await s.minutes(24 * 60);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },
  {
    case: 'changed again while open: one more alert',
    fact: 'issue: statuses opened, changed',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: ACL_BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: ACL_BLOCKED });
      await s.minutes(10);
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(5);
    },
    told: ['opened high: s3-account-block/account (1)', 'changed high: s3-account-block/account (1)'],
  },

  // The first hours of a new deployment.
  {
    case: 'nothing is accepted yet: the first whole sweep is compared with, and one mail asks to accept it',
    fact: 'design.md §4: the provisional baseline is a pointer to the first complete snapshot',
    happens: async (s) => {
      await s.sweep();
      await s.minutes(2);
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(2);
    },
    told: ['please accept: 6 resources', 'opened high: s3-account-block/account (1), against first seen, not accepted'],
  },
  {
    case: 'an event before the first sweep: told, with nothing to compare with',
    fact: 'issue: before: unreadable(no baseline)',
    happens: async (s) => {
      await s.sets({ accountBlock: BLOCKED });
      await s.event('PutAccountPublicAccessBlock', { block: BLOCKED });
      await s.minutes(2);
    },
    // The first sweep begins by itself right after, and what it sees is what asks to be accepted.
    told: ['please accept: 6 resources', 'opened medium: s3-account-block/account (1), no baseline'],
  },

  // Found by attacking it.
  {
    case: 'a private bucket is created, and an hour later lets another account in: told then',
    fact: 'design.md §3: info is told by the digest, anything graver is an alert',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-new', { block: BLOCKED, ownership: 'BucketOwnerEnforced' });
      await s.event('CreateBucket', { bucket: 'bucket-new' });
      await s.minutes(60);
      const policy = s.policyFor('bucket-new', '444455556666');
      await s.setsBucket('bucket-new', { block: BLOCKED, ownership: 'BucketOwnerEnforced', policy });
      await s.event('PutBucketPolicy', { bucket: 'bucket-new' });
      await s.minutes(2);
    },
    told: ['opened high: s3-bucket/bucket-new (1)'],
  },
  {
    case: 'one session changes, reverts and changes again: nobody else waits for it',
    fact: 'design.md §4: an alert is never lost',
    happens: async (s) => {
      await s.accepted();
      const policy = s.policyFor('bucket-01', '444455556666');
      await s.setsBucket('bucket-01', { policy });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await s.minutes(1);
      await s.setsBucket('bucket-01', {});
      await s.event('DeleteBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(1);
      await s.setsBucket('bucket-01', { policy });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(1);
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(12);
    },
    told: [
      'opened high: s3-bucket/bucket-01 (1)',
      'opened high: s3-account-block/account (1)',
      'changed high: 2 × s3-bucket (2)',
    ],
  },
  {
    case: 'a bucket that is made, accepted, deleted, accepted and made again is told again',
    fact: 'design.md §4: no key of a drift comes back',
    happens: async (s) => {
      await s.accepted();
      for (const round of [1, 2]) {
        await s.setsBucket('bucket-new', { policy: s.policyFor('bucket-new', '*') });
        await s.event('CreateBucket', { bucket: 'bucket-new', session: `round-${round}` });
        await s.minutes(15);
        if (round === 2) return;
        await s.sweep();
        await s.accepts();
        await s.minutes(15);
        await s.setsBucket('bucket-new', undefined);
        await s.event('DeleteBucket', { bucket: 'bucket-new', session: 'between' });
        await s.minutes(15);
        await s.sweep();
        await s.accepts();
        await s.minutes(15);
      }
    },
    told: [
      'opened critical: s3-bucket/bucket-new (1)',
      'opened high: s3-bucket/bucket-new (1)',
      'opened critical: s3-bucket/bucket-new (1)',
    ],
  },
  {
    case: 'the read fails while an event is looked at: it is looked at again, and told',
    fact: 'design.md §1.2: a refused or failed read never hides a resource',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '*') });
      await s.refuses('GetBucketPolicy', 'bucket-01');
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.answersAgain();
      await s.minutes(3);
    },
    told: ['opened critical: s3-bucket/bucket-01 (1)'],
  },
  {
    case: 'muted, and then open to everyone: said all the same',
    fact: 'a mute quiets what was known when it was made',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(1);
      await s.mutes(24 * 60);
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '*') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(5);
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-00' });
      await s.minutes(50);
    },
    told: [
      'opened high: s3-bucket/bucket-01 (1)',
      'changed critical: s3-bucket/bucket-01 (1)',
      'opened high: s3-bucket/bucket-00 (1)',
    ],
  },
  {
    case: 'a new bucket is deleted, and a look of the sweep that had listed it comes again and is refused: no alert that it is there',
    fact: 'design.md §4: a new episode opens only by a read taken after the closing read; the list was made before it',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('fresh', { policy: s.policyFor('fresh', '444455556666') });
      await s.sweep();
      const looks = s.looksOfSweep;
      await s.setsBucket('fresh', undefined);
      await s.sweep();
      await s.refuses('GetBucketPolicy', 'fresh');
      await s.comesAgain(looks);
      await s.minutes(2);
    },
    told: ['opened high: s3-bucket/fresh (1)', 'recovered high: s3-bucket/fresh (1)'],
  },
  {
    case: 'a new set that no web ACL uses does nothing to anybody: the digest tells of it',
    fact: 'design.md §3: info, new things without effect, digest only',
    happens: async (s) => {
      await s.accepted();
      await s.makesSet('blocked');
      await s.sweep();
      await s.minutes(2);
    },
    told: [],
  },
  {
    case: 'a new set that refuses every read is told, from the list alone',
    fact: 'design.md §1.2: a refused or failed read never hides a resource',
    happens: async (s) => {
      await s.accepted();
      await s.makesSet('blocked');
      await s.refuses('GetIPSet', 'blocked');
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened medium: waf-ip-set/blocked (1)'],
  },
  {
    case: 'blind is said once; after that it is only still open',
    fact: 'issue: statuses; a reminder is no news',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-01', { policy: s.policyFor('bucket-01', '444455556666') });
      await s.event('PutBucketPolicy', { bucket: 'bucket-01' });
      await s.minutes(2);
      await s.refuses('GetBucketPolicy', 'bucket-01');
      await s.sweep();
      await s.minutes(7 * 60);
    },
    told: [
      'opened high: s3-bucket/bucket-01 (1)',
      'blind high: s3-bucket/bucket-01 (1)',
      'still-open high: s3-bucket/bucket-01 (1)',
      'still-open high: s3-bucket/bucket-01 (1)',
    ],
  },
  {
    case: 'the account block over a thousand buckets of two hundred teams: one alert that SNS takes',
    fact: 'aws-facts §8: 256 KB with all protocols and attributes',
    happens: async (s) => {
      await s.manyPublicAcls(1000, 200);
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(2);
    },
    told: ['opened high: s3-account-block/account (1)'],
  },

  // The level above the account: no event in it, and the block moves all the same.
  {
    case: 'an organisation’s S3 policy shuts the account: the block is told by the minute, and then the policy that set it, as one matter',
    fact: 'aws-facts §1.8: the account moves with no event in it; S3 answers with the effective block',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ organizationPolicy: 'all' });
      await s.minutes(2);
      await s.sweep();
      await s.minutes(2);
    },
    told: [
      'opened high: s3-account-block/account (1)',
      'changed high: 2 × s3-account-block and s3-organization-policy (2)',
    ],
  },
  {
    case: 'it shuts what the account had shut itself: the policy alone is news',
    fact: 'aws-facts §1.8: the account’s settings are locked, though none moves',
    happens: async (s) => {
      await s.sets({ accountBlock: BLOCKED });
      await s.accepted();
      await s.sets({ organizationPolicy: 'all' });
      await s.minutes(2);
      await s.sweep();
      await s.minutes(2);
    },
    told: ['opened high: s3-organization-policy/account (1)'],
  },
  {
    case: 'it opens what the account had shut, and is taken away: both are told, and both are over',
    fact: 'aws-facts §1.8: "none" forces the account level off; detached, the account’s own settings come back',
    happens: async (s) => {
      await s.sets({ accountBlock: BLOCKED });
      await s.accepted();
      await s.sets({ organizationPolicy: 'none' });
      await s.minutes(2);
      await s.sweep();
      await s.minutes(2);
      await s.leavesOrganizationPolicy();
      await s.minutes(2);
      await s.sweep();
      await s.minutes(2);
    },
    told: [
      'opened high: s3-account-block/account (1)',
      'changed high: 2 × s3-account-block and s3-organization-policy (2)',
      'recovered high: 2 × s3-organization-policy and s3-account-block (2)',
    ],
  },
  {
    case: 'the right to ask for the policy is taken away: no alert that the policy went, or that it came',
    fact: 'design.md §1.2: a refused read is "unreadable", never "not set"',
    happens: async (s) => {
      await s.sets({ organizationPolicy: 'all' });
      await s.accepted();
      await s.refuses('DescribeEffectivePolicy', 'us-east-1');
      await s.sweep();
      await s.minutes(2);
    },
    told: [],
  },
];
