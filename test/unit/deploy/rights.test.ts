import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { typesWithRights } from '../../../src/providers/rbac.ts';
import { repoRoot } from '../../../src/stack/tools.ts';

const file = join(repoRoot(), 'deploy/helm/sluice/files/rights.json');

it('the chart has the rights that the provider types tell; SLUICE_UPDATE_DOCS=1 with this test writes them', () => {
  const told = Object.fromEntries(typesWithRights());
  if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(file, `${JSON.stringify(told, null, 2)}\n`);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(told);
});
