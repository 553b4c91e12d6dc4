/**
 * HAProxy: share, lease and stop are entries of its maps, and its own configuration is what ends a canary without a
 * lease.
 */
import { SluiceError } from '../../domain/errors.ts';
import type { HeaderMatch, TargetId } from '../../domain/plan/types.ts';
import type { Slot } from '../../domain/rollout/types.ts';
import { checkEpoch } from './common/bounds.ts';
import { createRuntimeClient, type Run, type RuntimeClient, type TalkOptions } from './haproxy/client.ts';
import { clockCommands, clockIn } from './haproxy/clock.ts';
import { type Canary, Entries, noCanary, noMatch, type Seen } from './haproxy/entries.ts';
import { KeptMap } from './haproxy/kept-map.ts';
import { MapCommands, mapFile } from './haproxy/maps.ts';
import { backendOf, checkMatchValue, checkTargetId, weightOf } from './haproxy/names.ts';
import { Overview } from './haproxy/overview.ts';
import { type HaproxySettings, haproxyOptions, haproxySettings } from './haproxy/settings.ts';
import { type BackendRequests, requestsIn } from './haproxy/stat.ts';
import { StopAll } from './haproxy/stop-all.ts';
import { Stopping } from './haproxy/stopping.ts';
import type {
  Route,
  TrafficCounts,
  TrafficProvider,
  TrafficProviderType,
  TrafficState,
  TrafficTarget,
} from './types.ts';

export const haproxy: TrafficProviderType = {
  type: 'haproxy',
  summary: 'HAProxy through its runtime socket; the lease is enforced by HAProxy itself.',
  options: haproxyOptions,
  settings: haproxySettings,
  create: (settings) => new HaproxyTraffic(haproxySettings.parse(settings)),
};

const slots = ['blue', 'green'] as const;
const maxTakeovers = 5;

class HaproxyTraffic implements TrafficProvider {
  readonly matchHeader: string;
  private readonly settings: HaproxySettings;
  private readonly client: RuntimeClient;
  private readonly commands: MapCommands;
  private readonly roles: KeptMap;
  private readonly stops: KeptMap;
  private readonly stopping: Stopping;
  private readonly everything: StopAll;
  private readonly overview: Overview;
  /** Who owned each target when it was last read: a guess that saves the next read a round. */
  private readonly owners = new Map<TargetId, number>();

  constructor(settings: HaproxySettings) {
    this.matchHeader = settings.matchHeader.toLowerCase();
    this.settings = settings;
    this.client = createRuntimeClient(settings.socket, settings.timeoutMs);
    this.commands = new MapCommands(settings.mapsDir);
    this.roles = new KeptMap(mapFile(settings.mapsDir, 'roles'));
    this.stops = new KeptMap(mapFile(settings.mapsDir, 'stop'));
    this.stopping = new Stopping(this.client, this.commands);
    this.overview = new Overview(this.client, this.commands);
    const { client, commands, stopping } = this;
    this.everything = new StopAll({
      client,
      commands,
      stopping,
      kept: settings.persistRoles ? this.stops : null,
    });
  }

  async prepare(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<TrafficState> {
    checkEpoch(epoch);
    await this.requireBackends(target, signal);
    await this.about(target, signal, (entries) => silence(entries, epoch));
    await this.keepRole(target, signal);
    await this.keepStop(target.id, null);
    return await this.about(target, signal, async (entries) => {
      // Cleared rather than removed, so that a stop is one change of an entry that is there.
      await entries.put('stop', target.id, 0);
      return this.stateOf(await entries.read());
    });
  }

  async setRoute(target: TrafficTarget, route: Route, epoch: number, signal?: AbortSignal): Promise<void> {
    checkEpoch(epoch);
    const wanted = { weight: weightOf(route.weightPercent), match: this.matchEntry(route.match) };
    await this.about(target, signal, async (entries) => {
      const carried = ({ canary }: Seen): Canary => ({ ...wanted, lease: canary.lease });
      const { stableSlot } = await entries.claim(epoch, carried);
      await entries.change(epoch, stableSlot, wanted);
    });
  }

  async renew(target: TrafficTarget, epoch: number, untilMs: number, signal?: AbortSignal): Promise<void> {
    checkEpoch(epoch);
    if (!Number.isFinite(untilMs)) throw new SluiceError('request-invalid', 'A lease ends at a time.');
    await this.about(target, signal, async (entries) => {
      const slot = await entries.ownSlot(epoch);
      await entries.change(epoch, slot, { lease: Math.max(0, Math.round(untilMs)) });
    });
  }

  read(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState> {
    const look = async (entries: Entries) => {
      const seen = await entries.read(this.owners.get(target.id));
      this.owners.set(target.id, seen.epoch);
      return this.stateOf(seen);
    };
    return this.about(target, signal, look, { look: true });
  }

  /** What needs no more than that all is well may come from the overview; what would make anybody act is looked at. */
  async glance(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficState> {
    const seen = await this.overview.look(checkTargetId(target.id), signal).catch(() => null);
    if (seen?.owned && !seen.stopped && seen.canary.lease > Date.now()) return this.stateOf(seen);
    return await this.read(target, signal);
  }

  async setStable(target: TrafficTarget, slot: Slot, epoch: number, signal?: AbortSignal): Promise<void> {
    checkEpoch(epoch);
    await this.about(target, signal, async (entries) => {
      const { stableSlot } = await entries.claim(epoch, ({ canary }) => canary);
      if (stableSlot === slot) await entries.change(epoch, slot, noCanary);
      else await entries.swap(epoch, slot);
    });
    // After the swap, so that an owner who was fenced off leaves the file alone.
    await this.keepRole(target, signal);
  }

  async restore(target: TrafficTarget, epoch: number, signal?: AbortSignal): Promise<void> {
    checkEpoch(epoch);
    // From here on no request goes to the canary, whatever becomes of the rest.
    await this.stopping.put(checkTargetId(target.id), signal);
    await this.about(target, signal, async (entries) => {
      for (let tries = 1; ; tries++) {
        try {
          return await silence(entries, Math.max(epoch, await entries.owner()));
        } catch (error) {
          // A newer owner came in between; its canary is to go as well.
          if (!isFenced(error) || tries === maxTakeovers) throw error;
        }
      }
    });
  }

  async stop({ id }: TrafficTarget, signal?: AbortSignal): Promise<void> {
    const key = checkTargetId(id);
    await this.stopping.put(key, signal);
    await this.keepStop(key, '1');
  }

  stopAll(holder: string, signal?: AbortSignal): Promise<void> {
    return this.everything.put(holder, signal);
  }

  release(holder: string, signal?: AbortSignal): Promise<readonly string[]> {
    return this.everything.release(holder, signal);
  }

  async counts(target: TrafficTarget, signal?: AbortSignal): Promise<TrafficCounts> {
    const [blue, green] = await this.requests(target, signal);
    return {
      requests: { blue: blue?.begun ?? 0, green: green?.begun ?? 0 },
      current: { blue: blue?.current ?? null, green: green?.current ?? null },
    };
  }

  async clock(signal?: AbortSignal): Promise<number | undefined> {
    const [errors, info] = await this.client.run(clockCommands, { signal });
    return clockIn(errors, info);
  }

  async close(): Promise<void> {
    this.client.close();
  }

  private async about<T>(
    { id }: TrafficTarget,
    signal: AbortSignal | undefined,
    talk: (entries: Entries) => Promise<T>,
    options: TalkOptions = {},
  ): Promise<T> {
    const about = async (run: Run) => talk(new Entries(run, this.commands, checkTargetId(id)));
    try {
      return await this.client.converse(about, { ...options, signal });
    } finally {
      if (options.look !== true) this.overview.wrote(id);
    }
  }

  private stateOf({ canary, ...seen }: Seen): TrafficState {
    const value = canary.match === noMatch ? null : canary.match.slice(1);
    return {
      stableSlot: seen.stableSlot,
      weightPercent: canary.weight / 100,
      match: value === null ? null : { header: this.settings.matchHeader, value },
      epoch: seen.epoch,
      leaseUntilMs: canary.lease,
      stopped: seen.stopped,
    };
  }

  /**
   * The role without an owner, in HAProxy and on disk, is what a restart goes by. It follows what the frontend does
   * now.
   */
  private async keepRole(target: TrafficTarget, signal?: AbortSignal): Promise<void> {
    const role = await this.about(target, signal, async (entries) => {
      const { stableSlot } = await entries.read();
      await entries.put('roles', target.id, stableSlot);
      return stableSlot;
    });
    if (this.settings.persistRoles) await this.roles.set(target.id, role);
  }

  private async keepStop(key: string, value: string | null): Promise<void> {
    if (this.settings.persistRoles) await this.stops.set(key, value);
  }

  /** Requests of each slot's backend; undefined where HAProxy has no such backend. */
  private async requests(
    target: TrafficTarget,
    signal?: AbortSignal,
  ): Promise<(BackendRequests | undefined)[]> {
    const backends = slots.map((slot) => backendOf(target, slot));
    const answers = await this.client.run(
      backends.map((name) => `show stat ${name} 2 -1`),
      { signal, look: true },
    );
    return backends.map((name, index) => requestsIn(answers[index] ?? '', name));
  }

  private async requireBackends(target: TrafficTarget, signal?: AbortSignal): Promise<void> {
    checkTargetId(target.id);
    const known = await this.requests(target, signal);
    const missing = slots
      .map((slot) => backendOf(target, slot))
      .filter((_, index) => known[index] === undefined);
    if (missing.length === 0) return;
    const what = `HAProxy has no backend ${missing.join(' and no backend ')} for ${target.id}.`;
    throw new SluiceError('traffic-unready', what, { details: { missing } });
  }

  private matchEntry(match: HeaderMatch | null): string {
    if (match === null) return noMatch;
    const { matchHeader } = this.settings;
    if (match.header.toLowerCase() === matchHeader.toLowerCase()) return `=${checkMatchValue(match.value)}`;
    const why = `This HAProxy matches the header ${matchHeader} only, not ${match.header}.`;
    throw new SluiceError('traffic-unready', why);
  }
}

/** Takes the target with a canary that gets nothing. */
async function silence(entries: Entries, epoch: number): Promise<void> {
  const { stableSlot } = await entries.claim(epoch, () => noCanary);
  await entries.change(epoch, stableSlot, noCanary);
}

function isFenced(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'traffic-fenced';
}
