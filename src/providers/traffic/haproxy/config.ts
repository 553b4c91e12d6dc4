/** HAProxy's side of Sluice: a whole configuration for a set of targets, or the lines for one existing frontend. */
import type { Slot } from '../../../domain/rollout/types.ts';
import { backendPattern, checked, defaultBackend, pathPattern } from './names.ts';
import { renderRules, renderSwitch, type SnippetOptions } from './snippet.ts';

export { renderTargetSnippet, type SnippetOptions } from './snippet.ts';

export interface HaproxyTarget extends Omit<SnippetOptions, 'mapsDir'> {
  /** The frontend's address, such as `127.0.0.1:8080`. Targets of the same address share it and need `when`. */
  readonly bind: string;
  /** Where each slot's version listens. */
  readonly servers: Readonly<Record<Slot, string>>;
}

interface HaproxyConfigOptions {
  readonly mapsDir: string;
  /** Path of the runtime socket. */
  readonly socket: string;
  /** Address of statistics and Prometheus metrics; left out: none. */
  readonly statsBind?: string;
  readonly targets: readonly HaproxyTarget[];
}

/** A whole configuration for the targets, as the local stack and the tests use it. Errors: `provider-config`. */
export function renderHaproxyConfig({ mapsDir, socket, statsBind, targets }: HaproxyConfigOptions): string {
  refuseDoubles(targets.flatMap((target) => slots.map((slot) => backendName(target, slot))));
  return `global
    stats socket "${checked(pathPattern, socket, 'socket')}" mode 600 level admin
    stats timeout 30s
    stats maxconn 100

defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 30s
    option redispatch
${statsBind ? statsFrontend(statsBind) : ''}${frontends(targets, mapsDir)}${targets.map(renderBackends).join('')}`;
}

const slots = ['blue', 'green'] as const;

function statsFrontend(bind: string): string {
  return `
frontend sluice_stats
    bind ${address(bind)}
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
`;
}

function frontends(targets: readonly HaproxyTarget[], mapsDir: string): string {
  const binds = [...new Set(targets.map(({ bind }) => bind))];
  return binds
    .map((bind) => {
      const here = targets.filter((target) => target.bind === bind);
      const options = here.map((target) => ({ ...target, mapsDir }));
      return `
frontend ${here[0]?.target.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}
    bind ${address(bind)}
${options.map(renderRules).join('')}${options.map(renderSwitch).join('')}`;
    })
    .join('');
}

function renderBackends(target: HaproxyTarget): string {
  const backend = (slot: Slot) => `
backend ${backendName(target, slot)}
    http-response set-header x-sluice-slot ${slot}
    server ${slot} ${address(target.servers[slot])}
`;
  return slots.map(backend).join('');
}

function backendName({ target, backends }: HaproxyTarget, slot: Slot): string {
  return checked(backendPattern, backends?.[slot] ?? defaultBackend(target, slot), 'backend');
}

function address(text: string): string {
  return checked(/^[A-Za-z0-9_.:@/[\]*-]+$/, text, 'address');
}

function refuseDoubles(names: readonly string[]): void {
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) checked(/^$/, double, 'backend of two targets');
}
