import type { Scene } from './scene.ts';

/** One row: what happens, and of every alert who is told to have done it. */
export interface WhoCase {
  readonly case: string;
  /** What the expectation rests on. */
  readonly fact: string;
  readonly happens: (scene: Scene) => Promise<void>;
  /** A line an alert: `status: certainty who (call); …`. What no event explains has no call. */
  readonly told: readonly string[];
  /** What has to stand in the mail of the last alert. */
  readonly says?: readonly string[];
}

const BLOCKED = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true };
const TOOL = 'role SecurityTooling, session alice@example.com';
const PUT = 'PutAccountPublicAccessBlock';

/** Who is told, from a change to the last of its alerts. Written before the code that makes them so. */
export const WHO_CASES: readonly WhoCase[] = [
  {
    case: 'the event comes with the change',
    fact: 'aws-facts §4.5',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(30);
    },
    told: [`opened: certain ${TOOL} (${PUT})`],
  },
  {
    case: 'the event comes 20 minutes late: told at once without it, and once more when it is known who',
    fact: 'aws-facts §4.5: AWS publishes no time within which an event comes',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      const event = s.record(PUT, { block: BLOCKED });
      await s.minutes(20);
      await s.again(event);
      await s.minutes(20);
    },
    told: ['opened: pending', `changed: certain ${TOOL} (${PUT})`],
    says: ['New: who did it is known now.'],
  },
  {
    case: 'the event is lost, and CloudTrail’s own history has it some minutes later',
    fact: 'aws-facts §4.5, §4.6: event history is minutes behind; asked after 0, 2, 5, 15, 30 minutes',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      s.remembers(PUT, { block: BLOCKED }, { afterMinutes: 4 });
      await s.minutes(40);
    },
    told: ['opened: pending', `changed: certain ${TOOL} (${PUT})`],
  },
  {
    case: 'the event is lost, and was made through another region’s endpoint: the account block is looked for in every region',
    fact: 'aws-facts §4.1: it is recorded in the region of the endpoint that was called',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      s.remembers(PUT, { block: BLOCKED }, { afterMinutes: 1, region: 'eu-west-3' });
      await s.minutes(10);
    },
    told: ['opened: pending', `changed: certain ${TOOL} (${PUT})`],
  },
  {
    case: 'nothing explains it: what was looked through is said, and that a level above may have moved',
    fact: 'aws-facts §1.8, §4.6',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
    says: [
      'Not known: no event of CloudTrail explains it.',
      'Looked through: the event history of eu-west-3 and us-east-1',
    ],
  },
  {
    case: 'an organisation’s S3 policy was attached: no event in the account has it, and the policy is suspected by name',
    fact: 'aws-facts §1.8: the effective value changes with no event in the member account',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ organizationPolicy: 'all' });
      await s.minutes(70);
    },
    told: ['opened: pending', 'changed: pending', 'still-open: unknown'],
    says: [
      "Suspected: the organisation's S3 policy: it was not there when it was accepted, and is there now",
      'What would confirm it: AttachPolicy',
    ],
  },
  {
    case: 'no policy of an organisation reaches the account: the level above is ruled out',
    fact: 'aws-facts §1.3: none is an answer of its own',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
    says: ["The organisation's S3 policy is not it: there is none, as when it was accepted."],
  },
  {
    case: 'the policy may not be read: that is said',
    fact: 'design §1.2: not knowing is a value',
    happens: async (s) => {
      await s.accepted();
      await s.refuses('DescribeEffectivePolicy', 'us-east-1');
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
    says: ["Whether the organisation's S3 policy moved could not be read (AccessDenied"],
  },
  {
    case: 'a bucket’s blank is not looked for above: no policy moves it',
    fact: 'aws-facts §1.8',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      await s.sweep();
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
  },
  {
    case: 'who took the session is asked after a quarter of an hour: its key leads back to the user who assumed the role',
    fact: 'aws-facts §4.4: ASIA keys join to AssumeRole events (responseElements.credentials.accessKeyId)',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      s.remembersSessionOf('ana', 'ASIAALICEEXAMPLECOM');
      const event = s.record(PUT, { block: BLOCKED });
      s.remembersRecord(event);
      await s.again(event);
      await s.minutes(62);
    },
    told: [`opened: certain ${TOOL} (${PUT})`, `still-open: certain ${TOOL} (${PUT})`],
    says: ['whose session was given by AssumeRole at 2026-03-02 08:04:02 UTC to user ana'],
  },
  {
    case: 'the history may not be read: that is said, and nobody is called innocent',
    fact: 'design §1.2: not knowing is a value',
    happens: async (s) => {
      await s.accepted();
      s.historyRefuses('AccessDeniedException');
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
    says: ['Could not be looked through: the event history of eu-west-3 (AccessDeniedException)'],
  },
  {
    case: 'only an attempt that failed: it did not make it so, and is named all the same',
    fact: 'aws-facts §4.2: errorCode means that the attempt failed',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      s.remembers(PUT, { block: BLOCKED, error: 'AccessDenied' }, { afterMinutes: 1 });
      await s.minutes(70);
    },
    told: ['opened: pending', 'still-open: unknown'],
    says: [`Tried, and failed with AccessDenied: ${TOOL}, by ${PUT}`],
  },
  {
    case: 'three people change one bucket within a minute: each is named with what they did',
    fact: 'aws-facts §4.3',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      const first = s.record('PutBucketPolicy', { bucket: 'bucket-00', session: 'ana@example.com' });
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '777788889999') });
      const second = s.record('PutBucketPolicy', { bucket: 'bucket-00', session: 'bob@example.com' });
      await s.setsBucket('bucket-00', {
        policy: s.policyFor('bucket-00', '777788889999'),
        ownership: 'BucketOwnerPreferred',
      });
      const third = s.record('PutBucketOwnershipControls', { bucket: 'bucket-00', session: 'eve@example.com' });
      // They come in another order than they were made in.
      await s.together([third, second, first]);
      await s.minutes(5);
    },
    told: [
      [
        'opened: certain role SecurityTooling, session bob@example.com (PutBucketPolicy)',
        'likely role SecurityTooling, session eve@example.com (PutBucketOwnershipControls)',
        'unknown role SecurityTooling, session ana@example.com (PutBucketPolicy)',
      ].join('; '),
    ],
  },
  {
    case: 'two changes that cancel out before anybody looked: nothing is told',
    fact: 'design §1.3: reading is the truth',
    happens: async (s) => {
      await s.accepted();
      const on = s.record(PUT, { block: BLOCKED });
      const off = s.record('DeleteAccountPublicAccessBlock');
      await s.again(on);
      await s.again(off);
      await s.minutes(30);
    },
    told: [],
  },
  {
    case: 'the same value written twice: whoever wrote it first',
    fact: 'aws-facts §4.2',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.event(PUT, { block: BLOCKED });
      await s.minutes(3);
      await s.event(PUT, { block: BLOCKED, session: 'bob@example.com' });
      await s.minutes(61);
    },
    told: [
      `opened: certain ${TOOL} (${PUT})`,
      `still-open: certain ${TOOL} (${PUT}); unknown role SecurityTooling, session bob@example.com (${PUT})`,
    ],
  },
  {
    case: 'a bucket’s lost event is looked for in the bucket’s region',
    fact: 'aws-facts §4.1',
    happens: async (s) => {
      await s.accepted();
      await s.setsBucket('bucket-00', { policy: s.policyFor('bucket-00', '444455556666') });
      s.remembers('PutBucketPolicy', { bucket: 'bucket-00' }, { afterMinutes: 1 });
      await s.sweep();
      await s.minutes(10);
    },
    told: ['opened: pending', `changed: certain ${TOOL} (PutBucketPolicy)`],
  },
  {
    case: 'a call from before it was accepted is no cause',
    fact: 'design §3: a departure is from the accepted version',
    happens: async (s) => {
      s.remembers(PUT, { block: BLOCKED }, { afterMinutes: 0 });
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(40);
    },
    told: ['opened: pending'],
  },
  {
    case: 'taken back before anybody is known: nothing more is looked for',
    fact: 'design §4',
    happens: async (s) => {
      await s.accepted();
      await s.sets({ accountBlock: BLOCKED });
      await s.minutes(2);
      await s.clearsAccountBlock();
      await s.minutes(40);
    },
    told: ['opened: pending', 'recovered: unknown'],
  },
];

const session = (role: string, name: string, more: object = {}): object => ({
  userIdentity: {
    type: 'AssumedRole',
    principalId: `AROAEXAMPLE:${name}`,
    arn: `arn:aws:sts::111122223333:assumed-role/${role}/${name}`,
    accountId: '111122223333',
    accessKeyId: 'ASIAEXAMPLEOFROW',
    sessionContext: { sessionIssuer: { type: 'Role', userName: role } },
    ...more,
  },
});

/** Who did it and with what, as the mail says it of one change. */
export const MEANS_CASES: readonly {
  readonly case: string;
  readonly fact: string;
  readonly record: object;
  readonly says: readonly string[];
}[] = [
  {
    case: 'the console, through Identity Center',
    fact: 'aws-facts §4.3 (sessionCredentialFromConsole), §4.4 (AWSReservedSSO_…)',
    record: {
      ...session('AWSReservedSSO_Admin_0123456789abcdef', 'alice@example.com'),
      sessionCredentialFromConsole: 'true',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
    },
    says: [
      'role AWSReservedSSO_Admin_0123456789abcdef, session alice@example.com',
      'with the console, as AWS recorded it',
    ],
  },
  {
    case: 'a StackSet: the person stands in its administrator account',
    fact: 'aws-facts §4.4 (invokedBy); field.md §2 (11): stacksets-exec hides the actor',
    record: {
      ...session('stacksets-exec-0123456789abcdef', 'AWSCloudFormation', { invokedBy: 'cloudformation.amazonaws.com' }),
      sourceIPAddress: 'cloudformation.amazonaws.com',
      userAgent: 'cloudformation.amazonaws.com',
    },
    says: ['with a CloudFormation StackSet: who started it is in its administrator account, as AWS recorded it'],
  },
  {
    case: 'Terraform',
    fact: 'aws-facts §4.4 (userAgent)',
    record: {
      ...session('deployer', 'ci-4711'),
      userAgent: 'APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io) terraform-provider-aws/5.60.0',
    },
    says: ['role deployer, session ci-4711', 'with Terraform 1.9.5, as it says of itself (it can be forged)'],
  },
  {
    case: 'a Lambda function, by name',
    fact: 'aws-facts §4.4 (inScopeOf)',
    record: session('SecurityTooling', 'hardening-check', {
      inScopeOf: {
        issuerType: 'AWS::Lambda::Function',
        credentialsIssuedTo: 'arn:aws:lambda:us-east-1:111122223333:function:hardening-check',
      },
    }),
    says: ['from Lambda function hardening-check', 'with Boto3 1.40, in AWS Lambda, as it says of itself'],
  },
  {
    case: 'a forged user agent: what AWS recorded stands beside it, and that it can be forged is said',
    fact: 'aws-facts §4.4: spoofable',
    record: {
      ...session('SecurityTooling', 'hardening-check', {
        inScopeOf: {
          issuerType: 'AWS::Lambda::Function',
          credentialsIssuedTo: 'arn:aws:lambda:us-east-1:111122223333:function:hardening-check',
        },
      }),
      userAgent: 'aws-cli/2.31.1 md/command#s3api.get-bucket-acl',
    },
    says: [
      'from Lambda function hardening-check',
      'with the AWS CLI 2.31.1 (aws s3api get-bucket-acl), as it says of itself (it can be forged)',
    ],
  },
  {
    case: 'no user agent at all',
    fact: 'issue: a user agent can be forged or absent',
    record: { ...session('deployer', 'ci-4711'), userAgent: undefined },
    says: ['role deployer, session ci-4711', 'with a client that does not say what it is'],
  },
];
