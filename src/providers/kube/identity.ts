/** Reads who we are on which cluster: a context of a kubeconfig, or the service account of the pod. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { parse } from 'yaml';
import { z } from 'zod';
import { messageOf, SluiceError } from '../../domain/errors.ts';
import type { Identity } from './credentials.ts';
import type { KubeSettings } from './settings.ts';

const serviceAccountToken = '/var/run/secrets/kubernetes.io/serviceaccount/token';

type Chosen = Pick<KubeSettings, 'kubeconfig' | 'context'>;

/** `root` stands before the service account's folder. Errors: `provider-config`. */
export function readIdentity(chosen: Chosen, root = ''): Identity {
  const { kubeconfig, context } = chosen;
  const config = emptyConfig();
  const inPod = kubeconfig === undefined && context === undefined && existsSync(root + serviceAccountToken);
  try {
    if (kubeconfig !== undefined) config.loadFromFile(kubeconfig);
    else if (inPod) config.loadFromCluster(root);
    else config.loadFromDefault();
  } catch (error) {
    throw unusable(chosen, messageOf(error));
  }
  if (inPod) return { config: withoutProvider(config), tokenFile: root + serviceAccountToken };
  if (context !== undefined) choose(config, context, chosen);
  return { config, tokenFile: tokenFileOf(config.getCurrentUser()?.name, kubeconfig) };
}

/**
 * The library loads a client for every kind of object, half a second's work: only who has a cluster waits for that. Not
 * by `import()`, since what is wrong with a configuration is told before anything begins.
 */
function emptyConfig(): KubeConfig {
  const library: typeof import('@kubernetes/client-node') = load('@kubernetes/client-node');
  return new library.KubeConfig();
}

const load = createRequire(import.meta.url);

export function unusable({ kubeconfig }: Chosen, why: string): SluiceError {
  const what = kubeconfig === undefined ? 'The Kubernetes configuration' : `The kubeconfig ${kubeconfig}`;
  return new SluiceError('provider-config', `${what} cannot be used: ${why}.`);
}

function choose(config: KubeConfig, context: string, chosen: Chosen): void {
  const known = config.getContexts().map(({ name }) => name);
  if (!known.includes(context)) {
    throw unusable(chosen, `it has no context ${context}; it has ${known.join(', ') || 'none'}`);
  }
  config.setCurrentContext(context);
}

/** The library would keep a token that it read for a minute, whatever the API server says. */
function withoutProvider(config: KubeConfig): KubeConfig {
  config.users = config.users.map(({ authProvider: _authProvider, ...user }) => user);
  return config;
}

const users = z.object({
  users: z.array(z.object({ name: z.string(), user: z.object({ tokenFile: z.string().optional() }) })),
});

/** The library does not read this field of a kubeconfig. */
function tokenFileOf(user: string | undefined, kubeconfig: string | undefined): string | undefined {
  const usual = process.env.KUBECONFIG?.split(delimiter) ?? [join(homedir(), '.kube', 'config')];
  const files = kubeconfig === undefined ? usual : [kubeconfig];
  const found = files
    .filter((file) => existsSync(file))
    .flatMap((file) => users.safeParse(parse(readFileSync(file, 'utf8'))).data?.users ?? []);
  return found.find(({ name }) => name === user)?.user.tokenFile;
}
