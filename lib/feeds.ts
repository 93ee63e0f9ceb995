import { RegionInfo } from 'aws-cdk-lib/region-info';
import { hasEventsIn, type KindDeclaration } from '#core/declaration.ts';
import { plumblineSelf } from '#kinds/plumbline-self/declaration.ts';
import type { Settings } from '#lambda/settings.ts';

/** Where CloudTrail records what happens to global things, and to WAF of CLOUDFRONT scope (aws-facts §4.1). */
export const GLOBAL_EVENTS = 'us-east-1';
/** The only partition with that region. */
const ITS_PARTITION = 'aws';

type Regions = Pick<Settings, 'regions' | 'feeds'>;

/**
 * The further regions whose events are forwarded to the home region: those that the settings name, else those that are looked at, and
 * where global things tell of themselves. Each once, sorted; the home region is none of them.
 */
export function feedRegionsOf({ regions = [], feeds }: Regions, home: string): readonly string[] {
  const { partition = ITS_PARTITION } = RegionInfo.get(home);
  const wanted = feeds ?? [...regions, ...(partition === ITS_PARTITION ? [GLOBAL_EVENTS] : [])];
  return [...new Set(wanted)].filter((region) => region !== home).sort();
}

/** Is it known here which regions are looked at? Where all enabled ones are, only the account knows them. */
export function areFeedsKnown({ regions, feeds }: Regions): boolean {
  return regions !== undefined || feeds !== undefined;
}

/**
 * What a region's events can tell of. What there is one of an account is changed at any region's endpoint, IP sets of CLOUDFRONT scope
 * and distributions only at one (aws-facts §4.1); what lives in a region that is not looked at is not forwarded either.
 */
export function declarationsIn(
  declarations: readonly KindDeclaration[],
  region: string,
  { regions }: Regions,
): readonly KindDeclaration[] {
  const isLookedAt = regions === undefined || regions.includes(region);
  return declarations.filter(
    (declaration) =>
      hasEventsIn(declaration, region) &&
      (declaration.regions === 'global' ||
        isLookedAt ||
        (declaration.regions === 'each-and-global' && region === GLOBAL_EVENTS)),
  );
}

/** What the service is made of in a further region: rules that forward, a queue for what they could not, and the trail that they hear through. */
const OWN_SERVICES = ['cloudtrail', 'events', 'sqs'];

/** What the events of a further region tell of the service itself; those of IAM come where global things tell of themselves. */
export function ownDeclarationIn(region: string): KindDeclaration {
  const services = region === GLOBAL_EVENTS ? [...OWN_SERVICES, 'iam'] : OWN_SERVICES;
  return {
    ...plumblineSelf,
    events: plumblineSelf.events.filter(({ source }) => services.includes(source.split('.', 1)[0] ?? '')),
  };
}
