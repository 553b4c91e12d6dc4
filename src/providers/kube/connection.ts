/** Who is asked, with which credentials: kubeconfig, exec plug-ins and service accounts are the client library's work. */
import { existsSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { KubeSettings } from './settings.ts';

export interface Connection {
  readonly server: URL;
  /** The namespace that the context names; `default` if none. */
  readonly namespace: string;
  /** Options with which any request must be made; asked for each, since tokens are renewed. */
  options(): Promise<RequestOptions>;
  close(): void;
}

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';
/** Beyond this requests wait for one another instead of opening ever more connections. */
const maxSockets = 64;

/** Errors: `provider-config` if the kubeconfig cannot be read, or has no such context. */
export function connect(settings: Pick<KubeSettings, 'kubeconfig' | 'context'>): Connection {
  const config = configOf(settings);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw unusable(settings, 'it names no cluster for its context');
  const server = new URL(cluster.server);
  // The library would open a connection for each request; here they are kept.
  const kept = { keepAlive: true, maxSockets, scheduling: 'lifo' } as const;
  const agent = server.protocol === 'http:' ? new HttpAgent(kept) : new Agent(kept);
  return {
    server,
    namespace: config.getContextObject(config.getCurrentContext())?.namespace ?? 'default',
    async options() {
      const options: RequestOptions = { headers: {} };
      await config.applyToHTTPSOptions(options);
      // A proxy of the kubeconfig is an agent of the library's own.
      return cluster.proxyUrl ? options : { ...options, agent };
    },
    close: () => agent.destroy(),
  };
}

function configOf({ kubeconfig, context }: Pick<KubeSettings, 'kubeconfig' | 'context'>): KubeConfig {
  const config = new KubeConfig();
  try {
    if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else if (context === undefined && existsSync(serviceAccountToken)) config.loadFromCluster();
    else config.loadFromDefault();
  } catch (error) {
    throw unusable({ kubeconfig }, messageOf(error));
  }
  if (context === undefined) return config;
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw unusable({ kubeconfig }, `it has no context ${context}; it has ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
  return config;
}

function unusable({ kubeconfig }: { kubeconfig?: string | undefined }, why: string): SluiceError {
  const what = kubeconfig === undefined ? 'The Kubernetes configuration' : `The kubeconfig ${kubeconfig}`;
  return new SluiceError('provider-config', `${what} cannot be used: ${why}.`);
}
