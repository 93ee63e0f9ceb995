import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { PlumblineError, type PlumblineErrorCode } from '#core/errors.ts';
import { isJsonObject, textOf, type JsonObject } from '#core/json.ts';
import type { Clients } from './clients.ts';
import { failureOf, type AwsFailure } from './failure.ts';

/** The service's function URL, and the region that it is in. */
export interface ServiceAddress {
  readonly url: string;
  readonly region: string;
}

/** A request that nobody answers must not hold a person. */
const PATIENCE_MS = 60_000;

/**
 * Asks a deployed service, signed with the caller's credentials: who asks is what AWS makes of the signature. Throws the service's own
 * refusal, CREDENTIALS_UNUSABLE where AWS does not let the caller in, AWS_UNREACHABLE where nobody answers.
 */
export async function callService(
  clients: Clients,
  { url, region }: ServiceAddress,
  question: object,
): Promise<JsonObject> {
  const { hostname, port, protocol, pathname } = new URL(url);
  const { credentials, sha256 } = clients.for(STSClient, region).config;
  const signer = new SignatureV4({ service: 'lambda', region, credentials, sha256 });
  const body = JSON.stringify(question);
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port === '' ? {} : { port: Number(port) }),
    path: pathname,
    query: {},
    headers: { host: port === '' ? hostname : `${hostname}:${port}`, 'content-type': 'application/json' },
    body,
  });
  const answer = await send(url, { headers: signed.headers, body });
  const document = await documentIn(answer);
  if (answer.ok && document !== undefined) return document;
  throw refusalOf(answer.status, document, url);
}

/** The service's function, and the region that it is in. */
export interface ServiceFunction {
  readonly name: string;
  readonly region: string;
}

/** Asks a deployed service that has no URL, by an invoke. Throws as `callService`. */
export async function invokeService(
  clients: Clients,
  { name, region }: ServiceFunction,
  question: object,
): Promise<JsonObject> {
  const { Payload, FunctionError } = await clients
    .for(LambdaClient, region)
    .send(new InvokeCommand({ FunctionName: name, Payload: Buffer.from(JSON.stringify(question)) }), {
      requestTimeout: PATIENCE_MS,
    })
    .catch((error: unknown) => Promise.reject(explainInvoke(failureOf(error), name)));
  const document = parsed(Buffer.from(Payload ?? []).toString('utf8'));
  if (FunctionError === undefined && document !== undefined && document['error'] === undefined) return document;
  throw refusalOf(FunctionError === undefined ? 409 : 502, document, name);
}

function explainInvoke(failure: AwsFailure, name: string): PlumblineError {
  return failure.kind === 'refused' || failure.kind === 'credentials'
    ? new PlumblineError(
        'CREDENTIALS_UNUSABLE',
        `you may not invoke ${name} (${failure.code}): allow lambda:InvokeFunction on it to yourself (docs/runbook.md, on-request)`,
        { cause: failure },
      )
    : new PlumblineError(
        'AWS_UNREACHABLE',
        `the function ${name} does not answer (${failure.code}): check the network, then repeat the command`,
        { cause: failure },
      );
}

async function send(
  url: string,
  { headers, body }: { headers: Record<string, string>; body: string },
): Promise<Response> {
  try {
    return await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw new PlumblineError(
      'AWS_UNREACHABLE',
      `the service at ${url} does not answer (${failureOf(error).code}): check the network, then repeat the command`,
      { cause: error },
    );
  }
}

async function documentIn(answer: Response): Promise<JsonObject | undefined> {
  return parsed(await answer.text().catch(() => ''));
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const OURS: ReadonlySet<string> = new Set<PlumblineErrorCode>([
  'ARGUMENT_INVALID',
  'REFERENCE_INVALID',
  'INPUT_INVALID',
  'CREDENTIALS_UNUSABLE',
  'AWS_REFUSED',
  'AWS_UNREACHABLE',
  'NOTHING_TO_ACCEPT',
  'SCAN_TOO_OLD',
  'STORE_DAMAGED',
  'STORE_MOVED',
  'STORE_NEWER',
  'STORE_UNWRITABLE',
]);

function refusalOf(status: number, document: JsonObject | undefined, url: string): PlumblineError {
  const error = document?.['error'];
  const [code, message] = isJsonObject(error) ? [textOf(error['code']), textOf(error['message'])] : [];
  if (code !== undefined && message !== undefined && OURS.has(code))
    return new PlumblineError(code as PlumblineErrorCode, message);
  if (status === 403)
    return new PlumblineError(
      'CREDENTIALS_UNUSABLE',
      `the service at ${url} does not let you in: allow lambda:InvokeFunctionUrl and, through the URL, lambda:InvokeFunction on its function on-request to yourself (docs/runbook.md, on-request)`,
    );
  return new PlumblineError(
    'AWS_UNREACHABLE',
    `the service at ${url} answered ${status}: see its log, then repeat the command`,
  );
}
