import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { ABSENT, present, skipped, unreadable, type JsonReading, type Reading } from '#core/reading.ts';
import { accessOf, othersText, type AccessInputs } from '#core/s3/access.ts';
import { NO_FLAGS } from '#core/s3/block.ts';
import { NO } from '#core/s3/fact.ts';
import { accessInputsOf } from '#kinds/s3-bucket/access.ts';
import { bucketState } from '../../builders.ts';

const OWNER = '111122223333';
const LOGS = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const ALL = 'http://acs.amazonaws.com/groups/global/AllUsers';

const inputs = (more: Partial<AccessInputs> = {}): AccessInputs => ({
  levels: { account: ABSENT, bucket: present(NO_FLAGS) },
  policy: ABSENT,
  policyStatus: 'not-told',
  restrictedWhenAsked: NO,
  acl: present<Json>([]),
  aclMask: 'nothing',
  aclOwner: undefined,
  ownership: ABSENT,
  website: ABSENT,
  owner: OWNER,
  ...more,
});

const why = (says: string) => ({ is: 'unknown', why: says });

describe('who counts as somebody else whom the policy names (a lockdown shuts them out; aws-facts §1.1)', () => {
  const statement = (Principal: Json, Condition?: JsonObject): Reading<JsonObject> =>
    present<JsonObject>({ Statement: [{ Effect: 'Allow', Principal, ...(Condition ? { Condition } : {}) }] });
  const when = (key: string, value: string): Reading<JsonObject> => statement('*', { StringEquals: { [key]: value } });

  test.each<{ who: string; policy: Reading<JsonObject>; others: string }>([
    { who: 'everyone', policy: statement('*'), others: '' },
    { who: 'everyone at a provider', policy: statement({ Federated: 'accounts.google.com' }), others: '' },
    { who: 'a service', policy: statement({ Service: 'logging.s3.amazonaws.com' }), others: '' },
    {
      who: 'an origin access identity',
      policy: statement({ AWS: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1' }),
      others: '',
    },
    {
      who: 'addresses',
      policy: statement('*', { IpAddress: { 'aws:SourceIp': '203.0.113.7' } }),
      others: ' (addresses 203.0.113.7)',
    },
    { who: 'a network', policy: when('aws:SourceVpc', 'vpc-1'), others: ' (network vpc-1)' },
    { who: 'the own account', policy: statement({ AWS: OWNER }), others: '' },
    { who: 'another account', policy: statement({ AWS: '444455556666' }), others: ' (account 444455556666)' },
    { who: 'requests for the own account', policy: when('aws:SourceAccount', OWNER), others: '' },
    {
      who: 'requests for another',
      policy: when('aws:SourceAccount', '444455556666'),
      others: ' (requests for account 444455556666)',
    },
    { who: 'access points of the own account', policy: when('s3:DataAccessPointAccount', OWNER), others: '' },
    {
      who: 'access points of another',
      policy: when('s3:DataAccessPointAccount', '444455556666'),
      others: ' (access points of account 444455556666)',
    },
    { who: 'an organisation', policy: when('aws:PrincipalOrgID', 'o-x'), others: ' (organisation o-x)' },
    { who: 'a canonical user', policy: statement({ CanonicalUser: 'beef' }), others: ' (canonical user beef)' },
    { who: 'a principal id', policy: statement({ AWS: 'AIDAEXAMPLE' }), others: ' (principal AIDAEXAMPLE)' },
    {
      who: 'a provider of an account',
      policy: statement({ Federated: 'arn:aws:iam::111122223333:saml-provider/p' }),
      others: ' (users of arn:aws:iam::111122223333:saml-provider/p)',
    },
    {
      who: 'two of them',
      policy: statement({ AWS: ['444455556666', '777788889999'] }),
      others: ' (account 444455556666, account 777788889999)',
    },
  ])('$who:$others', ({ policy, others }) => {
    const access = accessOf(inputs({ policy }));
    expect(othersText(access)).toBe(others);
    expect(access.policyNamesOthers).toEqual({ is: others !== '' });
  });

  test('without a known owner every account is another one', () =>
    expect(othersText(accessOf(inputs({ policy: statement({ AWS: OWNER }), owner: undefined })))).toBe(
      ' (account 111122223333)',
    ));

  test('nobody, without a policy; not known, where it was refused', () => {
    expect(accessOf(inputs()).policyNamesOthers).toEqual({ is: false });
    const refused = accessOf(inputs({ policy: unreadable('AccessDenied'), policyStatus: 'public' }));
    expect(refused.policyNamesOthers).toEqual(why('the bucket policy could not be read (AccessDenied)'));
    expect(refused.othersNamed).toEqual([]);
  });
});

describe('what is not read is not known, and says why', () => {
  test.each<{ ownership: JsonReading; is: object }>([
    { ownership: present('BucketOwnerEnforced'), is: { is: false } },
    { ownership: present('ObjectWriter'), is: { is: true } },
    { ownership: present('BucketOwnerPreferred'), is: { is: true } },
    { ownership: ABSENT, is: { is: true } },
    { ownership: unreadable('AccessDenied'), is: why('object ownership could not be read (AccessDenied)') },
    { ownership: unreadable('NotRead'), is: why('object ownership was not read') },
    { ownership: skipped('x'), is: why('object ownership was not read') },
  ])('do ACLs count: $ownership', ({ ownership, is }) => expect(accessOf(inputs({ ownership })).aclsCount).toEqual(is));

  test.each<{ website: JsonReading; is: object }>([
    { website: present<Json>({}), is: { is: true } },
    { website: ABSENT, is: { is: false } },
    { website: unreadable('AccessDenied'), is: why('the website could not be read (AccessDenied)') },
    { website: skipped('no-public-door'), is: why('the website was not looked at, since nothing public was seen') },
  ])('is there a website: $website', ({ website, is }) => expect(accessOf(inputs({ website })).hasWebsite).toEqual(is));

  test.each<{ case: string; more: Partial<AccessInputs>; isPublic: object }>([
    { case: 'nothing hidden', more: {}, isPublic: { is: false } },
    {
      case: 'hidden by IgnorePublicAcls',
      more: { aclMask: 'ignore-public-acls' },
      isPublic: why('S3 does not show public grants while IgnorePublicAcls is on'),
    },
    {
      case: 'hidden or not',
      more: { aclMask: 'unknown' },
      isPublic: why('whether S3 hides public grants is not known'),
    },
    {
      case: 'a public grant that is seen all the same',
      more: { aclMask: 'unknown', acl: present<Json>([{ grantee: ALL, permission: 'READ' }]) },
      isPublic: { is: true },
    },
    {
      case: 'refused',
      more: { acl: unreadable('AccessDenied') },
      isPublic: why('the bucket ACL could not be read (AccessDenied)'),
    },
    {
      case: 'not read while ACLs are off',
      more: { acl: skipped('ownership-enforced') },
      isPublic: why('the stored bucket ACL is not read while ACLs are off'),
    },
    { case: 'none at all', more: { acl: ABSENT }, isPublic: why('the bucket has no ACL that could be read') },
    { case: 'no list', more: { acl: present<Json>('x') }, isPublic: { is: false } },
  ])('is the ACL public: $case', ({ more, isPublic }) => expect(accessOf(inputs(more)).aclIsPublic).toEqual(isPublic));

  test.each(['acl'] as const)('whatever depends on a refused %s is not known', (name) => {
    const access = accessOf(inputs({ [name]: unreadable('AccessDenied') }));
    const reason = why('the bucket ACL could not be read (AccessDenied)');
    expect([access.aclNamesOthers, access.aclNamesLogDelivery]).toEqual([reason, reason]);
  });
});

describe('whom a bucket ACL names besides the owner', () => {
  const grant = (grantee: string, permission = 'FULL_CONTROL'): Json => ({ grantee, permission });
  test.each<{ case: string; grants: readonly Json[]; owner?: string; others: boolean; logs?: true }>([
    { case: 'nobody', grants: [], others: false },
    { case: 'the owner, who is known', grants: [grant('me')], owner: 'me', others: false },
    { case: 'the owner twice', grants: [grant('me'), grant('me', 'READ')], owner: 'me', others: false },
    { case: 'somebody else with full control', grants: [grant('you')], owner: 'me', others: true },
    { case: 'one with full control, taken for the owner', grants: [grant('x')], others: false },
    { case: 'one without full control, who cannot be the owner', grants: [grant('x', 'READ')], others: true },
    { case: 'two, of whom one may be the owner', grants: [grant('x'), grant('y', 'READ')], others: true },
    { case: 'groups are nobody in particular', grants: [grant('x'), grant(ALL, 'READ')], others: false },
    {
      case: 'groups are no stranger to a known owner',
      grants: [grant('me'), grant(ALL, 'READ')],
      owner: 'me',
      others: false,
    },
    { case: 'the log delivery group', grants: [grant(LOGS, 'WRITE')], others: false, logs: true },
    { case: 'what is no grant', grants: ['x'], others: true },
    { case: 'a grant to nobody', grants: [{}], others: true },
  ])('$case', ({ grants, owner, others, logs = false }) => {
    const access = accessOf(inputs({ acl: present<Json>(grants), aclOwner: owner }));
    expect([access.aclNamesOthers, access.aclNamesLogDelivery]).toEqual([{ is: others }, { is: logs }]);
  });
});

describe('the inputs of a state', () => {
  test('everything is taken from where the reader puts it', () => {
    const state = bucketState('b', {
      watched: { policy: present<Json>({ Statement: [] }) },
      carried: { policyStatus: 'public', aclMaskedBy: 'ignore-public-acls', aclOwner: 'me' },
    });
    expect(accessInputsOf(state, {})).toMatchObject({
      policy: { status: 'present' },
      policyStatus: 'public',
      aclMask: 'ignore-public-acls',
      aclOwner: 'me',
      owner: OWNER,
      levels: { account: { status: 'unreadable', code: 'NotRead' }, bucket: { status: 'absent' } },
    });
  });

  test.each<{ carried: JsonObject; policyStatus: string; aclMask: string }>([
    { carried: { policyStatus: 'not-public', aclMaskedBy: 'nothing' }, policyStatus: 'not-public', aclMask: 'nothing' },
    {
      carried: { policyStatus: { refused: 'AccessDenied' }, aclMaskedBy: 'unknown' },
      policyStatus: 'not-told',
      aclMask: 'unknown',
    },
    { carried: { policyStatus: 'not-told', aclMaskedBy: 7 }, policyStatus: 'not-told', aclMask: 'unknown' },
  ])('$carried', ({ carried, policyStatus, aclMask }) =>
    expect(accessInputsOf(bucketState('b', { carried }), {})).toMatchObject({ policyStatus, aclMask }),
  );

  test('a policy that is no object cannot be judged, and readings that are missing were not read', () => {
    const state = { ...bucketState('b'), watched: { policy: present<Json>([1]) } };
    expect(accessInputsOf(state, {})).toMatchObject({
      policy: { status: 'unreadable', code: 'MalformedPolicy' },
      acl: { status: 'unreadable', code: 'NotRead' },
      ownership: { status: 'unreadable', code: 'NotRead' },
      website: { status: 'unreadable', code: 'NotRead' },
    });
  });
});
