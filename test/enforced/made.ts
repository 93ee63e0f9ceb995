import { statusOf, type Asked } from '../aws-double/ask.ts';
import type { AwsDouble } from '../aws-double/client.ts';
import type { Grant } from '../aws-double/world.ts';
import { onBucket } from './request.ts';
import { ACCOUNT, FLAGS, grantsOf, OWN_KEY, policyText, settingsAfter, type Case, type Settings } from './settings.ts';

/**
 * Makes the change as its owner would, one call for each thing that is set. `refused`: S3 would not have it so (a public policy under
 * BlockPublicPolicy, an ACL where ACLs are off), or the double has no such call.
 */
export async function make(double: AwsDouble, { before, set }: Case): Promise<'made' | 'refused'> {
  for (const [place, [path]] of set.entries()) {
    const [root = ''] = path.split('.');
    const ask = callFor(root as keyof Settings, settingsAfter({ before, set: set.slice(0, place + 1) }));
    if (ask === undefined || (await statusOf(double, ask)).status >= 400) return 'refused';
  }
  return 'made';
}

function callFor(root: keyof Settings, { account, block, ownership, acl, policy }: Settings): Asked | undefined {
  switch (root) {
    case 'account':
      return {
        ...(account === '-' ? { method: 'DELETE' } : { method: 'PUT', body: blockXml(account) }),
        path: '/v20180820/configuration/publicAccessBlock',
        key: OWN_KEY,
        headers: { 'x-amz-account-id': ACCOUNT },
      };
    case 'block':
      return onBucket('publicAccessBlock', block === '-' ? { method: 'DELETE' } : { body: blockXml(block) });
    case 'ownership': {
      const body = `<OwnershipControls><Rule><ObjectOwnership>${ownership}</ObjectOwnership></Rule></OwnershipControls>`;
      return onBucket('ownershipControls', ownership === '-' ? { method: 'DELETE' } : { body });
    }
    case 'acl':
      return onBucket('acl', {
        body: `<AccessControlPolicy>${grantsOf(acl).map(grantXml).join('')}</AccessControlPolicy>`,
      });
    case 'policy':
      return onBucket('policy', policy === 'none' ? { method: 'DELETE' } : { body: policyText(policy) });
    case 'website':
      return undefined;
  }
}

function grantXml({ to, permission }: Grant): string {
  const grantee = to.startsWith('http') ? `<URI>${to}</URI>` : `<ID>${to}</ID>`;
  return `<Grant><Grantee>${grantee}</Grantee><Permission>${permission}</Permission></Grant>`;
}

function blockXml(digits: string): string {
  const flags = FLAGS.map((flag, place) => `<${flag}>${String(digits[place] === '1')}</${flag}>`);
  return `<PublicAccessBlockConfiguration>${flags.join('')}</PublicAccessBlockConfiguration>`;
}
