import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Clients } from './clients.ts';

/** So long a link opens a document (docs/decisions/0033): whoever asked follows it at once. */
const OPENS_FOR_S = 300;

export interface LinkedDocument {
  readonly bucket: string;
  readonly key: string;
  readonly region: string;
}

/** A link that reads one document with our own right to it, and until when. Nothing is asked of AWS for it. */
export async function linkTo(
  clients: Clients,
  { bucket, key, region }: LinkedDocument,
  now: Date,
): Promise<{ readonly url: string; readonly until: string }> {
  const command = new GetObjectCommand({ Bucket: bucket, Key: key });
  const signing = { expiresIn: OPENS_FOR_S, signingDate: now };
  const url = await getSignedUrl(clients.for(S3Client, region), command, signing);
  return { url, until: new Date(now.getTime() + OPENS_FOR_S * 1000).toISOString() };
}
