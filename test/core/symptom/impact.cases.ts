import type { LoggedRequest } from '#core/evidence/request.ts';
import type { WatchedChange } from '#core/symptom/watched-change.ts';

import {
  ACCOUNT_BLOCK,
  ACLS_OFF,
  BY_NO_PERMISSION,
  BY_THE_BLOCK,
  minutes,
  refused,
  role,
  TAKEN_BACK,
  upload,
} from './exports.ts';

/** Failures in logs beside changes, and whose they are. */
export interface ImpactCase {
  readonly name: string;
  readonly cites: string;
  readonly changes: readonly WatchedChange[];
  readonly of: readonly string[];
  readonly requests: readonly LoggedRequest[];
  /** `caller operation failures`, with what failed before and worked before, and what explains it. */
  readonly failures: readonly string[];
  readonly others: readonly string[];
}

export const IMPACT_CASES: readonly ImpactCase[] = [
  {
    name: 'uploads that worked are refused since, and the error names the flag',
    cites: 'incidents A; aws-facts §1.1, §3.2 W4',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [upload(-60), upload(-20), upload(3, refused(BY_THE_BLOCK)), upload(10, refused(BY_THE_BLOCK))],
    failures: ['role scheduler-api PutObject AccessDenied 2, before 0, worked 2: account-block (proven)'],
    others: [],
  },
  {
    name: 'a role that never may is refused before and since: the change does not explain it, and it hides nobody else',
    cites: 'aws-facts §1.1: implicit deny text; field §3, 7: error onset per principal',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-90, { requester: role('scanner'), ...refused(BY_NO_PERMISSION) }),
      upload(-20),
      upload(3, refused(BY_THE_BLOCK)),
      upload(5, { requester: role('scanner'), ...refused(BY_NO_PERMISSION) }),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 1: account-block (proven)'],
    others: ['role scanner PutObject AccessDenied 1, before 1, worked 0: nothing'],
  },
  {
    name: 'one role was refused before for want of a permission, and is refused since by the flag: two texts, two causes',
    cites: 'aws-facts §1.1: the text names the setting, or the policy that is missing',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-90, refused(BY_NO_PERMISSION)),
      upload(3, refused(BY_THE_BLOCK)),
      upload(5, refused(BY_NO_PERMISSION)),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 0: account-block (proven)'],
    others: ['role scheduler-api PutObject AccessDenied 1, before 1, worked 0: nothing'],
  },
  {
    name: 'a 400 that says that ACLs are not supported is the impact of the ownership that changed half an hour later',
    cites: 'aws-facts §3.2 W4: BOE 400, BA 403; §1.6',
    changes: [ACCOUNT_BLOCK, ACLS_OFF],
    of: ['account-block'],
    requests: [
      upload(-20),
      upload(3, refused(BY_THE_BLOCK)),
      upload(40, refused('The bucket does not allow ACLs', 'AccessControlListNotSupported')),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 1: account-block (proven)'],
    others: ['role scheduler-api PutObject AccessControlListNotSupported 1, before 0, worked 1: acls-off (proven)'],
  },
  {
    name: 'an upload that still worked in the first seconds, and those that work since it was taken back, say nothing against it',
    cites: 'aws-facts §1.2: a setting takes minutes to hold everywhere; field §3, 26',
    changes: [ACCOUNT_BLOCK, TAKEN_BACK],
    of: ['account-block', 'taken-back'],
    requests: [
      upload(-20),
      upload(0.2),
      upload(1, refused('Access Denied')),
      upload(29, refused('Access Denied')),
      upload(31),
      upload(45),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 2, before 0, worked 1: account-block'],
    others: [],
  },
  {
    name: 'one that is refused seconds after it was taken back makes the others no less its own',
    cites: 'aws-facts §1.2: a setting takes minutes to hold everywhere',
    changes: [ACCOUNT_BLOCK, TAKEN_BACK],
    of: ['account-block', 'taken-back'],
    requests: [
      upload(-20),
      upload(1, refused('Access Denied')),
      upload(29, refused('Access Denied')),
      upload(30.1, refused('Access Denied')),
      upload(40),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 3, before 0, worked 1: account-block'],
    others: [],
  },
  {
    name: 'uploads that worked for an hour while it stood speak against it, whatever came after',
    cites: 'field §3, 7: ranked over all changes of the window',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [upload(-20), upload(12), upload(60), upload(61, refused('Access Denied'))],
    failures: [],
    others: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 1: nothing'],
  },
  {
    name: 'who was refused once hours before, of many requests that worked, is hit all the same when all are refused',
    cites: 'aws-facts §3.1: for a missing key S3 answers 403 to whoever may not list; incidents A',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-300, refused('Access Denied')),
      ...[-60, -50, -40, -30, -20].map((minute) => upload(minute)),
      ...[1, 5, 11, 20].map((minute) => upload(minute, refused('Access Denied'))),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 4, before 1, worked 5: account-block'],
    others: [],
  },
  {
    name: 'of whom every second request is refused before and since, nothing has changed',
    cites: 'field §3, 7: rate before, count since',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      ...[-50, -30].map((minute) => upload(minute, refused('Access Denied'))),
      ...[-40, -20].map((minute) => upload(minute)),
      ...[1, 12].map((minute) => upload(minute, refused('Access Denied'))),
      ...[5, 8].map((minute) => upload(minute)),
    ],
    failures: [],
    others: ['role scheduler-api PutObject AccessDenied 2, before 2, worked 2: nothing'],
  },
  {
    name: 'roles of one name in two accounts are two callers',
    cites: 'aws-facts §5.3: a trail of the bucket’s account tells of others by their account alone',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-20, { requester: role('deploy', '444455556666') }),
      upload(3, { requester: role('deploy'), ...refused(BY_THE_BLOCK) }),
    ],
    failures: ['role deploy PutObject AccessDenied 1, before 0, worked 0: account-block (proven)'],
    others: [],
  },
  {
    name: 'what differs in nothing that is shown is one group',
    cites: 'field §3, 7: per bucket and per principal',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(3, refused(BY_THE_BLOCK)),
      upload(4, { aclRequired: undefined, source: 'access-log', ...refused(BY_THE_BLOCK) }),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 2, before 0, worked 0: account-block (proven)'],
    others: [],
  },
  {
    name: 'a change that no call is known of was made at some time since the reading before: failures since then are its own',
    cites: 'design §1, 3: events are hints, reading is the truth; §4: a sweep finds it within a day',
    changes: [{ ...ACCOUNT_BLOCK, at: minutes(120), madeSince: minutes(-30) }],
    of: ['account-block'],
    requests: [upload(-60), upload(3, refused(BY_THE_BLOCK)), upload(130, refused(BY_THE_BLOCK))],
    failures: ['role scheduler-api PutObject AccessDenied 2, before 0, worked 1: account-block (proven)'],
    others: [],
  },
  {
    name: 'requests that ended in an error which is no refusal prove nothing: they neither worked nor were refused',
    cites: 'aws-facts §5.3: failed authentication is another matter; §7: 503 SlowDown',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-40, refused('Please reduce your request rate.', 'SlowDown')),
      upload(-30, refused('The provided token has expired.', 'ExpiredToken')),
      upload(-20),
      upload(3, refused(BY_THE_BLOCK)),
      upload(5, refused('We encountered an internal error.', 'InternalError')),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 1: account-block (proven)'],
    others: [],
  },
  {
    name: 'a 403 of which the access log has no code is a refusal, and one with that status explains it',
    cites: 'aws-facts §5.2: the error code is a field that may be empty; §3.2 W4: 403',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [upload(-20), upload(3, { source: 'access-log', error: { code: 'HTTP 403' } })],
    failures: ['role scheduler-api PutObject HTTP 403 1, before 0, worked 1: account-block'],
    others: [],
  },
  {
    name: 'uploads that S3 was too busy for do not speak against the change that refuses the others',
    cites: 'aws-facts §7: 503 SlowDown; field §3, 7: error onset',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(12, refused('Please reduce your request rate.', 'SlowDown')),
      upload(15, refused('Please reduce your request rate.', 'SlowDown')),
      upload(20, refused('Access Denied')),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 0: account-block'],
    others: [],
  },
  {
    name: 'a bucket of which nothing is known, such as another account’s in central logs: whatever fails there is put to no change',
    cites: 'aws-facts §9: one place for the logs of many accounts; §5.5: never a guess',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      upload(-60, { bucket: 'of-another-account', operation: 'GetObject', ...refused('Access Denied') }),
      upload(3, { bucket: 'of-another-account', operation: 'GetObject', ...refused('Access Denied') }),
      upload(4, refused(BY_THE_BLOCK)),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 1, before 0, worked 0: account-block (proven)'],
    others: ['role scheduler-api GetObject AccessDenied 1, before 1, worked 0: nothing, of a bucket that is not known'],
  },
  {
    name: 'both logs tell of the same uploads: each failed once, and the trail tells why',
    cites: 'aws-facts §5.2, §5.3: an access log has no text of an error; both have each request',
    changes: [ACCOUNT_BLOCK],
    of: ['account-block'],
    requests: [
      ...[3, 4, 5].map((minute) => upload(minute, refused(BY_THE_BLOCK))),
      ...[3, 4, 5].map((minute) =>
        upload(minute, { source: 'access-log', acl: 'not-told', error: { code: 'AccessDenied' } }),
      ),
    ],
    failures: ['role scheduler-api PutObject AccessDenied 3, before 0, worked 0: account-block (proven)'],
    others: [],
  },
];
