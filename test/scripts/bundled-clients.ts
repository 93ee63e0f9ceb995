/** What scripts/bundle.mjs leaves classes of errors out of. */
export { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
export { CloudFrontClient, GetDistributionCommand } from '@aws-sdk/client-cloudfront';
export { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
export { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
export { DescribeEffectivePolicyCommand, OrganizationsClient } from '@aws-sdk/client-organizations';
export { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
export { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
export { GetPublicAccessBlockCommand, S3ControlClient } from '@aws-sdk/client-s3-control';
export { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
export { GetIPSetCommand, WAFV2Client } from '@aws-sdk/client-wafv2';
