/** Runs versions as Deployments: stable in the team's own, the canary in one made from it or brought by the team. */
import { KubeClient } from '../kube/client.ts';
import { connect } from '../kube/connection.ts';
import { readSettings } from '../settings.ts';
import { startCanary, stopCanary } from './kubernetes/canary-slot.ts';
import type { Context } from './kubernetes/change.ts';
import { Cluster } from './kubernetes/cluster.ts';
import { Fence } from './kubernetes/fence.ts';
import { instancesOf } from './kubernetes/instances.ts';
import { startManaged, stopManaged } from './kubernetes/managed-slot.ts';
import {
  type KubernetesSettings,
  kubernetesOptions,
  kubernetesSettings,
  placeOf,
} from './kubernetes/options.ts';
import { translated } from './kubernetes/refusals.ts';
import { workloadRights } from './kubernetes/rights.ts';
import { makeCanaryRoom } from './kubernetes/room.ts';
import { startStable, stopStable } from './kubernetes/stable-slot.ts';
import { versionIn } from './kubernetes/way.ts';
import type { WorkloadProvider, WorkloadProviderType } from './types.ts';

export const kubernetes: WorkloadProviderType = {
  type: 'kubernetes',
  summary: 'Deployments of a Kubernetes cluster; the canary is made from the stable one.',
  options: kubernetesOptions,
  naming: ['deployment', 'canary', 'service', 'canaryService'],
  settings: kubernetesSettings,
  rights: workloadRights,
  hooksIn,
  create: (given) => createKubernetes(readSettings('kubernetes', kubernetesSettings, given)),
};

function createKubernetes(settings: KubernetesSettings): WorkloadProvider {
  const connection = connect(settings);
  const client = new KubeClient(connection, settings.timeoutMs);
  const cluster = new Cluster(client);
  const context: Context = { client, cluster, fence: new Fence(client, settings.leaseNamespace) };
  const namespace = settings.namespace ?? connection.namespace;
  return {
    home: 'blue',
    versionIn: (target, slot, signal) =>
      translated(async () => {
        const place = placeOf(target, namespace);
        const found = await cluster.deployment(slot === 'blue' ? place.stable : place.canary, signal);
        return found && versionIn(found, place);
      }, signal),
    start: (target, slot, version, signal, progress, epoch) =>
      translated(async () => {
        const place = placeOf(target, namespace);
        const call = { epoch, signal, progress };
        if (slot === 'blue') return await startStable(context, place, version, call);
        const start = place.options.userManaged ? startManaged : startCanary;
        await start(context, place, version, call);
      }, signal),
    stop: (target, slot, signal = new AbortController().signal, epoch) =>
      translated(async () => {
        const place = placeOf(target, namespace);
        const call = { epoch, signal };
        if (slot === 'blue') return await stopStable(context, place, call);
        const stop = place.options.userManaged ? stopManaged : stopCanary;
        await stop(context, place, call);
      }, signal),
    makeRoom: (target, slot, sharePercent, { signal, epoch, wait }) =>
      translated(async () => {
        if (slot === 'blue') return;
        await makeCanaryRoom(context, placeOf(target, namespace), sharePercent, { epoch, signal, wait });
      }, signal),
    instancesIn: (target, slot, signal) =>
      translated(() => instancesOf(cluster, placeOf(target, namespace), slot, signal), signal),
    hookFor: ({ options }, slot) => (slot === 'blue' ? (hooksIn(options)[0] ?? null) : null),
    close: async () => client.close(),
  };
}

function hooksIn(options: Readonly<Record<string, unknown>>): readonly string[] {
  const { promotion } = kubernetesOptions.parse(options);
  return typeof promotion === 'object' && promotion.hook !== undefined ? [promotion.hook] : [];
}
