/** §3.2, rows W0–W4, A1–A4, P1–P2 and M1–M2, as a specification. */
import { describe, expect, test } from 'vitest';
import { rule, type Attempt, type Operation } from './enforcement.ts';
import {
  ACCOUNT,
  ALL,
  allBut,
  attemptBy,
  BOE,
  canned,
  only,
  partner,
  PARTNER,
  PARTNER_ID,
  PARTNERS,
  policyOf,
  PUBLIC,
  service,
  told,
  us,
  when,
  worldOf as on,
  named,
  type Row,
} from './scenarios.ts';
import { ALL_USERS, AUTHENTICATED_USERS, OWNER_ID, type Grant } from './world.ts';

const ours = { to: OWNER_ID, permission: 'FULL_CONTROL' };
const read = (...readers: readonly string[]): Grant[] => readers.map((to) => ({ to, permission: 'READ' }));
const grants = (operation: Operation, ...given: Grant[]): Attempt =>
  attemptBy(us, operation, { acl: { grants: given } });
const put = (acl: string): Attempt => attemptBy(us, 'PutObject', canned(acl));
const partnerPuts = (acl: string): Attempt => attemptBy(partner, 'PutObject', canned(acl));
const objectAcl = (acl: string): Attempt => attemptBy(us, 'PutObjectAcl', canned(acl));
const bucketAcl = (acl: string): Attempt => attemptBy(us, 'PutBucketAcl', canned(acl));
const policy = (document: string): Attempt => attemptBy(us, 'PutBucketPolicy', { policy: document });
const create = (rest: Partial<Attempt> = {}): Attempt => attemptBy(us, 'CreateBucket', { bucket: 'new', ...rest });
const denied = '403 AccessDenied';
const aclsAreOff = '400 AccessControlListNotSupported';

/** Lets the partner write, so that only the ACL can be refused. */
const open = { policy: policyOf({ who: { AWS: PARTNER }, action: 's3:Put*' }) };
const BA = only('BlockPublicAcls');
const noBA = allBut('BlockPublicAcls');
const blocked = { block: ALL };
const byPrincipalAccount = policyOf(when('StringEquals', 'aws:PrincipalAccount', PARTNER));
const all = { organizationPolicy: 'all' } as const;
const none = { organizationPolicy: 'none' } as const;

const UPLOADS: readonly Row[] = [
  ['W0', 'no ACL, blocked and enforced', on({ ...BOE, ...blocked }), attemptBy(us, 'PutObject'), '200'],
  [
    'W0',
    'no ACL, by the logging service',
    on({ ...BOE, ...blocked }),
    attemptBy(service('logging.s3'), 'PutObject'),
    '200',
  ],
  [
    'W1',
    'full control for the owner',
    on({ ...BOE, ...blocked, ...open }),
    partnerPuts('bucket-owner-full-control'),
    '200',
  ],
  ['W1', 'the same as a grant', on(BOE), grants('PutObject', ours), '200'],
  ['W2', 'private, same account, enforced', on({ ...BOE, ...blocked }), put('private'), '200'],
  ['W2', 'private, cross-account, enforced', on({ ...BOE, ...open }), partnerPuts('private'), aclsAreOff],
  ['W2', 'private, cross-account, blocked', on({ ...blocked, ...open }), partnerPuts('private'), '200'],
  ['W3', 'bucket-owner-read, enforced', on(BOE), put('bucket-owner-read'), aclsAreOff],
  ['W3', 'aws-exec-read, enforced', on(BOE), put('aws-exec-read'), aclsAreOff],
  ['W3', 'a named account, enforced', on(BOE), grants('PutObject', ...read(PARTNER_ID)), aclsAreOff],
  ['W3', 'a named account, blocked', on(blocked), grants('PutObject', ...read(PARTNER_ID)), '200'],
  ...['public-read', 'public-read-write', 'authenticated-read'].flatMap((acl): readonly Row[] => [
    ['W4', `${acl}, enforced`, on(BOE), put(acl), aclsAreOff],
    ['W4', `${acl}, enforced and blocked`, on({ ...BOE, ...BA }), put(acl), `${aclsAreOff} [U]`],
    ['W4', `${acl}, BlockPublicAcls`, on(BA), put(acl), denied],
    ['W4', `${acl}, every other bit`, on(noBA), put(acl), '200 useless'],
  ]),
  ['W4', 'a grant to any account, blocked', on(BA), grants('PutObject', ...read(AUTHENTICATED_USERS)), denied],
  ['W4', 'public and named, ignored', on(noBA), grants('PutObject', ...read(ALL_USERS, PARTNER_ID)), '200 [U]'],
  ['§1.1', 'an e-mail grantee', on(), grants('PutObject', ...read('a@example.com')), '405 MethodNotAllowed'],
  ['§1.8', 'public-read, the organisation says "all"', on({}, all), put('public-read'), denied],
  ['§1.8', 'public-read, "none" over the account', on({}, { ...none, accountBlock: ALL }), put('public-read'), '200'],
  ['§1.8', 'public-read, "none" over the bucket', on(blocked, none), put('public-read'), denied],
];

const SETTINGS: readonly Row[] = [
  ['A1', 'a public object ACL, enforced', on(BOE), objectAcl('public-read'), aclsAreOff],
  ['A1', 'a public object ACL, blocked', on(BA), objectAcl('public-read'), denied],
  ['A1', 'a public bucket ACL, blocked', on(BA), bucketAcl('public-read'), denied],
  ['A1', 'a public bucket ACL, every other bit', on(noBA), bucketAcl('public-read'), '200 useless'],
  ['A2', 'even a private bucket ACL, enforced', on(BOE), bucketAcl('private'), aclsAreOff],
  ['A2', 'even full control for the owner, enforced', on(BOE), objectAcl('bucket-owner-full-control'), aclsAreOff],
  ['A2', 'a named account, blocked', on(blocked), grants('PutObjectAcl', ...read(PARTNER_ID)), '200'],
  ['§1.5', 'log-delivery-write is not public', on(blocked), bucketAcl('log-delivery-write'), '200'],
  [
    'A3',
    'enforcing over a bucket ACL for others, masked as it is',
    on({ ...blocked, grants: [ours, ...read(ALL_USERS)] }),
    attemptBy(us, 'PutBucketOwnershipControls', BOE),
    '400 InvalidBucketAclWithObjectOwnership',
  ],
  ['A3', 'enforcing over a private ACL', on(), attemptBy(us, 'PutBucketOwnershipControls', BOE), '200'],
  [
    'A3',
    'any other ownership over a bucket ACL for others',
    on({ grants: read(ALL_USERS) }),
    attemptBy(us, 'PutBucketOwnershipControls', { ownership: 'ObjectWriter' }),
    '200',
  ],
  [
    'A4',
    'a public ACL, nothing blocked',
    on(),
    create(canned('public-read')),
    '400 InvalidBucketAclWithBlockPublicAccessError',
  ],
  ['A4', 'and enforced', on(), create({ ...canned('public-read'), ...BOE }), '400 InvalidBucketAclWithObjectOwnership'],
  ['A4', 'no ACL, account blocked', on({}, { accountBlock: ALL }), create(), '200'],

  ['P1', 'an unchanged public policy', on({ ...only('BlockPublicPolicy'), policy: PUBLIC }), policy(PUBLIC), denied],
  ['P1', 'a public policy, every other bit', on(allBut('BlockPublicPolicy')), policy(PUBLIC), '200'],
  ['P1', 'a policy whose publicness is [U]', on(blocked), policy(byPrincipalAccount), '200 [U]'],
  ['P2', 'a policy for one account, blocked', on(blocked), policy(PARTNERS), '200'],
  ['P2', 'taking a public one away', on({ ...blocked, policy: PUBLIC }), attemptBy(us, 'DeleteBucketPolicy'), '204'],
  ['M1', 'under "all"', on({}, all), attemptBy(us, 'PutAccountPublicAccessBlock'), denied],
  ['M1', 'under "none"', on({}, none), attemptBy(us, 'DeleteAccountPublicAccessBlock'), denied],
  ['M1', 'under no organisation', on(), attemptBy(us, 'PutAccountPublicAccessBlock'), '200'],
  ['M2', 'the bucket’s block under "all"', on(blocked, all), attemptBy(us, 'PutPublicAccessBlock'), '200'],
  [
    'M2',
    'the bucket’s taken away',
    on(blocked, { accountBlock: ALL }),
    attemptBy(us, 'DeletePublicAccessBlock'),
    '204',
  ],
];

describe('§3.2: what a call may carry', () => {
  test.each(named([...UPLOADS, ...SETTINGS]))('$title is $is', ({ world, attempt, is }) => {
    expect(told(rule(world, attempt))).toBe(is);
  });

  test('§1.1: a caller of the account is told the reason, everybody else is not', () => {
    const world = on({ ...BA, ...open });
    expect(rule(world, { ...put('public-read'), key: '1.mov' }).message).toBe(
      `User: arn:aws:iam::${ACCOUNT}:user/tester is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::films/1.mov" because public ACLs are prevented by the BlockPublicAcls setting in S3 Block Public Access.`,
    );
    expect(rule(world, partnerPuts('public-read')).message).toBe('Access Denied');
  });

  test('§1.6: which of the two errors wins can be chosen, and stays unsettled', () => {
    const world = on({ ...BOE, ...BA }, { unsettled: { enforcedAndBlocked: 'AccessDenied' } });
    expect(told(rule(world, put('public-read')))).toBe('403 AccessDenied [U]');
  });
});
