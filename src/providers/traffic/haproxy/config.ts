/** HAProxy's side of Sluice: the rules by which a frontend honours role, weight, lease, stop and header match. */
import type { TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import { type MapName, mapFile } from './maps.ts';
import { checkTargetId, defaultBackend, defaultMatchHeader } from './names.ts';

export interface SnippetOptions {
  readonly target: TargetId;
  readonly mapsDir: string;
  /** Names of the two backends. Default: the target with its slot, such as `demo_shop_blue`. */
  readonly backends?: Readonly<Record<Slot, string>>;
  /** Requests with this header and the stage's value go to the canary. Default: `x-sluice-canary`. */
  readonly matchHeader?: string;
  /** Keeps a user in the same bucket: hashes this cookie or header; without it each request is drawn anew. */
  readonly affinity?: { readonly cookie: string } | { readonly header: string };
}

/** The lines for one target's frontend. Empty maps mean: all traffic to blue. */
export function renderTargetSnippet(options: SnippetOptions): string {
  const { target, mapsDir, backends, affinity } = options;
  checkTargetId(target);
  const map = (name: MapName) => mapFile(mapsDir, name);
  const backend = (slot: Slot) => backends?.[slot] ?? defaultBackend(target, slot);
  return `    # sluice: ${target}
    http-request set-var(txn.sluice_target) str(${target})
    http-request set-var(txn.sluice_stop_all) str(*),map_str_int(${map('stop')},0)
    http-request set-var(txn.sluice_stop) var(txn.sluice_target),map_str_int(${map('stop')},0),add(txn.sluice_stop_all)
    http-request set-var(txn.sluice_epoch) var(txn.sluice_target),map_str(${map('epoch')},0)
    http-request set-var(txn.sluice_key) var(txn.sluice_target),concat(@,txn.sluice_epoch)
    http-request set-var(txn.sluice_weight) var(txn.sluice_key),map_str_int(${map('weight')},0)
    http-request set-var(txn.sluice_now) date(0,ms)
    http-request set-var(txn.sluice_left) var(txn.sluice_key),map_str_int(${map('lease')},0),sub(txn.sluice_now)
    http-request set-var(txn.sluice_match) var(txn.sluice_key),map_str(${map('match')})
    http-request set-var(txn.sluice_stable) var(txn.sluice_target),map_str(${map('roles')},blue)
    http-request set-var(txn.sluice_bucket) rand(10000)${affinity ? affinityLine(affinity) : ''}
    acl sluice_leased var(txn.sluice_left) -m int gt 0
    acl sluice_stopped var(txn.sluice_stop) -m int gt 0
    acl sluice_drawn var(txn.sluice_bucket),sub(txn.sluice_weight) -m int lt 0
    acl sluice_matching var(txn.sluice_match) -m len gt 0
    acl sluice_asked req.hdr(${options.matchHeader ?? defaultMatchHeader}),strcmp(txn.sluice_match) -m int eq 0
    http-request set-var(txn.sluice_canary) int(1) if sluice_leased !sluice_stopped sluice_drawn
    http-request set-var(txn.sluice_canary) int(1) if sluice_leased !sluice_stopped sluice_matching sluice_asked
    acl sluice_canary var(txn.sluice_canary) -m int 1
    acl sluice_green var(txn.sluice_stable) -m str green
    use_backend ${backend('green')} if sluice_canary !sluice_green
    use_backend ${backend('blue')} if sluice_canary sluice_green
    use_backend ${backend('green')} if sluice_green
    default_backend ${backend('blue')}`;
}

/** A user without the cookie or header is drawn at random; one with it stays where the hash puts them. */
function affinityLine(affinity: { readonly cookie: string } | { readonly header: string }): string {
  const fetch = 'cookie' in affinity ? `req.cook(${affinity.cookie})` : `req.hdr(${affinity.header})`;
  return `
    http-request set-var(txn.sluice_bucket) ${fetch},xxh32,mod(10000) if { ${fetch} -m found }`;
}

export interface HaproxyTarget extends Omit<SnippetOptions, 'mapsDir'> {
  /** The frontend's address, such as `127.0.0.1:8080`. */
  readonly bind: string;
  /** Where each slot's version listens. */
  readonly servers: Readonly<Record<Slot, string>>;
}

export interface HaproxyConfigOptions {
  readonly mapsDir: string;
  /** Path of the runtime socket. */
  readonly socket: string;
  /** Address of statistics and Prometheus metrics; left out: none. */
  readonly statsBind?: string;
  readonly targets: readonly HaproxyTarget[];
}

/** A whole configuration for the targets, as the local stack and the tests use it. */
export function renderHaproxyConfig({ mapsDir, socket, statsBind, targets }: HaproxyConfigOptions): string {
  return `global
    stats socket ${socket} mode 600 level admin
    stats timeout 30s
    stats maxconn 100

defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 30s
    option redispatch
${statsBind ? statsFrontend(statsBind) : ''}${targets.map((target) => renderTarget(target, mapsDir)).join('')}`;
}

function statsFrontend(bind: string): string {
  return `
frontend sluice_stats
    bind ${bind}
    http-request use-service prometheus-exporter if { path /metrics }
    stats enable
    stats uri /
`;
}

function renderTarget(target: HaproxyTarget, mapsDir: string): string {
  const { target: id, backends, bind, servers } = target;
  const backend = (slot: Slot) => `
backend ${backends?.[slot] ?? defaultBackend(id, slot)}
    http-response set-header x-sluice-slot ${slot}
    server ${slot} ${servers[slot]}
`;
  return `
frontend ${id.replaceAll(/[^A-Za-z0-9_.-]/g, '_')}
    bind ${bind}
${renderTargetSnippet({ ...target, mapsDir })}
${backend('blue')}${backend('green')}`;
}
