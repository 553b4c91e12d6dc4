/** The live list over rollouts that change: what it asks, however many look, and what each viewer is told. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Board, type BoardSource } from '../../../../src/api/board/board.ts';
import { boardStream, type Sees } from '../../../../src/api/board/board-stream.ts';
import type { Glance, RunningRollout } from '../../../../src/api/board/row.ts';
import type { RolloutRow, RolloutSummary } from '../../../../src/api/contract.ts';
import { SluiceError } from '../../../../src/domain/errors.ts';
import { statusOf } from '../fakes.ts';
import { glanceOf, liveOf, outline, summaryOf, verdictOf } from './rows.ts';

/** Rollouts by service; what is asked of them is counted. */
class World implements BoardSource {
  readonly asked = { running: 0, glance: 0, list: 0 };
  readonly glances = new Map<string, Partial<Glance>>();
  away = false;
  /** Past their retention. */
  readonly gone = new Set<string>();
  /** As it is read from Temporal: what has not changed is the same object each time. */
  private readonly listed = new Map<string, RunningRollout>();

  set(service: string, changes: Partial<RolloutSummary> = {}, glance: Partial<Glance> = {}): void {
    this.listed.set(service, { summary: summaryOf({ service, ...changes }), outline });
    this.glances.set(service, glance);
  }

  async running() {
    this.asked.running += 1;
    if (this.away) throw new SluiceError('temporal-unavailable', 'Temporal is away.');
    const running = [...this.listed.values()].filter(
      ({ summary: { endedAtMs, service } }) => endedAtMs === null && !this.gone.has(service),
    );
    return { askedAtMs: Date.now(), rollouts: running };
  }

  async glance({ service }: { readonly service: string }) {
    this.asked.glance += 1;
    if (this.gone.has(service)) throw new SluiceError('rollout-not-found', 'No rollout.');
    const summary = this.listed.get(service)?.summary ?? summaryOf({ service });
    const live = watchedFor(Date.now() - begunAtMs);
    return glanceOf({ summary, live, ...this.glances.get(service), atMs: Date.now() });
  }

  async list({ limit }: { readonly limit: number }) {
    this.asked.list += 1;
    const summaries = [...this.listed.values()].map(({ summary }) => summary);
    const ended = summaries.filter(({ endedAtMs }) => endedAtMs !== null);
    return { rollouts: ended.slice(0, limit), next: null };
  }
}

const begunAtMs = 1_000_000;

/** A stage that goes on as time does, so that its end stays where it is. */
function watchedFor(watchedMs: number) {
  const live = liveOf({ plannedMs: 3_600_000, atMs: begunAtMs + watchedMs });
  return { ...live, carry: { ...live.carry, watchedMs } };
}

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: {
    readonly full: boolean;
    readonly rows: RolloutRow[];
    readonly gone: string[];
    readonly code: string;
  };
}

/** Somebody who watches, and what was heard. */
class Viewer {
  readonly told: Told[] = [];
  private readonly stream: AsyncGenerator<string>;

  constructor(board: Board, lastEventId = '', sees: Sees | null = null, sight = '') {
    this.stream = boardStream(board, { lastEventId, sees, sight, aliveMs: 5_000 });
    void this.listen();
  }

  private async listen(): Promise<void> {
    for await (const text of this.stream) {
      const [, id = ''] = /^id: (.*)$/m.exec(text) ?? [];
      const [, event = ''] = /^event: (.*)$/m.exec(text) ?? [];
      const [, data] = /^data: (.*)$/m.exec(text) ?? [];
      if (data !== undefined) this.told.push({ id, event, data: JSON.parse(data) as Told['data'] });
    }
  }

  get rows(): Told[] {
    return this.told.filter(({ event }) => event === 'rows');
  }

  leave(): void {
    void this.stream.return(undefined);
  }
}

let world: World;
let board: Board;

beforeEach(() => {
  vi.useFakeTimers({ now: begunAtMs });
  world = new World();
  board = new Board(world);
});
afterEach(() => {
  board.close();
  vi.useRealTimers();
});

async function watching(...args: [lastEventId?: string, sees?: Sees, sight?: string]): Promise<Viewer> {
  await board.ready();
  const viewer = new Viewer(board, ...args);
  await vi.advanceTimersByTimeAsync(0);
  return viewer;
}

describe('the live list', () => {
  it('is told as a whole to whoever comes back with other rights', async () => {
    for (const [service, environment] of [
      ['shop', 'dev'],
      ['cart', 'prod'],
    ] as const)
      world.set(service, { environment });
    const sees =
      (name: string): Sees =>
      ({ environment }) =>
        environment === name;
    const before = await watching('', sees('dev'), 'dev');
    const lastEventId = before.rows.at(-1)?.id;
    const same = await watching(lastEventId, sees('dev'), 'dev');
    const other = await watching(lastEventId, sees('prod'), 'prod');
    expect(same.rows).toEqual([]);
    expect(other.rows).toMatchObject([{ data: { full: true, rows: [{ service: 'cart' }] } }]);
  });

  it('tells all rows at first, then what a look at each shows, then only what changes', async () => {
    world.set('shop', {}, { live: liveOf({ atMs: begunAtMs }, [verdictOf('pass', 'errors')]) });
    const viewer = await watching();
    expect(viewer.rows).toMatchObject([{ data: { full: true, rows: [{ service: 'shop', verdict: null }] } }]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(viewer.rows.slice(1)).toMatchObject([
      { data: { full: false, rows: [{ verdict: { kind: 'pass' } }] } },
    ]);
    world.set('shop', { phase: 'shifting', stage: 1 });
    await vi.advanceTimersByTimeAsync(3_000);
    expect(viewer.rows.at(-1)?.data.rows[0]).toMatchObject({ phase: 'shifting', askedPercent: 50 });
  });

  it('shows how a rollout ended, and forgets it after a quarter of an hour', async () => {
    world.set('shop');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(2_000);
    const endedAtMs = Date.now();
    world.set('shop', { phase: 'promoted', outcome: 'promoted', temporalStatus: 'COMPLETED', endedAtMs });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(viewer.rows.at(-1)?.data.rows[0]).toMatchObject({ outcome: 'promoted', endedAtMs });
    await vi.advanceTimersByTimeAsync(15 * 60_000);
    expect(viewer.rows.at(-1)?.data).toMatchObject({ rows: [], gone: ['run-of-shop'] });
  });

  it('shows what began and ended between two readings, to whoever watches and to whoever comes, and how it ended', async () => {
    world.set('shop');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(2_000);
    const cause = { kind: 'failure', reason: 'no image', actor: null, atMs: Date.now() } as const;
    const phase = 'rolled-back';
    const ended = { phase, outcome: phase, temporalStatus: 'COMPLETED', endedAtMs: Date.now() } as const;
    for (let n = 0; n < 30; n++)
      world.set(`short${n}`, ended, { live: null, status: statusOf({ phase, outcome: phase, cause }) });
    await vi.advanceTimersByTimeAsync(10_000);
    const later = await watching();
    for (const { rows } of [viewer, later]) {
      const short = rows.flatMap(({ data }) => data.rows).filter(({ why }) => why === 'no image');
      expect(new Set(short.map(({ service }) => service)).size).toBe(30);
    }
  });

  it('makes no row anew of what is as it was, and follows the list, and a look that came late all the same', async () => {
    world.set('shop');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(3_000);
    viewer.leave();
    await vi.advanceTimersByTimeAsync(2_000);
    const put = vi.spyOn(board.rows, 'put');
    await vi.advanceTimersByTimeAsync(6_000);
    expect(put).not.toHaveBeenCalled();
    world.set('shop', { stage: 1 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(board.rows.get('run-of-shop')).toMatchObject({ stageName: '50%', verdict: null });
    // Of the stage before, and the last one that is answered.
    const live = liveOf({ atMs: Date.now() }, [verdictOf('pass', 'errors')]);
    vi.spyOn(world, 'glance')
      .mockImplementationOnce(async ({ service }) =>
        glanceOf({ summary: summaryOf({ service }), live, atMs: Date.now() }),
      )
      .mockReturnValue(new Promise(() => {}));
    await watching();
    await vi.advanceTimersByTimeAsync(200);
    expect(board.rows.get('run-of-shop')).toMatchObject({ stageName: '10%', verdict: { kind: 'pass' } });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(board.rows.get('run-of-shop')).toMatchObject({ stageName: '50%', verdict: null });
  });

  it('asks Temporal no more for a hundred viewers than for one', async () => {
    for (let n = 0; n < 30; n++) world.set(`s${n}`);
    const first = await watching();
    await vi.advanceTimersByTimeAsync(30_000);
    const alone = { ...world.asked };
    for (let n = 0; n < 99; n++) await watching();
    const before = { ...world.asked };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(world.asked.running - before.running).toBeLessThanOrEqual(alone.running);
    expect(world.asked.glance - before.glance).toBeLessThanOrEqual(alone.glance);
    expect(world.asked.list - before.list).toBeLessThanOrEqual(alone.list);
    first.leave();
  });

  it('looks at no more than ten rollouts a second, however many run, and at each of them in the end', async () => {
    for (let n = 0; n < 300; n++) world.set(`s${n}`);
    await watching();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(world.asked.glance).toBeLessThanOrEqual(400);
    expect(board.rows.all().filter(({ seenAtMs }) => seenAtMs === null)).toEqual([]);
  });

  it('asks nothing any more once nobody has looked for a while, and begins again when somebody does', async () => {
    world.set('shop');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(3_000);
    viewer.leave();
    await vi.advanceTimersByTimeAsync(60_000);
    const rested = { ...world.asked };
    await vi.advanceTimersByTimeAsync(60_000);
    expect(world.asked).toEqual(rested);
    world.set('late');
    const next = await watching();
    expect(next.rows[0]?.data.rows.map(({ service }) => service)).toEqual(['shop', 'late']);
  });

  it('shows how it ended of what ended before nobody looked, and of what ended meanwhile', async () => {
    world.set('before');
    world.set('meanwhile');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(2_500);
    const end = (service: string) => {
      const cause = { kind: 'check', reason: `${service} failed`, actor: null, atMs: Date.now() } as const;
      const phase = 'rolled-back';
      const ended = { phase, outcome: phase, temporalStatus: 'COMPLETED', endedAtMs: Date.now() } as const;
      world.set(service, ended, { live: null, status: statusOf({ phase, outcome: phase, cause }) });
    };
    end('before');
    await vi.advanceTimersByTimeAsync(5_000);
    viewer.leave();
    await vi.advanceTimersByTimeAsync(35_000);
    end('meanwhile');
    await vi.advanceTimersByTimeAsync(5_000);
    const back = await watching();
    const known = { stageName: '10%', stages: 2 };
    expect(back.rows[0]?.data.rows).toMatchObject([
      { ...known, why: 'before failed' },
      { ...known, outcome: 'rolled-back' },
    ]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(board.rows.all()).toMatchObject([
      { ...known, why: 'before failed', seenAtMs: expect.any(Number) },
      { ...known, why: 'meanwhile failed', seenAtMs: expect.any(Number) },
    ]);
  });

  it('goes on where a viewer was, and tells one of another start of the list everything', async () => {
    world.set('a');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(2_000);
    viewer.leave();
    const seen = viewer.rows.at(-1)?.id ?? '';
    world.set('b');
    await vi.advanceTimersByTimeAsync(2_000);
    const again = await watching(seen);
    expect(again.rows[0]?.data).toMatchObject({ full: false, rows: [{ service: 'b' }] });
    const stranger = await watching('elsewhere.3');
    expect(stranger.rows[0]?.data).toMatchObject({ full: true, rows: [{ service: 'a' }, { service: 'b' }] });
  });

  it('shows each viewer only what it may see', async () => {
    world.set('mine', { environment: 'demo' });
    world.set('theirs', { environment: 'production' });
    const viewer = await watching('', ({ environment }) => environment === 'demo');
    await vi.advanceTimersByTimeAsync(5_000);
    const services = viewer.rows.flatMap(({ data }) => data.rows.map(({ service }) => service));
    expect(new Set(services)).toEqual(new Set(['mine']));
  });

  it('forgets what ended unseen so long ago that nothing is kept of it', async () => {
    world.set('shop');
    world.set('other');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(3_000);
    world.gone.add('shop');
    await vi.advanceTimersByTimeAsync(5_000);
    expect(viewer.rows.flatMap(({ data }) => data.gone)).toEqual(['run-of-shop']);
    expect(board.rows.all().map(({ service }) => service)).toEqual(['other']);
  });

  it('tells nobody that a row is gone that was not theirs to see, also when they come back', async () => {
    world.set('mine', { environment: 'demo' });
    world.set('theirs', { environment: 'production' });
    const sees: Sees = ({ environment }) => environment === 'demo';
    const viewer = await watching('', sees);
    await vi.advanceTimersByTimeAsync(3_000);
    world.gone.add('theirs').add('mine');
    await vi.advanceTimersByTimeAsync(5_000);
    const again = await watching(viewer.rows[0]?.id, sees);
    for (const { rows } of [viewer, again]) {
      expect(rows.flatMap(({ data }) => data.gone)).toEqual(['run-of-mine']);
    }
  });

  it('says so once while Temporal is away, gives no sign of life then, and goes on by itself', async () => {
    world.set('shop');
    const viewer = await watching();
    await vi.advanceTimersByTimeAsync(3_000);
    world.away = true;
    await vi.advanceTimersByTimeAsync(30_000);
    const since = viewer.told.findIndex(({ event }) => event === 'trouble');
    expect(viewer.told.slice(since).map(({ event }) => event)).toEqual(['trouble']);
    expect(viewer.told[since]?.data.code).toBe('temporal-unavailable');
    world.away = false;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(viewer.told.at(-1)?.event).not.toBe('trouble');
  });

  it('is refused while there is nothing to show, and may be asked again', async () => {
    world.away = true;
    await expect(board.ready()).rejects.toMatchObject({ code: 'temporal-unavailable' });
    world.away = false;
    await board.ready();
    expect(world.asked.running).toBe(2);
  });
});
