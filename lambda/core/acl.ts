import { isJsonObject, sortedSet, textOf, type Json } from './json.ts';

/** One grant as GetBucketAcl returns it; display names are left out, since AWS invents or drops them per region. */
export interface Grant {
  readonly Grantee?:
    | { readonly Type?: string | undefined; readonly ID?: string | undefined; readonly URI?: string | undefined }
    | undefined;
  readonly Permission?: string | undefined;
}

/** The two groups that make a grant public (aws-facts §1.5). AuthenticatedUsers is any AWS account in the world. */
export const PUBLIC_GROUPS: readonly string[] = [
  'http://acs.amazonaws.com/groups/global/AllUsers',
  'http://acs.amazonaws.com/groups/global/AuthenticatedUsers',
];

/** The set of grants: `{grantee, permission}`, the grantee a canonical id or a group's address. */
export function canonicalGrants(grants: readonly Grant[]): readonly Json[] {
  return sortedSet(
    grants.map(({ Grantee, Permission }) => ({
      grantee: Grantee?.URI ?? Grantee?.ID ?? '',
      permission: Permission ?? '',
    })),
  );
}

/** Does this canonical grant let everyone, or every AWS account, in? */
export function isPublicGrant(grant: Json): boolean {
  return isJsonObject(grant) && PUBLIC_GROUPS.includes(textOf(grant['grantee']) ?? '');
}
