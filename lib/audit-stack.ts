import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AccountWatch, type AccountWatchProps } from './account-watch.ts';

export interface AuditStackProps extends StackProps, AccountWatchProps {}

/** One account's service as a stack of its own, with outputs under plain names. */
export class AuditStack extends Stack {
  readonly watch: AccountWatch;

  constructor(scope: Construct, id: string, props: AuditStackProps) {
    super(scope, id, {
      description: 'Plumbline: says what moved in the settings whose silent change breaks production',
      ...props,
    });
    this.watch = new AccountWatch(this, 'Default', props);
    for (const [name, output] of Object.entries(this.watch.outputs)) output.overrideLogicalId(name);
  }
}
