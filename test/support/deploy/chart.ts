/** The Helm chart as tests see it: what `helm template` makes of it, as objects. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { repoRoot } from '../../../src/stack/tools.ts';
import { locateKubePrograms } from '../kube/programs.ts';

const chartDir = join(repoRoot(), 'deploy/helm/sluice');

/** As the test cluster's; Helm that was built from its module knows none. */
const kubeVersion = '1.34.0';

interface ChartOptions {
  /** Files of values, from the repository's folder. */
  readonly values?: readonly string[];
  /** `key=value`, as on the command line. */
  readonly set?: readonly string[];
  readonly namespace?: string;
}

/** @throws Error with what Helm complains of. */
export function helm(
  command: readonly string[],
  { values = [], set = [], namespace = 'sluice' }: ChartOptions,
) {
  const args = [
    ...command,
    chartDir,
    ...['--namespace', namespace, '--kube-version', kubeVersion],
    ...values.flatMap((file) => ['--values', join(repoRoot(), file)]),
    ...set.flatMap((each) => ['--set', each]),
  ];
  return execFileSync(locateKubePrograms().programs.helm, args, { encoding: 'utf8', stdio: 'pipe' });
}

const chartObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
});
export type ChartObject = z.infer<typeof chartObject>;

export function renderText(options: ChartOptions, release = 'sluice'): string {
  return helm(['template', release], options);
}

export function objectsIn(text: string): ChartObject[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((value) => value !== null)
    .map((value) => chartObject.parse(value));
}

export function render(options: ChartOptions): ChartObject[] {
  return objectsIn(renderText(options));
}

export function only(objects: readonly ChartObject[], kind: string): ChartObject[] {
  return objects.filter((object) => object.kind === kind);
}
