import { OWNER_ID, type Bucket } from '../../test/aws-double/world.ts';

/** What a client is sent, as far as it is looked at here. */
interface Command {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly Bucket?: string;
    readonly ContinuationToken?: string;
    readonly MaxBuckets?: number;
    readonly PaginationToken?: string;
    readonly ResourcesPerPage?: number;
  };
}

type Page<T> = { readonly page: readonly T[]; readonly next: string | undefined };

/** The answers of an account without a way over the network: what is simulated is when they come, not what they say. */
export class VirtualAccount {
  readonly #buckets: Map<string, Bucket>;

  constructor(buckets: ReadonlyMap<string, Bucket>) {
    this.#buckets = new Map(buckets);
  }

  get names(): readonly string[] {
    return [...this.#buckets.keys()];
  }

  setPolicy(name: string, policy: string): void {
    const before = this.#buckets.get(name);
    if (before === undefined) throw new Error(`there is no bucket ${name}`);
    this.#buckets.set(name, { ...before, policy });
  }

  /** Throws as the SDK throws. */
  answer({ constructor, input }: Command, region: string): object {
    if (constructor.name === 'ListBucketsCommand') return this.#listBuckets(input);
    if (constructor.name === 'GetResourcesCommand') return this.#listTagged(input, region);
    if (constructor.name === 'ListDistributionsCommand') return { DistributionList: { IsTruncated: false } };
    if (constructor.name === 'ListIPSetsCommand') return { IPSets: [] };
    if (constructor.name === 'ListWebACLsCommand') return { WebACLs: [] };
    if (constructor.name === 'DescribeEffectivePolicyCommand') throw refusal('EffectivePolicyNotFoundException', 400);
    if (input.Bucket === undefined) throw refusal('NoSuchPublicAccessBlockConfiguration');
    const bucket = this.#buckets.get(input.Bucket);
    if (bucket === undefined) throw refusal('NoSuchBucket');
    return answerOf(constructor.name, bucket);
  }

  #listBuckets({ ContinuationToken, MaxBuckets = 1000 }: Command['input']): object {
    const { page, next } = pageOf([...this.#buckets], ContinuationToken, MaxBuckets);
    const Buckets = page.map(([Name, { region }]) => ({ Name, BucketRegion: region }));
    return { Buckets, ...(next === undefined ? {} : { ContinuationToken: next }) };
  }

  #listTagged({ PaginationToken, ResourcesPerPage = 100 }: Command['input'], region: string): object {
    const tagged = [...this.#buckets].filter(([, bucket]) => bucket.region === region);
    const { page, next = '' } = pageOf(tagged, PaginationToken, ResourcesPerPage);
    const ResourceTagMappingList = page.map(([name, { tags = {} }]) => ({
      ResourceARN: `arn:aws:s3:::${name}`,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }));
    return { ResourceTagMappingList, PaginationToken: next };
  }
}

function pageOf<T>(all: readonly T[], token: string | undefined, most: number): Page<T> {
  const start = Number(token === undefined || token === '' ? 0 : token);
  return { page: all.slice(start, start + most), next: start + most < all.length ? String(start + most) : undefined };
}

function answerOf(command: string, { block, policy, ownership, grants = [], website }: Bucket): object {
  switch (command) {
    case 'GetPublicAccessBlockCommand':
      return { PublicAccessBlockConfiguration: block ?? absent('NoSuchPublicAccessBlockConfiguration') };
    case 'GetBucketPolicyCommand':
      return { Policy: policy ?? absent('NoSuchBucketPolicy') };
    case 'GetBucketPolicyStatusCommand':
      return { PolicyStatus: { IsPublic: policy?.includes('"Principal":"*"') === true } };
    case 'GetBucketOwnershipControlsCommand':
      return {
        OwnershipControls: { Rules: [{ ObjectOwnership: ownership ?? absent('OwnershipControlsNotFoundError') }] },
      };
    case 'GetBucketAclCommand':
      return {
        Owner: { ID: OWNER_ID },
        Grants: grants.map(({ to, permission }) => ({
          Grantee: to.startsWith('http') ? { Type: 'Group', URI: to } : { Type: 'CanonicalUser', ID: to },
          Permission: permission,
        })),
      };
    case 'GetBucketWebsiteCommand':
      return { IndexDocument: { Suffix: (website ?? absent('NoSuchWebsiteConfiguration')).index } };
    default:
      throw new Error(`the simulation knows no ${command}`);
  }
}

function absent(code: string): never {
  throw refusal(code);
}

/** An error as the SDK's clients throw it. */
export function refusal(name: string, httpStatusCode = 404): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}
