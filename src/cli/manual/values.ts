/** What may stand at a place of the command line, as far as a shell can complete it. */
import { allOf, type CommandSpec } from './tree.ts';

/** `targets` and `contexts` are asked of `sluice` itself, files of the shell. */
type Source = 'files' | 'targets' | 'contexts';

export interface Values {
  readonly words: readonly string[];
  readonly sources: readonly Source[];
}

export interface Place {
  /** Words of the command, with blanks between; empty: `sluice` alone. */
  readonly path: string;
  readonly options: readonly {
    readonly names: readonly string[];
    readonly description: string;
    readonly values: Values | null;
  }[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly argument: (Values & { readonly variadic: boolean }) | null;
}

/** One for each command and each other name of it. */
export function placesOf(program: CommandSpec): Place[] {
  return allOf(program).flatMap((spec) =>
    [spec.path, ...spec.aliases.map((alias) => [...spec.path.slice(0, -1), alias])].map((path) => ({
      path: path.join(' '),
      options: spec.options.map(({ names, description, takesValue, choices, term }) => ({
        names,
        description,
        values: takesValue ? { words: choices, sources: sourcesOf(term) } : null,
      })),
      commands: spec.commands.flatMap(({ path: below, aliases, description }) =>
        [below.at(-1) ?? '', ...aliases].map((name) => ({ name, description })),
      ),
      argument: argumentOf(spec),
    })),
  );
}

function argumentOf({ arguments: all, path }: CommandSpec): Place['argument'] {
  const [first] = all;
  if (first === undefined) return null;
  const { name, choices, variadic } = first;
  const sources: readonly Source[] = path[0] === 'context' ? ['contexts'] : sourcesOf(`<${name}>`);
  return { words: choices, sources, variadic };
}

/** By the name in angle brackets, which is the same wherever the same is meant. */
const byName: Readonly<Record<string, readonly Source[]>> = {
  target: ['targets'],
  what: ['targets', 'files'],
  plan: ['files'],
  file: ['files'],
  files: ['files'],
  path: ['files'],
  folder: ['files'],
};

function sourcesOf(term: string): readonly Source[] {
  if (term.startsWith('--context ')) return ['contexts'];
  return byName[/<([a-z]+)/.exec(term)?.[1] ?? ''] ?? [];
}
