import type { Clients } from '#aws/clients.ts';
import type { Recording } from './recording.ts';

/** What the operations of "not set" answer, where nothing is recorded. */
const NOT_SET: Readonly<Record<string, string>> = {
  GetPublicAccessBlock: 'NoSuchPublicAccessBlockConfiguration',
  GetBucketPolicy: 'NoSuchBucketPolicy',
  GetBucketPolicyStatus: 'NoSuchBucketPolicy',
  GetBucketOwnershipControls: 'OwnershipControlsNotFoundError',
  GetBucketWebsite: 'NoSuchWebsiteConfiguration',
  DescribeEffectivePolicy: 'EffectivePolicyNotFoundException',
};

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: {
    readonly Bucket?: string;
    readonly Name?: string;
    readonly Id?: string;
    readonly Scope?: string;
    readonly AccountId?: string;
    readonly WebACLArn?: string;
    readonly ResourceType?: string;
  };
}

/** Clients that answer from a recording: everything above them is the code that talks to AWS. */
export function replay(recording: Recording): Clients {
  const clientIn = (region: string) => ({
    send: (command: Command) => Promise.resolve().then(() => answerTo(command, recording, region)),
  });
  // A stand-in for any client: readers call nothing but `send`.
  return { for: (_service, region) => clientIn(region === 'global' ? 'us-east-1' : region) as never };
}

/** What a call is about: a bucket, a name, a web ACL and a type of what is behind it, the account, or a list. */
function thingOf(
  { Bucket, Name, Id, Scope, AccountId, WebACLArn, ResourceType }: Command['input'],
  region: string,
): string {
  const ofAcl = WebACLArn === undefined ? undefined : `${WebACLArn.split('/').at(-2) ?? ''} ${ResourceType ?? ''}`;
  const listed = Scope === undefined ? region : `${Scope} ${region}`;
  return Bucket ?? Name ?? Id ?? ofAcl ?? (AccountId === undefined ? listed : 'account');
}

function answerTo(command: Command, { answers }: Recording, region: string): object {
  const operation = command.constructor.name.replace(/Command$/, '');
  const thing = thingOf(command.input, region);
  const answer = answers.get(`${operation} ${thing}`) ?? answers.get(operation);
  if (answer && 'output' in answer) return answer.output;
  const error = answer?.error ?? NOT_SET[operation];
  if (error === undefined) return {};
  throw Object.assign(new Error(error), { name: error, $metadata: { httpStatusCode: answer?.status ?? 404 } });
}
