import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
  S3Client,
  type GetBucketAclCommandOutput,
  type GetBucketWebsiteCommandOutput,
} from '@aws-sdk/client-s3';
import pMap from 'p-map';
import { canonicalGrants, isPublicGrant } from '#core/acl.ts';
import { listIn } from '#core/comparison.ts';
import type { ReadDeclaration } from '#core/declaration.ts';
import { isJsonObject, objectOf, textOf, type Json, type JsonObject } from '#core/json.ts';
import { canonicalPolicy, hasWildcardPrincipal, parsePolicy } from '#core/policy.ts';
import { flatMapReading, mapReading, skipped, valueOf, type JsonReading, type Reading } from '#core/reading.ts';
import type { ResourceRef } from '#core/reference.ts';
import { UNKNOWN_REGION } from '#core/scan.ts';
import type { State } from '#core/state.ts';
import { regionOfBucket } from '../bucket-region.ts';
import {
  codeOf,
  type AwsReads,
  type Extras,
  type Found,
  type KindReader,
  type ListRequest,
  type Tagged,
} from '../kind.ts';
import { blockFlags } from '#core/s3/block.ts';
import type { AclMask } from '#core/s3/access.ts';
import type { PublicDoor } from './comparison.ts';
import { s3Bucket } from './declaration.ts';

/** Buckets a page. AWS takes up to 10,000 (aws-facts §7), but answers large pages slowly, and reading starts with the first. */
const PAGE = 1000;

/** Resources a page of the tagging API; 100 is the most it takes (aws-facts §13). */
const TAG_PAGE = 100;

/** HeadBucket calls waiting at once; how many run is the limiter's to say. */
const PLACED_AT_ONCE = 64;

const { reads } = s3Bucket;

export const reader: KindReader = {
  async *list({ aws }) {
    let token: string | undefined;
    do {
      // BucketRegion is only in the answer when the request has a parameter, so MaxBuckets is always sent (aws-facts §7).
      const input = { MaxBuckets: PAGE, ...(token === undefined ? {} : { ContinuationToken: token }) };
      const page = await aws.call({
        client: S3Client,
        region: 'global',
        send: (s3) => s3.send(new ListBucketsCommand(input)),
      });
      const named = (page.Buckets ?? []).flatMap(({ Name, BucketRegion }) =>
        Name === undefined ? [] : [{ Name, BucketRegion }],
      );
      yield await pMap(named, ({ Name, BucketRegion }) => place(aws, Name, BucketRegion), {
        concurrency: PLACED_AT_ONCE,
      });
      token = page.ContinuationToken;
    } while (token !== undefined && token !== '');
  },

  async read({ found: { ref, hint }, aws, context }) {
    if (ref.region === UNKNOWN_REGION) {
      return {
        seen: 'unreadable',
        ref,
        takenAt: aws.now().toISOString(),
        code: textOf(hint['regionRefusedWith']) ?? 'Unknown',
      };
    }
    const bucket = bucketReads(aws, ref);
    const [block, policyText, ownership] = await Promise.all([
      bucket(reads.publicAccessBlock, (s3, of) => s3.send(new GetPublicAccessBlockCommand(of))),
      bucket(reads.policy, (s3, of) => s3.send(new GetBucketPolicyCommand(of))),
      bucket(reads.ownership, (s3, of) => s3.send(new GetBucketOwnershipControlsCommand(of))),
    ]);
    const takenAt = aws.now().toISOString();
    const gone = [block, policyText, ownership].find(isGone);
    if (gone?.status === 'unreadable') return { seen: 'gone', ref, takenAt, code: gone.code };

    const policy = flatMapReading(policyText, ({ Policy }) => mapReading(parsePolicy(Policy ?? ''), canonicalPolicy));
    const flags = mapReading(block, (answer) => blockFlags(answer.PublicAccessBlockConfiguration));
    const owner = mapReading(
      ownership,
      (answer) => answer.OwnershipControls?.Rules?.[0]?.ObjectOwnership ?? 'ObjectWriter',
    );
    const [status, acl] = await Promise.all([
      // Without a policy there is no status to ask for (aws-facts §2.5).
      policyText.status === 'absent'
        ? undefined
        : bucket(reads.policyStatus, (s3, of) => s3.send(new GetBucketPolicyStatusCommand(of))),
      // With ownership enforced the answer is always the owner alone (aws-facts §1.4).
      valueOf(owner) === 'BucketOwnerEnforced'
        ? skipped('ownership-enforced')
        : bucket(reads.acl, (s3, of) => s3.send(new GetBucketAclCommand(of))),
    ]);
    const grants = mapReading(acl, (answer) => canonicalGrants(answer.Grants ?? []));
    const mask = owner.status === 'unreadable' ? 'unknown' : maskOf(context['s3-account-block'], flags);
    const door = publicDoor({ policy, grants, mask });
    const website =
      door === 'shut' || door === 'shut-masked'
        ? skipped('no-public-door')
        : mapReading(await bucket(reads.website, (s3, of) => s3.send(new GetBucketWebsiteCommand(of))), websiteOf);

    const watched: Record<keyof typeof s3Bucket.paths, JsonReading> = {
      publicAccessBlock: flags,
      policy,
      acl: grants,
      ownership: owner,
      website,
    };
    return {
      seen: 'state',
      state: {
        ref,
        shape: s3Bucket.shape,
        takenAt,
        watched,
        carried: {
          ...(policyText.status === 'present' ? { policyText: policyText.value.Policy ?? '' } : {}),
          ...(status === undefined
            ? {}
            : { policyStatus: policyStatusOf(mapReading(status, (answer) => answer.PolicyStatus?.IsPublic)) }),
          aclMaskedBy: mask,
          ...ownerIn(acl),
          publicDoor: door,
        },
      },
    };
  },

  tagged,

  /** The owner tags of a region's buckets. */
  async extras({ region, aws, ownerTags }) {
    const byBucket = new Map<string, JsonObject>();
    for await (const page of tagged({ region, aws })) {
      for (const { id, tags } of page) {
        const owners = tags.filter(([key]) => ownerTags.includes(key));
        if (owners.length > 0) byBucket.set(id, { tags: objectOf(owners) });
      }
    }
    return byBucket satisfies Extras;
  },

  caveatOf({ carried }) {
    const status = carried['policyStatus'];
    const refused = isJsonObject(status) ? textOf(status['refused']) : undefined;
    return refused === undefined ? undefined : { code: refused, says: "AWS's own policy status could not be read" };
  },

  /** Which public grants were hidden while the account's block moved is not known, unless the bucket's own block hides them. */
  blur(state) {
    const own = state.watched['publicAccessBlock'];
    if (own?.status === 'present' && isJsonObject(own.value) && own.value['IgnorePublicAcls'] === true) return state;
    const isDoorInDoubt = state.carried['publicDoor'] === 'shut' && state.watched['acl']?.status === 'present';
    const door = isDoorInDoubt ? { publicDoor: 'shut-masked' } : {};
    return { ...state, carried: { ...state.carried, aclMaskedBy: 'unknown', ...door } };
  },
};

/** Buckets that have tags, a hundred resources a call. */
async function* tagged({ region, aws }: ListRequest): AsyncIterable<readonly Tagged[]> {
  let token: string | undefined;
  do {
    const input = {
      ResourceTypeFilters: ['s3'],
      ResourcesPerPage: TAG_PAGE,
      ...(token === undefined ? {} : { PaginationToken: token }),
    };
    const page = await aws.call({
      client: ResourceGroupsTaggingAPIClient,
      region,
      send: (tagging) => tagging.send(new GetResourcesCommand(input)),
    });
    yield (page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN, Tags }) => {
      const id = ResourceARN?.split(':::')[1];
      const tags = (Tags ?? []).flatMap(({ Key, Value }) => (Key === undefined ? [] : [[Key, Value ?? ''] as const]));
      return id === undefined ? [] : [{ id, tags }];
    });
    token = page.PaginationToken;
  } while (token !== undefined && token !== '');
}

/** A bucket whose region cannot be told is listed all the same: it becomes one unreadable, and no reason to end the list. */
async function place(aws: AwsReads, id: string, listedIn: string | undefined): Promise<Found> {
  const of = (region: string, hint: JsonObject): Found => ({
    ref: { account: aws.account, region, kind: s3Bucket.id, id },
    hint,
  });
  if (listedIn !== undefined) return of(listedIn, {});
  try {
    const region = await regionOfBucket(aws, { Bucket: id, ExpectedBucketOwner: aws.account });
    return region === undefined ? of(UNKNOWN_REGION, { regionRefusedWith: 'RegionNotTold' }) : of(region, {});
  } catch (error) {
    return of(UNKNOWN_REGION, { regionRefusedWith: codeOf(error) });
  }
}

function ownerIn(acl: Reading<GetBucketAclCommandOutput>): JsonObject {
  const id = valueOf(acl)?.Owner?.ID;
  return id === undefined ? {} : { aclOwner: id };
}

type BucketInput = { readonly Bucket: string; readonly ExpectedBucketOwner: string };

/** Every call names the owner, so that a bucket whose name somebody else took in the meantime is refused, not read. */
function bucketReads(aws: AwsReads, ref: ResourceRef) {
  const input: BucketInput = { Bucket: ref.id, ExpectedBucketOwner: ref.account };
  return <O>(declared: ReadDeclaration, send: (s3: S3Client, of: BucketInput) => Promise<O>): Promise<Reading<O>> =>
    aws.read(declared, { client: S3Client, region: ref.region, send: (s3) => send(s3, input) });
}

function isGone(reading: Reading<unknown>): boolean {
  return reading.status === 'unreadable' && (s3Bucket.goneWhen as readonly string[]).includes(reading.code);
}

/**
 * Might the website endpoint, which serves only what everyone may read, serve anything? Unless the door is shut it is read. Public
 * grants under IgnorePublicAcls are not seen and open nothing (aws-facts §1.1).
 */
function publicDoor({
  policy,
  grants,
  mask,
}: {
  policy: Reading<JsonObject>;
  grants: JsonReading;
  mask: AclMask;
}): PublicDoor {
  if (policy.status === 'present' && hasWildcardPrincipal(policy.value)) return 'open-by-policy';
  if (grants.status === 'present' && listIn(grants.value).some(isPublicGrant)) return 'open-by-acl';
  if (policy.status === 'unreadable' || grants.status === 'unreadable') return 'unknown';
  return grants.status === 'present' && mask !== 'nothing' ? 'shut-masked' : 'shut';
}

function maskOf(accountBlock: State | undefined, bucketBlock: JsonReading): AclMask {
  const levels = [
    accountBlock?.watched['publicAccessBlock'] ?? { status: 'unreadable', code: 'NotRead' },
    bucketBlock,
  ] as const;
  if (
    levels.some(
      (level) => level.status === 'present' && isJsonObject(level.value) && level.value['IgnorePublicAcls'] === true,
    )
  )
    return 'ignore-public-acls';
  return levels.some((level) => level.status === 'unreadable') ? 'unknown' : 'nothing';
}

function policyStatusOf(status: Reading<boolean | undefined>): Json {
  switch (status.status) {
    case 'present':
      return status.value === undefined ? 'not-told' : status.value ? 'public' : 'not-public';
    case 'unreadable':
      return { refused: status.code };
    case 'absent':
    case 'skipped':
      return status.status;
  }
}

function websiteOf(answer: GetBucketWebsiteCommandOutput): JsonObject {
  const { IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules } = answer;
  return JSON.parse(
    JSON.stringify({ IndexDocument, ErrorDocument, RedirectAllRequestsTo, RoutingRules }),
  ) as JsonObject;
}
