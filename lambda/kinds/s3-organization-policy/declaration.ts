import type { KindDeclaration } from '#core/declaration.ts';

/** What S3 policies of AWS Organizations set for the account, all that it inherits taken together. Facts: aws-facts §1.2, §1.3, §1.8. */
export const s3OrganizationPolicy = {
  id: 's3-organization-policy',
  title: "organisation's S3 policy",
  why: "It turns the account's block on or off from above, and no event in the account tells of it.",
  shape: 1,
  regions: 'global',
  context: [],
  above: {
    kinds: ['s3-account-block'],
    confirmedBy:
      'AttachPolicy, DetachPolicy, UpdatePolicy, EnablePolicyType, DisablePolicyType or MoveAccount of organizations.amazonaws.com, in the management account, us-east-1',
  },
  list: { by: 'account', actions: [] },
  idsAreUnique: 'everywhere',
  goneWhen: [],
  reads: {
    effectivePolicy: {
      operation: 'DescribeEffectivePolicy (S3_POLICY)',
      actions: ['organizations:DescribeEffectivePolicy'],
      absentWhen: ['EffectivePolicyNotFoundException', 'AWSOrganizationsNotInUseException'],
    },
  },
  paths: {
    effectivePolicy: { title: "organisation's S3 policy", form: 'record', since: 1, writtenIn: 'policyText' },
  },
  carries: {
    policyText: { says: 'the policy as AWS returned it, also where it is no JSON', of: 'effectivePolicy' },
    lastUpdated: { says: 'when AWS says that it was last updated', of: 'effectivePolicy' },
  },
  // Events of Organizations come to the management account alone, and name no account that they move (docs/decisions/0029).
  events: [],
  checks: [
    {
      id: 's3-organization-policy-changed',
      title: "What the organisation's S3 policy sets for the account changed",
      actionItems: ['TM-1', 'TM-3', 'TM-7'],
      paths: ['effectivePolicy', 'exists'],
      remedy:
        'Ask whoever manages the organisation: the way back is in its management account, and moves every account below what the policy is attached to.',
    },
  ],
} as const satisfies KindDeclaration;
