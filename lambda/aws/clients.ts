import type { ClientClass } from '#kinds/kind.ts';

/** Clients of one account: one for each service and region. */
export interface Clients {
  for<C>(service: ClientClass<C>, region: string): C;
}

export interface ClientSettings {
  readonly profile?: string | undefined;
  readonly credentials?: unknown;
  /** The region that stands for `global`: where global services of this partition are asked. */
  readonly globalRegion: string;
}

interface EndpointParameters {
  readonly Endpoint?: string;
  [name: string]: unknown;
}

/** What every SDK client has and this file touches; the packages' own types are all different. */
interface AnyClient {
  readonly config: {
    endpointProvider: (parameters: EndpointParameters, context?: unknown) => unknown;
  };
}

/** The SDK would warn on standard error of things that we say ourselves, or that `--profile` has settled. */
export const SILENT = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/**
 * A server that takes a call and never answers must not hold the run. The settings of a read are small: whoever needs longer than this
 * has lost it. Sockets are no bound; lanes are.
 */
export const PATIENCE = {
  connectionTimeout: 5_000,
  requestTimeout: 20_000,
  throwOnRequestTimeout: true,
  httpAgent: { keepAlive: true, maxSockets: 512 },
  httpsAgent: { keepAlive: true, maxSockets: 512 },
};

/** Retrying is the lanes' work: two retriers would multiply each other. */
const ONE_TRY = 1;

/** Builds clients on first use and keeps them. */
export function createClients(settings: ClientSettings): Clients {
  const built = new Map<unknown, Map<string, unknown>>();
  return {
    for<C>(service: ClientClass<C>, region: string): C {
      const own = region === 'global' ? settings.globalRegion : region;
      const ofService = built.get(service) ?? new Map<string, unknown>();
      built.set(service, ofService);
      const client = ofService.get(own) ?? buildClient(service, { ...settings, region: own });
      ofService.set(own, client);
      return client as C;
    },
  };
}

function buildClient<C>(
  service: ClientClass<C>,
  { region, profile, credentials }: ClientSettings & { region: string },
): C {
  const config = {
    region,
    logger: SILENT,
    maxAttempts: ONE_TRY,
    requestHandler: PATIENCE,
    ...(profile === undefined ? {} : { profile }),
    ...(credentials === undefined ? {} : { credentials }),
  };
  const client = new service(config as never);
  reachLocalEndpoints(client as unknown as AnyClient);
  return client;
}

const LOCAL_HOST = /^(localhost|\[[0-9a-f:.]+\]|\d{1,3}(\.\d{1,3}){3})$/i;

/**
 * An endpoint that is an IP address or localhost takes no name before it: not a bucket's, and not the account id that S3 Control
 * always puts there (lab: `disableHostPrefix` has no effect on it). Nothing changes for any other endpoint.
 */
export function reachLocalEndpoints(client: AnyClient): void {
  const usual = client.config.endpointProvider;
  // A client has one endpoint, which is asked for with every call.
  let known: { readonly text: string; readonly local: URL | undefined } | undefined;
  const localOf = (text: string): URL | undefined => {
    if (known?.text !== text) {
      const url = new URL(text);
      known = { text, local: LOCAL_HOST.test(url.hostname) ? url : undefined };
    }
    return known.local;
  };
  client.config.endpointProvider = (parameters, context) => {
    const endpoint = parameters.Endpoint === undefined ? undefined : localOf(parameters.Endpoint);
    if (endpoint === undefined) return usual(parameters, context);
    if ('AccountId' in parameters || 'RequiresAccountId' in parameters)
      return { url: endpoint, properties: {}, headers: {} };
    return usual(
      'Bucket' in parameters || 'ForcePathStyle' in parameters ? { ...parameters, ForcePathStyle: true } : parameters,
      context,
    );
  };
}
