import {
  GetRuleGroupCommand,
  GetWebACLCommand,
  ListResourcesForWebACLCommand,
  ListWebACLsCommand,
  WAFV2Client,
  type FirewallManagerRuleGroup,
  type WebACL,
} from '@aws-sdk/client-wafv2';
import pMap from 'p-map';
import { objectOf, sortedSet, textOf, type Json, type JsonObject } from '#core/json.ts';
import {
  flatMapReading,
  mapReading,
  present,
  skipped,
  unreadable,
  type JsonReading,
  type Reading,
} from '#core/reading.ts';
import type { ResourceRef } from '#core/reference.ts';
import type { Observation } from '#core/state.ts';
import { canonicalAction, canonicalRule, type AnsweredRule } from '#core/waf/canonical.ts';
import { accountInArn } from '#core/waf/names.ts';
import { groupOf, ruleOf } from '#core/waf/rule.ts';
import type { AwsReads, Found, KindReader } from '../kind.ts';
import { listWaf, readByName, wafScopeOf, type FoundById } from '../waf.ts';
import { wafWebAcl } from './declaration.ts';

/** What is asked of a regional web ACL, one call each: the rest of the types are seldom there, and WAF takes one such call a second. */
const RESOURCE_TYPES = ['APPLICATION_LOAD_BALANCER', 'API_GATEWAY'] as const;

const ASKED_OF_CLOUDFRONT = 'WAF does not tell which distributions use a web ACL; CloudFront does';

/** Rule groups of one web ACL under way at once; each call still waits for its lane. */
const GROUPS_AT_ONCE = 4;

export const reader: KindReader = {
  list: ({ region, aws }) => listAcls(region, aws),

  read: ({ found, aws }) =>
    readByName(found, {
      list: () => listAcls(found.ref.region, aws),
      read: (one) => readAcl(one, aws),
      now: aws.now,
    }),
};

async function readAcl({ ref, hint, id }: FoundById, aws: AwsReads): Promise<Observation> {
  const answer = await aws.read(wafWebAcl.reads.rules, {
    client: WAFV2Client,
    region: ref.region,
    send: (waf) => waf.send(new GetWebACLCommand({ Name: ref.id, Scope: wafScopeOf(ref.region), Id: id })),
  });
  const takenAt = aws.now().toISOString();
  if (answer.status === 'unreadable' && (wafWebAcl.goneWhen as readonly string[]).includes(answer.code))
    return { seen: 'gone', ref, takenAt, code: answer.code };
  const acl = flatMapReading(answer, ({ WebACL }): Reading<WebACL> =>
    WebACL === undefined ? unreadable('MalformedAnswer') : present(WebACL),
  );
  const { Id, ARN, Description, ManagedByFirewallManager } = acl.status === 'present' ? acl.value : {};
  const arn = ARN ?? textOf(hint['arn']);
  const own = mapReading(acl, ({ Rules = [] }) => byName(Rules, ({ Name = '' }) => Name));
  const managers = mapReading(acl, firewallManagerRulesOf);
  return {
    seen: 'state',
    state: {
      ref,
      shape: wafWebAcl.shape,
      takenAt,
      watched: {
        rules: mapReading(own, ({ rules }) => rules),
        firewallManagerRules: mapReading(managers, ({ rules }) => rules),
        ruleGroups: await ruleGroupsOf(ref, { own, managers, aws }),
        managedVersions: flatMapReading(own, (one) =>
          mapReading(managers, (other) => ({ ...one.versions, ...other.versions })),
        ),
        defaultAction: mapReading(acl, ({ DefaultAction }) => defaultActionOf(DefaultAction)),
        associations: await associationsOf(ref, { arn, aws }),
      },
      carried: {
        id: Id ?? id,
        arn: arn ?? '',
        description: Description ?? '',
        lockToken: (answer.status === 'present' ? answer.value.LockToken : undefined) ?? hint['lockToken'] ?? '',
        ...(ManagedByFirewallManager === undefined ? {} : { managedByFirewallManager: ManagedByFirewallManager }),
      },
    },
  };
}

function listAcls(region: string, aws: AwsReads): AsyncIterable<readonly Found[]> {
  return listWaf({
    kind: wafWebAcl.id,
    region,
    aws,
    send: async (waf, input) => {
      const { WebACLs, NextMarker } = await waf.send(new ListWebACLsCommand(input));
      return { items: WebACLs, marker: NextMarker };
    },
  });
}

/** Rules by name, and the versions of the managed groups among them by the same names. */
interface NamedRules {
  readonly rules: JsonObject;
  readonly versions: JsonObject;
}

function byName<R extends AnsweredRule>(answered: readonly R[], nameOf: (rule: R) => string): NamedRules {
  const canonical = answered.map((rule) => [nameOf(rule), canonicalRule(rule)] as const);
  return {
    rules: objectOf<Json>(canonical.map(([name, { rule }]) => [name, rule] as const)),
    versions: objectOf<Json>(
      canonical.flatMap(([name, { version }]) => (version === undefined ? [] : [[name, version] as const])),
    ),
  };
}

/** Firewall Manager's groups stand before and after the account's own rules (aws-facts §6); one name may stand at both ends. */
function firewallManagerRulesOf({
  PreProcessFirewallManagerRuleGroups: first = [],
  PostProcessFirewallManagerRuleGroups: last = [],
}: WebACL): NamedRules {
  const at = (place: string) => (group: FirewallManagerRuleGroup) => ({
    ...group,
    Name: `${place}/${group.Name ?? ''}`,
    Statement: group.FirewallManagerStatement,
  });
  return byName([...first.map(at('first')), ...last.map(at('last'))], ({ Name }) => Name);
}

function defaultActionOf(answered: WebACL['DefaultAction']): Json {
  const { action, handling } = canonicalAction(answered);
  return handling === undefined ? action : { action, handling };
}

interface Groups {
  readonly own: Reading<NamedRules>;
  readonly managers: Reading<NamedRules>;
  readonly aws: AwsReads;
}

/** The rules of every group that is referred to by ARN. What another account shares (Firewall Manager) is not asked: its rules are not known. */
async function ruleGroupsOf(ref: ResourceRef, { own, managers, aws }: Groups): Promise<JsonReading> {
  if (own.status !== 'present') return own;
  if (managers.status !== 'present') return managers;
  const all = [...Object.entries(own.value.rules), ...Object.entries(managers.value.rules)];
  const arns = all.flatMap(([name, rule]) => {
    const group = groupOf(ruleOf(name, rule) ?? { statement: {} });
    return group?.startsWith('arn:') === true ? [group] : [];
  });
  const groups = await pMap(
    [...new Set(arns)].sort(),
    async (arn): Promise<readonly [string, JsonReading]> => [arn, await ruleGroupOf(arn, { ref, aws })],
    { concurrency: GROUPS_AT_ONCE },
  );
  const refused = groups.find(([, reading]) => reading.status !== 'present');
  if (refused !== undefined) return refused[1];
  return present<Json>(
    objectOf<Json>(groups.flatMap(([arn, reading]) => (reading.status === 'present' ? [[arn, reading.value]] : []))),
  );
}

async function ruleGroupOf(arn: string, { ref, aws }: { ref: ResourceRef; aws: AwsReads }): Promise<JsonReading> {
  const account = accountInArn(arn);
  if (account !== ref.account) return present<Json>({ account, rules: null });
  const answer = await aws.read(wafWebAcl.reads.ruleGroups, {
    client: WAFV2Client,
    region: ref.region,
    send: (waf) => waf.send(new GetRuleGroupCommand({ ARN: arn })),
  });
  return mapReading(answer, ({ RuleGroup }): Json => ({
    rules: byName(RuleGroup?.Rules ?? [], ({ Name = '' }) => Name).rules,
  }));
}

interface Association {
  readonly arn: string | undefined;
  readonly aws: AwsReads;
}

/** What is behind it, of the types that are asked. */
async function associationsOf({ region }: ResourceRef, { arn, aws }: Association): Promise<JsonReading> {
  if (region === 'global') return skipped(ASKED_OF_CLOUDFRONT);
  if (arn === undefined) return unreadable('NoArn');
  const found: string[] = [];
  for (const ResourceType of RESOURCE_TYPES) {
    const answer = await aws.read(wafWebAcl.reads.associations, {
      client: WAFV2Client,
      region,
      quota: 'ListResourcesForWebACL',
      send: (waf) => waf.send(new ListResourcesForWebACLCommand({ WebACLArn: arn, ResourceType })),
    });
    if (answer.status !== 'present') return answer;
    found.push(...(answer.value.ResourceArns ?? []));
  }
  return present<Json>(sortedSet(found));
}
