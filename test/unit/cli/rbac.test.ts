/** `sluice rbac` from its command line to what it prints. */
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { main } from '../../../src/cli/program.ts';
import { fakeIo } from './fakes.ts';

async function sluice(...args: string[]) {
  const io = fakeIo();
  const code = await main(args, io);
  return { code, ...io.printed };
}

describe('sluice rbac', () => {
  it('prints documents that kubectl can apply, for all parts and providers', async () => {
    const { code, out } = await sluice('rbac', '--namespace', 'shop');
    expect(code).toBe(0);
    const objects = parseAllDocuments(out).map((document) => document.toJS());
    expect(objects.filter(({ kind }) => kind === 'ServiceAccount')).toHaveLength(3);
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).toEqual(new Set(['sluice', 'shop']));
  });

  it('prints for some parts, providers and namespaces only, as one JSON List', async () => {
    const args = ['--role', 'worker', '--provider', 'gateway-api', '--lease-namespace', 'ops', '--json'];
    const { code, out } = await sluice('rbac', ...args, '--namespace', 'a', '--namespace', 'b');
    expect(code).toBe(0);
    const { kind, items } = JSON.parse(out);
    expect(kind).toBe('List');
    expect(items.map((item: { metadata: object }) => item.metadata)).toMatchObject([
      ...Array(3).fill({ namespace: 'ops', name: 'sluice-worker' }),
      ...Array(2).fill({ namespace: 'a', name: 'sluice-worker' }),
      ...Array(2).fill({ namespace: 'b', name: 'sluice-worker' }),
    ]);
  });

  it('prints the rights of smoke tests, which make Jobs, only when they are asked for', async () => {
    const usual = await sluice('rbac', '--json');
    expect(usual.out).not.toContain('jobs');
    const asked = await sluice('rbac', '--json', '--provider', 'smoke');
    expect(JSON.parse(asked.out).items).toContainEqual(
      expect.objectContaining({
        kind: 'Role',
        rules: expect.arrayContaining([
          { apiGroups: ['batch'], resources: ['jobs'], verbs: ['create', 'delete', 'get', 'patch'] },
        ]),
      }),
    );
  });

  it.each([
    [['--role', 'admin'], /Allowed: api, worker, guard/],
    [['--namespace', 'No_Such'], /no name of a namespace/],
    [['--all-namespaces', '--namespace', 'a'], /cannot be used with/],
    [['--provider', 'haproxy'], /No provider "haproxy" needs rights/],
  ])('refuses %j', async (args, message) => {
    const { code, err } = await sluice('rbac', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
