import {
  BootstraplessSynthesizer,
  CfnOutput,
  Duration,
  Stack,
  type IStackSynthesizer,
  type StackProps,
} from 'aws-cdk-lib';
import { AccountPrincipal, Effect, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { READER_ROLE } from '#lambda/service-names.ts';
import type { Settings } from '#lambda/settings.ts';
import { acknowledgeFindings } from './acknowledged-findings.ts';
import { actionsOfPeople, LIST_REGIONS } from './permissions.ts';

export interface ReaderStackProps extends StackProps {
  readonly declarations: readonly KindDeclaration[];
  readonly hub: NonNullable<Settings['hub']>;
}

/**
 * The role by which the hub account reads a member, and may do nothing else. The template is whole in itself, without assets and without
 * a bootstrapped account: a StackSet can bring it to every account of the organization.
 */
export class ReaderStack extends Stack {
  constructor(scope: Construct, id: string, { declarations, hub, ...props }: ReaderStackProps) {
    super(scope, id, {
      description: 'Plumbline: lets the hub account read what is watched in this account',
      // The class and its interface differ in whether an optional member may be undefined.
      synthesizer: new BootstraplessSynthesizer() as IStackSynthesizer,
      analyticsReporting: false,
      ...props,
    });
    const role = new Role(this, 'Reader', {
      roleName: READER_ROLE,
      description: `Plumbline: the hub account ${hub.account} reads what is watched here`,
      maxSessionDuration: Duration.hours(1),
      // A role that is not there yet cannot be named; the account can, and who of it by conditions (aws-facts §13).
      assumedBy: new AccountPrincipal(hub.account).withConditions({
        StringEquals: { 'aws:PrincipalOrgID': hub.organization },
        ArnLike: {
          'aws:PrincipalArn': hub.readers.map((name) => `arn:${this.partition}:iam::${hub.account}:role/${name}`),
        },
      }),
      inlinePolicies: {
        Reads: new PolicyDocument({
          statements: [
            new PolicyStatement({
              effect: Effect.ALLOW,
              actions: [...actionsOfPeople(declarations), LIST_REGIONS].sort(),
              resources: ['*'],
            }),
          ],
        }),
      },
    });
    new CfnOutput(this, 'ReaderRole', { value: role.roleArn });
    acknowledgeFindings(this, [
      {
        at: ['Reader'],
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'Reads of what is watched: every bucket and IP set of the account, also those to come. All of them are of access level Read or List.',
      },
    ]);
  }
}
