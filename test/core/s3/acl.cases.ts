/** Is an ACL public, in each way that a request or an answer writes it. Facts: aws-facts §1.4, §1.5, §1.6. Written before the code. */
import type { Json } from '#core/json.ts';

const ALL = 'http://acs.amazonaws.com/groups/global/AllUsers';
const AUTHENTICATED = 'http://acs.amazonaws.com/groups/global/AuthenticatedUsers';
const LOGS = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const OWNER = '79a5';

const group = (URI: string, Permission = 'READ') => ({ Grantee: { Type: 'Group', URI }, Permission });
const user = (ID: string, Permission = 'FULL_CONTROL') => ({ Grantee: { Type: 'CanonicalUser', ID }, Permission });

export interface AclCase {
  readonly case: string;
  readonly fact: string;
  readonly acl: Json;
  readonly verdict: 'public' | 'not-public';
  /** What everyone, or every AWS account, gets; in full. */
  readonly because: string;
}

export const ACL_CASES: readonly AclCase[] = [
  ...(
    ['private', 'aws-exec-read', 'bucket-owner-read', 'bucket-owner-full-control', 'log-delivery-write'] as const
  ).map((acl): AclCase => ({
    case: `canned ${acl}`,
    fact: '§1.5',
    acl,
    verdict: 'not-public',
    because: `${acl} grants nothing to everyone or to every AWS account`,
  })),
  { case: 'canned public-read', fact: '§1.5', acl: 'public-read', verdict: 'public', because: 'READ to everyone' },
  {
    case: 'canned public-read-write',
    fact: '§1.5',
    acl: 'public-read-write',
    verdict: 'public',
    because: 'READ to everyone, WRITE to everyone',
  },
  {
    case: 'canned authenticated-read: any AWS account in the world',
    fact: '§1.5',
    acl: 'authenticated-read',
    verdict: 'public',
    because: 'READ to every AWS account',
  },
  ...(['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'] as const).map((permission): AclCase => ({
    case: `a grant of ${permission} to everyone`,
    fact: '§1.5: any permission',
    acl: { Grants: [user(OWNER), group(ALL, permission)] },
    verdict: 'public',
    because: `${permission} to everyone`,
  })),
  {
    case: 'a grant to every AWS account',
    fact: '§1.5',
    acl: { Owner: { ID: OWNER }, Grants: [group(AUTHENTICATED, 'WRITE')] },
    verdict: 'public',
    because: 'WRITE to every AWS account',
  },
  {
    case: 'a grant to the log delivery group',
    fact: '§1.5: not one of the two',
    acl: { Grants: [user(OWNER), group(LOGS, 'WRITE')] },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'a grant to another account',
    fact: '§1.5',
    acl: { Grants: [user(OWNER), user('beef', 'READ')] },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'a group address on a grantee that says it is a user',
    fact: 'the address decides; corpora (panther)',
    acl: { Grants: [{ Grantee: { Type: 'CanonicalUser', ID: '1', URI: ALL }, Permission: 'READ' }] },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'no grants',
    fact: '§1.5',
    acl: { Grants: [] },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'a canned ACL in a header',
    fact: '§1.5',
    acl: { headers: { 'X-Amz-Acl': 'public-read' } },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'a grant header with the group, quoted',
    fact: '§1.5: x-amz-grant-*: uri="…"',
    acl: { headers: { 'x-amz-grant-read': `id="${OWNER}", uri="${ALL}"` } },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'a grant header with the group, unquoted, in another case',
    fact: '§1.5; header names are case-insensitive',
    acl: { headers: { 'X-AMZ-GRANT-WRITE-ACP': `URI=${AUTHENTICATED}` } },
    verdict: 'public',
    because: 'WRITE_ACP to every AWS account',
  },
  {
    case: 'a grant header to one account',
    fact: '§1.5',
    acl: { headers: { 'x-amz-grant-full-control': 'id=beef' } },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'headers without any ACL',
    fact: '§3.2 W0',
    acl: { headers: { 'content-type': 'text/plain' } },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'the XML body as CloudTrail tells it, one grant',
    fact: '§4.2: an object when single',
    acl: {
      AccessControlPolicy: {
        Owner: { ID: OWNER },
        AccessControlList: { Grant: { Grantee: { 'xsi:type': 'Group', URI: ALL }, Permission: 'READ' } },
      },
    },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'the XML body as CloudTrail tells it, several grants',
    fact: '§4.2: an array when many',
    acl: {
      AccessControlPolicy: {
        AccessControlList: {
          Grant: [
            { Grantee: { 'xsi:type': 'CanonicalUser', ID: OWNER }, Permission: 'FULL_CONTROL' },
            { Grantee: { 'xsi:type': 'Group', URI: LOGS }, Permission: 'WRITE' },
          ],
        },
      },
    },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'the body alone, as an API call takes it',
    fact: '§4.2',
    acl: { AccessControlList: { Grant: [group(AUTHENTICATED, 'READ_ACP')] } },
    verdict: 'public',
    because: 'READ_ACP to every AWS account',
  },
  {
    case: 'a body without grants',
    fact: '§4.2',
    acl: { AccessControlPolicy: { AccessControlList: {} } },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
  {
    case: 'a header as a list, as some events tell it',
    fact: '§4.2: x-amz-acl as string, list',
    acl: { headers: { 'x-amz-acl': ['public-read'] } },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'grantees with room around them',
    fact: '§4.2',
    acl: { headers: { 'x-amz-grant-read': ` id = "beef" ,  uri = ${ALL} ` } },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'the same canned header twice',
    fact: '§4.2',
    acl: { headers: { 'x-amz-acl': ['private', 'private'] } },
    verdict: 'not-public',
    because: 'private grants nothing to everyone or to every AWS account',
  },
  {
    case: 'a grant header twice, of which the second is public',
    fact: '§4.2: every value counts',
    acl: { headers: { 'x-amz-grant-read': ['id=beef', `uri="${ALL}"`] } },
    verdict: 'public',
    because: 'READ to everyone',
  },
  {
    case: 'a grant header as a list',
    fact: '§4.2',
    acl: { headers: { 'x-amz-grant-full-control': [`uri="${ALL}"`] } },
    verdict: 'public',
    because: 'FULL_CONTROL to everyone',
  },
  {
    case: 'several grants, in several headers, with spaces',
    fact: '§1.5',
    acl: { headers: { 'x-amz-grant-read': `id = "${OWNER}" , uri = "${ALL}"`, 'x-amz-grant-read-acp': `uri=${ALL}` } },
    verdict: 'public',
    because: 'READ to everyone, READ_ACP to everyone',
  },
  {
    case: 'a header that only looks like one',
    fact: '§1.5: these five',
    acl: { headers: { 'x-amz-grant-everything': `uri="${ALL}"`, 'my-x-amz-grant-read': `uri="${ALL}"` } },
    verdict: 'not-public',
    because: 'no grant is to everyone or to every AWS account',
  },
];

/** What is no ACL: one sentence each, in full. */
export const NO_ACLS: readonly { case: string; acl: Json; says: string }[] = [
  {
    case: 'a canned name in another spelling',
    acl: 'PublicRead',
    says: '"PublicRead" is no canned ACL; did you mean "public-read"?',
  },
  {
    case: 'a canned name that is none',
    acl: 'everything',
    says: '"everything" is no canned ACL: there are private, public-read, public-read-write, authenticated-read, aws-exec-read, bucket-owner-read, bucket-owner-full-control, log-delivery-write',
  },
  {
    case: 'a permission that is none',
    acl: { Grants: [group(ALL, 'LOOK')] },
    says: 'grant 1 has the permission "LOOK": there are READ, WRITE, READ_ACP, WRITE_ACP, FULL_CONTROL',
  },
  {
    case: 'a grantee by e-mail',
    acl: { headers: { 'x-amz-grant-read': 'emailAddress="a@example.com"' } },
    says: 'x-amz-grant-read names a grantee by e-mail, which S3 refuses with 405 MethodNotAllowed since October 2025',
  },
  {
    case: 'a grant header that is none',
    acl: { headers: { 'x-amz-grant-read': 'everyone' } },
    says: 'x-amz-grant-read: "everyone" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a canned ACL and grants in one request',
    acl: { headers: { 'x-amz-acl': 'private', 'x-amz-grant-read': 'id=beef' } },
    says: 'x-amz-acl and x-amz-grant-read stand together, which S3 refuses: give one of them',
  },
  {
    case: 'a quote that is not closed',
    acl: { headers: { 'x-amz-grant-read': 'id="beef' } },
    says: 'x-amz-grant-read: "id="beef" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a quote that is not opened',
    acl: { headers: { 'x-amz-grant-read': 'id=beef"' } },
    says: 'x-amz-grant-read: "id=beef"" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'one quote alone',
    acl: { headers: { 'x-amz-grant-read': 'id="' } },
    says: 'x-amz-grant-read: "id="" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a header of eighty characters, which is shown whole',
    acl: { headers: { 'x-amz-grant-read': 'x'.repeat(80) } },
    says: `x-amz-grant-read: "${'x'.repeat(80)}" is no grantee: write id="…" or uri="…", separated by commas`,
  },
  {
    case: 'two canned ACLs in one request',
    acl: { headers: { 'x-amz-acl': ['private', 'public-read'] } },
    says: 'x-amz-acl stands twice: give one of them',
  },
  {
    case: 'a grantee of nobody',
    acl: { Grants: [{ Grantee: { Type: 'Group' }, Permission: 'READ' }] },
    says: 'grant 1 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a grantee whose address is a list',
    acl: { Grants: [{ Grantee: { URI: [ALL] }, Permission: 'READ' }] },
    says: 'grant 1 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a grantee whose id is a number',
    acl: { Grants: [{ Grantee: { ID: 7, URI: ALL }, Permission: 'READ' }] },
    says: 'grant 1 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a header that is long and none',
    acl: { headers: { 'x-amz-grant-read': `id=${'   a"b'.repeat(20_000)}` } },
    says: `x-amz-grant-read: "id=${'   a"b'.repeat(12)}   a"…" is no grantee: write id="…" or uri="…", separated by commas`,
  },
  {
    case: 'a grant that is none',
    acl: { Grants: ['READ'] },
    says: 'grant 1 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a grant without a grantee',
    acl: { Grants: [{ Permission: 'READ' }] },
    says: 'grant 1 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a grant without a permission',
    acl: { Grants: [user(OWNER), { Grantee: { ID: 'x' } }] },
    says: 'grant 2 is no {"Grantee": …, "Permission": …}',
  },
  {
    case: 'a grant header to nobody',
    acl: { headers: { 'x-amz-grant-read': 'id=""' } },
    says: 'x-amz-grant-read: "id=""" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a grant header that is no text',
    acl: { headers: { 'x-amz-grant-read': 7 } },
    says: 'x-amz-grant-read: "" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a grant header with something behind the quotes',
    acl: { headers: { 'x-amz-grant-read': 'id="x"y' } },
    says: 'x-amz-grant-read: "id="x"y" is no grantee: write id="…" or uri="…", separated by commas',
  },
  {
    case: 'a canned header that is no text',
    acl: { headers: { 'x-amz-acl': 7 } },
    says: '"" is no canned ACL: there are private, public-read, public-read-write, authenticated-read, aws-exec-read, bucket-owner-read, bucket-owner-full-control, log-delivery-write',
  },
  {
    case: 'nothing',
    acl: null,
    says: 'it is no ACL: write a canned name, {"Grants": […]} as the API returns it, or {"headers": {"x-amz-acl": …}}',
  },
  {
    case: 'an object of another kind',
    acl: { grants: [] },
    says: 'it is no ACL: write a canned name, {"Grants": […]} as the API returns it, or {"headers": {"x-amz-acl": …}}',
  },
  {
    case: 'something else',
    acl: 7,
    says: 'it is no ACL: write a canned name, {"Grants": […]} as the API returns it, or {"headers": {"x-amz-acl": …}}',
  },
];
