import { describe, expect, test } from 'vitest';
import { parseEvent } from '#core/event.ts';
import { howOf, howText, type How } from '#core/how.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { ACCOUNT } from '../builders.ts';
import { recordOf } from '../records.ts';

const role = (name: string, session: string, more: JsonObject = {}): JsonObject => ({
  type: 'AssumedRole',
  principalId: `AROAEXAMPLE:${session}`,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`,
  accountId: ACCOUNT,
  accessKeyId: 'ASIAEXAMPLE',
  ...more,
});

interface HowCase {
  readonly case: string;
  readonly fact: string;
  readonly record: Readonly<Record<string, Json | undefined>>;
  readonly tool: How['tool'];
  readonly says: string;
  readonly certainty: How['certainty'];
}

/** How a call was made; written before the code. What AWS itself records is certain; what the caller says of itself can be forged. */
const CASES: readonly HowCase[] = [
  {
    case: 'the CLI names its command',
    fact: 'aws-facts §4.4: md/command#s3control.put-public-access-block',
    record: {
      userAgent:
        'aws-cli/2.31.1 md/awscrt#0.27.6 ua/2.1 os/linux#6.1 md/arch#x86_64 lang/python#3.13.7 cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#s3control.put-public-access-block',
    },
    tool: 'cli',
    says: 'the AWS CLI 2.31.1 (aws s3control put-public-access-block)',
    certainty: 'claimed',
  },
  {
    case: 'an older CLI writes it otherwise',
    fact: 'corpora: command/ec2.stop-instances',
    record: {
      userAgent:
        'aws-cli/2.13.5 Python/3.11.4 Linux/4.14 exec-env/CloudShell exe/x86_64 prompt/off command/s3api.put-bucket-acl',
    },
    tool: 'cli',
    says: 'the AWS CLI 2.13.5 (aws s3api put-bucket-acl), in CloudShell',
    certainty: 'claimed',
  },
  {
    case: 'a CLI of before commands were told, in brackets as S3 writes it',
    fact: 'corpora: [aws-cli/…]',
    record: { userAgent: '[aws-cli/1.16.248 Python/3.4.7 Linux/4.9.184 botocore/1.12.239]' },
    tool: 'cli',
    says: 'the AWS CLI 1.16.248',
    certainty: 'claimed',
  },
  {
    case: 'an SDK in a Lambda function',
    fact: 'aws-facts §4.4: Boto3/…, exec-env/AWS_Lambda_…',
    record: {
      userAgent: 'Boto3/1.40.1 md/Botocore#1.40.1 ua/2.1 os/linux lang/python#3.13 exec-env/AWS_Lambda_python3.13',
    },
    tool: 'sdk',
    says: 'Boto3 1.40.1, in AWS Lambda',
    certainty: 'claimed',
  },
  {
    case: 'the SDK for JavaScript',
    fact: 'aws-facts §4.4: aws-sdk-js/3…',
    record: { userAgent: 'aws-sdk-js/3.700.0 ua/2.1 os/linux#6 lang/js md/nodejs#24.1.0 api/s3-control#3.700.0' },
    tool: 'sdk',
    says: 'aws-sdk-js 3.700.0',
    certainty: 'claimed',
  },
  {
    case: 'Terraform',
    fact: 'corpora: APN/1.0 HashiCorp/1.0 Terraform/1.11.0 … terraform-provider-aws/5.98.0',
    record: {
      userAgent:
        'APN/1.0 HashiCorp/1.0 Terraform/1.11.0 (+https://www.terraform.io) terraform-provider-aws/5.98.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36',
    },
    tool: 'terraform',
    says: 'Terraform 1.11.0',
    certainty: 'claimed',
  },
  {
    case: 'OpenTofu calls itself by both names',
    fact: 'terraform-provider-aws takes the name that the engine gives it: OpenTofu/1.9.0',
    record: {
      userAgent:
        'APN/1.0 HashiCorp/1.0 OpenTofu/1.9.0 (+https://opentofu.org) terraform-provider-aws/5.98.0 aws-sdk-go-v2/1.36',
    },
    tool: 'terraform',
    says: 'OpenTofu 1.9.0',
    certainty: 'claimed',
  },
  {
    case: 'CloudFormation with the rights of a person',
    fact: 'aws-facts §4.4: invokedBy, sourceIPAddress of a service',
    record: {
      userIdentity: role('platform', 'ana@example.com', { invokedBy: 'cloudformation.amazonaws.com' }),
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'cloudformation.amazonaws.com',
    },
    tool: 'cloudformation',
    says: 'CloudFormation',
    certainty: 'recorded',
  },
  {
    case: 'CDK deploys by CloudFormation, under the role that its bootstrap made',
    fact: 'the bootstrap template of the CDK: cdk-<qualifier>-cfn-exec-role-…',
    record: {
      userIdentity: role('cdk-hnb659fds-cfn-exec-role-111122223333-eu-west-1', 'AWSCloudFormation', {
        invokedBy: 'cloudformation.amazonaws.com',
      }),
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'cloudformation.amazonaws.com',
    },
    tool: 'cdk',
    says: 'the CDK, by CloudFormation',
    certainty: 'recorded',
  },
  {
    case: 'a StackSet hides whoever started it behind its execution role',
    fact: 'field.md §2 (11): stacksets-exec-*',
    record: {
      userIdentity: role('stacksets-exec-0a1b2c3d4e5f60718293a4b5c6d7e8f9', '0a1b2c3d'),
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'cloudformation.amazonaws.com',
    },
    tool: 'stacksets',
    says: 'a CloudFormation StackSet: who started it is in its administrator account',
    certainty: 'recorded',
  },
  {
    case: 'an automation of Systems Manager',
    fact: 'aws-facts §4.4: invokedBy',
    record: {
      userIdentity: role('AutomationServiceRole', 'Automation-0a1b', { invokedBy: 'ssm.amazonaws.com' }),
      sourceIPAddress: 'ssm.amazonaws.com',
      userAgent: 'ssm.amazonaws.com',
    },
    tool: 'ssm-automation',
    says: 'Systems Manager Automation',
    certainty: 'recorded',
  },
  {
    case: 'another service',
    fact: 'aws-facts §4.4: sourceIPAddress may be a service’s name',
    record: { sourceIPAddress: 'elasticbeanstalk.amazonaws.com', userAgent: 'elasticbeanstalk.amazonaws.com' },
    tool: 'service',
    says: 'the AWS service elasticbeanstalk.amazonaws.com',
    certainty: 'recorded',
  },
  {
    case: 'the console, as CloudTrail says',
    fact: 'aws-facts §4.3: sessionCredentialFromConsole',
    record: { sessionCredentialFromConsole: 'true', userAgent: 'Mozilla/5.0 (Macintosh) Chrome/131.0.0.0' },
    tool: 'console',
    says: 'the console',
    certainty: 'recorded',
  },
  {
    case: 'the same, where it stands in the session',
    fact: 'corpora: sessionContext.attributes.sessionCredentialFromConsole',
    record: {
      userIdentity: role('Admin', 'ana', { sessionContext: { attributes: { sessionCredentialFromConsole: 'true' } } }),
      userAgent: 'aws-sdk-java/1.12',
    },
    tool: 'console',
    says: 'the console',
    certainty: 'recorded',
  },
  {
    case: 'a browser',
    fact: 'aws-facts §4.3: Console S3 calls show a browser UA',
    record: { userAgent: '[Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/102.0]' },
    tool: 'console',
    says: 'a browser, so most likely the console',
    certainty: 'claimed',
  },
  {
    case: 'the console of S3, of years ago',
    fact: 'aws-facts §4.3: [S3Console/0.4, aws-internal/3 …]',
    record: { userAgent: '[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.4]' },
    tool: 'console',
    says: 'the console',
    certainty: 'claimed',
  },
  {
    case: 'the console of a service, by its host',
    fact: 'corpora: console.ec2.amazonaws.com, signin.amazonaws.com',
    record: { userAgent: 'console.ec2.amazonaws.com' },
    tool: 'console',
    says: 'the console',
    certainty: 'claimed',
  },
  {
    case: 'an AI assistant that ran the CLI',
    fact: 'aws-facts §4.4: exec-env/AmazonQ-For-CLI-Version-<v>',
    record: {
      userAgent:
        'aws-cli/2.27.0 md/awscrt#0.26 exec-env/AmazonQ-For-CLI-Version-1.10.0 md/command#s3control.put-public-access-block',
    },
    tool: 'assistant',
    says: 'the AI assistant Amazon Q (CLI) 1.10.0, by the AWS CLI 2.27.0 (aws s3control put-public-access-block)',
    certainty: 'claimed',
  },
  {
    case: 'the same in an editor',
    fact: 'aws-facts §4.4: exec-env/AmazonQ-For-IDE-Version-<v>',
    record: { userAgent: 'aws-cli/2.27.0 exec-env/AmazonQ-For-IDE-Version-1.63.0' },
    tool: 'assistant',
    says: 'the AI assistant Amazon Q (IDE) 1.63.0, by the AWS CLI 2.27.0',
    certainty: 'claimed',
  },
  {
    case: 'an auto-remediator that says its name',
    fact: 'field.md, note under 1h; corpora: CloudCustodian/0.8',
    record: { userAgent: 'CloudCustodian/0.9.43 Python/3.12 Linux exec-env/AWS_Lambda_python3.12 Botocore/1.35' },
    tool: 'remediator',
    says: 'the auto-remediator Cloud Custodian 0.9.43, in AWS Lambda',
    certainty: 'claimed',
  },
  {
    case: 'an auto-remediator by its role: Automated Security Response',
    fact: 'field.md, note under 1h: ASR’s S3.1 runbook; its roles are named by the solution, SO0111-…',
    record: {
      userIdentity: role('SO0111-ConfigureS3PublicAccessBlock', 'Automation-1', { invokedBy: 'ssm.amazonaws.com' }),
      sourceIPAddress: 'ssm.amazonaws.com',
      userAgent: 'ssm.amazonaws.com',
    },
    tool: 'remediator',
    says: 'the auto-remediator Automated Security Response on AWS, by Systems Manager Automation',
    certainty: 'recorded',
  },
  {
    case: 'Landing Zone Accelerator, by its role',
    fact: 'field.md, note under 1h: s3PublicAccessBlock; its resources are named AWSAccelerator-…',
    record: {
      userIdentity: role('AWSAccelerator-SecurityStack-CustomS3PutPublicAccessBlock', 'fn'),
      userAgent: 'aws-sdk-js/3.600.0 ua/2.1 exec-env/AWS_Lambda_nodejs20.x',
    },
    tool: 'remediator',
    says: 'the auto-remediator Landing Zone Accelerator on AWS, by aws-sdk-js 3.600.0, in AWS Lambda',
    certainty: 'claimed',
  },
  {
    case: 'a user agent of somebody’s own',
    fact: 'aws-facts §4.4: userAgent can be anything',
    record: { userAgent: 'stratus-red-team_39f95f43' },
    tool: 'unknown',
    says: 'a client that calls itself "stratus-red-team_39f95f43"',
    certainty: 'claimed',
  },
  {
    case: 'no user agent',
    fact: 'aws-facts §4.4: absent or emptied',
    record: { userAgent: undefined },
    tool: 'unknown',
    says: 'a client that does not say what it is',
    certainty: 'claimed',
  },
  {
    case: 'an empty one in brackets',
    fact: 'corpora: []',
    record: { userAgent: '[]' },
    tool: 'unknown',
    says: 'a client that does not say what it is',
    certainty: 'claimed',
  },
  {
    case: 'a forged one: AWS records where it came from, and that counts more',
    fact: 'issue 6: a user agent can be forged',
    record: {
      userIdentity: role('platform', 'x', { invokedBy: 'cloudformation.amazonaws.com' }),
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.11.0',
    },
    tool: 'cloudformation',
    says: 'CloudFormation',
    certainty: 'recorded',
  },
];

describe('how a call was made', () => {
  test.each(CASES)('$case ($fact)', ({ record, tool, says, certainty }) => {
    const how = howOf(parseEvent(recordOf('PutAccountPublicAccessBlock', record)).actor);
    expect({ tool: how.tool, says: howText(how), certainty: how.certainty }).toEqual({ tool, says, certainty });
  });

  test('a text of a megabyte is a short sentence', () => {
    const { actor } = parseEvent(recordOf('x', { userAgent: `${'x'.repeat(1_000_000)} aws-cli/1` }));
    expect(howText(howOf(actor)).length).toBeLessThan(200);
  });
});
