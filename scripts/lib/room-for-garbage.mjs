/** Programs written in Go spend a good part of their time on collecting garbage that there is room for. */
import process from 'node:process';

/** For those that are started from now on, unless whoever started this process has said otherwise. */
export function giveRoomForGarbage() {
  process.env.GOGC ??= '400';
}
