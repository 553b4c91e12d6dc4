import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { trafficProviders } from '../../../src/providers/traffic/index.ts';
import { kubeRoutes } from '../../../src/providers/traffic/kube/routes.ts';

it('every file of the folder is registered, and every provider has a contract test', () => {
  const folder = join(import.meta.dirname, '../../../src/providers/traffic');
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !['index.ts', 'types.ts'].includes(entry.name))
    .map((entry) => entry.name.replace('.ts', ''));
  const types = trafficProviders.map(({ type }) => type);
  expect(types.toSorted()).toEqual(files.toSorted());
  const onClusters = kubeRoutes.map(({ type }) => type);
  const tests = readdirSync(import.meta.dirname);
  for (const type of types.filter((one) => !onClusters.includes(one))) {
    expect(tests).toContain(`${type}.test.ts`);
  }
});
