/** `sluice top`: all rollouts that run, those with trouble first, in a live view; without a terminal, once. */
import type { Command } from 'commander';
import type { BoardQuery } from '../../api/contract.ts';
import { watchRollouts } from '../../client/watch.ts';
import { formatDuration } from '../../domain/duration.ts';
import { unavailable } from '../cli-error.ts';
import { toldAsCliError } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { wantsColor, writeJson, writeLines } from '../text.ts';
import { LiveRows } from '../top/board.ts';
import { tableOf } from '../top/columns.ts';
import { takeScreen } from '../top/full-screen.ts';
import { headline, pictureOf, roomForRows } from '../top/picture.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface TopOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  /** Print what is now, and end. */
  readonly once?: boolean;
}

/** For a script or a pipe that cannot redraw. */
const plainColumns = 200;

async function runTop(options: TopOptions, io: Io): Promise<number> {
  const once = options.once || options.json || !io.out.isTTY || io.env.TERM === 'dumb';
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, io.interrupted()]);
  const { url, settings } = clientOf(options, io);
  const { environment, service } = options;
  const query: BoardQuery = {
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  };
  const clock = { now: io.now, sleep: io.sleep, random: Math.random };
  const rows = new LiveRows(url);
  let view: LiveView | null = null;
  try {
    for await (const sign of watchRollouts(settings, query, { signal, clock })) {
      rows.take(sign);
      // Who has seen nothing yet is better told at once than shown an empty list.
      if (!rows.known && sign.kind === 'lost') throw toldAsCliError(url, sign.error);
      if (!rows.known && rows.blind) throw blindFromTheStart(rows.blind.why);
      if (!rows.known) continue;
      if (once) return print(rows, options, io);
      view ??= openView(rows, io, () => leaving.abort());
      view.draw();
    }
  } catch (error) {
    if (signal.aborted) return exitCodes.ok;
    throw toldAsCliError(url, error);
  } finally {
    view?.close();
  }
  return exitCodes.ok;
}

function blindFromTheStart(why: string) {
  return unavailable(`The API cannot see rollouts now: ${why}`, 'See what is wrong with `sluice doctor`.');
}

/** An API that reads the list anew every 1.5 s and has an older one cannot see. */
const oldMs = 6_000;

function print(rows: LiveRows, { json }: TopOptions, io: Io): number {
  const sorted = rows.sorted();
  const ageMs = rows.ageMs(io.now());
  if (json) writeJson(io.out, { rollouts: sorted });
  else if (sorted.length === 0) writeLines(io.out, ['no rollout runs']);
  else {
    const columns = io.out.isTTY ? io.out.columns : plainColumns;
    writeLines(io.out, [headline(sorted), ...tableOf(sorted, { nowMs: rows.nowMs(io.now()), columns })]);
  }
  if (ageMs < oldMs) return exitCodes.ok;
  const age = formatDuration(Math.floor(ageMs / 1000) * 1000);
  writeLines(io.err, [`warning: this is ${age} old; the API cannot see rollouts now, see \`sluice doctor\``]);
  return exitCodes.unavailable;
}

interface LiveView {
  draw(): void;
  close(): void;
}

const quitKeys = new Set(['q', 'Q', '\u0003']);
/** Rows to go by, of so many that can be seen; as in `less`, and as terminals send arrows and the like. */
const moves: readonly (readonly [keys: readonly string[], by: (room: number) => number])[] = [
  [['j', '\u001b[B', '\u001bOB'], () => 1],
  [['k', '\u001b[A', '\u001bOA'], () => -1],
  [[' ', '\u001b[6~'], (room) => room],
  [['b', '\u001b[5~'], (room) => -room],
  [['g', '\u001b[H', '\u001bOH', '\u001b[1~'], () => Number.NEGATIVE_INFINITY],
  [['G', '\u001b[F', '\u001bOF', '\u001b[4~'], () => Number.POSITIVE_INFINITY],
];

function openView(rows: LiveRows, io: Io, leave: () => void): LiveView {
  const screen = takeScreen(io.out);
  let skip = 0;
  const draw = () => {
    const sorted = rows.sorted();
    const { columns, rows: lines } = io.out;
    skip = Math.max(0, Math.min(skip, sorted.length - roomForRows(lines)));
    const ownMs = io.now();
    const color = wantsColor(io.out, io.env);
    const { blind } = rows;
    screen.draw(pictureOf(sorted, { nowMs: rows.nowMs(ownMs), ownMs, blind, columns, lines, skip, color }));
  };
  const stopKeys = io.keys((key) => {
    if (quitKeys.has(key)) leave();
    const by = moves.find(([keys]) => keys.includes(key))?.[1];
    if (by === undefined) return;
    skip += by(roomForRows(io.out.rows));
    draw();
  });
  const stopResizes = io.resized(draw);
  // Clocks move even when nothing else does.
  const timer = setInterval(draw, 1000);
  return {
    draw,
    close: () => {
      clearInterval(timer);
      stopKeys();
      stopResizes();
      screen.close();
    },
  };
}

export function topCommand(act: Act, run: Run<TopOptions> = runTop): Command {
  return verb('top', 'all rollouts that run, those with trouble first, in a live view')
    .option('--environment <name>', 'only of this environment')
    .option('--service <name>', 'only of this service')
    .option('--once', 'print what is now, and end; so it does without a terminal, and with --json')
    .action((flags: TopOptions) => act(flags, (io) => run(flags, io)));
}
