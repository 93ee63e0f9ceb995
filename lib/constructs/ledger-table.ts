import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, ProjectionType, Table, TableEncryption } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import { LEDGER } from '#lambda/service-names.ts';

/** The live state: on demand, restorable to any second, old items thrown away; the sparse index holds what is due. */
export class LedgerTable extends Table {
  constructor(scope: Construct, id: string) {
    super(scope, id, {
      partitionKey: { name: LEDGER.partitionKey, type: AttributeType.STRING },
      sortKey: { name: LEDGER.sortKey, type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: LEDGER.timeToLive,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.addGlobalSecondaryIndex({
      indexName: LEDGER.dueIndex,
      partitionKey: { name: LEDGER.due, type: AttributeType.STRING },
      sortKey: { name: LEDGER.dueAt, type: AttributeType.STRING },
      projectionType: ProjectionType.KEYS_ONLY,
    });
  }
}
