/** How scripts call the TypeScript compiler. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { nodeModules } from './paths.mjs';

/** Each checker looks at a good part of what the others look at too, so more than there are processors cost time. */
const checkers = Math.min(4, availableParallelism());

/** For Node. @param {string[]} args */
export function tscCall(...args) {
  return [join(nodeModules, 'typescript', 'bin', 'tsc'), ...args, '--checkers', `${checkers}`];
}
