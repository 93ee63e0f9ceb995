import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { PlumblineError } from '#core/errors.ts';
import { printRole, type Role } from '#core/role.ts';
import type { AwsReads } from '#kinds/kind.ts';
import { SILENT } from './clients.ts';
import { AwsFailure, failureOf } from './failure.ts';

export interface AssumeRequest {
  readonly role: Role;
  /** Stands in the watched account's CloudTrail behind the role's name. */
  readonly sessionName: string;
}

/** How STS is asked, and by whom. */
export interface Asker {
  readonly reads: AwsReads;
  readonly region: string;
  /** The ARN that STS vouched for. */
  readonly caller: string;
}

/** What an SDK client takes for `credentials` and asks again shortly before they end. */
export type Credentials = STSClient['config']['credentials'];

/**
 * Assumes the role, and again whenever its credentials are about to end, once for all clients.
 * Throws CREDENTIALS_UNUSABLE or AWS_UNREACHABLE, each with its mend, when it cannot be assumed now.
 */
export async function roleCredentials(asker: Asker, request: AssumeRequest): Promise<Credentials> {
  const provide = async () => {
    const { Credentials } = await asker.reads.call({
      client: STSClient,
      region: asker.region,
      send: (sts) =>
        sts.send(new AssumeRoleCommand({ RoleArn: printRole(request.role), RoleSessionName: request.sessionName })),
    });
    const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '', Expiration } = Credentials ?? {};
    return {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      ...(Expiration === undefined ? {} : { expiration: Expiration }),
    };
  };
  // The SDK keeps what a client was given; the client itself is never asked anything.
  const { credentials } = new STSClient({
    region: asker.region,
    logger: SILENT,
    credentials: () => provide().catch((error: unknown) => Promise.reject(asEndOfSession(failureOf(error)))),
  }).config;
  try {
    await credentials();
    return credentials;
  } catch (error) {
    const failure = failureOf(error);
    throw explainAssume(failure.cause instanceof AwsFailure ? failure.cause : failure, { asker, role: request.role });
  }
}

/** A role that cannot be assumed again in the middle of a scan would else look like a refusal of every single read. */
function asEndOfSession(failure: AwsFailure): AwsFailure {
  if (failure.kind === 'transient' || failure.kind === 'throttled') return failure;
  return new AwsFailure('CredentialsProviderError', 'credentials', { message: failure.message, cause: failure });
}

function explainAssume(
  failure: AwsFailure,
  { asker: { caller, region }, role }: { readonly asker: Asker; readonly role: Role },
): PlumblineError {
  const arn = printRole(role);
  const tell = (says: string): PlumblineError => new PlumblineError('CREDENTIALS_UNUSABLE', says, { cause: failure });
  switch (failure.kind) {
    case 'transient':
    case 'throttled':
      return new PlumblineError(
        'AWS_UNREACHABLE',
        `could not ask AWS STS in ${region} for the role ${arn} (${failure.code}): check the network, the proxy and AWS_ENDPOINT_URL, then repeat the command`,
        { cause: failure },
      );
    case 'credentials':
      return tell(
        `could not assume the role ${arn}, since AWS no longer takes the credentials of ${caller} (${failure.code}): sign in again, then repeat the command`,
      );
    case 'refused':
      // AWS gives the same answer for a role that is not there as for one that trusts others.
      return tell(
        `could not assume the role ${arn} (${failure.code}): check that it is there, that it trusts ${caller}, and that this caller is allowed sts:AssumeRole on it`,
      );
  }
}
