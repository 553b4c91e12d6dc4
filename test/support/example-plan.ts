/** The text of a plan under examples, with some of its words changed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../src/stack/tools.ts';

export function examplePlan(name: string, changes: Readonly<Record<string, string>> = {}): string {
  const text = readFileSync(join(repoRoot(), 'examples', name), 'utf8');
  return Object.entries(changes).reduce((changed, [from, to]) => changed.replaceAll(from, to), text);
}
