/** HAProxy: share, lease and stop are entries of its maps, and its own configuration is what ends a canary without a lease. */
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { HeaderMatch } from '../../domain/plan/types.ts';
import type { Slot } from '../../domain/rollout/types.ts';
import { createRuntimeClient, type RuntimeClient } from './haproxy/client.ts';
import { type MapName, Maps, mapFile } from './haproxy/maps.ts';
import { backendOf, checkMatchValue, checkTargetId, defaultMatchHeader } from './haproxy/names.ts';
import { writeRole } from './haproxy/roles-file.ts';
import type {
  Route,
  TrafficCounts,
  TrafficProvider,
  TrafficProviderType,
  TrafficState,
  TrafficTarget,
} from './types.ts';

const settingsSchema = z.strictObject({
  socket: z.string().min(1).describe('Runtime socket: a path, or host:port.'),
  mapsDir: z.string().min(1).describe('The folder of the map files, as HAProxy sees it.'),
  matchHeader: z
    .string()
    .min(1)
    .default(defaultMatchHeader)
    .describe('The header of the rendered frontend rules.'),
  persistRoles: z
    .boolean()
    .default(true)
    .describe(
      'Write roles to disk before a promotion. False: a restart of HAProxy brings the old version back.',
    ),
  timeoutMs: z
    .int()
    .min(50)
    .max(10_000)
    .default(1_000)
    .describe('Limit of one conversation with the socket.'),
});

const optionsSchema = z.strictObject({
  backends: z
    .strictObject({ blue: z.string().min(1), green: z.string().min(1) })
    .optional()
    .describe('Names of the two backends. Default: environment_service_blue and _green.'),
});

type Settings = z.infer<typeof settingsSchema>;

export const haproxy: TrafficProviderType = {
  type: 'haproxy',
  summary: 'HAProxy through its runtime socket; the lease is enforced by HAProxy itself.',
  options: optionsSchema,
  settings: settingsSchema,
  create: (settings) => new HaproxyTraffic(settingsSchema.parse(settings)),
};

/** Where the weight is kept as parts of this. */
const basis = 100;

class HaproxyTraffic implements TrafficProvider {
  readonly capabilities = { stepPercent: 0.01, headerMatch: true, lease: 'data-plane' } as const;
  private readonly settings: Settings;
  private readonly client: RuntimeClient;
  private readonly maps: Maps;

  constructor(settings: Settings) {
    this.settings = settings;
    this.client = createRuntimeClient(settings.socket, settings.timeoutMs);
    this.maps = new Maps(this.client, settings.mapsDir);
  }

  async prepare(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<TrafficState> {
    await this.requireBackends(target, signal);
    const seen = await this.read(target, signal);
    refuseLower(target, seen, epoch);
    // Taken anew rather than changed, so that an entry doubled by two writers is single again.
    await this.maps.drop(
      [['epoch', target.id], ...routeEntries(target, seen.epoch), ...routeEntries(target, epoch)],
      signal,
    );
    await this.maps.put('epoch', target.id, String(epoch), signal);
    // Cleared rather than removed, so that a stop is one change of an entry that is there.
    await this.maps.put('stop', target.id, '0', signal);
    return await this.read(target, signal);
  }

  async setRoute(target: TrafficTarget, route: Route, epoch: number, signal?: AbortSignal): Promise<void> {
    const { weightPercent, match } = route;
    this.requireOwnHeader(match);
    const seen = await this.read(target, signal);
    refuseLower(target, seen, epoch);
    const key = keyOf(target, epoch);
    await this.maps.put('weight', key, String(Math.round(weightPercent * basis)), signal);
    if (match) await this.maps.put('match', key, checkMatchValue(match.value), signal);
    else await this.maps.drop([['match', key]], signal);
    if (seen.epoch === epoch) return;
    await this.maps.put('lease', key, String(seen.leaseUntilMs), signal);
    // The one write by which the new owner takes over.
    await this.maps.put('epoch', target.id, String(epoch), signal);
    await this.maps.drop(routeEntries(target, seen.epoch), signal);
  }

  async renew(target: TrafficTarget, epoch: number, untilMs: number, signal?: AbortSignal): Promise<void> {
    checkTargetId(target.id);
    const [owner = null, weight = null] = await this.maps.get(
      [
        ['epoch', target.id],
        ['weight', keyOf(target, epoch)],
      ],
      signal,
    );
    if (owner !== String(epoch) || weight === null) throw fenced(target, epoch, Number(owner ?? 0));
    await this.maps.put('lease', keyOf(target, epoch), String(Math.round(untilMs)), signal);
  }

  async read(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState> {
    checkTargetId(target.id);
    const [role = null, owner = null, stop = null, stopAll = null] = await this.maps.get(
      [
        ['roles', target.id],
        ['epoch', target.id],
        ['stop', target.id],
        ['stop', '*'],
      ],
      signal,
    );
    const epoch = Number(owner ?? 0);
    const key = keyOf(target, epoch);
    const [weight = null, lease = null, match = null] = await this.maps.get(
      [
        ['weight', key],
        ['lease', key],
        ['match', key],
      ],
      signal,
    );
    return {
      stableSlot: role === 'green' ? 'green' : 'blue',
      weightPercent: Number(weight ?? 0) / basis,
      match: match === null ? null : { header: this.settings.matchHeader, value: match },
      epoch,
      leaseUntilMs: Number(lease ?? 0),
      stopped: Number(stop ?? 0) > 0 || Number(stopAll ?? 0) > 0,
    };
  }

  async setStable(target: TrafficTarget, slot: Slot, epoch: number, signal?: AbortSignal): Promise<void> {
    const seen = await this.read(target, signal);
    refuseLower(target, seen, epoch);
    if (this.settings.persistRoles) writeRole(mapFile(this.settings.mapsDir, 'roles'), target.id, slot);
    await this.maps.put('roles', target.id, slot, signal);
    // Between these writes the canary's share goes to the other slot, which still runs: no request is lost.
    await this.maps.put('epoch', target.id, String(epoch), signal);
    await this.maps.drop([...routeEntries(target, seen.epoch), ...routeEntries(target, epoch)], signal);
  }

  async restore(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void> {
    checkTargetId(target.id);
    await this.maps.put('stop', target.id, '1', signal);
    const seen = await this.read(target, signal);
    if (epoch > seen.epoch) await this.maps.put('epoch', target.id, String(epoch), signal);
    await this.maps.drop([...routeEntries(target, seen.epoch), ...routeEntries(target, epoch)], signal);
  }

  async stop(target: TrafficTarget | '*', signal?: AbortSignal): Promise<void> {
    await this.maps.put('stop', target === '*' ? '*' : checkTargetId(target.id), '1', signal);
  }

  async release(signal?: AbortSignal): Promise<void> {
    await this.maps.put('stop', '*', '0', signal);
  }

  async counts(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficCounts> {
    const [answer = ''] = await this.client.run(['show stat -1 2 -1'], signal);
    const requests = (slot: Slot) => requestsOf(answer, backendOf(target, slot));
    return { requests: { blue: requests('blue'), green: requests('green') } };
  }

  async close(): Promise<void> {}

  private async requireBackends(target: TrafficTarget, signal?: AbortSignal): Promise<void> {
    checkTargetId(target.id);
    const [answer = ''] = await this.client.run(['show backend'], signal);
    const known = new Set(answer.split('\n').map((line) => line.trim()));
    const missing = (['blue', 'green'] as const)
      .map((slot) => backendOf(target, slot))
      .filter((name) => !known.has(name));
    if (missing.length === 0) return;
    const what = `HAProxy has no backend ${missing.join(' and no backend ')} for ${target.id}.`;
    throw new SluiceError('traffic-unready', what, { details: { missing } });
  }

  private requireOwnHeader(match: HeaderMatch | null): void {
    const { matchHeader } = this.settings;
    if (match === null || match.header.toLowerCase() === matchHeader.toLowerCase()) return;
    const why = `This HAProxy matches the header ${matchHeader} only, not ${match.header}.`;
    throw new SluiceError('traffic-unready', why);
  }
}

function keyOf({ id }: TrafficTarget, epoch: number): string {
  return `${checkTargetId(id)}@${epoch}`;
}

function routeEntries(target: TrafficTarget, epoch: number): (readonly [MapName, string])[] {
  const key = keyOf(target, epoch);
  return [
    ['weight', key],
    ['lease', key],
    ['match', key],
  ];
}

function refuseLower(target: TrafficTarget, seen: TrafficState, epoch: number): void {
  if (seen.epoch > epoch) throw fenced(target, epoch, seen.epoch);
}

function fenced({ id }: TrafficTarget, epoch: number, owner: number): SluiceError {
  return new SluiceError('traffic-fenced', `Epoch ${epoch} may not write to ${id}: epoch ${owner} owns it.`);
}

/** Column `stot`, the sessions of a backend, counts requests in HTTP mode; `req_tot` where HAProxy fills it. */
function requestsOf(csv: string, backend: string): number {
  const [head = '', ...rows] = csv.split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const row = rows.find((line) => line.startsWith(`${backend},BACKEND,`))?.split(',');
  const field = (name: string) => row?.[columns.indexOf(name)] ?? '';
  return Number(field('req_tot') || field('stot') || 0);
}
