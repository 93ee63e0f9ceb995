import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * What the bundles have in place of the SDK's chain of providers: a function's credentials are always in its environment, and the other
 * providers are a sixth of its code.
 */
export const defaultProvider = fromEnv;
