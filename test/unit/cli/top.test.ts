/** `sluice top`: its table, its screen, and following the live list of a real API. */
import { expect, onTestFinished, test, vi } from 'vitest';
import { rowOf } from '../../../src/api/board/row.ts';
import type { BoardRows, RolloutRow } from '../../../src/api/contract.ts';
import { type Io, keysIn } from '../../../src/cli/io.ts';
import { main } from '../../../src/cli/program.ts';
import { byTrouble, tableOf } from '../../../src/cli/top/columns.ts';
import { takeScreen } from '../../../src/cli/top/full-screen.ts';
import { pictureOf } from '../../../src/cli/top/picture.ts';
import { glanceOf, outline, summaryOf } from '../api/board/rows.ts';
import { failing } from '../api/fakes.ts';
import { fakeIo, sluice } from './fakes.ts';

const row = (service: string, changes: Partial<RolloutRow> = {}): RolloutRow => {
  const summary = summaryOf({ service, startedBy: 'ada' });
  return { ...rowOf({ summary, outline }, glanceOf({ summary })), expectedEndAtMs: 91_000, ...changes };
};
const nowMs = 61_000;
const targets = (rows: readonly RolloutRow[]) => rows.map(({ target }) => target);

test('trouble comes first, the most urgent before the rest, and equals stay where they are', () => {
  const rows = [
    row('calm'),
    row('asks', { attention: 'asks' }),
    row('zebra', { attention: 'failing' }),
    row('back', { attention: 'restoring' }),
    row('ant', { attention: 'failing' }),
  ];
  expect(targets(byTrouble(rows))).toEqual(['demo/back', 'demo/ant', 'demo/zebra', 'demo/asks', 'demo/calm']);
});

test('a row says state, stage, share, time, who and why', () => {
  const held = row('shop', {
    attention: 'held',
    askedPercent: 25,
    measuredPercent: 22.44,
    stage: 1,
    stages: 2,
    stageName: '50%',
    checks: { pass: 2, fail: 1, noData: 0, error: 0 },
    why: 'error-rate could not be judged',
    startedBy: 'ada',
  });
  const [header = '', line = ''] = tableOf([held], { nowMs, columns: 200 });
  expect(header).toMatch(/^STATE +TARGET +VERSION +STAGE +SHARE +CHECKS +FOR +LEFT +WHO +WHY$/);
  expect(line).toMatch(
    /^! held +demo\/shop +v2 +2\/2 50% +██░░░░░░ +25% \(22.4%\) +1 fail, 2 pass +1m +30s +ada +error-rate could not be judged$/,
  );
});

test('the way back shows the time to its deadline, and says when it is late', () => {
  const back = (dueAtMs: number) =>
    row('shop', { attention: 'restoring', restore: { decidedAtMs: 0, dueAtMs, restoredAtMs: null } });
  expect(tableOf([back(nowMs + 5_000)], { nowMs, columns: 200 })[1]).toMatch(/^! going back .* 5s +ada/);
  expect(tableOf([back(nowMs - 5_000)], { nowMs, columns: 200 })[1]).toMatch(/^! LATE BACK .* 0s +ada/);
});

test.each([20, 40, 60, 80, 120, 200])('at %d columns nothing is wider, and the target stays', (columns) => {
  const lines = tableOf([row('shop', { why: 'w'.repeat(300) })], { nowMs, columns });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
  expect(lines[1]).toContain('demo/');
});

test('what does not fit on the screen is counted, and can be scrolled to', () => {
  const rows = Array.from({ length: 30 }, (_, at) => row(`s${String(at).padStart(2, '0')}`));
  const shared = { nowMs, ownMs: nowMs, blind: null, columns: 100, lines: 10, color: false };
  const top = pictureOf(rows, { ...shared, skip: 0 });
  expect(top).toHaveLength(9);
  expect(top[0]).toBe('30 rollouts running');
  expect(top.at(-1)).toContain('1-6 of 30');
  expect(pictureOf(rows, { ...shared, skip: 24 })[7]).toContain('demo/s29');
});

test('colour marks trouble only where it is wanted', () => {
  const rows = [row('shop', { attention: 'failing' })];
  const shared = { nowMs, ownMs: nowMs, blind: null, columns: 100, lines: 10, skip: 0 };
  expect(pictureOf(rows, { ...shared, color: true })[2]).toContain('\u001b[31m');
  expect(pictureOf(rows, { ...shared, color: false }).join('')).not.toContain('\u001b');
});

test('the screen writes only lines that changed, all of them after a resize, and is given back', () => {
  const written: string[] = [];
  const out = { write: (text: string) => void written.push(text), isTTY: true, columns: 80, rows: 24 };
  const screen = takeScreen(out);
  screen.draw(['one', 'two']);
  screen.draw(['one', 'two']);
  expect(written).toHaveLength(2);
  screen.draw(['one', 'three']);
  expect(written[2]).toContain('\u001b[2;1Hthree\u001b[K');
  expect(written[2]).not.toContain('one');
  out.columns = 60;
  screen.draw(['one']);
  expect(written[3]).toContain('\u001b[2J\u001b[1;1Hone');
  screen.draw(['x'.repeat(60)]);
  expect(written[4]).toContain(`\u001b[1;1H${'x'.repeat(60)}\u001b[?2026l`);
  screen.close();
  expect(written[5]).toBe('\u001b[?25h\u001b[?1049l');
});

const running = async () => ({
  askedAtMs: Date.now(),
  rollouts: [{ summary: summaryOf({ startedBy: 'ada' }), outline }],
});
const list = async () => ({ rollouts: [], next: null });
const glance = async () => glanceOf({ atMs: Date.now() });

/** A slow machine must not make old what was read just now. */
function stopTheClock(): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
}

test('without a terminal it prints once what the API lists', async () => {
  stopTheClock();
  const { code, out } = await sluice(['top'], { running, list, glance });
  expect(out).toMatch(/^1 rollout running.*\nSTATE/);
  expect(out).toContain('demo/shop');
  expect(code).toBe(0);
});

test('a list that the API could not read anew for a while is shown as such, and is no success', async () => {
  stopTheClock();
  const old = async () => ({ ...(await running()), askedAtMs: Date.now() - 20_000 });
  const { code, out, err } = await sluice(['top'], { running: old, list, glance });
  expect(out).toContain('demo/shop');
  expect(err).toMatch(/^warning: this is 20s old; the API cannot see rollouts now/);
  expect(code).toBe(5);
});

test('for machines it is one document, and filters go along', async () => {
  stopTheClock();
  const all = await sluice(['top', '--json'], { running, list, glance });
  expect(JSON.parse(all.out).rollouts).toMatchObject([{ target: 'demo/shop', startedBy: 'ada' }]);
  const none = await sluice(['top', '--environment', 'prod'], { running, list, glance });
  expect(none.out).toBe('no rollout runs\n');
});

test('an API that cannot be reached, or cannot see, is a failure at once', async () => {
  const io = fakeIo();
  expect(await main(['top', '--api', 'http://127.0.0.1:1'], io)).toBe(5);
  expect(io.printed.err).toContain('cannot be reached');
  const away = failing('temporal-unavailable', 'Temporal is away.');
  const blind = await sluice(['top'], { running: away, list: away, glance });
  expect(blind.code).toBe(5);
  expect(blind.err).toContain('Temporal is away');
});

const rowsEvent = (rows: RolloutRow[], changes: Partial<BoardRows> = {}) => {
  const data: BoardRows = { full: false, rows, gone: [], asOfMs: nowMs, nowMs, ...changes };
  return `id: a.1\nevent: rows\ndata: ${JSON.stringify(data)}\n\n`;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are control characters.
const ansi = /\u001b\[\??[\d;]*[a-zA-Z]/g;
const patient = { timeout: 15_000 };

/** A terminal, and an API whose stream is told by hand. */
function atTerminal(changes: Partial<Io> = {}) {
  let press: (key: string) => void = () => {};
  let connections = 0;
  let tell: (text: string | null) => void = () => {
    throw new Error('nobody listens yet');
  };
  const io = fakeIo({
    isTTY: true,
    now: () => nowMs,
    keys: (onKey) => {
      press = onKey;
      return () => {
        press = () => {};
      };
    },
    fetch: async (_, init) => {
      connections += 1;
      if (connections > 1)
        return await new Promise((_, reject) => init?.signal?.addEventListener('abort', reject));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          tell = (text) =>
            text === null ? controller.close() : controller.enqueue(new TextEncoder().encode(text));
          init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
        },
      });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    },
    ...changes,
  });
  return { io, press: (key: string) => press(key), tell: (text: string | null) => tell(text) };
}

test('on a terminal it follows changes, keeps what it saw while the connection is lost, and q gives the screen back', async () => {
  const { io, press, tell } = atTerminal({ env: { NO_COLOR: '1' } });
  const done = main(['top'], io);
  await vi.waitFor(() => tell(rowsEvent([row('shop'), row('cart')], { full: true })), patient);
  await expect.poll(() => io.printed.out).toContain('2 rollouts running');
  const before = io.printed.out.length;
  tell(rowsEvent([row('shop', { attention: 'failing' })], { gone: ['run-of-cart'] }));
  await expect.poll(() => io.printed.out.slice(before)).toContain('1 rollout running, 1 wants an eye');
  tell(null);
  await expect.poll(() => io.printed.out).toContain('what is shown is 0s old: the connection ended');
  press('q');
  expect(await done).toBe(0);
  expect(io.printed.out.endsWith('\u001b[?25h\u001b[?1049l')).toBe(true);
  expect(io.printed.out).not.toContain('\u001b[31m');
});

test('keys go by rows, by screens, and to both ends, as many as come at a time', async () => {
  const { io, press, tell } = atTerminal({ env: { NO_COLOR: '1' } });
  const done = main(['top'], io);
  const rows = Array.from({ length: 100 }, (_, at) => row(`s${String(at).padStart(2, '0')}`));
  await vi.waitFor(() => tell(rowsEvent(rows, { full: true })), patient);
  await expect.poll(() => io.printed.out).toContain('1-36 of 100');
  const after = (typed: string) => {
    const before = io.printed.out.length;
    for (const key of keysIn(typed)) press(key);
    return / (\d+)-\d+ of 100(?!.* of 100)/s.exec(io.printed.out.slice(before).replaceAll(ansi, ' '))?.[1];
  };
  expect(after('jjj')).toBe('4');
  expect(after('\u001b[B\u001bOBk')).toBe('5');
  expect(after(' ')).toBe('41');
  expect(after('\u001b[6~')).toBe('65');
  expect(after('b')).toBe('29');
  expect(after('\u001b[F')).toBe('65');
  expect(after('\u001b[H')).toBe('1');
  press('q');
  expect(await done).toBe(0);
});

test('a terminal of another size has a picture of that size at once', async () => {
  let resize = () => {};
  let quiet = false;
  const { io, press, tell } = atTerminal({
    resized: (onResize) => {
      resize = onResize;
      return () => {
        quiet = true;
      };
    },
  });
  const done = main(['top'], io);
  await vi.waitFor(() => tell(rowsEvent([row('shop')], { full: true })), patient);
  await expect.poll(() => io.printed.out).toContain('demo/shop');
  const before = io.printed.out.length;
  Object.assign(io.out, { columns: 60 });
  resize();
  expect(io.printed.out.slice(before)).toContain('\u001b[2J');
  press('q');
  await done;
  expect(quiet).toBe(true);
});

test('the signal to end gives the screen back too', async () => {
  const { io, tell } = atTerminal();
  const done = main(['top'], io);
  await vi.waitFor(() => tell(rowsEvent([], { full: true })), patient);
  await expect.poll(() => io.printed.out).toContain('no rollout runs');
  io.interrupt.abort();
  expect(await done).toBe(0);
  expect(io.printed.out).toContain('\u001b[?1049l');
});
