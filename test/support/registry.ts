/** A real OCI registry for tests, on loopback, with or without a login; it leaves nothing behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateTools } from '../../src/stack/tools.ts';
import { end, hasEnded } from './child.ts';
import { freePort } from './free-ports.ts';
import { waitFor } from './wait-for.ts';

export interface TestRegistry {
  /** `127.0.0.1:5000` */
  readonly host: string;
  /** Puts an image there under a tag; `content` makes it another one. Returns its digest. */
  push(repository: string, tag: string, content: string, platforms?: readonly string[]): Promise<string>;
  /** Puts a manifest there as it stands, with the blobs that it names. */
  put(repository: string, stored: StoredManifest): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** A manifest as a registry keeps it. */
export interface StoredManifest {
  /** Tag or digest. */
  readonly reference: string;
  readonly mediaType: string;
  readonly text: string;
  readonly blobs: readonly string[];
}

/** The one account of a registry that asks for a login; the registry takes bcrypt and nothing else. */
export const testLogin = {
  username: 'ci',
  password: 'pull-s3cret',
  bcrypt: '$2b$04$kpuU1ZUq3GUX3ZP6y/CbJ.6hhxOS5ZOBBE0/6c3BJjxDoQHLTVvQS',
} as const;

export async function startRegistry(options: { readonly login?: boolean } = {}): Promise<TestRegistry> {
  const { registry: binary } = locateTools();
  if (binary === null)
    throw new Error('The registry is missing. Run "npm run setup"; it says what to install.');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-registry-'));
  const login = options.login === true;
  const { child, host } = await launch(binary, folder, login);
  const authorization = login && basicOf(testLogin);
  const ask = async (method: string, path: string, body?: string, type = 'application/octet-stream') => {
    const url = path.startsWith('http') ? path : `http://${host}/v2/${path}`;
    const headers = { 'content-type': type, ...(authorization ? { authorization } : {}) };
    const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
    if (!response.ok)
      throw new Error(`${method} ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  };
  const blob = async (repository: string, content: string) => {
    const upload = await ask('POST', `${repository}/blobs/uploads/`);
    const location = new URL(upload.headers.get('location') ?? '', `http://${host}`);
    location.searchParams.set('digest', digestOf(content));
    await ask('PUT', location.href, content);
    return { digest: digestOf(content), size: Buffer.byteLength(content) };
  };
  return {
    host,
    async push(repository, tag, content, platforms) {
      const config = {
        mediaType: 'application/vnd.oci.image.config.v1+json',
        ...(await blob(repository, `{"x":"${content}"}`)),
      };
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [] });
      if (platforms === undefined) {
        await ask('PUT', `${repository}/manifests/${tag}`, manifest, mediaType);
        return digestOf(manifest);
      }
      await ask('PUT', `${repository}/manifests/${digestOf(manifest)}`, manifest, mediaType);
      const child = { mediaType, digest: digestOf(manifest), size: Buffer.byteLength(manifest) };
      const indexType = 'application/vnd.oci.image.index.v1+json';
      const manifests = platforms.map((platform) => {
        const [os, architecture] = platform.split('/');
        return { ...child, platform: { os, architecture } };
      });
      const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
      await ask('PUT', `${repository}/manifests/${tag}`, index, indexType);
      return digestOf(index);
    },
    async put(repository, { reference, mediaType, text, blobs }) {
      await Promise.all(blobs.map((content) => blob(repository, content)));
      await ask('PUT', `${repository}/manifests/${reference}`, text, mediaType);
    },
    kill: () => end(child, 'SIGKILL'),
    async stop() {
      await end(child, 'SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Another process may take the free port before the registry does, hence the few attempts. */
async function launch(
  binary: string,
  folder: string,
  login: boolean,
): Promise<{ child: ChildProcess; host: string }> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const host = `127.0.0.1:${await freePort()}`;
    const file = join(folder, 'config.yml');
    await writeFile(file, await configOf(folder, host, login));
    const child = spawn(binary, ['serve', file], { stdio: 'ignore' });
    const killAtExit = () => child.kill('SIGKILL');
    process.once('exit', killAtExit);
    child.once('close', () => process.removeListener('exit', killAtExit));
    const state = await waitFor('the registry to be ready', async () => {
      if (hasEnded(child)) return 'gone' as const;
      const response = await fetch(`http://${host}/v2/`).catch(() => null);
      await response?.arrayBuffer();
      return response === null ? null : ('ready' as const);
    });
    if (state === 'ready') return { child, host };
  }
  throw new Error(`the registry (${binary}) did not start`);
}

async function configOf(folder: string, host: string, login: boolean): Promise<string> {
  const lines = [
    'version: 0.1',
    'log: { level: error }',
    `storage: { filesystem: { rootdirectory: ${join(folder, 'data')} } }`,
    `http: { addr: "${host}" }`,
  ];
  if (!login) return lines.join('\n');
  const htpasswd = join(folder, 'htpasswd');
  await writeFile(htpasswd, `${testLogin.username}:${testLogin.bcrypt}\n`);
  return [...lines, `auth: { htpasswd: { realm: test, path: ${htpasswd} } }`].join('\n');
}

function basicOf({ username, password }: typeof testLogin): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function digestOf(text: string): string {
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
