import {
  CloudFrontClient,
  GetDistributionCommand,
  GetOriginAccessControlCommand,
  ListDistributionsCommand,
  type DistributionConfig,
  type Origin,
} from '@aws-sdk/client-cloudfront';
import pMap from 'p-map';
import { canonicalOrigin } from '#core/cloudfront/origin.ts';
import { objectOf, type Json, type JsonObject } from '#core/json.ts';
import {
  ABSENT,
  flatMapReading,
  mapReading,
  present,
  unreadable,
  type JsonReading,
  type Reading,
} from '#core/reading.ts';
import type { AwsReads, Found, KindReader } from '../kind.ts';
import { cloudfrontDistribution } from './declaration.ts';

/** Distributions a page; 100 is the most that ListDistributions gives. */
const PAGE = 100;

/** Access controls of one distribution that are asked for at once; how many run is the lane's to say. */
const CONTROLS_AT_ONCE = 4;

/** The path that everything else falls to, as the console calls it: no pattern can have a parenthesis in it. */
const DEFAULT_PATH = 'Default (*)';

const { reads } = cloudfrontDistribution;

export const reader: KindReader = {
  async *list({ region, aws }) {
    let marker: string | undefined;
    do {
      const input = { MaxItems: PAGE, ...(marker === undefined ? {} : { Marker: marker }) };
      const page = await aws.call({
        client: CloudFrontClient,
        region,
        send: (cloudfront) => cloudfront.send(new ListDistributionsCommand(input)),
      });
      const { Items = [], IsTruncated = false, NextMarker } = page.DistributionList ?? {};
      yield Items.flatMap(({ Id }): Found[] =>
        Id === undefined
          ? []
          : [{ ref: { account: aws.account, region, kind: cloudfrontDistribution.id, id: Id }, hint: {} }],
      );
      marker = IsTruncated ? NextMarker : undefined;
    } while (marker !== undefined && marker !== '');
  },

  /** Read by itself, and not out of the list: a sweep's list is older than its look, and an event comes with none. */
  async read({ found: { ref }, aws }) {
    const answer = await aws.read(reads.distribution, {
      client: CloudFrontClient,
      region: ref.region,
      send: (cloudfront) => cloudfront.send(new GetDistributionCommand({ Id: ref.id })),
    });
    const takenAt = aws.now().toISOString();
    if (answer.status === 'unreadable' && (cloudfrontDistribution.goneWhen as readonly string[]).includes(answer.code))
      return { seen: 'gone', ref, takenAt, code: answer.code };
    const config = flatMapReading(answer, ({ Distribution }) => told(Distribution?.DistributionConfig));
    const known = answer.status === 'present' ? answer.value.Distribution : undefined;
    const watched: Record<keyof typeof cloudfrontDistribution.paths, JsonReading> = {
      enabled: flatMapReading(config, ({ Enabled }) => told(Enabled)),
      webAcl: flatMapReading(config, webAclOf),
      origins: config.status === 'present' ? await originsOf(config.value, { region: ref.region, aws }) : config,
      behaviors: mapReading(config, behaviorsOf),
    };
    return {
      seen: 'state',
      state: {
        ref,
        shape: cloudfrontDistribution.shape,
        takenAt,
        watched,
        carried: {
          domainName: known?.DomainName ?? '',
          aliases: known?.DistributionConfig?.Aliases?.Items ?? [],
          comment: known?.DistributionConfig?.Comment ?? '',
        },
      },
    };
  },
};

/** What every answer has. One without it says nothing of what is set. */
function told<T>(value: T | undefined): Reading<T> {
  return value === undefined ? unreadable('MalformedAnswer') : present(value);
}

/** The empty text is how CloudFront says that there is none. */
function webAclOf({ WebACLId = '' }: DistributionConfig): JsonReading {
  return WebACLId === '' ? ABSENT : present(WebACLId);
}

interface Place {
  readonly region: string;
  readonly aws: AwsReads;
}

/**
 * Origins by their ids. Where one access control could not be read, whether its origins are signed is not known: then the origins are not
 * known, and no origin is taken for signed, or for changed.
 */
async function originsOf({ Origins }: DistributionConfig, place: Place): Promise<JsonReading> {
  const origins = Origins?.Items ?? [];
  const ids = [...new Set(origins.flatMap(({ OriginAccessControlId: id = '' }) => (id === '' ? [] : [id])))];
  const signings = await pMap(ids, async (id) => [id, await signingOf(id, place)] as const, {
    concurrency: CONTROLS_AT_ONCE,
  });
  const refused = signings.find(([, signing]) => signing.status !== 'present')?.[1];
  if (refused !== undefined && refused.status !== 'present') return refused;
  const known = new Map(
    signings.flatMap(([id, signing]) => (signing.status === 'present' ? [[id, signing.value] as const] : [])),
  );
  return present(objectOf(origins.map((origin) => [origin.Id ?? '', originOf(origin, known)])));
}

async function signingOf(id: string, { region, aws }: Place): Promise<Reading<string>> {
  const control = await aws.read(reads.origins, {
    client: CloudFrontClient,
    region,
    send: (cloudfront) => cloudfront.send(new GetOriginAccessControlCommand({ Id: id })),
  });
  return flatMapReading(control, ({ OriginAccessControl }) =>
    told<string>(OriginAccessControl?.OriginAccessControlConfig?.SigningBehavior),
  );
}

function originOf(origin: Origin, signings: ReadonlyMap<string, string>): JsonObject {
  const { DomainName = '', OriginPath = '', OriginAccessControlId: id = '', S3OriginConfig, VpcOriginConfig } = origin;
  const signing = signings.get(id);
  return canonicalOrigin({
    domain: DomainName,
    path: OriginPath,
    identity: S3OriginConfig?.OriginAccessIdentity ?? '',
    isVpcOrigin: VpcOriginConfig !== undefined,
    ...(signing === undefined ? {} : { accessControl: { id, signing } }),
  });
}

/** From which origin each path is served; where that is a group, from which in turn. */
function behaviorsOf({ DefaultCacheBehavior, CacheBehaviors, OriginGroups }: DistributionConfig): JsonObject {
  const groups = new Map(
    (OriginGroups?.Items ?? []).map(({ Id = '', Members }) => [
      Id,
      (Members?.Items ?? []).flatMap(({ OriginId }) => OriginId ?? []),
    ]),
  );
  const served = (id = ''): Json => groups.get(id) ?? id;
  return objectOf([
    [DEFAULT_PATH, served(DefaultCacheBehavior?.TargetOriginId)],
    ...(CacheBehaviors?.Items ?? []).map(({ PathPattern = '', TargetOriginId }): readonly [string, Json] => [
      PathPattern,
      served(TargetOriginId),
    ]),
  ]);
}
