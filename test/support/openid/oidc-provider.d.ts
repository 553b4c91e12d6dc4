/** As much of the provider's types as its process here uses; the package has none of its own. */
declare module 'oidc-provider' {
  import type { RequestListener } from 'node:http';

  interface Account {
    readonly accountId: string;
    claims(): Promise<object>;
  }
  interface Configuration {
    readonly findAccount: (context: unknown, account: string) => Promise<Account>;
    readonly [setting: string]: unknown;
  }
  export class Provider {
    constructor(issuer: string, configuration: Configuration);
    callback(): RequestListener;
  }
}
