import { ListDistributionsCommand } from '@aws-sdk/client-cloudfront';
import { DescribeEffectivePolicyCommand } from '@aws-sdk/client-organizations';
import { GetResourcesCommand } from '@aws-sdk/client-resource-groups-tagging-api';
import {
  GetBucketAclCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  ListBucketsCommand,
} from '@aws-sdk/client-s3';
import { GetPublicAccessBlockCommand as GetAccountBlockCommand } from '@aws-sdk/client-s3-control';
import { GetIPSetCommand, ListIPSetsCommand, ListWebACLsCommand } from '@aws-sdk/client-wafv2';
import { failureOf } from '#aws/failure.ts';
import { ABSENT, present, unreadable } from '#core/reading.ts';
import type { AwsCall, AwsReads } from '#kinds/kind.ts';
import { ACCOUNT } from '../builders.ts';
import {
  ACCOUNT_BLOCK,
  addressesOf,
  blockOf,
  bucket,
  grantsOf,
  ipSet,
  kindOf,
  nameOf,
  ORGANIZATION_POLICY,
  organizationPolicyOf,
  OWNER_ID,
  policyOf,
  REGION,
  type World,
} from './world.ts';

/** Lets a call to AWS be made for this resource (all of a kind: its kind), or throws what AWS refuses it with. */
export type Gate = (of: string) => Promise<void>;

/**
 * The reads of one function, answered from the world by the commands that the readers really send. A call that is refused has been tried
 * as often as `createReads` does: lanes and retries have tests of their own, and count real seconds.
 */
export function readsOf(world: World, { now, gate }: { readonly now: () => Date; readonly gate: Gate }): AwsReads {
  const client = {
    send: async (command: unknown): Promise<unknown> => {
      const answer = answers.find(({ to }) => command instanceof to);
      if (answer === undefined) throw new TypeError(`the world answers no ${String(command?.constructor.name)}`);
      const { input } = command as { readonly input: Input };
      const of = answer.of(input);
      await gate(of);
      return answer.give({ world, of, input, at: now().getTime() });
    },
  };
  const call = async <C, O>({ send }: AwsCall<C, O>): Promise<O> => {
    try {
      return await send(client as C);
    } catch (error) {
      throw failureOf(error);
    }
  };
  return {
    account: ACCOUNT,
    now,
    call,
    endedBy: () => undefined,
    async read(declared, aws) {
      try {
        return present(await call(aws));
      } catch (error) {
        const { code } = failureOf(error);
        return declared.absentWhen.includes(code) ? ABSENT : unreadable(code);
      }
    },
  };
}

interface Input {
  readonly Bucket?: string;
  readonly Name?: string;
  readonly Id?: string;
  readonly Scope?: string;
}

interface Asked {
  readonly world: World;
  readonly of: string;
  readonly input: Input;
  readonly at: number;
}

interface AnswerTo {
  readonly to: abstract new (...input: never[]) => object;
  /** What it is about, for those who refuse it. */
  readonly of: (input: Input) => string;
  readonly give: (asked: Asked) => unknown;
}

const ofBucket = ({ Bucket = '' }: Input): string => bucket(Bucket);

/** An answer about one setting of a bucket that is there. */
function setting(name: string, to: AnswerTo['to'], give: (value: string, bucketName: string) => unknown): AnswerTo {
  return {
    to,
    of: ofBucket,
    give: ({ world, of, at }) => {
      const settings = world.shown(of, at);
      if (settings['exists'] !== 'yes') throw refusal('NoSuchBucket', 404);
      return give(settings[name] ?? '', nameOf(of));
    },
  };
}

const answers: readonly AnswerTo[] = [
  {
    to: GetAccountBlockCommand,
    of: () => ACCOUNT_BLOCK,
    give: ({ world, of, at }) => blockAnswer(world.shown(of, at)['block'] ?? ''),
  },
  {
    to: DescribeEffectivePolicyCommand,
    of: () => ORGANIZATION_POLICY,
    give: ({ world, of, at }) => {
      const policy = organizationPolicyOf(world.shown(of, at)['organization'] ?? '');
      return { EffectivePolicy: { PolicyContent: orRefused(policy, 'EffectivePolicyNotFoundException') } };
    },
  },
  {
    to: ListBucketsCommand,
    of: () => 's3-bucket',
    give: ({ world, at }) => ({
      Buckets: listed('s3-bucket', world, at).map((one) => ({ Name: nameOf(one), BucketRegion: REGION })),
    }),
  },
  setting('block', GetPublicAccessBlockCommand, blockAnswer),
  setting('policy', GetBucketPolicyCommand, (value, name) => ({
    Policy: orRefused(policyOf(value, name), 'NoSuchBucketPolicy'),
  })),
  setting('policy', GetBucketPolicyStatusCommand, (value) => ({
    PolicyStatus: { IsPublic: orRefused(value === 'none' ? undefined : value === 'public', 'NoSuchBucketPolicy') },
  })),
  setting('acl', GetBucketAclCommand, (value) => ({ Owner: { ID: OWNER_ID }, Grants: grantsOf(value) })),
  setting('exists', GetBucketOwnershipControlsCommand, () => orRefused(undefined, 'OwnershipControlsNotFoundError')),
  setting('exists', GetBucketWebsiteCommand, () => orRefused(undefined, 'NoSuchWebsiteConfiguration')),
  { to: GetResourcesCommand, of: () => 'tags', give: () => ({ ResourceTagMappingList: [], PaginationToken: '' }) },
  { to: ListWebACLsCommand, of: () => 'waf-web-acl', give: () => ({ WebACLs: [] }) },
  {
    to: ListDistributionsCommand,
    of: () => 'cloudfront-distribution',
    give: () => ({ DistributionList: { IsTruncated: false } }),
  },
  {
    to: ListIPSetsCommand,
    of: () => 'waf-ip-set',
    give: ({ world, at, input }) => ({
      IPSets:
        input.Scope === 'CLOUDFRONT'
          ? []
          : listed('waf-ip-set', world, at).map((one) => ({
              Name: nameOf(one),
              Id: idOf(one, world, at),
              LockToken: 't',
            })),
    }),
  },
  {
    to: GetIPSetCommand,
    of: ({ Name = '' }) => ipSet(Name),
    give: ({ world, of, at, input }) => {
      const settings = world.shown(of, at);
      const isThere = settings['exists'] === 'yes' && input.Id === idOf(of, world, at);
      if (!isThere) throw refusal('WAFNonexistentItemException', 400);
      const Addresses = addressesOf(settings['addresses'] ?? '');
      return {
        LockToken: 't',
        IPSet: { Name: nameOf(of), Id: input.Id, ARN: of, IPAddressVersion: 'IPV4', Addresses },
      };
    },
  },
];

function listed(kind: string, world: World, at: number): readonly string[] {
  return [...world.initial.keys()].filter((one) => kindOf(one) === kind && world.shown(one, at)['exists'] === 'yes');
}

/** AWS gives a set that is made anew another id. */
export function idOf(resource: string, world: World, at: number): string {
  return `id-of-${nameOf(resource)}-${world.makingOf(resource, at)}`;
}

function blockAnswer(value: string): object {
  return { PublicAccessBlockConfiguration: orRefused(blockOf(value), 'NoSuchPublicAccessBlockConfiguration') };
}

function orRefused<T>(value: T | undefined, code: string): T {
  if (value === undefined) throw refusal(code, 404);
  return value;
}

/** An error as the SDK throws it. */
export function refusal(code: string, status: number): Error {
  return Object.assign(new Error(code), { name: code, $metadata: { httpStatusCode: status } });
}
