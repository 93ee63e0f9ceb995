import { Token } from 'aws-cdk-lib';

/** Where Lambda has no function URLs (Lambda developer guide, "Creating and managing Lambda function URLs", the note at its beginning). */
const WITHOUT: ReadonlySet<string> = new Set([
  'ap-east-2',
  'ap-south-2',
  'ap-southeast-4',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
  'ca-west-1',
  'eu-central-2',
  'eu-south-2',
  'il-central-1',
  'me-central-1',
]);

/** Are there function URLs in a region? Of one that is only known when it is deployed: as in most. */
export function hasFunctionUrls(region: string): boolean {
  return Token.isUnresolved(region) || !WITHOUT.has(region);
}
