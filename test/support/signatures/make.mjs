/**
 * Makes `cosign.json`, `cosign.pub` and `other.pub` anew with a real cosign and an empty registry; README.md says how.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { COSIGN = 'cosign', REGISTRY: host = '127.0.0.1:5000' } = process.env;
const folder = mkdtempSync(join(tmpdir(), 'sluice-cosign-'));
const manifestType = 'application/vnd.oci.image.manifest.v1+json';
const indexType = 'application/vnd.oci.image.index.v1+json';

/** @param {string} text */
const digestOf = (text) => `sha256:${createHash('sha256').update(text).digest('hex')}`;

/** @param {...string} args */
function cosign(...args) {
  execFileSync(COSIGN, args, { cwd: folder, stdio: 'inherit', env: { ...process.env, COSIGN_PASSWORD: '' } });
}

/**
 * @param {string} method
 * @param {string} url
 * @param {string} [body]
 * @param {string} [type]
 */
async function ask(method, url, body, type = 'application/octet-stream') {
  const headers = { 'content-type': type, accept: `${manifestType}, ${indexType}` };
  const answer = await fetch(url, { method, headers, ...(body === undefined ? {} : { body }) });
  if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** The image of `pushImage`. @param {string} repository */
async function push(repository) {
  const base = `http://${host}/v2/${repository}`;
  const content = '{"x":"signed"}';
  const upload = await ask('POST', `${base}/blobs/uploads/`);
  const location = new URL(upload.headers.get('location') ?? '', base);
  location.searchParams.set('digest', digestOf(content));
  await ask('PUT', location.href, content);
  const config = {
    mediaType: 'application/vnd.oci.image.config.v1+json',
    digest: digestOf(content),
    size: content.length,
  };
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config, layers: [] });
  await ask('PUT', `${base}/manifests/${digestOf(manifest)}`, manifest, manifestType);
  const manifests = ['amd64', 'arm64'].map((architecture) => ({
    mediaType: manifestType,
    digest: digestOf(manifest),
    size: manifest.length,
    platform: { os: 'linux', architecture },
  }));
  const index = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  await ask('PUT', `${base}/manifests/v2`, index, indexType);
  return digestOf(index);
}

/**
 * A manifest as it lies there, with its blobs.
 * @param {string} repository
 * @param {string} reference
 */
async function stored(repository, reference) {
  const base = `http://${host}/v2/${repository}`;
  const answer = await ask('GET', `${base}/manifests/${reference}`);
  const text = await answer.text();
  /** @type {{ config?: { digest: string }, layers?: { digest: string }[] }} */
  const { config, layers = [] } = JSON.parse(text);
  const named = [...(config === undefined ? [] : [config]), ...layers].map(({ digest }) => digest);
  const blobs = await Promise.all(
    [...new Set(named)].map(async (digest) => (await ask('GET', `${base}/blobs/${digest}`)).text()),
  );
  return { reference, mediaType: answer.headers.get('content-type') ?? '', text, blobs };
}

/** @param {string} builder @param {string} repository @param {string} commit */
const provenance = (builder, repository, commit) => ({
  buildDefinition: {
    buildType: 'https://example.com/build/v1',
    externalParameters: { source: `git+https://github.com/${repository}@refs/heads/main` },
    resolvedDependencies: [
      { uri: `git+https://github.com/${repository}@refs/heads/main`, digest: { gitCommit: commit } },
    ],
  },
  runDetails: { builder: { id: builder } },
});
const generator =
  'https://github.com/slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml@refs/tags/v2.1.0';
const built = [
  provenance('https://ci.example.com/runner/7', 'acme/shop', '0123456789abcdef0123456789abcdef01234567'),
  // As examples/plans has them.
  provenance(generator, 'atlas/atlas', '9c1185a5c5e9fc54612808977ee8f548b2258d31'),
  provenance(
    'https://github.com/actions/runner/github-hosted',
    'summit/summit',
    '2fd4e1c67a2d28fced849ee1bb76e7391b93eb12',
  ),
];

/** @param {string} repository @param {readonly string[]} how */
async function sign(repository, how) {
  const digest = await push(repository);
  const image = `${host}/${repository}@${digest}`;
  const common = ['--key', 'cosign.key', '--yes', '--allow-http-registry', ...how];
  cosign('sign', ...common, image);
  for (const [at, predicate] of built.entries()) {
    writeFileSync(join(folder, `${at}.json`), JSON.stringify(predicate));
    cosign('attest', ...common, '--type', 'slsaprovenance1', '--predicate', `${at}.json`, image);
  }
  return digest;
}

cosign('generate-key-pair');
cosign('generate-key-pair', '--output-key-prefix', 'other');
const digest = await sign('acme/bundles', ['--use-signing-config=false', '--tlog-upload=false']);
await sign('acme/tags', ['--new-bundle-format=false', '--use-signing-config=false', '--tlog-upload=false']);

const tag = digest.replace(':', '-');
const index = await stored('acme/bundles', tag);
/** @type {{ manifests: { digest: string }[] }} */
const { manifests } = JSON.parse(index.text);
const bundles = [...(await Promise.all(manifests.map((one) => stored('acme/bundles', one.digest)))), index];
const tags = [await stored('acme/tags', `${tag}.sig`), await stored('acme/tags', `${tag}.att`)];
writeFileSync(
  join(import.meta.dirname, 'cosign.json'),
  `${JSON.stringify({ digest, bundles, tags }, null, 2)}\n`,
);
for (const name of ['cosign.pub', 'other.pub'])
  copyFileSync(join(folder, name), join(import.meta.dirname, name));
// The private keys are needed no more.
rmSync(folder, { recursive: true, force: true });
