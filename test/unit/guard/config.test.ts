import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readGuardConfig } from '../../../src/guard/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-guard-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
function file(text: string): string {
  files += 1;
  const path = join(folder, `${files}.yaml`);
  writeFileSync(path, text);
  return path;
}
const read = (text: string, env = {}) => readGuardConfig({}, { SLUICE_CONFIG: file(text), ...env });

describe('the configuration of a guard', () => {
  it('guards every namespace of Leases that a Kubernetes traffic instance names, once', async () => {
    const { posts } = await read(`
temporal: { address: "temporal:7233" }
traffic:
  haproxy: { socket: /run/haproxy.sock, mapsDir: /maps }
  gateway-api:
  grpc: { type: gateway-api, namespace: other, environments: [prod], places: [{ namespaces: [other] }] }
  west: { type: gateway-api, kubeconfig: /west, context: west, leaseNamespace: rollouts }
`);
    expect(posts).toMatchObject([
      { leaseNamespace: 'sluice' },
      { kubeconfig: '/west', context: 'west', leaseNamespace: 'rollouts' },
    ]);
  });

  it('listens on loopback unless section, variable or flag say otherwise', async () => {
    const text = 'guard: { host: 10.0.0.1, port: 1234 }\ntraffic: { gateway-api: }';
    expect(await read('traffic: { gateway-api: }')).toMatchObject({ host: '127.0.0.1', port: 9466 });
    expect(await read(text)).toMatchObject({ host: '10.0.0.1', port: 1234 });
    const env = { SLUICE_GUARD_HOST: '0.0.0.0', SLUICE_GUARD_PORT: '4321' };
    expect(await read(text, env)).toMatchObject({ host: '0.0.0.0', port: 4321 });
    const flags = { context: 'east', port: '99' };
    expect(await readGuardConfig(flags, env)).toMatchObject({ port: 99, posts: [{ context: 'east' }] });
  });

  it('refuses to guard nothing, and what it cannot read', async () => {
    await expect(readGuardConfig({}, {})).rejects.toMatchObject({ code: 'config-invalid' });
    await expect(read('traffic: { haproxy: }')).rejects.toThrow(/nothing to guard/);
    await expect(read('traffic: { gateway-api: { leaseNamespace: "No!" } }')).rejects.toThrow(
      /traffic.gateway-api: leaseNamespace: is no namespace name/,
    );
    await expect(read('traffic: [')).rejects.toThrow(/is not valid/);
    await expect(readGuardConfig({ port: 'x', context: 'a' }, {})).rejects.toThrow(/port: must be a port/);
    await expect(readGuardConfig({ config: '/no/such/file' }, {})).rejects.toThrow(/cannot be read/);
  });
});
