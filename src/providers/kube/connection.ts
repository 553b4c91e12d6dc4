/** Who is asked, with which credentials: kubeconfig and exec plug-ins are the client library's work. */
import { Agent as HttpAgent } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { Credentials } from './credentials.ts';
import { readIdentity, unusable } from './identity.ts';
import type { KubeSettings } from './settings.ts';

export interface Connection {
  readonly server: URL;
  /** The namespace that the context names; `default` if none. */
  readonly namespace: string;
  /** Options with which any request must be made; asked for each, since tokens are renewed. `stream`: it lasts. */
  options(how?: 'stream'): Promise<RequestOptions>;
  /** The API server did not know who asks (401): the next request shows fresh credentials. */
  refused(): void;
  close(): void;
}

/**
 * Beyond this requests wait for one another instead of opening ever more connections: in a storm, to open one takes as
 * much of both sides as several requests.
 */
const maxSockets = 24;

/**
 * Errors: `provider-config` if the kubeconfig cannot be read, or has no such context. `root` stands before the folder
 * of the pod's service account.
 */
export function connect(settings: Pick<KubeSettings, 'kubeconfig' | 'context'>, root?: string): Connection {
  const credentials = new Credentials(() => readIdentity(settings, root));
  const { config } = credentials;
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw unusable(settings, 'it names no cluster for its context');
  const server = new URL(cluster.server);
  // The library would open a connection for each request; here they are kept.
  const kept = { keepAlive: true, maxSockets, scheduling: 'lifo' } as const;
  const agentOf = (options: object) =>
    server.protocol === 'http:' ? new HttpAgent(options) : new Agent(options);
  const agent = agentOf(kept);
  // Each watch holds a connection for as long as it lasts, and must take none from short requests.
  const streams = agentOf({ keepAlive: false });
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    async options(how) {
      const options = await credentials.options();
      // A proxy of the kubeconfig is an agent of the library's own.
      return cluster.proxyUrl ? options : { ...options, agent: how === 'stream' ? streams : agent };
    },
    close: () => {
      agent.destroy();
      streams.destroy();
    },
    refused: () => credentials.refused(),
  };
}
