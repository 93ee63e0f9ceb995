import { Agent, request, type IncomingMessage } from 'node:http';
import type { AwsDouble } from './client.ts';

/** One raw request, as anybody may send it. */
export interface Asked {
  readonly method?: string;
  /** Of the API `/bucket/key?sub-resource`, of a website endpoint `/key`. */
  readonly path: string;
  /** The access key that signs it in its header; without it nobody signs. */
  readonly key?: string;
  /** The bucket whose website endpoint is asked; without it the API is. */
  readonly website?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answered {
  readonly status: number;
  /** The code of a refusal of S3. */
  readonly code: string | undefined;
  /** What the answer hangs on, where the facts leave it open. */
  readonly unsettled: string | undefined;
}

const agent = new Agent({ keepAlive: true, maxSockets: 8 });

/** The scope of a signature; the double reads who signed and believes it. */
export const scopeOf = (key: string): string => `${key}/20261124/us-east-1/s3/aws4_request`;

/** A presigned address's own parameters. */
export const presignedBy = (key: string): string => `X-Amz-Credential=${scopeOf(key)}&X-Amz-Signature=0`;

/** Sends it, and says what came back. By `node:http`, since `fetch` lets nobody name the host. */
export async function statusOf(double: AwsDouble, asked: Asked): Promise<Answered> {
  const { method = 'GET', path, key, website, headers, body } = asked;
  const host = website === undefined ? {} : { host: `${website}.s3-website-us-east-1.amazonaws.com` };
  const signature =
    key === undefined ? {} : { authorization: `AWS4-HMAC-SHA256 Credential=${scopeOf(key)}, Signature=0` };
  return new Promise((resolve, reject) => {
    const sent = request(
      `${double.url}${path}`,
      { method, agent, headers: { ...host, ...signature, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('error', reject).on('end', () => resolve(answered(response, text)));
      },
    );
    sent.on('error', reject).end(body);
  });
}

function answered({ statusCode = 0, headers }: IncomingMessage, text: string): Answered {
  const told = headers['x-double-unsettled'];
  return {
    status: statusCode,
    code: /<Code>(.*?)<\/Code>/.exec(text)?.[1],
    unsettled: typeof told === 'string' ? decodeURIComponent(told) : undefined,
  };
}
