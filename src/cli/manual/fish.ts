/** Completion for fish, which shows what each word means. */
import type { Place, Values } from './values.ts';

export function fishScript(places: readonly Place[]): string {
  const paths = places.map(({ path }) => path).filter((path) => path !== '');
  return `# Completion of sluice for fish, made by \`sluice completion fish\`.

# The command that the line has so far, without options and arguments.
function __sluice_path
    set -l path
    for word in (commandline -opc)[2..]
        contains -- (string join -- ' ' $path $word) ${paths.map(quoted).join(' ')}
        and set -a path $word
    end
    string join -- ' ' $path
end

function __sluice_at
    set -l path (__sluice_path)
    test "$path" = "$argv[1]"
end

# Names that sluice itself knows, of the API that the line names.
function __sluice_names
    set -l words (commandline -opc)
    set -l api
    set -l option
    for word in $words[2..]
        if test -n "$option"
            set -a api $option $word
            set option
        else
            switch $word
                case --api --context
                    set option $word
                case '--api=*' '--context=*'
                    set -a api $word
            end
        end
    end
    command $words[1] completion $argv[1] $api 2>/dev/null
end

complete -c sluice -f
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, options, commands, argument }: Place): string[] {
  const at = `complete -c sluice -n ${quoted(`__sluice_at "${path}"`)}`;
  return [
    ...commands.map(({ name, description }) => `${at} -a ${name} -d ${quoted(description)}`),
    ...options.map(({ names, description: told, values }) => {
      // Which there are is seen by completing the value.
      const description = values?.words.length ? told.replace(/ \(choices: .*\)$/, '') : told;
      const flags = names.map((name) =>
        name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
      );
      return `${at} ${flags.join(' ')} -d ${quoted(description)}${values === null ? '' : ` ${valuesOf(values)}`}`;
    }),
    ...(argument === null ? [] : [`${at} ${valuesOf(argument).replace(/^-[rx] ?/, '')}`]),
  ].filter((line) => line !== `${at} `);
}

/** `-x`: a value is needed and is no file; `-r -F`: it may be one. */
function valuesOf({ words, sources }: Values): string {
  const asked = sources.filter((source) => source !== 'files').map((source) => `(__sluice_names ${source})`);
  const all = [...words, ...asked].join(' ');
  return [sources.includes('files') ? '-r -F' : '-x', ...(all === '' ? [] : [`-a ${quoted(all)}`])].join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (sign) => `\\${sign}`)}'`;
}
