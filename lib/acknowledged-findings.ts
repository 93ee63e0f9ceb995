import { Stack, Validations, type CfnElement } from 'aws-cdk-lib';
import type { Construct, IConstruct } from 'constructs';

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
export function acknowledgeSchedulerRoles(scope: Construct, functions: readonly IConstruct[]): void {
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
