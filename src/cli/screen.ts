/** Shows a followed rollout: redrawn on a terminal, line by line elsewhere, one JSON object a line for machines. */
import type { RolloutView } from '../api/contract.ts';
import { fitting } from '../stack/fit.ts';
import type { Followed } from './follow.ts';
import type { Io } from './io.ts';
import { takePlace } from './redraw.ts';
import { ageOf, clock, type PictureOptions, pictureOf, storyLine, wantsColor, writeLines } from './text.ts';

interface Screen {
  show(followed: Followed): void;
  /** Leaves the last picture standing. */
  close(): void;
}

type ScreenIo = Pick<Io, 'out' | 'env' | 'now' | 'resized'>;

export function createScreen(io: ScreenIo, json: boolean): Screen {
  if (json) return jsonScreen(io);
  return io.out.isTTY ? redrawn(io) : lineByLine(io);
}

/** For whoever only waits for the end. */
export const silentScreen: Screen = { show: () => {}, close: () => {} };

function jsonScreen({ out }: ScreenIo): Screen {
  return {
    show: (followed) => {
      const value =
        followed.kind === 'view'
          ? { event: 'status', data: followed.raw }
          : { event: 'blind', data: { why: followed.why, sinceMs: followed.sinceMs } };
      out.write(`${JSON.stringify(value)}\n`);
    },
    close: () => {},
  };
}

function redrawn({ out, env, now, resized }: ScreenIo): Screen {
  let view: RolloutView | null = null;
  let blind: (Followed & { kind: 'blind' }) | null = null;
  const place = takePlace(out);
  const redraw = () => {
    const nowMs = now();
    const options = { nowMs, columns: out.columns - 1, color: wantsColor(out, env) };
    const news = blind ? blindLines(blind, nowMs).map((line) => line.slice(0, options.columns)) : [];
    // Taller than the screen could not be taken back; the news is worth more than all the rest.
    const room = Math.max(1, out.rows - 1 - news.length);
    const picture = view ? pictureIn(view, options, room) : ['waiting for the rollout …'];
    place.draw([...picture, ...news]);
  };
  // Clocks and ages move even when nothing else does.
  const timer = setInterval(redraw, 1000);
  const stopResizes = resized(redraw);
  return {
    show: (followed) => {
      if (followed.kind === 'view') view = followed.view;
      blind = followed.kind === 'blind' ? followed : null;
      redraw();
    },
    close: () => {
      clearInterval(timer);
      stopResizes();
    },
  };
}

function pictureIn(view: RolloutView, options: PictureOptions, rows: number): string[] {
  return fitting((way) => pictureOf(view, { ...options, ...way }), rows);
}

/** How long nothing needs to change until a line says that all goes on. */
const stillAfterMs = 15_000;

function lineByLine({ out, now }: ScreenIo): Screen {
  let told = 0;
  let lastLine = '';
  let lastAtMs = 0;
  let wasBlind = false;
  return {
    show: (followed) => {
      if (followed.kind === 'blind') {
        if (!wasBlind) writeLines(out, blindLines(followed, now()));
        wasBlind = true;
        return;
      }
      if (wasBlind) writeLines(out, [`${clock(now())}  the connection is back`]);
      wasBlind = false;
      const { view } = followed;
      const dropped = view.status?.droppedEntries ?? 0;
      const story = view.status?.timeline ?? [];
      writeLines(out, story.slice(Math.max(0, told - dropped)).map(storyLine));
      told = story.length + dropped;
      const line = progressOf(view);
      const due = line !== lastLine || now() - lastAtMs >= stillAfterMs;
      if (line === '' || !due) return;
      lastLine = line;
      lastAtMs = now();
      writeLines(out, [`${clock(now())}  ${line}${soakOf(view)}`]);
    },
    close: () => {},
  };
}

/** What is worth a line of its own when it changes. */
function progressOf({ status, live, workerAnswered }: RolloutView): string {
  if (!status) return workerAnswered ? '' : 'no worker answers; the rollout waits';
  if (!live || status.outcome) return '';
  const kinds = [...new Map(live.verdicts.map(({ check, kind }) => [check, kind]))].map((pair) =>
    pair.join(' '),
  );
  const trouble = live.trouble ? `; trouble: ${live.trouble}` : '';
  return `${status.phase} at ${status.askedPercent} %: ${kinds.join(', ') || 'no look yet'}${trouble}`;
}

function soakOf({ live }: RolloutView): string {
  if (!live) return '';
  return ` [${Math.round(live.carry.watchedMs / 1000)} of ${Math.round(live.plannedMs / 1000)} s]`;
}

function blindLines({ why, sinceMs }: Followed & { kind: 'blind' }, nowMs: number): string[] {
  const age = ageOf(sinceMs, nowMs);
  return [`connection lost: ${why}`, `what is shown is ${age} old; the rollout goes on, trying again …`];
}
