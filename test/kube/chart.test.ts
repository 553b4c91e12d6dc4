/**
 * The Helm chart: judged by the API server, by Pod Security, by promtool, and by the code that reads what it writes.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { parseConfig } from '../../src/providers/config.ts';
import { kubeRoles } from '../../src/providers/kube/rights.ts';
import { rbacObjects, rightsOf } from '../../src/providers/rbac.ts';
import { repoRoot } from '../../src/stack/tools.ts';
import { alertsOf, rulesFile, tryAlerts } from '../support/deploy/alerts.ts';
import { type ChartObject, helm, objectsIn, only, render, renderText } from '../support/deploy/chart.ts';
import { type Grain, grainsOf } from '../support/kube/account.ts';
import { sharedCluster } from '../support/kube/shared.ts';

const cluster = sharedCluster();
const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
const ci = (name: string) => `deploy/helm/sluice/ci/${name}-values.yaml`;
const manifests = join(repoRoot(), 'deploy/manifests/sluice.yaml');
const names = ['minimal', 'multi-namespace', 'full', 'auth'] as const;

let namespace: string;
beforeAll(async () => {
  namespace = await cluster.makeNamespace('chart', restricted);
  // Namespaces that values files name.
  for (const name of ['rollout-leases', 'shop', 'payments']) {
    await cluster.rest('POST', '/api/v1/namespaces', { metadata: { name } });
  }
});

const dryRun = (objects: readonly object[]) =>
  cluster.kubectl(
    ['apply', '--dry-run=server', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }),
  );

const deploymentSpec = z.object({
  spec: z.object({
    template: z.object({
      metadata: z.object({ labels: z.record(z.string(), z.string()) }),
      spec: z.looseObject({ containers: z.array(z.looseObject({ name: z.string() })) }),
    }),
  }),
});

/** The pods of its Deployments, which is what Pod Security looks at. */
function podsOf(objects: readonly ChartObject[]): object[] {
  return only(objects, 'Deployment').map((object) => {
    const { metadata, spec } = deploymentSpec.parse(object).spec.template;
    const { serviceAccountName: _account, ...pod } = spec;
    const { name, namespace: within } = object.metadata;
    return { apiVersion: 'v1', kind: 'Pod', metadata: { ...metadata, name, namespace: within }, spec: pod };
  });
}

/** Names differ from those of `sluice rbac`; what is allowed where must not. */
const allowed = (grains: readonly Grain[]) =>
  grains
    .map(({ namespace: where, group, resource, verb }) => `${where} ${group} ${resource} ${verb}`)
    .toSorted();

describe.each(names)('the chart with %s values', (name) => {
  const options = () => ({ values: [ci(name)], namespace });

  it('has no complaint of helm lint', () => {
    expect(helm(['lint', '--strict'], options())).toContain('0 chart(s) failed');
  });

  it('makes objects that the API server takes, and no Pod Security warning', async () => {
    const objects = render(options());
    const taken = (await dryRun(objects)).trim().split('\n');
    expect(taken).toHaveLength(objects.length);
    expect(await dryRun(podsOf(objects))).toMatch(/pod\/sluice-worker created/);
  });

  it('labels everything as Kubernetes recommends', () => {
    for (const { metadata } of render(options())) {
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/name': 'sluice',
        'app.kubernetes.io/instance': 'sluice',
        'app.kubernetes.io/part-of': 'sluice',
        'app.kubernetes.io/managed-by': 'Helm',
      });
    }
  });

  it('writes a configuration that the code takes, with the API on loopback', () => {
    const [map] = only(render(options()), 'ConfigMap');
    const { data } = z.object({ data: z.object({ 'sluice.yaml': z.string() }) }).parse(map);
    const config = parseConfig(parse(data['sluice.yaml']), { env: {} });
    expect(config.api.host).toBe('127.0.0.1');
    expect(config.worker.host).toBe('0.0.0.0');
    expect(Object.keys(config.traffic).length).toBeGreaterThan(0);
  });
});

describe('the rights of the chart', () => {
  it.each([
    { of: ['minimal'], leaseNamespace: 'sluice', namespaces: ['sluice'] },
    { of: ['multi-namespace'], leaseNamespace: 'rollout-leases', namespaces: ['shop', 'payments'] },
  ])('are what sluice rbac prints, with $of values', ({ of: [name = ''], leaseNamespace, namespaces }) => {
    const printed = rbacObjects({
      rights: rightsOf(['gateway-api']),
      roles: kubeRoles,
      leaseNamespace,
      namespaces,
    });
    const rendered = render({ values: [ci(name)] });
    expect(allowed(grainsOf(rendered))).toEqual(allowed(grainsOf(printed)));
  });

  it('follow the providers of the configuration', () => {
    const haproxy = ['config.traffic.gateway-api=null', 'config.traffic.haproxy.socket=/run/admin.sock'];
    expect(only(render({ set: haproxy }), 'Role')).toEqual([]);
  });

  it('let the worker make Jobs only where a smoke test of the configuration is one', () => {
    const smoke = (test: string) => [
      'config.gates.tests.type=smoke',
      `config.gates.tests.tests.checkout.${test}`,
    ];
    const resources = (test: string) =>
      grainsOf(render({ set: smoke(test) })).map(({ resource, verb }) => `${verb} ${resource}`);
    expect(resources('command.run={/bin/true}')).not.toContain('create jobs');
    expect(resources('job.image=registry.example.com/smoke')).toEqual(
      expect.arrayContaining(['create jobs', 'get jobs', 'delete jobs', 'list pods', 'get pods/log']),
    );
  });

  it('of all namespaces are ClusterRoles, and Leases stay in theirs', () => {
    const rendered = render({ values: [ci('full')] });
    expect(only(rendered, 'ClusterRole').map(({ metadata }) => metadata.name)).toEqual([
      'sluice-sluice-worker',
      'sluice-sluice-guard',
    ]);
    expect(JSON.stringify(only(rendered, 'ClusterRole'))).not.toContain('leases');
  });

  it('are bound to the accounts that the pods have', () => {
    const rendered = render({ set: ['serviceAccounts.create=false', 'serviceAccounts.worker.name=robot'] });
    expect(only(rendered, 'ServiceAccount')).toEqual([]);
    expect(JSON.stringify(only(rendered, 'RoleBinding'))).toContain('"name":"robot"');
    expect(JSON.stringify(only(rendered, 'Deployment'))).toContain('"serviceAccountName":"robot"');
  });
});

const sessions = ['config.auth.sessions.keys[0].env=SESSION_KEY', 'api.sessions.enabled=true'];
const claimed = [...sessions, 'api.sessions.createClaim=true'];

describe('the values', () => {
  it.each([
    [['workers=3'], /additional properties 'workers' not allowed/],
    [['worker.replicas=many'], /worker.replicas|worker\/replicas/],
    [['api.service.enabled=true'], /needs a proxy in api.sidecars/],
    [['rbac.allNamespaces=true', 'rbac.namespaces={a}'], /exclude each other/],
    [['worker.autoscaling.minReplicas=9', 'worker.autoscaling.maxReplicas=2'], /more than maxReplicas/],
    [['config.worker.metricsPort=9465'], /must differ/],
    [['podDisruptionBudgets.maxUnavailable=999%'], /maxUnavailable/],
    [['commonLabels.team=a b'], /commonLabels/],
    [['serviceMonitor.enabled=true', 'serviceMonitor.api.scheme=https'], /needs api.service/],
    [['api.sessions.enabled=true'], /needs config.auth.sessions/],
    [[...sessions, 'config.auth.sessions.folder=/tmp/sessions'], /the chart sets the folder/],
    [[...sessions, 'api.replicas=2'], /needs a claim that is ReadWriteMany/],
    [[...claimed, 'api.sessions.accessMode=ReadWriteOnce', 'api.replicas=2'], /claim that is ReadWriteMany/],
    [[...claimed, 'api.sessions.existingClaim=team'], /exclude each other/],
    [[...claimed, 'api.sessions.size=much'], /size/],
  ])('%j are refused', (set, message) => {
    expect(() => render({ set })).toThrow(message);
  });

  it('make names that services may have of a release’s with dots', () => {
    const rendered = objectsIn(renderText({}, 'a.b'));
    expect(only(rendered, 'Service').map(({ metadata }) => metadata.name)).toContain('a-b-sluice-worker');
  });

  it('say that a release must not begin with a digit, as services may not', () => {
    expect(() => renderText({}, '7up')).toThrow(/release "7up" begins with a digit/);
  });

  it('have metrics of no API read where there is none', () => {
    const monitors = only(render({ values: [ci('auth')], set: ['api.enabled=false'] }), 'ServiceMonitor');
    expect(monitors.map(({ metadata }) => metadata.name)).not.toContain('sluice-api');
    expect(monitors).not.toEqual([]);
  });

  it('have the API’s metrics read through its service where that is asked for', () => {
    const monitors = only(render({ values: [ci('auth')] }), 'ServiceMonitor');
    expect(monitors.find(({ metadata }) => metadata.name === 'sluice-api')).toMatchObject({
      spec: { endpoints: [{ port: 'api', interval: '15s', scheme: 'https' }] },
    });
  });

  it('let Prometheus objects be made only on request', () => {
    const operators = (options: { values?: string[] }) =>
      render(options).filter(({ apiVersion }) => apiVersion.startsWith('monitoring.coreos.com/'));
    expect(operators({})).toEqual([]);
    const kinds = operators({ values: [ci('full')] }).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['ServiceMonitor', 'PrometheusRule']));
  });
});

describe('sessions of browsers', () => {
  const folder = '/var/lib/sluice-api/sessions';
  const apiOf = (objects: readonly ChartObject[]) =>
    only(objects, 'Deployment').find(({ metadata }) => metadata.name === 'sluice-api');
  /** The API with its volume for sessions. */
  const withVolume = (volume: object, strategy: string) => ({
    spec: {
      strategy: { type: strategy },
      template: {
        spec: {
          volumes: expect.arrayContaining([{ name: 'sessions', ...volume }]),
          containers: [
            { volumeMounts: expect.arrayContaining([{ name: 'sessions', mountPath: dirname(folder) }]) },
          ],
        },
      },
    },
  });

  it('can be ended one by one where there is a volume, which the API alone has', () => {
    const rendered = render({ set: sessions });
    expect(JSON.stringify(only(rendered, 'ConfigMap'))).toContain(`folder: ${folder}`);
    expect(apiOf(rendered)).toMatchObject(withVolume({ emptyDir: { sizeLimit: '100Mi' } }, 'RollingUpdate'));
    expect(JSON.stringify(rendered).match(/"name":"sessions"/g)).toHaveLength(2);
  });

  it('are in a claim of the chart’s, or one that is there, which replicas share', () => {
    const own = render({ values: [ci('auth')] });
    expect(only(own, 'PersistentVolumeClaim')).toMatchObject([
      {
        metadata: { name: 'sluice-sessions' },
        spec: { accessModes: ['ReadWriteMany'], storageClassName: 'shared' },
      },
    ]);
    expect(JSON.stringify(apiOf(own))).toContain('"claimName":"sluice-sessions"');
    const theirs = render({ set: [...sessions, 'api.sessions.existingClaim=team', 'api.replicas=2'] });
    expect(only(theirs, 'PersistentVolumeClaim')).toEqual([]);
    expect(apiOf(theirs)).toMatchObject(
      withVolume({ persistentVolumeClaim: { claimName: 'team' } }, 'RollingUpdate'),
    );
  });

  it('in a claim of one pod’s are left by the one before the next begins', () => {
    const rendered = render({ set: [...claimed, 'api.sessions.accessMode=ReadWriteOnce'] });
    expect(apiOf(rendered)).toMatchObject(
      withVolume({ persistentVolumeClaim: { claimName: 'sluice-sessions' } }, 'Recreate'),
    );
  });

  it('have no volume where nobody asks for one', () => {
    expect(JSON.stringify(render({}))).not.toContain('sessions');
  });
});

describe('a pod that is not of the restricted level', () => {
  it('would be refused in that namespace, so the others mean something', async () => {
    const containers = [{ name: 'app', image: 'app' }];
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'lax', namespace }, spec: { containers } };
    await expect(dryRun([pod])).rejects.toThrow(/violates PodSecurity "restricted/);
  });
});

describe('the manifests', () => {
  const rendered = () => renderText({ values: ['deploy/manifests/values.yaml'] });

  it('are what the chart makes; SLUICE_UPDATE_DOCS=1 with this test writes them', () => {
    if (process.env.SLUICE_UPDATE_DOCS === '1') writeFileSync(manifests, rendered());
    expect(objectsIn(readFileSync(manifests, 'utf8'))).toEqual(objectsIn(rendered()));
  });

  it('run, as far as a cluster without a kubelet can tell', async () => {
    await cluster.kubectl(['apply', '-f', join(repoRoot(), 'deploy/manifests/namespace.yaml')]);
    await cluster.kubectl(['apply', '-f', manifests]);
    for (const part of ['worker', 'api', 'guard']) {
      const args = [
        'rollout',
        'status',
        `deployment/sluice-${part}`,
        '--namespace',
        'sluice',
        '--timeout=100s',
      ];
      expect(await cluster.kubectl(args)).toMatch(/successfully rolled out/);
    }
  });
});

describe('the alerts', () => {
  const rulesOf = (set: string[]) => {
    const [rule] = only(render({ values: [ci('full')], set }), 'PrometheusRule');
    return z.object({ spec: rulesFile }).parse(rule).spec;
  };

  it('fire for this release as those of deploy/prometheus do', () => {
    const rules = rulesOf(['prometheusRule.api=true']);
    expect(tryAlerts(rules)).toMatch(/SUCCESS/);
    expect(alertsOf(rules).map(({ alert }) => alert)).toEqual(
      expect.arrayContaining(['SluiceGuardIdle', 'SluiceApiAbsent']),
    );
  });

  it('are of what runs, and link to the runbooks of the operator', () => {
    const alerts = alertsOf(rulesOf(['guard.enabled=false', 'prometheusRule.runbooks=https://wiki/sluice']));
    const [{ alert, annotations } = { alert: '', annotations: {} }] = alerts;
    expect(annotations).toMatchObject({ runbook_url: `https://wiki/sluice#${alert.toLowerCase()}` });
    expect(alerts.filter((one) => /^Sluice(Guard|Api)/.test(one.alert))).toEqual([]);
  });
});
