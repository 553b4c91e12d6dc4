/**
 * What requests prove themselves with: kept for a while, shared by those that ask at once, and taken anew when refused.
 */
import { readFile } from 'node:fs/promises';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';

export interface Identity {
  readonly config: KubeConfig;
  /** Holds the token, and is replaced now and then; undefined: the configuration has its own way. */
  readonly tokenFile?: string | undefined;
}

/** Files are written anew and plug-ins hand out new tokens before the old ones end, so this need not be exact. */
const keptMs = 10_000;

export class Credentials {
  private identity: Identity;
  private readonly load: () => Identity;
  private kept: { readonly options: Promise<RequestOptions>; readonly untilMs: number } | null = null;

  /** `load` reads the configuration, which may change while we run. */
  constructor(load: () => Identity) {
    this.load = load;
    this.identity = load();
  }

  get config(): KubeConfig {
    return this.identity.config;
  }

  async options(): Promise<RequestOptions> {
    const nowMs = performance.now();
    if (this.kept === null || this.kept.untilMs < nowMs) {
      const options = optionsOf(this.identity);
      this.kept = { options, untilMs: nowMs + keptMs };
      // A plug-in that failed is asked again by the next request.
      options.catch(() => {
        if (this.kept?.options === options) this.kept = null;
      });
    }
    const { headers, ...rest } = await this.kept.options;
    return { ...rest, headers: { ...headers } };
  }

  /** The API server did not know us by what `options` gave. */
  refused(): void {
    this.kept = null;
    try {
      this.identity = this.load();
    } catch {
      // A file that is being written just now is no reason to forget what was in it.
    }
  }
}

async function optionsOf({ config, tokenFile }: Identity): Promise<RequestOptions> {
  const options: RequestOptions = { headers: {} };
  await config.applyToHTTPSOptions(options);
  if (tokenFile === undefined) return options;
  const token = (await readFile(tokenFile, 'utf8')).trim();
  return { ...options, headers: { ...options.headers, Authorization: `Bearer ${token}` } };
}
