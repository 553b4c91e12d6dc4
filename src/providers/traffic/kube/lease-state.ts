/**
 * What a target's Lease says, and how it says it. The Lease is the one record of a target on a cluster: who owns it,
 * what share was asked for, until when the canary may take traffic, and whether it is stopped.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import type { HeaderMatch, TargetId } from '../../../domain/plan/types.ts';
import type { Slot } from '../../../domain/rollout/types.ts';
import type { KubeObject } from '../../kube/types.ts';

export const prefix = 'sluice.dev';
export const targetLabel = `${prefix}/target`;
/** The Lease whose stop is a stop of everything behind the cluster's routes. */
export const allName = 'sluice-all';
const holdPrefix = `held.${prefix}/`;
/** The target that the Lease of everything names. */
export const allTargets = '*';

export interface LeaseState {
  /** 0: nobody. */
  readonly epoch: number;
  readonly stableSlot: Slot;
  /** The share asked for; it counts only while the lease lives and nothing is stopped. */
  readonly weightPercent: number;
  readonly match: HeaderMatch | null;
  /** When the lease was last renewed, epoch milliseconds by the clock of whoever did. */
  readonly renewedAtMs: number;
  /** How long it lives from then; 0: there is none. */
  readonly forMs: number;
  /** Since when it is stopped, as written; null: it is not. */
  readonly stop: string | null;
  /** The route that the guard has to bring home: provider type, and the plan's options. */
  readonly route: RouteRecord | null;
}

export interface RouteRecord {
  readonly type: string;
  readonly target?: TargetId | undefined;
  readonly service: string;
  readonly namespace: string;
  readonly options: Readonly<Record<string, unknown>>;
}

export const noLease: LeaseState = {
  epoch: 0,
  stableSlot: 'blue',
  weightPercent: 0,
  match: null,
  renewedAtMs: 0,
  forMs: 0,
  stop: null,
  route: null,
};

const names = {
  epoch: `${prefix}/epoch`,
  stable: `${prefix}/stable-slot`,
  weight: `${prefix}/weight`,
  match: `${prefix}/match`,
  forMs: `${prefix}/lease-ms`,
  stop: `${prefix}/stopped-at`,
  route: `${prefix}/route`,
};

const escapes: Readonly<Record<string, string>> = { '-': '--', '/': '-s-', _: '-u-', '.': '-d-' };

/** `demo/shop` -> `sluice-demo-s-shop`. No two targets share a name: whatever is no letter or digit is spelled out. */
export function leaseName(target: TargetId): string {
  return `sluice-${target.replaceAll(/[-/_.]/g, (sign) => escapes[sign] ?? sign)}`;
}

/** The value of the label by which `kubectl get lease -l sluice.dev/target=…` finds it; labels take 63 characters. */
export function labelOf(target: TargetId): string {
  const whole = target.replace('/', '.');
  return whole.length <= 63 ? whole : whole.slice(0, 63).replace(/[^a-z0-9]+$/, '');
}

const number = z.coerce.number().finite().min(0).catch(0);
const record = z.object({
  type: z.string(),
  target: z.string().optional(),
  service: z.string(),
  namespace: z.string(),
  options: z.record(z.string(), z.unknown()),
});

export function readLease(object: KubeObject | null): LeaseState {
  if (object === null) return noLease;
  const notes = object.metadata.annotations ?? {};
  const { renewTime } = (object.spec ?? {}) as { renewTime?: unknown };
  return {
    epoch: number.parse(notes[names.epoch]),
    stableSlot: notes[names.stable] === 'green' ? 'green' : 'blue',
    weightPercent: number.parse(notes[names.weight]),
    match: matchIn(notes[names.match]),
    renewedAtMs: typeof renewTime === 'string' ? timeOf(renewTime) : 0,
    forMs: number.parse(notes[names.forMs]),
    stop: notes[names.stop] ?? null,
    route: routeIn(notes[names.route]),
  };
}

/** The annotation by which a holder keeps everything stopped. */
export function holdName(holder: string): string {
  return `${holdPrefix}${createHash('sha256').update(holder).digest('hex').slice(0, 40)}`;
}

/** Who keeps everything stopped; nobody: it is not. */
export function holdersOf({ metadata }: KubeObject): readonly string[] {
  const notes = Object.entries(metadata.annotations ?? {});
  return notes.filter(([name]) => name.startsWith(holdPrefix)).map(([, holder]) => holder);
}

/** Which target a Lease is about; null: it is none of ours. `*`: everything. */
export function targetOf({ metadata }: KubeObject): TargetId | null {
  return metadata.annotations?.[targetLabel] ?? null;
}

/** The merge patch that makes a Lease say this; what it does not name stays. */
export function leasePatch(state: Partial<LeaseState>): { metadata: object; spec: object } {
  const { epoch, stableSlot, weightPercent, match, renewedAtMs, forMs, stop, route } = state;
  const notes = {
    ...(epoch === undefined ? {} : { [names.epoch]: String(epoch) }),
    ...(stableSlot === undefined ? {} : { [names.stable]: stableSlot }),
    ...(weightPercent === undefined ? {} : { [names.weight]: String(weightPercent) }),
    ...(match === undefined ? {} : { [names.match]: match && matchText(match) }),
    ...(forMs === undefined ? {} : { [names.forMs]: forMs > 0 ? String(forMs) : null }),
    ...(stop === undefined ? {} : { [names.stop]: stop }),
    ...(route === undefined ? {} : { [names.route]: route && JSON.stringify(route) }),
  };
  return { metadata: { annotations: notes }, spec: specOf(epoch, renewedAtMs, forMs) };
}

/** What `kubectl get lease` shows: the holder, and when it was last heard of. */
function specOf(
  epoch: number | undefined,
  renewedAtMs: number | undefined,
  forMs: number | undefined,
): object {
  const lives = forMs !== undefined && forMs > 0;
  return {
    ...(forMs === undefined ? {} : { leaseDurationSeconds: lives ? Math.ceil(forMs / 1000) : null }),
    ...(renewedAtMs === undefined ? {} : { renewTime: lives ? microTime(renewedAtMs) : null }),
    ...(epoch === undefined ? {} : { holderIdentity: `epoch-${epoch}` }),
  };
}

/** Until when the canary may take traffic, epoch milliseconds; 0: no lease. */
export function untilOf({ renewedAtMs, forMs }: LeaseState): number {
  return forMs > 0 ? renewedAtMs + forMs : 0;
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function timeOf(text: string): number {
  const ms = Date.parse(text);
  return Number.isFinite(ms) ? ms : 0;
}

export function matchText({ header, value }: HeaderMatch): string {
  return `${header}=${value}`;
}

export function matchIn(text: string | undefined): HeaderMatch | null {
  const at = text?.indexOf('=') ?? -1;
  if (text === undefined || at < 1) return null;
  return { header: text.slice(0, at), value: text.slice(at + 1) };
}

function routeIn(text: string | undefined): RouteRecord | null {
  return record.safeParse(parsedJson(text ?? '')).data ?? null;
}
