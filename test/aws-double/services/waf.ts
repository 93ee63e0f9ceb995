import { Refused, type Call, type Service } from '../request.ts';
import type { IpSet, WebAcl, World } from '../world.ts';
import { jsonService, type Input } from './json.ts';

interface Asked {
  readonly world: World;
  readonly input: Input;
  readonly call: Call;
  readonly scope: string;
}

/** WAF: IP sets, web ACLs and rule groups by scope and region; CLOUDFRONT scope only in us-east-1 (aws-facts §6). */
export function wafv2(world: () => World): Service {
  return jsonService('AWSWAF_20190729', (operation, input, call) => {
    const scope = String(input['Scope']);
    if (scope === 'CLOUDFRONT' && call.region !== 'us-east-1') throw new Refused('WAFInvalidParameterException', 400);
    const answer = OPERATIONS[operation];
    if (answer === undefined) throw new Refused('WAFInvalidOperationException', 400);
    return answer({ world: world(), input, call, scope });
  });
}

const OPERATIONS: Readonly<Record<string, (asked: Asked) => Input>> = {
  ListIPSets: (asked) => listed('IPSets', setsOf(asked), asked),
  GetIPSet: getSet,
  ListWebACLs: (asked) => listed('WebACLs', aclsOf(asked), asked),
  GetWebACL: getAcl,
  GetRuleGroup: getRuleGroup,
  ListResourcesForWebACL: listResources,
};

function setsOf({ world, scope, call }: Asked): readonly IpSet[] {
  return world.ipSets[`${scope}/${call.region}`] ?? [];
}

function aclsOf({ world, scope, call }: Asked): readonly WebAcl[] {
  return world.webAcls?.[`${scope}/${call.region}`] ?? [];
}

type Named = Pick<IpSet, 'name' | 'id' | 'lockToken'>;

function listed(member: 'IPSets' | 'WebACLs', all: readonly Named[], asked: Asked): Input {
  const { input } = asked;
  const start = Number(input['NextMarker'] ?? 0);
  const most = Number(input['Limit'] ?? 100);
  const what = member === 'IPSets' ? 'ipset' : 'webacl';
  return {
    [member]: all.slice(start, start + most).map((one) => ({
      Name: one.name,
      Id: one.id,
      ARN: arnOf(what, one, asked),
      LockToken: one.lockToken,
    })),
    ...(start + most < all.length ? { NextMarker: String(start + most) } : {}),
  };
}

function arnOf(what: string, { name, id }: Named, { world, scope, call }: Asked): string {
  const place = scope === 'CLOUDFRONT' ? 'global' : 'regional';
  return `arn:aws:wafv2:${call.region}:${world.account}:${place}/${what}/${name}/${id}`;
}

function found<T extends Named>(all: readonly T[], input: Input): T {
  return all.find(({ id, name }) => id === input['Id'] && name === input['Name']) ?? notThere();
}

function notThere(): never {
  throw new Refused(
    'WAFNonexistentItemException',
    400,
    'AWS WAF couldn’t perform the operation because your resource doesn’t exist.',
  );
}

function getSet(asked: Asked): Input {
  const set = found(setsOf(asked), asked.input);
  return {
    LockToken: set.lockToken,
    IPSet: {
      Name: set.name,
      Id: set.id,
      ARN: arnOf('ipset', set, asked),
      Description: set.description ?? '',
      IPAddressVersion: set.version,
      Addresses: set.addresses,
    },
  };
}

function getAcl(asked: Asked): Input {
  const acl = found(aclsOf(asked), asked.input);
  return {
    LockToken: acl.lockToken,
    WebACL: {
      Name: acl.name,
      Id: acl.id,
      ARN: arnOf('webacl', acl, asked),
      Description: acl.description ?? '',
      DefaultAction: { [acl.defaultAction]: {} },
      Rules: acl.rules,
      ...(acl.first === undefined ? {} : { PreProcessFirewallManagerRuleGroups: acl.first }),
      ...(acl.last === undefined ? {} : { PostProcessFirewallManagerRuleGroups: acl.last }),
    },
  };
}

function getRuleGroup({ world, input }: Asked): Input {
  const arn = String(input['ARN']);
  const [name = '', id = ''] = arn.split('/').slice(-2);
  const Rules = world.ruleGroups?.[arn] ?? notThere();
  return { LockToken: 'g-1', RuleGroup: { Name: name, Id: id, ARN: arn, Capacity: 1, Rules } };
}

function listResources({ world, input, call }: Asked): Input {
  const arn = String(input['WebACLArn']);
  // Distributions are not told here: CloudFront tells them (aws-facts §6).
  if (arn.includes(':global/')) throw new Refused('WAFInvalidParameterException', 400);
  const asked: Asked = { world, input, call, scope: 'REGIONAL' };
  const acl = aclsOf(asked).find((one) => arnOf('webacl', one, asked) === arn) ?? notThere();
  const type = input['ResourceType'];
  return { ResourceArns: acl.behind?.[typeof type === 'string' ? type : 'APPLICATION_LOAD_BALANCER'] ?? [] };
}
