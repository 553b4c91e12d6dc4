/** Where the programs and the resource definitions of the test cluster are: `npm run setup:kube` writes this down. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { repoRoot } from '../../../src/stack/tools.ts';

const ADVICE =
  'Run "npm run setup:kube": it finds or builds what the test cluster runs, or says what to install.';

const found = z.object({
  programs: z.object({
    etcd: z.string(),
    'kube-apiserver': z.string(),
    'kube-controller-manager': z.string(),
    'kube-scheduler': z.string(),
    kwok: z.string(),
    kubectl: z.string(),
    helm: z.string(),
  }),
  /** A folder with one folder per set, which holds a JSON file per definition. */
  crds: z.string(),
});

export type KubePrograms = z.infer<typeof found>;

export function locateKubePrograms(): KubePrograms {
  const file = join(repoRoot(), '.sluice', 'tools', 'kube.json');
  if (!existsSync(file)) throw new Error(`There is no ${file}. ${ADVICE}`);
  const { programs, crds } = found.parse(JSON.parse(readFileSync(file, 'utf8')));
  const gone = [...Object.values(programs), crds].find((path) => !existsSync(path));
  if (gone !== undefined) throw new Error(`${gone} is no longer there. ${ADVICE}`);
  return { programs, crds };
}
