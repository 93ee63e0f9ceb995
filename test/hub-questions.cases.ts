/**
 * What stands for an account in an answer over accounts, by how it can be read. No account is left out: not knowing is said with its
 * reason (design §5, exit codes; aws-facts §9, assume-role collection).
 */
export interface PartCase {
  readonly case: string;
  /** May the hub take on the reader's role there? */
  readonly enters: boolean;
  /** What is in the account's buckets that are called as an audit bucket is. */
  readonly kept:
    'a snapshot' | 'nothing' | 'no such bucket' | 'a damaged snapshot' | "another account's" | 'two of them';
  /** May the reader read objects there? A reader stack of before this version may not. */
  readonly refused?: true;
  /** Does reading it live take longer than one function has? */
  readonly tooLarge?: true;
  readonly stands: 'from the snapshot' | 'read live' | 'blind';
  /** Why it is blind, where it is. */
  readonly because?: RegExp;
}

export const PART_CASES: readonly PartCase[] = [
  { case: 'its service keeps snapshots', enters: true, kept: 'a snapshot', stands: 'from the snapshot' },
  { case: 'its service has not swept yet', enters: true, kept: 'nothing', stands: 'read live' },
  { case: 'no service is deployed there', enters: true, kept: 'no such bucket', stands: 'read live' },
  { case: 'the reader may not read the bucket', enters: true, kept: 'a snapshot', refused: true, stands: 'read live' },
  { case: 'a part of the snapshot is damaged', enters: true, kept: 'a damaged snapshot', stands: 'read live' },
  { case: 'the bucket is of a service elsewhere', enters: true, kept: "another account's", stands: 'read live' },
  // Whoever may make a bucket there could else put a snapshot under the hub's nose.
  { case: 'two buckets say that they are its store', enters: true, kept: 'two of them', stands: 'read live' },
  {
    // AWS answers the same for a role that is not there as for one that trusts others.
    case: 'there is no reader, or it does not trust the hub',
    enters: false,
    kept: 'a snapshot',
    stands: 'blind',
    because:
      /^could not assume the role arn:aws:iam::\d{12}:role\/plumbline-reader \(AccessDenied\): check that it is there, that it trusts on-look of the hub account 999988887777, /,
  },
  {
    case: 'no service, and too large to be read live',
    enters: true,
    kept: 'no such bucket',
    tooLarge: true,
    stands: 'blind',
    because:
      /^account \d{12} is too large to be read live within 120 seconds, and no snapshot of it could be read \(no bucket of a service of Plumbline is there\): deploy Plumbline there, or ask with "plumbline blast-radius --accounts \d{12} --account-role plumbline-reader"$/,
  },
  {
    case: 'a snapshot that the reader may not read, and too large to be read live',
    enters: true,
    kept: 'a snapshot',
    refused: true,
    tooLarge: true,
    stands: 'blind',
    because:
      /^account \d{12} is too large to be read live within 120 seconds, and no snapshot of it could be read \(may not read .*service\.json \(AccessDenied\).*\): /,
  },
];
