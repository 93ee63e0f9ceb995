import { Fn } from 'aws-cdk-lib';
import type { IEventBus, IRule } from 'aws-cdk-lib/aws-events';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { FurtherRegions } from './constructs/further-regions.ts';
import type { HubIntake } from './constructs/hub-intake.ts';
import type { RegionFeed } from './constructs/region-feed.ts';

/** What the service is made of beside the home region's own parts, by the names that it has for them. */
export interface FurtherParts {
  readonly bus?: Readonly<Record<string, IEventBus>>;
  /** Those on a bus of ours have its name before their own. */
  readonly rule: Readonly<Record<string, { readonly rule: IRule; readonly name: string }>>;
  readonly queue?: Readonly<Record<string, IQueue>>;
  readonly role?: Readonly<Record<string, IRole>>;
}

/** What forwards the events of a further region. */
export function partsOfFeed({ rules, role, deadLetters }: RegionFeed, region: string): FurtherParts {
  return {
    rule: Object.fromEntries(
      Object.entries(rules).map(([service, rule]) => [`${region}-${service}`, { rule, name: rule.ruleName }]),
    ),
    queue: { [`${region}-undelivered`]: deadLetters },
    role: { [`${region}-forwarding`]: role },
  };
}

/** What takes in the events of further regions. */
export function partsOfFurtherRegions({ bus, rules }: FurtherRegions): FurtherParts {
  return {
    bus: { 'further-regions': bus },
    rule: Object.fromEntries(Object.entries(rules).map(([service, rule]) => [`further-${service}`, onBus(rule)])),
  };
}

/** What takes in the alerts of members of a hub. */
export function partsOfHub({ bus, rule, queue: { queue, deadLetters } }: HubIntake): FurtherParts {
  return {
    bus: { hub: bus as IEventBus },
    rule: { hub: onBus(rule) },
    queue: { hub: queue, 'hub-dead-letters': deadLetters },
  };
}

/** `bus/rule`, from the ARN: what a template refers to such a rule by has another form. */
function onBus(rule: IRule): { readonly rule: IRule; readonly name: string } {
  return { rule, name: Fn.select(1, Fn.split(':rule/', rule.ruleArn)) };
}
