import {
  BootstraplessSynthesizer,
  CfnOutput,
  Duration,
  Stack,
  Token,
  type IStackSynthesizer,
  type StackProps,
} from 'aws-cdk-lib';
import { AccountPrincipal, Effect, PolicyDocument, PolicyStatement, Role } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { KindDeclaration } from '#core/declaration.ts';
import { AUDIT_BUCKET, READER_ROLE, SERVICE_DOCUMENT } from '#lambda/service-names.ts';
import type { Settings } from '#lambda/settings.ts';
import { acknowledgeFindings } from './acknowledged-findings.ts';
import { actionsOfPeople, LIST_REGIONS, READER_OF_STORE } from './permissions.ts';

/** Buckets of the services' own, by name. */
const STORES = `*${AUDIT_BUCKET.inNames}*`;

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
            ...this.#storeReads(),
          ],
        }),
      },
    });
    new CfnOutput(this, 'ReaderRole', { value: role.roleArn });
    const ofStores = `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::${STORES}`;
    acknowledgeFindings(this, [
      ...['', ...this.#keys().map((key) => `/${key}`)].map((key) => ({
        at: ['Reader'],
        id: `${ofStores}${key.replaceAll(this.account, Token.isUnresolved(this.account) ? '<AWS::AccountId>' : this.account)}]`,
        reason:
          "The documents of this account's own service, whose bucket CloudFormation names: of no other account's buckets, and of no other keys.",
      })),
      {
        at: ['Reader'],
        id: 'AwsSolutions-IAM5[Resource::*]',
        reason:
          'Reads of what is watched: every bucket and IP set of the account, also those to come. All of them are of access level Read or List.',
      },
    ]);
  }

  /**
   * To read what the service here has kept, so that a hub's question costs this account no reading. The stack does not know the bucket, and a
   * StackSet brings it where there may be none: it is meant by the construct's name in it, in this account, and by its keys.
   */
  #storeReads(): readonly PolicyStatement[] {
    const stores = `arn:${this.partition}:s3:::${STORES}`;
    const isHere = { 'aws:ResourceAccount': this.account };
    return [
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...READER_OF_STORE.objects],
        resources: this.#keys().map((key) => `${stores}/${key}`),
        conditions: { StringEquals: isHere },
      }),
      new PolicyStatement({
        effect: Effect.ALLOW,
        actions: [...READER_OF_STORE.bucket],
        resources: [stores],
        conditions: { StringEquals: isHere, StringLike: { 's3:prefix': this.#keys() } },
      }),
    ];
  }

  #keys(): string[] {
    return [`snapshots/${this.account}/*`, `baseline/${this.account}/*`, SERVICE_DOCUMENT];
  }
}
