/** Finds what `JSON.parse` takes in silence: keys that an object has twice, of which the last one would win. */
import type { Problem } from '../../domain/errors.ts';
import { dotted } from '../validation.ts';

/** Nobody reads more at once. */
const mostProblems = 20;

interface Level {
  /** Null: it is a list. */
  readonly keys: Set<string> | null;
  /** The key or the place that is being read. */
  at: string | number;
  expectsKey: boolean;
}

/** Texts, and the signs between values; what else there is of JSON is no key. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]/g;

/** Of two values for one key, nobody knows which was meant. The text has to be good JSON. */
export function duplicateKeyProblems(body: string): Problem[] {
  return duplicateKeys(body, mostProblems).map((path) => ({
    path: dotted('body', path),
    message: 'appears twice',
  }));
}

/** Their paths from the top, at most so many. The text has to be good JSON. */
export function duplicateKeys(json: string, most: number): (readonly PropertyKey[])[] {
  const found: (readonly PropertyKey[])[] = [];
  const levels: Level[] = [];
  for (const [token] of json.matchAll(tokens)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ keys: new Set(), at: '', expectsKey: true });
    else if (token === '[') levels.push({ keys: null, at: 0, expectsKey: false });
    else if (token === '}' || token === ']') levels.pop();
    else if (level === undefined) continue;
    else if (token === ':') level.expectsKey = false;
    else if (token === ',') goOn(level);
    else if (level.expectsKey && level.keys !== null) {
      level.at = String(JSON.parse(token));
      if (level.keys.has(level.at)) found.push(levels.map(({ at }) => at));
      if (found.length === most) break;
      level.keys.add(level.at);
    }
  }
  return found;
}

function goOn(level: Level): void {
  if (level.keys !== null) level.expectsKey = true;
  else level.at = Number(level.at) + 1;
}
