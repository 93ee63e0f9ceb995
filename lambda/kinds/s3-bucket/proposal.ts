import { isJsonObject, sortedSet, textOf, type Json } from '#core/json.ts';
import { canonicalPolicy, policyIn } from '#core/policy.ts';
import { ABSENT, present } from '#core/reading.ts';
import { nearest } from '#core/reference.ts';
import { verdictOnAcl } from '#core/s3/acl-publicness.ts';
import { proposedBlock } from '../block-proposal.ts';
import type { KindProposal, ProposalRequest, Proposed } from '../kind.ts';

const OWNERSHIPS = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'];

/** A bucket's settings as somebody proposes them, in the form in which its reader gives them. */
export const proposal: KindProposal = {
  paths: ['publicAccessBlock', 'policy', 'acl', 'ownership', 'website'],
  propose(request) {
    if (request.path === 'publicAccessBlock') return proposedBlock(request);
    if (request.how !== 'set') return { problem: 'it is set as a whole: write = instead of += or -=' };
    if (request.member !== undefined) return { problem: `it is set as a whole: leave .${request.member} out` };
    switch (request.path) {
      case 'policy':
        return proposedPolicy(request);
      case 'acl':
        return proposedAcl(request);
      case 'ownership':
        return proposedOwnership(request);
      default:
        return proposedWebsite(request);
    }
  },
};

/** What AWS says of the policy that is there, it does not say of another. */
function proposedPolicy({ value }: ProposalRequest): Proposed {
  if (value === null) return { reading: ABSENT, carried: { policyText: null, policyStatus: null } };
  const policy = policyIn(value);
  if (policy.status !== 'present' || policy.value['Statement'] === undefined)
    return { problem: 'it is no policy document: write @FILE, an object with a Statement, or null for none' };
  return {
    reading: present<Json>(canonicalPolicy(policy.value)),
    carried: { policyText: JSON.stringify(value), policyStatus: null },
  };
}

/** All of a proposed ACL is known, whatever hides the one that is there; a canned one leaves the owner's own grant (aws-facts §1.5). */
function proposedAcl({ value, state }: ProposalRequest): Proposed {
  const verdict = verdictOnAcl(value);
  if ('problem' in verdict) return { problem: verdict.problem };
  const owner = typeof value === 'string' ? textOf(state.carried['aclOwner']) : undefined;
  const own = owner === undefined ? [] : [{ grantee: owner, permission: 'FULL_CONTROL' }];
  return { reading: present<Json>(sortedSet([...own, ...verdict.grants])), carried: { aclMaskedBy: 'nothing' } };
}

function proposedOwnership({ value }: ProposalRequest): Proposed {
  if (value === null) return { reading: ABSENT };
  if (typeof value === 'string' && OWNERSHIPS.includes(value)) return { reading: present<Json>(value) };
  const near = typeof value === 'string' ? nearest(value, OWNERSHIPS) : undefined;
  return {
    problem: `${JSON.stringify(value)} is no object ownership${near === undefined ? `: write ${OWNERSHIPS.join(', ')}, or null for none` : `; did you mean "${near}"?`}`,
  };
}

function proposedWebsite({ value }: ProposalRequest): Proposed {
  if (value === null) return { reading: ABSENT };
  if (isJsonObject(value)) return { reading: present<Json>(value) };
  return {
    problem: 'it is no website configuration: write an object as put-bucket-website takes it, or null for none',
  };
}
