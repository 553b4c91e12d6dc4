/** The queries of Flagger's metrics: of a template, or of their own, with their words filled in. */
import { isMapping, ownValue } from '../plan/document/read.ts';
import type { ProviderDraft } from './draft.ts';
import type { KubeObject } from './objects.ts';
import { Part } from './part.ts';
import { refuseQuery } from './queries.ts';
import type { Services } from './routing.ts';

export interface MetricContext {
  readonly canary: KubeObject;
  readonly target: string;
  readonly services: Services;
  readonly traffic: ProviderDraft;
  readonly objects: readonly KubeObject[];
}

/** The query of a MetricTemplate that was given beside; undefined: told why not. */
export function templateQuery(
  reference: Part,
  metric: Part,
  { canary, objects }: MetricContext,
): string | undefined {
  const name = reference.text('name') ?? '';
  const namespace = reference.text('namespace') ?? canary.namespace;
  reference.done();
  const fits = (one: KubeObject) =>
    one.kind === 'MetricTemplate' &&
    one.name === name &&
    (namespace === null || one.namespace === null || one.namespace === namespace);
  const found = objects.find(fits);
  const fields = found === undefined ? undefined : ownValue(found.fields, 'spec');
  if (!isMapping(fields)) {
    metric.findings.lost(
      metric.path,
      `MetricTemplate ${name} is not among the files`,
      'give its file as well',
    );
    return undefined;
  }
  const spec = new Part(`MetricTemplate/${name} spec`, fields, metric.findings);
  const provider = spec.part('provider');
  const type = provider?.text('type') ?? 'prometheus';
  const address = provider?.text('address');
  provider?.lose({
    secretRef: ['plans hold no credentials', 'set them for the metrics instance in sluice.yaml'],
    headers: ['plans hold no headers', 'set them for the metrics instance in sluice.yaml'],
    insecureSkipVerify: [
      'plans hold no settings of connections',
      'name the CA of the metrics instance in sluice.yaml',
    ],
    region: ['plans hold no settings of connections', 'set them for the metrics instance in sluice.yaml'],
  });
  provider?.done();
  const query = spec.text('query');
  spec.done();
  if (type !== 'prometheus') {
    metric.findings.lost(
      spec.at('provider'),
      `asks ${type.slice(0, 60)}`,
      'ask the same of Prometheus, or of a metrics instance of type webhook',
    );
    return undefined;
  }
  if (address !== undefined) {
    metric.findings.changed(
      spec.at('provider.address'),
      'plans hold no addresses',
      `set metrics.prometheus.url in sluice.yaml to ${address.slice(0, 200)}`,
    );
  }
  return query;
}

/** Flagger's words are names of this one canary, and stand there as such; only the window is a word of a plan, too. */
export function filledIn(
  text: string,
  metric: Part,
  { canary, target, services }: MetricContext,
): string | undefined {
  const variables = metric.part('templateVariables');
  const namespace = canary.namespace ?? 'default';
  const words: Readonly<Record<string, string | undefined>> = {
    name: canary.name,
    namespace,
    target: `${target}-canary`,
    service: services.stable,
    ingress: services.stable,
    interval: '{{window}}',
  };
  const known = text.replaceAll(/\{\{\s*([\w.-]+)\s*\}\}/g, (whole, word: string) => {
    const own = word.startsWith('variables.') ? variables?.text(word.slice('variables.'.length)) : undefined;
    return own ?? (Object.hasOwn(words, word) ? words[word] : undefined) ?? whole;
  });
  variables?.skip(...variables.keys());
  if (/\{\{\s*target\s*\}\}/.test(text)) {
    const why = `{{ target }} was ${target}, which is the stable Deployment now`;
    metric.findings.changed(
      metric.path,
      why,
      `the query asks for ${target}-canary, whose pods are called so`,
    );
  }
  return refuseQuery(known, metric.path, [services.canary, `${target}-canary`], metric.findings);
}
