import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { PlumblineError } from '#core/errors.ts';
import {
  authorizationOf,
  bindingHeaders,
  IDENTITY_REQUEST,
  proofOf,
  type Binding,
  type IdentityProof,
} from '#core/identity-proof.ts';
import { textOf } from '#core/json.ts';
import type { Clients } from './clients.ts';
import { failureOf } from './failure.ts';
import { createReads } from './reads.ts';

/** What the middle of an SDK client sees of a request, as far as it matters here. */
interface Outgoing {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  headers: Record<string, string>;
  body?: unknown;
}

export interface ProofRequest extends Binding {
  /** Whose STS is asked: that of the service's region. */
  readonly region: string;
}

/** Signs "who am I" for one question to one service, and does not send it. */
export async function proveIdentity(clients: Clients, { region, ...binding }: ProofRequest): Promise<IdentityProof> {
  const sts = clients.for(STSClient, region);
  const { credentials, sha256 } = sts.config;
  const { protocol, hostname, port, path, headers } = await outgoingOf(sts);
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256, applyChecksum: false });
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    ...(port === undefined ? {} : { port }),
    path,
    query: {},
    headers: {
      host: headers['host'] ?? hostname,
      'content-type': IDENTITY_REQUEST.contentType,
      ...bindingHeaders(binding),
    },
    body: IDENTITY_REQUEST.body,
  });
  const proof = proofOf(signed.headers);
  if (proof !== undefined) return proof;
  throw new PlumblineError('CREDENTIALS_UNUSABLE', 'the credentials sign in a way that STS cannot be asked with');
}

/** Where the client would send it: found out as the SDK's own presigners do, by a request that ends before it is sent. */
async function outgoingOf(sts: STSClient): Promise<Outgoing> {
  const command = new GetCallerIdentityCommand({});
  let seen: Outgoing | undefined;
  command.middlewareStack.add(
    () => (args) => {
      seen = args.request as Outgoing;
      return Promise.resolve({ output: { $metadata: {} }, response: undefined });
    },
    { step: 'finalizeRequest', priority: 'low', name: 'plumblineWhereTo' },
  );
  await sts.send(command);
  if (seen !== undefined) return seen;
  throw new PlumblineError('AWS_UNREACHABLE', 'the STS client told no address');
}

/**
 * Sends what somebody signed to STS, and gives the ARN that it answers: who signed. The address is the STS client's own for the
 * region, so a proof can be sent nowhere else. Throws CREDENTIALS_UNUSABLE for a signature of anything else, AWS_UNREACHABLE.
 */
export async function askWhoSigned(
  clients: Clients,
  { proof, region, ...binding }: ProofRequest & { readonly proof: IdentityProof },
): Promise<string> {
  const command = new GetCallerIdentityCommand({});
  command.middlewareStack.add(
    (next) => (args) => {
      const request = args.request as Outgoing;
      request.headers = {
        host: request.headers['host'] ?? request.hostname,
        'content-type': IDENTITY_REQUEST.contentType,
        'content-length': String(IDENTITY_REQUEST.body.length),
        'x-amz-date': proof.date,
        ...(proof.token === undefined ? {} : { 'x-amz-security-token': proof.token }),
        ...bindingHeaders(binding),
        authorization: authorizationOf(proof),
      };
      request.body = IDENTITY_REQUEST.body;
      return next(args);
    },
    // After the client has signed it as itself: who it is must not be what STS is told.
    { step: 'finalizeRequest', priority: 'low', name: 'plumblineAsTheSigner' },
  );
  // Reads of their own: that somebody else's credentials have ended says nothing of the service's.
  const reads = createReads({ account: '', clients, concurrency: 1 });
  try {
    const { Arn } = await reads.call({ client: STSClient, region, send: (sts) => sts.send(command) });
    const arn = textOf(Arn ?? undefined);
    if (arn !== undefined && arn !== '') return arn;
  } catch (error) {
    const { code, kind } = failureOf(error);
    if (kind === 'throttled' || kind === 'transient')
      throw new PlumblineError('AWS_UNREACHABLE', `STS in ${region} does not answer (${code}): repeat the command`, {
        cause: error,
      });
    throw new PlumblineError(
      'CREDENTIALS_UNUSABLE',
      `STS in ${region} does not take the proof of identity (${code}): it was signed for another question or store, or with credentials that have ended`,
      { cause: error },
    );
  }
  throw new PlumblineError('CREDENTIALS_UNUSABLE', `STS in ${region} told no identity`);
}
