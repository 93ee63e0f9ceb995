import { describe, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { present, type JsonReading } from '#core/reading.ts';
import type { Relatives } from '#core/relatives.ts';
import type { Flip } from '#core/s3/access-change.ts';
import type { BriefOutcome } from '#core/s3/outcome.ts';
import type { State } from '#core/state.ts';
import { judgementOfSet } from '#core/waf/ip-set-change.ts';
import { ACCOUNT, T0 } from '../../builders.ts';
import { arnOf, IP_SET_CHANGES, type Acl, type IpSetCase } from './ip-set-change.cases.ts';

const REGION = 'us-east-1';

const setState = (name: string, addresses: readonly string[]): State => ({
  ref: { account: ACCOUNT, region: REGION, kind: 'waf-ip-set', id: name },
  shape: 1,
  takenAt: T0,
  watched: { addresses: present<Json>(addresses) },
  carried: { arn: arnOf('ipset', name) },
});

const readingOf = (value: JsonObject | JsonReading | undefined): JsonReading =>
  isJsonObject(value) && typeof value['status'] === 'string'
    ? (value as unknown as JsonReading)
    : present<Json>((value ?? {}) as JsonObject);

const aclState = ({ name, rules, first, last, groups, defaultAction = 'allow', behind = [] }: Acl): State => ({
  ref: { account: ACCOUNT, region: REGION, kind: 'waf-web-acl', id: name },
  shape: 1,
  takenAt: T0,
  watched: {
    rules: readingOf(rules),
    firewallManagerRules: present<Json>({ ...first, ...last }),
    ruleGroups: readingOf(groups),
    managedVersions: present<Json>({}),
    defaultAction: present(defaultAction),
    associations: present<Json>(behind),
  },
  carried: { arn: arnOf('webacl', name) },
});

const distributionsOf = ({ name, distributions = [] }: Acl): readonly State[] =>
  distributions.map((id): State => ({
    ref: { account: ACCOUNT, region: 'global', kind: 'cloudfront-distribution', id },
    shape: 1,
    takenAt: T0,
    watched: { webAcl: present(arnOf('webacl', name)) },
    carried: {},
  }));

function judge({ before, after, acls, sets = {}, networks = [], mirrors = [], isListed = true }: IpSetCase) {
  const relatives: Relatives = {
    states: [
      setState('list', after),
      ...acls.map(aclState),
      ...acls.flatMap(distributionsOf),
      ...Object.entries(sets).map(([name, addresses]) => setState(name, addresses)),
    ],
    unread: [],
    listings: [{ kind: 'waf-web-acl', region: REGION, shape: 1, complete: isListed }],
  };
  return judgementOfSet({
    set: setState('list', after),
    before,
    after,
    relatives,
    knowledge: { networks, mirroredIpSets: mirrors },
  });
}

const word = (outcome: BriefOutcome): string =>
  outcome.outcome === 'denied'
    ? `${outcome.http} ${outcome.code}`
    : outcome.outcome === 'unknown'
      ? 'not known'
      : outcome.outcome;
const flipText = ({ title, before, after, isHere }: Flip): string =>
  `${title}: ${word(before)} → ${word(after)}${isHere === 'yes' ? ' (seen)' : ''}`;

describe('what a change of an IP set does', () => {
  test.each(IP_SET_CHANGES)('$case ($fact)', (one) => {
    const judged = judge(one);
    expect([judged.exposure, judged.breakage, judged.effects, judged.flips.map(flipText)]).toEqual([
      ...one.is,
      one.says,
      one.flips ?? [],
    ]);
  });
});
