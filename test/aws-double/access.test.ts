/** §3.2, rows R1–R4, X1–X4, S1–S4, C1–C3, U1 and H1, as a specification. */
import { expect, test } from 'vitest';
import { LOG_DELIVERY } from './acl.ts';
import { rule, type Attempt, type Caller } from './enforcement.ts';
import {
  ALL,
  allBut,
  anonymous,
  attemptBy,
  BOE,
  only,
  partner,
  PARTNER,
  PARTNER_ID,
  PARTNERS,
  PARTNERS_AND_PUBLIC,
  policyOf,
  PUBLIC,
  readableBy,
  service,
  told,
  us,
  when,
  worldOf as on,
  type Part,
  named,
  type Row,
} from './scenarios.ts';
import { ALL_USERS, AUTHENTICATED_USERS, OWNER_ID, type Grant } from './world.ts';

const denied = '403 AccessDenied';
const get = (caller: Caller, rest: Partial<Attempt> = {}): Attempt =>
  attemptBy(caller, 'GetObject', { key: 'mine', ...rest });
const list = attemptBy(anonymous, 'ListObjects');
const page = (rest: Partial<Attempt> = {}): Attempt => attemptBy(us, 'GetWebsitePage', rest);

const IA = only('IgnorePublicAcls');
const RP = only('RestrictPublicBuckets');
const blocked = { block: ALL };

const everyones = readableBy(ALL_USERS);
const anyAccounts = readableBy(AUTHENTICATED_USERS);
const partners = readableBy(PARTNER_ID);
const mixed = readableBy(PARTNER_ID, ALL_USERS);
const theirs: Partial<Attempt> = {
  object: { owner: PARTNER, grants: [{ to: PARTNER_ID, permission: 'FULL_CONTROL' }] },
};

const bucketAcl = (to: string, permission: string): { grants: Grant[] } => ({
  grants: [
    { to: OWNER_ID, permission: 'FULL_CONTROL' },
    { to, permission },
  ],
});
const listed = bucketAcl(ALL_USERS, 'READ');
const logged = bucketAcl(LOG_DELIVERY, 'WRITE');
const delivers = attemptBy(service('logging.s3'), 'PutObject');

/** Public, but for other objects: RestrictPublicBuckets then locks down, and nothing else depends on it. */
const elsewhere: Part = { on: '/other/*' };
const publicElsewhere = { policy: policyOf(elsewhere) };
const stranger: Caller = { type: 'account', account: '777788889999' };
const strangers = { policy: policyOf({ who: { AWS: '777788889999' } }) };
const identity: Caller = { type: 'origin-access-identity', id: 'E2EXAMPLE' };
const identitys: Part = { who: { AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E2EXAMPLE' } };
const fromEndpoint = { policy: policyOf(when('StringEquals', 'aws:SourceVpce', 'vpce-1')) };
const fromOrganisation = { policy: policyOf(when('StringEquals', 'aws:PrincipalOrgID', 'o-1')) };

const ROWS: readonly Row[] = [
  ['R1', 'an object for AllUsers', on(), get(anonymous, everyones), '200'],
  ['R1', 'the same where ACLs are off', on(BOE), get(anonymous, everyones), denied],
  ['R1', 'the same, every bit but IgnorePublicAcls', on(allBut('IgnorePublicAcls')), get(anonymous, everyones), '200'],
  ['R1', 'the same, IgnorePublicAcls', on(IA), get(anonymous, everyones), denied],
  ['R1', 'the same in lockdown', on({ ...publicElsewhere, ...RP }), get(anonymous, everyones), denied],
  [
    '§3.3',
    'a policy for other objects, so the ACL decides',
    on({ ...publicElsewhere, ...IA }),
    get(anonymous, everyones),
    denied,
  ],
  ['R1', 'a private object', on(), get(anonymous, readableBy()), denied],
  ['R2', 'an object for AuthenticatedUsers', on(), get(partner, anyAccounts), '200'],
  ['R2', 'the same, unsigned', on(), get(anonymous, anyAccounts), denied],
  ['R2', 'the same, IgnorePublicAcls', on(IA), get(partner, anyAccounts), denied],
  ['R3', 'a listing by ACL', on(listed), list, '200'],
  ['R3', 'the same, IgnorePublicAcls', on({ ...listed, ...IA }), list, denied],
  ['R3', 'a listing by policy', on({ policy: policyOf({ action: 's3:ListBucket', on: '' }) }), list, '200'],
  ['R3', 'a policy for objects lists nothing', on({ policy: PUBLIC }), list, denied],
  [
    'R4',
    'a public policy, every other bit',
    on({ policy: PUBLIC, ...allBut('RestrictPublicBuckets') }),
    get(anonymous),
    '200',
  ],
  ['R4', 'a public policy, restricted', on({ policy: PUBLIC, ...RP }), get(anonymous), denied],
  ['R4', 'an object of another owner', on({ policy: PUBLIC }), get(anonymous, theirs), denied],
  ['§3.4', 'the same where ACLs are off', on({ policy: PUBLIC, ...BOE }), get(anonymous, theirs), '200'],
  [
    '§1.6',
    'a Deny reaches it all the same',
    on({ policy: policyOf({ effect: 'Deny' }) }),
    get(partner, theirs),
    denied,
  ],
  ['X1', 'a named account, everything blocked', on({ policy: PARTNERS, ...blocked }), get(partner), '200'],
  ['X1', 'actions by wildcard, in any case', on({ policy: policyOf({ action: 'S3:get*' }) }), get(partner), '200'],
  ['X1', 'a named account, an object of another owner', on(strangers), get(stranger, theirs), denied],
  ['X1', 'an account that is not named', on(strangers), get(partner), denied],
  ['X2', 'public elsewhere', on({ policy: PARTNERS_AND_PUBLIC }), get(partner), '200'],
  ['X2', 'public elsewhere, restricted', on({ policy: PARTNERS_AND_PUBLIC, ...RP }), get(partner), denied],
  ['X3', 'a canonical id, everything blocked', on(blocked), get(partner, partners), '200'],
  ['X3', 'the same where ACLs are off', on(BOE), get(partner, partners), denied],
  ['X3', 'the same in lockdown', on({ ...publicElsewhere, ...RP }), get(partner, partners), denied],
  ['X4', 'with AllUsers too, IgnorePublicAcls', on(IA), get(partner, mixed), '200 [U]'],
  ['X4', 'chosen otherwise', on(IA, { unsettled: { ignoredAcl: 'whole' } }), get(partner, mixed), `${denied} [U]`],
  ['S1', 'our own, everything blocked', on({ policy: PUBLIC, ...BOE, ...blocked }), get(us), '200'],
  ['S2', 'a service in lockdown', on({ policy: PUBLIC, ...blocked }), get(service('cloudtrail')), '200'],
  ['S4', 'log delivery by ACL, everything blocked', on({ ...logged, ...blocked }), delivers, '200'],
  ['S4', 'the same where ACLs are off', on({ ...logged, ...BOE }), delivers, denied],
  ['C1', 'CloudFront by OAC in lockdown', on({ policy: PUBLIC, ...blocked }), get(service('cloudfront')), '200'],
  ['C2', 'an OAI, not public', on({ policy: policyOf(identitys), ...blocked }), get(identity), '200'],
  ['C2', 'an OAI in lockdown', on({ policy: policyOf(identitys, elsewhere), ...RP }), get(identity), `${denied} [U]`],
  ['C2', 'an OAI that is not named', on({ policy: PARTNERS }), get(identity), denied],
  ['C3', 'a website of a public policy', on({ policy: PUBLIC }), page(), '200'],
  ['C3', 'the same, restricted', on({ policy: PUBLIC, ...RP }), page(), denied],
  ['H1', 'a website reads no signature', on(), page(readableBy()), denied],
  ['H1', 'a website by ACL', on(), page(everyones), '200'],
  ['H1', 'a website by ACL, IgnorePublicAcls', on(IA), page(everyones), denied],
  ['§2', 'a condition that the attempt cannot show', on(fromEndpoint), get(anonymous), `${denied} [U]`],
  ['§2', 'a condition on who signs, unsigned', on(fromOrganisation), get(anonymous), denied],
  ['§7', 'a bucket that is gone', on(), get(us, { bucket: 'gone' }), '404 NoSuchBucket'],
];

test.each(named(ROWS))('$title is $is', ({ world, attempt, is }) => {
  expect(told(rule(world, attempt))).toBe(is);
});

test('S3: a delivery account that the policy lets write is refused in lockdown alone', () => {
  const policy = policyOf({ who: { AWS: PARTNER }, action: 's3:PutObject' }, elsewhere);
  const write = attemptBy(partner, 'PutObject', { key: 'log' });
  expect([told(rule(on({ policy }), write)), told(rule(on({ policy, ...RP }), write))]).toEqual(['200', denied]);
});
