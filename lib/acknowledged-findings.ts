import { Stack, Validations, type CfnElement } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';
import type { LogPlace } from '#lambda/service-settings.ts';
import { arnOfLogs } from './function-permissions.ts';

/** A finding of cdk-nag's AwsSolutions pack that is right as it is. */
export interface Acknowledgement {
  /** The constructs that it is found at, by their ids below the one that acknowledges. */
  readonly at: readonly string[];
  readonly id: string;
  readonly reason: string;
}

/** Tells cdk-nag, also in somebody else's app, what is right as it is and why. */
export function acknowledgeFindings(scope: Construct, findings: readonly Acknowledgement[]): void {
  for (const { at, id, reason } of findings)
    for (const child of at) acknowledge(scope.node.tryFindChild(child), { id, reason });
}

/** The scheduler's construct puts its roles into the stack itself, and grants them the versions of a function beside the function. */
function acknowledgeSchedulerRoles(scope: Construct, functions: readonly IConstruct[]): void {
  const stack = Stack.of(scope);
  for (const role of stack.node.children.filter(({ node }) => node.id.startsWith('SchedulerRoleForTarget-')))
    for (const one of functions)
      acknowledge(role, {
        id: `AwsSolutions-IAM5[Resource::<${logicalIdOf(one)}.Arn>:*]`,
        reason: 'The versions of one function of ours, as the construct of the scheduler grants them.',
      });
}

function acknowledge(
  construct: IConstruct | undefined,
  finding: { readonly id: string; readonly reason: string },
): void {
  if (construct !== undefined) Validations.of(construct).acknowledge(finding);
}

/** What the template calls a construct: cdk-nag names resources so. */
export function logicalIdOf(construct: IConstruct): string {
  return Stack.of(construct).getLogicalId(construct.node.defaultChild as CfnElement);
}

/** The ids of the functions' constructs. */
const ALL_FUNCTIONS = ['OnLook', 'OnSweep', 'OnTick', 'OnRequest', 'OnSelf'];

/** What is right as it is of the watch on an account. `folders`: what of the bucket is written, by its keys; `logs`: where logs of use are read. */
export function acknowledgeWatch(
  scope: Construct,
  {
    bucket,
    folders,
    logs,
    scheduled,
  }: {
    readonly bucket: IConstruct;
    readonly folders: readonly string[];
    readonly logs: readonly LogPlace[];
    readonly scheduled: readonly IConstruct[];
  },
): void {
  const objects = `AwsSolutions-IAM5[Resource::<${logicalIdOf(bucket)}.Arn>`;
  const written = [...new Set(folders)].filter((key) => key.endsWith('*'));
  acknowledgeFindings(scope, [
    {
      at: ['OnLook', 'OnSweep', 'OnTick'],
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'Reads of what is watched: every bucket and IP set of the account, also those to come. All of them are of access level Read or List, which a test holds against the published IAM data.',
    },
    {
      at: ALL_FUNCTIONS,
      id: `${objects}/*]`,
      reason: "Reading the documents of the service's own bucket: their keys are not known beforehand.",
    },
    ...written.map((folder) => ({
      at: ALL_FUNCTIONS,
      id: `${objects}/${folder}]`,
      reason: "Writing one sort of documents in the service's own bucket: their keys are not known beforehand.",
    })),
    ...logs.map((place) => ({
      at: ['OnSweep'],
      id: `AwsSolutions-IAM5[Resource::${arnOfLogs(Stack.of(scope), place).replace(Stack.of(scope).partition, '<AWS::Partition>')}]`,
      reason: 'Reading logs of use in a place that the settings name: their keys are not known beforehand.',
    })),
    {
      at: ['AuditBucket'],
      id: 'AwsSolutions-S1',
      reason:
        'The bucket is versioned and written by five functions alone; who else calls is in CloudTrail. Server access logs would need a second bucket that nobody reads.',
    },
  ]);
  acknowledgeSchedulerRoles(scope, scheduled);
}
