import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';

/** A key that topics are encrypted with. CloudWatch publishes its alarms to an encrypted topic, so it may use the key (aws-facts §8). */
export class TopicKey extends Key {
  constructor(scope: Construct, id: string, { description }: { readonly description: string }) {
    // Nothing that is kept is encrypted with it: a message is out or lost when the stack goes.
    super(scope, id, { enableKeyRotation: true, description, removalPolicy: RemovalPolicy.DESTROY });
    this.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
