import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { AccountWatch } from './account-watch.ts';
import { HubIntake } from './constructs/hub-intake.ts';

export interface HubStackProps extends StackProps {
  /** The service of the hub account, in the same region: it works on what the members say. */
  readonly watch: AccountWatch;
  /** The organization whose accounts may tell this hub. */
  readonly organization: string;
}

/** Where the accounts of an organization tell what moved in them, beside the hub account's own service. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { watch, organization, ...props }: HubStackProps) {
    super(scope, id, { description: 'Plumbline: takes in the alerts of all accounts of the organization', ...props });
    watch.workFor(new HubIntake(this, 'Default', { organization, visibilityTimeout: watch.lookTimeout }));
  }
}
