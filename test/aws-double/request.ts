import type { IncomingMessage } from 'node:http';

/** One API call as a service sees it. */
export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The same as it came: an object is no text. */
  readonly bytes: Buffer;
  /** From the credential scope of the signature. */
  readonly service: string;
  readonly region: string;
  /** Who signed, in the header or in a presigned address; without it the call is anonymous. */
  readonly accessKey: string | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A refusal by a service, in whatever words it uses. */
export class Refused extends Error {
  readonly code: string;
  readonly status: number;
  headers: Readonly<Record<string, string>> = {};

  constructor(code: string, status: number, message = code) {
    super(message);
    this.code = code;
    this.status = status;
  }

  /** With headers that tell more. */
  telling(headers: Readonly<Record<string, string>>): this {
    this.headers = headers;
    return this;
  }
}

/** What a service does: names the call, which is what faults and counters go by, and answers it. */
export interface Service {
  /** The operation and the thing it is about, e.g. `GetBucketPolicy` of `my-bucket`. */
  nameOf(call: Call): { readonly operation: string; readonly of: string };
  answer(call: Call): Answer;
  refuse(refused: Refused): Answer;
}

const WEBSITE = /^([\w.-]+)\.s3-website[.-][a-z\d-]+\.amazonaws\.com(?::\d+)?$/;

/** The bucket whose website endpoint a host's name is: nothing else of a request tells one from the API. */
export function websiteOf(host: string | undefined): string | undefined {
  return WEBSITE.exec(host ?? '')?.[1];
}

const SCOPE = /Credential=([^/]+)\/\d+\/([^/]+)\/([^/]+)\//;

export function callOf(request: IncomingMessage, bytes: Buffer): Call {
  const url = new URL(request.url ?? '/', 'http://double');
  const signature = request.headers.authorization ?? `Credential=${url.searchParams.get('X-Amz-Credential') ?? ''}`;
  const [, accessKey, region = 'us-east-1', service = 's3'] = SCOPE.exec(signature) ?? [];
  const isControl = service === 's3' && request.headers['x-amz-account-id'] !== undefined;
  return {
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: request.headers,
    body: bytes.toString('utf8'),
    bytes,
    service: isControl ? 's3-control' : websiteOf(request.headers.host) === undefined ? service : 's3-website',
    region,
    accessKey,
  };
}
