/** One moment of a recovery, in minutes from when it was taken back; times before it are negative. Beyond 45 each is a multiple of 15. */
export type ProofStep =
  /** Logs come that have requests of the exports, of another caller where one is named, from then to then. */
  | {
      readonly at: number;
      readonly logs: 'refused' | 'worked' | 'throttled';
      readonly of: readonly [from: number, to: number];
      readonly by?: string;
    }
  | {
      readonly at: number;
      readonly does: 'the block is set again' | 'the message comes twice' | 'evidence is taken out' | 'nothing';
    };

/** A recovery, and what is told from it on. The block was set ten minutes before. */
export interface ProofCase {
  readonly case: string;
  readonly fact: string;
  readonly steps: readonly ProofStep[];
  /** What fails first: the function ends between the mail and the beginning of the proof. */
  readonly crash?: true;
  /** The look that was asked for when it was told ended in the middle, and no other came before it was over. */
  readonly unread?: true;
  readonly told: readonly string[];
}

const LATE = 'aws-facts §5.2: access logs come hours late';
const MARK = 'field §3.26: recovery with the first request that worked again';
const ONCE = 'each is told once';
const WITH_PROOF = 'CRITICAL, recovered, with proof';

export const PROOF_CASES: readonly ProofCase[] = [
  {
    case: 'what works again is in the logs ten minutes later',
    fact: MARK,
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 8, logs: 'worked', of: [0.1, 6] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', `${WITH_PROOF}: 1 of 1`],
  },
  {
    case: 'it works within the minute, and the logs have it: the recovery is told with that, and nothing after it',
    fact: MARK,
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 0, logs: 'worked', of: [0.01, 0.5] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered'],
  },
  {
    case: 'access logs of three hours later tell of the first failures, and that they are over',
    fact: LATE,
    steps: [
      { at: 180, logs: 'refused', of: [-4, 0] },
      { at: 180, logs: 'worked', of: [0.1, 20] },
      { at: 375, does: 'nothing' },
    ],
    told: ['HIGH, recovered', 'HIGH, recovered, with proof: 1 of 1'],
  },
  {
    case: 'access logs of two hours later tell of the first failures, later ones that one of two works again',
    fact: LATE,
    steps: [
      { at: 105, logs: 'refused', of: [-4, 0] },
      { at: 105, logs: 'refused', of: [-4, 0], by: 'other-app' },
      { at: 300, logs: 'worked', of: [0.1, 20] },
      { at: 1_455, does: 'nothing' },
    ],
    told: [
      'HIGH, recovered',
      'HIGH, recovered, and failures are found now: 0 of 2',
      'HIGH, recovered, not proved: 1 of 2',
    ],
  },
  {
    case: 'one of two is refused all the same',
    fact: 'a bucket, a key or an organisation may refuse too',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: -6, logs: 'refused', of: [-9, -6], by: 'other-app' },
      { at: 25, logs: 'worked', of: [0.1, 20] },
      { at: 25, logs: 'refused', of: [11, 20], by: 'other-app' },
      { at: 135, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', 'CRITICAL, recovered, still refused after it was taken back: 1 of 2'],
  },
  {
    case: 'a failure of five minutes after it is one of before',
    fact: 'aws-facts §1.2: a changed setting takes minutes to hold everywhere',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 25, logs: 'refused', of: [4, 5] },
      { at: 25, logs: 'worked', of: [6, 20] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', `${WITH_PROOF}: 1 of 1`],
  },
  {
    case: 'who is told to slow down has not worked',
    fact: 'aws-facts §1.1: it is no answer to whether they may',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 25, logs: 'throttled', of: [0.1, 20] },
      { at: 135, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered'],
  },
  {
    case: 'nobody is seen again',
    fact: 'design §1.2: not knowing is said',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 1_455, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', 'CRITICAL, recovered, not proved: 0 of 1'],
  },
  {
    case: 'nothing ever failed',
    fact: 'who was told of no failure waits for no proof',
    steps: [
      { at: -6, logs: 'worked', of: [-600, -10.1] },
      { at: 1_455, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered'],
  },
  {
    case: 'it is set again in between: the new finding is what is watched',
    fact: 'a proof of what is no more so is none',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 3, does: 'the block is set again' },
      { at: 8, logs: 'worked', of: [0.1, 2.5] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', 'HIGH, opened', 'CRITICAL, changed'],
  },
  {
    case: 'the function ends when the recovery was told and nothing of the proof was written: told twice, proved once',
    fact: 'design §4: an alert is repeated only after a crash between publish and mark',
    crash: true,
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 8, logs: 'worked', of: [1, 6] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', 'CRITICAL, recovered', `${WITH_PROOF}: 1 of 1`],
  },
  {
    case: 'the message that has the logs read comes twice',
    fact: ONCE,
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 8, logs: 'worked', of: [1, 6] },
      { at: 11, does: 'the message comes twice' },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered', `${WITH_PROOF}: 1 of 1`],
  },
  {
    case: 'it was over before the logs were looked at for the first time',
    fact: LATE,
    unread: true,
    steps: [
      { at: 105, logs: 'refused', of: [-9, 0] },
      { at: 105, logs: 'worked', of: [0.1, 20] },
      { at: 135, does: 'nothing' },
    ],
    told: ['HIGH, recovered', 'HIGH, recovered, with proof: 1 of 1'],
  },
  {
    case: 'evidence is taken out of the settings',
    fact: 'what is not wanted is not read',
    steps: [
      { at: -6, logs: 'refused', of: [-9, -6] },
      { at: 5, does: 'evidence is taken out' },
      { at: 8, logs: 'worked', of: [0.1, 6] },
      { at: 45, does: 'nothing' },
    ],
    told: ['CRITICAL, recovered'],
  },
];
