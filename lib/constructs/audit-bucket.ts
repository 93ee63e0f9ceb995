import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectLockRetention,
  ObjectOwnership,
  type LifecycleRule,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { ANSWERS, EVIDENCE } from '#lambda/service-names.ts';

export interface AuditBucketProps {
  readonly snapshotsDays: number;
  /** Nothing can be deleted or changed for so long, by anybody. */
  readonly objectLockDays?: number | undefined;
}

/** Former versions of what is replaced (the baseline's head) are the way back from a mistake. */
const FORMER_VERSIONS_DAYS = 400;

/** Baselines, snapshots, the change record, whole alerts: versioned, encrypted, over TLS alone, public to nobody, kept when the stack goes. */
export class AuditBucket extends Bucket {
  constructor(scope: Construct, id: string, { snapshotsDays, objectLockDays }: AuditBucketProps) {
    const lock =
      objectLockDays === undefined
        ? {}
        : {
            objectLockEnabled: true,
            objectLockDefaultRetention: ObjectLockRetention.governance(Duration.days(objectLockDays)),
          };
    super(scope, id, {
      versioned: true,
      encryption: BucketEncryption.S3_MANAGED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      removalPolicy: RemovalPolicy.RETAIN,
      lifecycleRules: lifecycle(snapshotsDays),
      ...lock,
    });
    // What refuses calls without TLS stays with what it guards.
    this.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

function lifecycle(snapshotsDays: number): LifecycleRule[] {
  return [
    {
      id: 'snapshots',
      prefix: 'snapshots/',
      expiration: Duration.days(snapshotsDays),
      noncurrentVersionExpiration: Duration.days(1),
    },
    {
      id: 'answers',
      prefix: `${ANSWERS.folder}/`,
      expiration: Duration.days(ANSWERS.keptDays),
      noncurrentVersionExpiration: Duration.days(1),
    },
    {
      id: 'evidence',
      prefix: `${EVIDENCE.folder}/`,
      expiration: Duration.days(EVIDENCE.keptDays),
      noncurrentVersionExpiration: Duration.days(1),
    },
    {
      id: 'unfinished-and-former',
      abortIncompleteMultipartUploadAfter: Duration.days(1),
      noncurrentVersionExpiration: Duration.days(FORMER_VERSIONS_DAYS),
    },
  ];
}
