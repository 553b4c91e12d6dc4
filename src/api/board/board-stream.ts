/**
 * The live list as server-sent events: all of it at first, or since what the viewer saw last; then only what changes.
 */
import { createHash } from 'node:crypto';
import type { BoardAlive, BoardRows, RolloutRow, Trouble } from '../contract.ts';
import type { Board } from './board.ts';

/** By where it is, so that it is the same for as long as a row is there, and when it is gone. */
export type Sees = (row: Pick<RolloutRow, 'environment' | 'service'>) => boolean;

interface BoardViewer {
  /** Of the viewer's former connection; empty: it is new. */
  readonly lastEventId: string;
  /** Which rows it may see and wants to. Null: all. */
  readonly sees: Sees | null;
  /** What it may see and wants to, in a word: who sees something else now has seen nothing of that. */
  readonly sight: string;
  /** Longest time without any event. */
  readonly aliveMs: number;
}

/** Changes that come close together are told together. */
const gatherMs = 400;

export async function* boardStream(board: Board, viewer: BoardViewer): AsyncGenerator<string> {
  let wake = () => {};
  const leave = board.join(() => wake());
  const news = (withinMs: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  try {
    yield 'retry: 1000\n\n';
    const origin = originOf(board, viewer);
    let seen = seenBy(origin, viewer.lastEventId);
    let told: Trouble | null = null;
    while (!board.closed) {
      const { revision } = board.rows;
      const text = seen === revision ? null : changesText(board, seen, { origin, sees: viewer.sees });
      seen = revision;
      if (text !== null) {
        yield text;
        await new Promise((resolve) => setTimeout(resolve, gatherMs));
        continue;
      }
      if (board.trouble !== told) {
        told = board.trouble;
        if (told !== null) yield textOf('trouble', told);
      } else if (told === null) yield textOf('alive', clocksOf(board) satisfies BoardAlive);
      else yield ': still here\n\n';
      await news(viewer.aliveMs);
    }
  } finally {
    leave();
  }
}

function originOf({ origin }: Board, { sees, sight }: BoardViewer): string {
  if (sees === null) return origin;
  return `${origin}-${createHash('sha256').update(sight).digest('base64url').slice(0, 12)}`;
}

/** Null: nothing, or not of this list. */
function seenBy(own: string, lastEventId: string): number | null {
  const [origin, revision] = lastEventId.split('.');
  return origin === own && /^\d{1,15}$/.test(revision ?? '') ? Number(revision) : null;
}

/** Most viewers have seen the same and see everything, so what they are told is written once. */
const written = new WeakMap<
  Board,
  { readonly revision: number; readonly texts: Map<number | null, string> }
>();

interface Reader {
  /** How the ids of its events begin. */
  readonly origin: string;
  readonly sees: BoardViewer['sees'];
}

/** Null: nothing of it is for this viewer. */
function changesText(board: Board, seen: number | null, { origin, sees }: Reader): string | null {
  if (sees !== null) return writeChanges(board, seen, origin, sees);
  const { revision } = board.rows;
  let cache = written.get(board);
  if (cache?.revision !== revision) {
    cache = { revision, texts: new Map() };
    written.set(board, cache);
  }
  const known = cache.texts.get(seen);
  if (known !== undefined) return known;
  const text = writeChanges(board, seen, origin, () => true);
  if (text !== null) cache.texts.set(seen, text);
  return text;
}

function writeChanges(board: Board, seen: number | null, origin: string, sees: Sees): string | null {
  const changes = board.rows.since(seen);
  const { full } = changes;
  const rows = changes.rows.filter(sees);
  const gone = changes.gone.filter(sees).map(({ runId }) => runId);
  if (!full && rows.length === 0 && gone.length === 0) return null;
  const data: BoardRows = { full, rows, gone, ...clocksOf(board) };
  return textOf('rows', data, `${origin}.${board.rows.revision}`);
}

function clocksOf({ asOfMs }: Board): BoardAlive {
  return { asOfMs, nowMs: Date.now() };
}

function textOf(event: string, data: unknown, id?: string): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
