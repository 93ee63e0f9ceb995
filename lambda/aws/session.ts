import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { nearest } from '#core/reference.ts';
import { printRole } from '#core/role.ts';
import { PlumblineError } from '#core/errors.ts';
import { createClients, PATIENCE, reachLocalEndpoints, SILENT, type Clients } from './clients.ts';
import { failureOf, type AwsFailure } from './failure.ts';
import { createReads } from './reads.ts';
import { globalRegionOf } from './global-region.ts';
import { enabledRegions } from './regions.ts';
import { roleCredentials, type AssumeRequest, type Credentials } from './role-credentials.ts';

/** Who we are in AWS, and the clients that act as that. */
export interface Session {
  readonly account: string;
  /** Who permissions are granted to: the caller's ARN, as STS vouches for it, or that of the role which was assumed. */
  readonly caller: string;
  readonly partition: string;
  readonly clients: Clients;
  /** The regions that are enabled in the account. Throws AWS_REFUSED with how to mend it. */
  enabledRegions(): Promise<readonly string[]>;
  /** A session as that role, in the role's account. Throws CREDENTIALS_UNUSABLE or AWS_UNREACHABLE, each with its mend. */
  assume(request: AssumeRequest): Promise<Session>;
}

export interface SessionSettings {
  readonly profile?: string | undefined;
  /** The profile that the environment names, for telling which one is at fault. */
  readonly environmentProfile?: string | undefined;
}

const FALLBACK_REGION = 'us-east-1';

/** Finds out who the credentials are. Throws CREDENTIALS_UNUSABLE or AWS_UNREACHABLE, each with its mend. */
export async function openSession(settings: SessionSettings): Promise<Session> {
  const { profile } = settings;
  const config = { logger: SILENT, requestHandler: PATIENCE, ...(profile === undefined ? {} : { profile }) };
  const region = await regionOf(new STSClient(config));
  const sts = new STSClient({ ...config, region });
  reachLocalEndpoints(sts as unknown as Parameters<typeof reachLocalEndpoints>[0]);
  const identity = await sts.send(new GetCallerIdentityCommand({})).catch((error: unknown) => {
    throw explainSignIn(failureOf(error), { profile: profile ?? settings.environmentProfile, region });
  });
  const caller = identity.Arn ?? '';
  return sessionOf(
    { account: identity.Account ?? '', caller, partition: caller.split(':')[1] ?? 'aws' },
    { profile, region, credentials: sts.config.credentials },
  );
}

/** What the sessions of one sign-in have in common, and the credentials of this one. */
interface SignIn {
  readonly profile: string | undefined;
  /** Where STS is asked. */
  readonly region: string;
  readonly credentials: Credentials;
}

function sessionOf(identity: Pick<Session, 'account' | 'caller' | 'partition'>, signIn: SignIn): Session {
  const { profile, region, credentials } = signIn;
  const clients = createClients({
    profile,
    credentials,
    globalRegion: globalRegionOf(identity.partition) ?? region,
  });
  const reads = createReads({ account: identity.account, clients, concurrency: 1 });
  return {
    ...identity,
    clients,
    enabledRegions: () => enabledRegions(reads, identity.caller),
    assume: async (request) => {
      const assumed = await roleCredentials({ reads, region, caller: identity.caller }, request);
      const { account, partition } = request.role;
      return sessionOf({ account, partition, caller: printRole(request.role) }, { ...signIn, credentials: assumed });
    },
  };
}

async function regionOf(sts: STSClient): Promise<string> {
  try {
    return await sts.config.region();
  } catch {
    return FALLBACK_REGION;
  }
}

/** Which of the asked regions exist for this account. Throws ARGUMENT_INVALID that names the nearest. */
export function checkRegions(asked: readonly string[], enabled: readonly string[]): readonly string[] {
  for (const region of asked) {
    if (enabled.includes(region)) continue;
    const near = nearest(region, enabled);
    throw new PlumblineError(
      'ARGUMENT_INVALID',
      `--region ${region}: no region of that name is enabled in this account${near ? `; did you mean ${near}?` : ''}`,
    );
  }
  return [...new Set(asked)];
}

function explainSignIn(
  failure: AwsFailure,
  { profile, region }: { readonly profile: string | undefined; readonly region: string },
): PlumblineError {
  const who = profile === undefined ? 'the default AWS credentials' : `the AWS profile "${profile}"`;
  const tell = (says: string): PlumblineError => new PlumblineError('CREDENTIALS_UNUSABLE', says, { cause: failure });
  if (/expired/i.test(failure.code) || /expired/i.test(failure.message)) {
    return tell(
      `${who} have expired: sign in again (for SSO: aws sso login${profile === undefined ? '' : ` --profile ${profile}`}), then repeat the command`,
    );
  }
  if (failure.code === 'CredentialsProviderError') {
    return tell(
      `could not use ${who}: ${oneLine(failure.message)} Name one (AWS_PROFILE or --profile) that "aws configure list-profiles" shows`,
    );
  }
  if (/sts:AssumeRole/i.test(failure.message) || (failure.code === 'AccessDenied' && /assume/i.test(failure.message))) {
    return tell(
      `${who} may not take on the role that is named there: ${oneLine(failure.message)} Ask the role's owner to trust you, or use another profile`,
    );
  }
  if (failure.code === 'ERR_INVALID_URL') {
    return new PlumblineError(
      'ARGUMENT_INVALID',
      'AWS_ENDPOINT_URL (or AWS_ENDPOINT_URL_STS, or endpoint_url in the profile) is no address: write one such as http://127.0.0.1:5555',
      { cause: failure },
    );
  }
  switch (failure.kind) {
    case 'credentials':
      return tell(
        `AWS does not know ${who} (${failure.code}): check the access key, and that region ${region} is enabled for the account`,
      );
    case 'transient':
    case 'throttled':
      return new PlumblineError(
        'AWS_UNREACHABLE',
        `could not reach AWS STS in ${region} (${failure.code}): check the network, the proxy and AWS_ENDPOINT_URL`,
        { cause: failure },
      );
    case 'refused':
      if (failure.code === 'ENOTFOUND') {
        return new PlumblineError(
          'AWS_UNREACHABLE',
          `there is no AWS STS at "${region}": check the spelling of the region (AWS_REGION, or the profile's), and the network`,
          { cause: failure },
        );
      }
      return tell(`AWS STS refused ${who} (${failure.code}): ${oneLine(failure.message)}`);
  }
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
