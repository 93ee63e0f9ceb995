import { canonicalGrants, isPublicGrant, PUBLIC_GROUPS, type Grant } from '../acl.ts';
import { isJsonObject, textOf, type Json, type JsonObject } from '../json.ts';
import { nearest } from '../reference.ts';

/** Is an ACL public: does it grant anything to everyone, or to every AWS account (aws-facts §1.5). */
export interface AclVerdict {
  readonly verdict: 'public' | 'not-public';
  readonly because: string;
  /** `{grantee, permission}`, the grantee a canonical id or a group's address. For a canned ACL: what it adds to the owner's grant. */
  readonly grants: readonly Json[];
}

/** What is no ACL, in one sentence. */
export interface NoAcl {
  readonly problem: string;
}

const [ALL_USERS = '', AUTHENTICATED_USERS = ''] = PUBLIC_GROUPS;
export const LOG_DELIVERY = 'http://acs.amazonaws.com/groups/s3/LogDelivery';
const PERMISSIONS: readonly string[] = ['READ', 'WRITE', 'READ_ACP', 'WRITE_ACP', 'FULL_CONTROL'];

const grant = (grantee: string, permission: string): Json => ({ grantee, permission });

/** What each canned ACL grants to groups (aws-facts §1.5). Buckets take the first four and the last, objects all but the last. */
export const CANNED_ACLS: ReadonlyMap<string, readonly Json[]> = new Map<string, readonly Json[]>([
  ['private', []],
  ['public-read', [grant(ALL_USERS, 'READ')]],
  ['public-read-write', [grant(ALL_USERS, 'READ'), grant(ALL_USERS, 'WRITE')]],
  ['authenticated-read', [grant(AUTHENTICATED_USERS, 'READ')]],
  ['aws-exec-read', []],
  ['bucket-owner-read', []],
  ['bucket-owner-full-control', []],
  ['log-delivery-write', [grant(LOG_DELIVERY, 'WRITE'), grant(LOG_DELIVERY, 'READ_ACP')]],
]);

/**
 * Judges an ACL however it is written: a canned name, `{Grants}` as the API returns it, `{headers}` as a request carries them, or
 * `{AccessControlPolicy}` as CloudTrail tells the XML body.
 */
export function verdictOnAcl(acl: Json): AclVerdict | NoAcl {
  if (typeof acl === 'string') return cannedVerdict(acl);
  if (isJsonObject(acl)) {
    if (Array.isArray(acl['Grants'])) return grantsVerdict(acl['Grants'] as readonly Json[]);
    if (isJsonObject(acl['headers'])) return headersVerdict(acl['headers']);
    const listed = xmlGrants(acl);
    if (listed !== undefined) return grantsVerdict(listed);
  }
  return {
    problem:
      'it is no ACL: write a canned name, {"Grants": […]} as the API returns it, or {"headers": {"x-amz-acl": …}}',
  };
}

/** Whom the public grants of an ACL let do what; nothing where none is public. */
export function publicGrantsText(grants: readonly Json[]): string {
  return grants.filter(isPublicGrant).map(grantText).join(', ');
}

/** `READ to everyone`. */
export function grantText(value: Json): string {
  if (!isJsonObject(value)) return '';
  const grantee = textOf(value['grantee']) ?? '';
  return `${textOf(value['permission']) ?? ''} to ${granteeText(grantee)}`;
}

function granteeText(grantee: string): string {
  switch (grantee) {
    case ALL_USERS:
      return 'everyone';
    case AUTHENTICATED_USERS:
      return 'every AWS account';
    case LOG_DELIVERY:
      return 'the log delivery group';
    default:
      return grantee.startsWith('http') ? grantee : `canonical user ${grantee}`;
  }
}

function cannedVerdict(name: string): AclVerdict | NoAcl {
  const grants = CANNED_ACLS.get(name);
  if (grants === undefined) {
    const names = [...CANNED_ACLS.keys()];
    const near = nearest(name.replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase(), names);
    const mend = near === undefined ? `: there are ${names.join(', ')}` : `; did you mean "${near}"?`;
    return { problem: `"${name}" is no canned ACL${mend}` };
  }
  const isPublic = grants.some(isPublicGrant);
  return {
    verdict: isPublic ? 'public' : 'not-public',
    because: isPublic ? publicGrantsText(grants) : `${name} grants nothing to everyone or to every AWS account`,
    grants,
  };
}

function grantsVerdict(listed: readonly Json[]): AclVerdict | NoAcl {
  for (const [index, one] of listed.entries()) {
    if (!isGrant(one)) return { problem: `grant ${index + 1} is no {"Grantee": …, "Permission": …}` };
    const permission = textOf(one['Permission']) ?? '';
    if (!PERMISSIONS.includes(permission)) {
      return { problem: `grant ${index + 1} has the permission "${permission}": there are ${PERMISSIONS.join(', ')}` };
    }
  }
  return verdictOnGrants(canonicalGrants(listed as readonly Grant[]));
}

/** Judges grants in their canonical form. */
export function verdictOnGrants(grants: readonly Json[]): AclVerdict {
  const isPublic = grants.some(isPublicGrant);
  return {
    verdict: isPublic ? 'public' : 'not-public',
    because: isPublic ? publicGrantsText(grants) : 'no grant is to everyone or to every AWS account',
    grants,
  };
}

/** A grantee is known by an id or by a group's address; what is neither grants to nobody whom we could name. */
function isGrant(value: Json): value is JsonObject {
  if (!isJsonObject(value) || textOf(value['Permission']) === undefined) return false;
  const grantee = value['Grantee'];
  if (!isJsonObject(grantee)) return false;
  const [id, uri] = [grantee['ID'] ?? null, grantee['URI'] ?? null];
  const isText = (one: Json): boolean => one === null || typeof one === 'string';
  return isText(id) && isText(uri) && (id !== null || uri !== null);
}

/** The grants of an XML body: an object where there is one, a list where there are many (aws-facts §4.2). */
function xmlGrants(acl: JsonObject): readonly Json[] | undefined {
  const body = isJsonObject(acl['AccessControlPolicy']) ? acl['AccessControlPolicy'] : acl;
  const list = body['AccessControlList'];
  if (!isJsonObject(list)) return undefined;
  const grants = list['Grant'] ?? [];
  return Array.isArray(grants) ? (grants as readonly Json[]) : [grants];
}

const GRANT_HEADER = /^x-amz-grant-(read|write|read-acp|write-acp|full-control)$/;

function headersVerdict(headers: JsonObject): AclVerdict | NoAcl {
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const canned = named.filter(([name]) => name === 'x-amz-acl').flatMap(([, value]) => valuesOf(value));
  const granting = named.filter(([name]) => GRANT_HEADER.test(name));
  const [first, ...others] = canned;
  if (first !== undefined) {
    if (granting[0] !== undefined) {
      return { problem: `x-amz-acl and ${granting[0][0]} stand together, which S3 refuses: give one of them` };
    }
    if (others.some((other) => other !== first)) return { problem: 'x-amz-acl stands twice: give one of them' };
    return cannedVerdict(textOf(first) ?? '');
  }
  const grants: Json[] = [];
  for (const [name, value] of granting) {
    const permission = name.slice('x-amz-grant-'.length).replace('-', '_').toUpperCase();
    for (const text of valuesOf(value)) {
      const read = granteesIn(name, textOf(text) ?? '');
      if ('problem' in read) return read;
      grants.push(...read.grantees.map((grantee) => grant(grantee, permission)));
    }
  }
  return verdictOnGrants(grants);
}

/** A header as a text, or as a list of texts where it stands several times. */
function valuesOf(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

const GRANTEE_TYPES = ['id', 'uri', 'emailaddress'];
/** Of what a stranger wrote, as much as a sentence can bear. */
const MOST_QUOTED = 80;

function granteesIn(header: string, text: string): { readonly grantees: readonly string[] } | NoAcl {
  const grantees: string[] = [];
  for (const written of text.split(',').map((part) => part.trim())) {
    const equals = written.indexOf('=');
    const type = written.slice(0, Math.max(equals, 0)).trim().toLowerCase();
    const name = unquoted(written.slice(equals + 1).trim());
    if (!GRANTEE_TYPES.includes(type) || name === undefined || name === '') {
      const shown = written.length > MOST_QUOTED ? `${written.slice(0, MOST_QUOTED)}…` : written;
      return { problem: `${header}: "${shown}" is no grantee: write id="…" or uri="…", separated by commas` };
    }
    if (type === 'emailaddress') {
      return {
        problem: `${header} names a grantee by e-mail, which S3 refuses with 405 MethodNotAllowed since October 2025`,
      };
    }
    grantees.push(name);
  }
  return { grantees };
}

/** Without the quotes around it; nothing where only one stands, or one in the middle. */
function unquoted(text: string): string | undefined {
  const inner = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
  return inner.includes('"') ? undefined : inner;
}
