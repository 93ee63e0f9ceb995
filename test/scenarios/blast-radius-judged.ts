import type { Verdict } from './blast-radius.cases.ts';

/**
 * Where the answer is otherwise than a reader had written before the code, judged by the facts. The rows stay as they were written; what
 * is right instead stands here, with why.
 */
export interface Judged {
  /** The beginning of the scenario's name. */
  readonly of: string;
  readonly why: string;
  /** What is right instead; `undefined`: it is not told as refused at all. */
  readonly words?: Readonly<Record<string, Verdict | undefined>>;
  readonly exitCode?: 0 | 1 | 2;
}

const NOT_LOGGED =
  'aws-facts §5.3: a trail may log writes alone, and no trail logs calls on policies as data events; of what is not logged it is not known whether anybody does it, and "not seen" would say too much';
const ACCESS_POINT =
  'aws-facts §1.2, §1.7: the block of an access point is on by default and is not read, so that it worked before is not known: it is told as not known, and never as refused by this change';
const NO_READ =
  'aws-facts §3.2 U2 goes as X1, X2 or X3: the policy lets that account write and not read, and ACLs are off: no link that it signs read anything before';

const P3 = (...buckets: readonly string[]): Record<string, undefined> =>
  Object.fromEntries(buckets.map((bucket) => [`${bucket} P3`, undefined]));
const unknowns = (bucket: string, ...rows: readonly string[]): Record<string, Verdict> =>
  Object.fromEntries(rows.map((row) => [`${bucket} ${row}`, 'unknown']));

export const JUDGED: readonly Judged[] = [
  { of: 'only writes are logged', why: NOT_LOGGED, words: unknowns('exports', 'R1', 'R2') },
  { of: 'public policies are about to be refus', why: ACCESS_POINT, words: P3('site') },
  { of: 'a deployment put a policy, and an acc', why: ACCESS_POINT, words: P3('site') },
  { of: 'one bucket refuses public policies it', why: ACCESS_POINT, words: P3('logged', 'silent') },
  {
    of: 'an old load balancer writes its logs',
    why: `${NOT_LOGGED}; ${NO_READ}`,
    words: { ...unknowns('lb-logs', 'R4'), 'lb-logs U2': undefined },
  },
  { of: 'another account’s replication role wr', why: NO_READ, words: { 'replica U2': undefined } },
  {
    of: 'ACLs are turned off under an applicat',
    why: NOT_LOGGED,
    words: unknowns('uploads', 'R1', 'R2', 'U2', 'X3', 'X4'),
  },
  {
    of: 'ACLs are turned off under a partner w',
    why: NOT_LOGGED,
    words: { ...unknowns('access-logs', 'R1', 'R2', 'U2', 'X3', 'X4'), ...unknowns('dropbox', 'R1', 'R2', 'X3', 'X4') },
  },
  {
    of: 'all four at once on the account, as o',
    why: `${ACCESS_POINT}; ${NOT_LOGGED}`,
    words: {
      ...P3('marketing-site', 'media-archive', 'testmaker-exports'),
      ...unknowns('testmaker-exports', 'P1', 'R1', 'R2'),
    },
  },
  { of: 'new public policies are refused: who', why: ACCESS_POINT, words: P3('ledger', 'prospectus', 'silent') },
  {
    of: 'a public statement is added to the po',
    why: 'aws-facts §5.3: a trail may log reads alone; by an ACL another account may write as well, and of what is not logged it is not known whether anybody does it',
    words: unknowns('partner-feed', 'X3', 'X4'),
  },
  {
    of: 'ACLs are turned off where public ones',
    why: 'by whichever ACL that account came in, all of them are off then: the request will be refused for sure, and is told of the likeliest row',
    words: { 'intake X3': 'will-break' },
  },
  {
    of: 'a bucket is restricted whose policy l',
    why: 'aws-facts §2.3 leaves open whether a fixed aws:PrincipalAccount counts; Plumbline counts it as a principal, and believes AWS where it was asked, which in this scenario it was not. The reader is stricter, and right to doubt it.',
    exitCode: 0,
  },
];
