import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * What bundles have in the place of the SDK's chain of credential providers (`bin/bundle.ts`): Lambda puts the keys of a
 * function's role into its variables, as one machine does. The other links of the chain (profiles, single sign-on, other
 * programs, the metadata of an instance) are for people's machines and other services, and bring four clients with them.
 */
export { fromEnv as defaultProvider, fromEnv as fromNodeProviderChain };
