/** Reads a Dockerfile and a .dockerignore as far as ours go: plain instructions, JSON or shell form, COPY of paths. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repoRoot } from '../../../src/stack/tools.ts';

interface Instruction {
  readonly name: string;
  readonly text: string;
}

export interface Stage {
  readonly name: string;
  readonly instructions: readonly Instruction[];
}

interface Copy {
  /** The stage that it comes from; null: the build context. */
  readonly from: string | null;
  readonly sources: readonly string[];
  readonly target: string;
}

export function dockerfileStages(): Stage[] {
  const text = readFileSync(join(repoRoot(), 'Dockerfile'), 'utf8');
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const stages: { name: string; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`no instruction: ${line}`);
    if (name === 'FROM') stages.push({ name: / AS (\S+)$/.exec(rest)?.[1] ?? 'final', instructions: [] });
    else stages.at(-1)?.instructions.push({ name, text: rest.replaceAll(/\s+/g, ' ').trim() });
  }
  return stages;
}

export function copiesOf({ instructions }: Stage): Copy[] {
  return instructions
    .filter(({ name }) => name === 'COPY')
    .map(({ text }) => {
      const words = text.split(' ');
      const from = words[0]?.startsWith('--from=') ? (words.shift() ?? '').slice('--from='.length) : null;
      return { from, sources: words.slice(0, -1), target: words.at(-1) ?? '' };
    });
}

/** The last instruction of that name, which is the one that counts. */
export function last(stage: Stage, name: string): string {
  return stage.instructions.findLast((one) => one.name === name)?.text ?? '';
}

/** What of the repository reaches the build: our .dockerignore shuts everything out and lets some paths in. */
export function contextPaths(): string[] {
  const lines = readFileSync(join(repoRoot(), '.dockerignore'), 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  const [first, ...allowed] = lines;
  if (first !== '*' || allowed.some((line) => !line.startsWith('!'))) {
    throw new Error('.dockerignore is not of the form that this reads: "*", then "!path" lines');
  }
  return allowed.map((line) => line.slice(1));
}
