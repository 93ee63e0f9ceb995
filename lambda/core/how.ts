import type { Actor } from './event.ts';

/** What a call was made with. */
export type Tool =
  | 'console'
  | 'cli'
  | 'sdk'
  | 'cloudformation'
  | 'cdk'
  | 'stacksets'
  | 'terraform'
  | 'ssm-automation'
  /** An AWS service on somebody's behalf. */
  | 'service'
  /** An AI assistant that called by itself. Code that it wrote and that runs later does not say so. */
  | 'assistant'
  /** One of the tools that change what they find, by themselves (field.md, note under 1h). */
  | 'remediator'
  | 'unknown';

export interface How {
  readonly tool: Tool;
  /** `the AWS CLI 2.31.1`. */
  readonly name: string;
  /** The command of the CLI, as it says. */
  readonly command?: string;
  /** Where it ran, as it says: `AWS Lambda`. */
  readonly in?: string;
  /** By what it called: the client of an assistant or a remediator. */
  readonly by?: string;
  /** `recorded`: AWS itself says so. `claimed`: the caller does, in a user agent that can be forged or left out (aws-facts §4.4). */
  readonly certainty: 'recorded' | 'claimed';
}

/** How a call was made, from what AWS recorded of it and, where that says nothing, from what the client says of itself. Pure. */
export function howOf(actor: Actor): How {
  const means = serviceOf(actor) ?? consoleOf(actor) ?? clientOf(actor.userAgent);
  const remediator = remediatorOf(actor);
  if (remediator === undefined) return means;
  const { certainty } = means;
  return {
    tool: 'remediator',
    name: `the auto-remediator ${remediator}`,
    ...(means.in === undefined ? {} : { in: means.in }),
    ...(means.tool === 'unknown' ? {} : { by: textOfMeans(means) }),
    certainty,
  };
}

/** In one phrase: `the AWS CLI 2.31.1 (aws s3control put-public-access-block), in CloudShell`. Pure. */
export function howText(how: How): string {
  const { by, in: place } = how;
  return `${textOfMeans(how)}${by === undefined ? '' : `, by ${by}`}${place === undefined ? '' : `, in ${place}`}`;
}

function textOfMeans({ name, command }: How): string {
  return command === undefined ? name : `${name} (aws ${command})`;
}

const CDK_ROLE = /^cdk-\w+-cfn-exec-role-/;
const STACKSETS_ROLE = /^(?:stacksets-exec-|AWSCloudFormationStackSetExecutionRole$)/;

/** A service that called for somebody. AWS writes that itself. */
function serviceOf({ who, sourceAddress = '' }: Actor): How | undefined {
  const named = [sourceAddress, ...(who.via?.split('; ') ?? [])].find((one) => one.endsWith('.amazonaws.com'));
  if (named === undefined || named === 'signin.amazonaws.com') return undefined;
  const recorded = (tool: Tool, name: string): How => ({ tool, name, certainty: 'recorded' });
  const role = who.role ?? '';
  if (named === 'ssm.amazonaws.com') return recorded('ssm-automation', 'Systems Manager Automation');
  if (named !== 'cloudformation.amazonaws.com') return recorded('service', `the AWS service ${named}`);
  if (STACKSETS_ROLE.test(role))
    return recorded('stacksets', 'a CloudFormation StackSet: who started it is in its administrator account');
  return CDK_ROLE.test(role)
    ? recorded('cdk', 'the CDK, by CloudFormation')
    : recorded('cloudformation', 'CloudFormation');
}

function consoleOf({ isFromConsole }: Actor): How | undefined {
  return isFromConsole === true ? { tool: 'console', name: 'the console', certainty: 'recorded' } : undefined;
}

/** More than this of a stranger's text is no part of a sentence. */
const LONGEST_SHOWN = 60;
/** CloudTrail cuts a user agent at 1 KB (aws-facts §4.3). */
const LONGEST_READ = 2_048;

const CONSOLE = /^(?:signin|(?:[\w-]+\.)?console(?:\.[\w-]+)*)\.amazonaws\.com$|S3Console\/|RDS Console/;
const PLACES: Readonly<Record<string, string>> = {
  CloudShell: 'CloudShell',
  AWS_Lambda: 'AWS Lambda',
  AWS_ECS: 'Amazon ECS',
};

/** What a client says of itself. */
function clientOf(userAgent = ''): How {
  const text = userAgent
    .slice(0, LONGEST_READ)
    .replace(/^\[(.*)\]$/s, '$1')
    .trim();
  const place = placeIn(text);
  const claimed = (tool: Tool, name: string, command?: string): How => ({
    tool,
    name,
    ...(command === undefined ? {} : { command }),
    ...(place === undefined ? {} : { in: place }),
    certainty: 'claimed',
  });
  const [, assistant, itsVersion = ''] = /AmazonQ-For-(\w+?)(?:-Version-([\w.]+))?(?:\s|$)/.exec(text) ?? [];
  if (assistant !== undefined) {
    const by = /aws-cli\/|Boto3\/|aws-sdk-/.test(text) ? textOfMeans(softwareIn(text, claimed)) : undefined;
    const how = claimed('assistant', `the AI assistant Amazon Q (${assistant})${spaced(itsVersion)}`);
    return by === undefined ? how : { ...how, by };
  }
  return softwareIn(text, claimed);
}

type Claim = (tool: Tool, name: string, command?: string) => How;

function softwareIn(text: string, claimed: Claim): How {
  const version = (name: RegExp): string | undefined =>
    new RegExp(`(?:^|[\\s[(])${name.source}/([\\w.+-]+)`).exec(text)?.[1];
  for (const engine of [/Terraform/, /OpenTofu/]) {
    const found = version(engine);
    if (found !== undefined) return claimed('terraform', `${engine.source} ${found}`);
  }
  if (text.includes('terraform-provider-aws')) return claimed('terraform', 'Terraform');
  if (CONSOLE.test(text)) return claimed('console', 'the console');
  const cli = version(/aws-cli/);
  if (cli !== undefined) return claimed('cli', `the AWS CLI ${cli}`, commandIn(text));
  const [, sdk, its = ''] = /(?:^|[\s[])(Boto3|aws-sdk-[\w-]+)\/([\w.+-]+)/.exec(text) ?? [];
  if (sdk !== undefined) return claimed('sdk', `${sdk}${spaced(its)}`);
  if (text.startsWith('Mozilla/')) return claimed('console', 'a browser, so most likely the console');
  return text === ''
    ? claimed('unknown', 'a client that does not say what it is')
    : claimed('unknown', `a client that calls itself "${text.slice(0, LONGEST_SHOWN)}"`);
}

/** `md/command#s3control.put-public-access-block`, and before `command/s3api.put-bucket-acl`. */
function commandIn(text: string): string | undefined {
  const [, command] = /(?:md\/command#|\scommand\/)([\w.-]+)/.exec(text) ?? [];
  return command?.replace('.', ' ');
}

function placeIn(text: string): string | undefined {
  const [, place = ''] = /exec-env\/([A-Za-z_]+)/.exec(text) ?? [];
  return Object.entries(PLACES).find(([name]) => place.startsWith(name))?.[1];
}

/** By the names that they give their roles and clients: who likes may use them too. */
function remediatorOf({ who, userAgent = '' }: Actor): string | undefined {
  const role = who.role ?? '';
  if (role.startsWith('SO0111-')) return 'Automated Security Response on AWS';
  if (role.startsWith('AWSAccelerator-')) return 'Landing Zone Accelerator on AWS';
  const [, custodian] = /CloudCustodian\/([\w.]+)/.exec(userAgent.slice(0, LONGEST_READ)) ?? [];
  return custodian === undefined ? undefined : `Cloud Custodian ${custodian}`;
}

function spaced(text: string): string {
  return text === '' ? '' : ` ${text}`;
}
