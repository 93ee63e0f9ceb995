import { Validations } from 'aws-cdk-lib';
import type { Stack } from 'aws-cdk-lib';
import { ANSWERS } from '#lambda/service-names.ts';

/** What the AwsSolutions pack of cdk-nag has against the stack and is right as it is: the construct, the finding, the reason. */
const ACKNOWLEDGED: readonly { readonly at: readonly string[]; readonly id: string; readonly reason: string }[] = [
  {
    at: ['OnLook', 'OnSweep', 'OnTick'],
    id: 'AwsSolutions-IAM5[Resource::*]',
    reason:
      'Reads of what is watched: every bucket and IP set of the account, also those to come. All of them are of access level Read or List, which a test holds against the published IAM data.',
  },
  {
    at: ['OnLook', 'OnSweep', 'OnTick', 'OnRequest'],
    id: 'AwsSolutions-IAM5[Resource::<AuditBucketB01E0AE8.Arn>/*]',
    reason: "Reading the documents of the service's own bucket: their keys are not known beforehand.",
  },
  ...['snapshots', 'changes', 'provisional', 'reports', ANSWERS.folder, 'baseline'].map((folder) => ({
    at: ['OnLook', 'OnSweep', 'OnTick', 'OnRequest'],
    id: `AwsSolutions-IAM5[Resource::<AuditBucketB01E0AE8.Arn>/${folder}/*]`,
    reason: "Writing one sort of documents in the service's own bucket: their keys are not known beforehand.",
  })),
  {
    at: ['SchedulerRoleForTarget-49c4cb'],
    id: 'AwsSolutions-IAM5[Resource::<OnSweepFunctionFD2E66AC.Arn>:*]',
    reason: 'The versions of one function of ours, as the construct of the scheduler grants them.',
  },
  {
    at: ['SchedulerRoleForTarget-644191'],
    id: 'AwsSolutions-IAM5[Resource::<OnTickFunctionC42AA049.Arn>:*]',
    reason: 'The versions of one function of ours, as the construct of the scheduler grants them.',
  },
  {
    at: ['AuditBucket'],
    id: 'AwsSolutions-S1',
    reason:
      'The bucket is versioned and written by four functions alone; who else calls is in CloudTrail. Server access logs would need a second bucket that nobody reads.',
  },
];

/** Tells cdk-nag, also in somebody else's app, what is right as it is and why. */
export function acknowledgeFindings(stack: Stack): void {
  for (const { at, id, reason } of ACKNOWLEDGED)
    for (const path of at) {
      const construct = stack.node.tryFindChild(path);
      if (construct !== undefined) Validations.of(construct).acknowledge({ id, reason });
    }
}
