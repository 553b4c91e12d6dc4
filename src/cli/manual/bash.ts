/** Completion for bash, and for zsh, which can run what is written for bash. */
import type { Place, Values } from './values.ts';

export function bashScript(places: readonly Place[]): string {
  return `# Completion of sluice for bash, made by \`sluice completion bash\`.

__sluice_commands() {
  case "$1" in
${cases(places, ({ commands }) => commands.map(({ name }) => name).join(' '))}
  esac
}

__sluice_options() {
  case "$1" in
${cases(places, ({ options }) => options.flatMap(({ names }) => names).join(' '))}
  esac
}

# What the value of an option may be: words, and @files, @targets or @contexts. Status 1: it takes none.
__sluice_values() {
  case "$1" in
${places.flatMap(valueCases).join('\n')}
    *) return 1 ;;
  esac
}

# Likewise the argument of a command, with @more where there may be several.
__sluice_arguments() {
  case "$1" in
${cases(places, ({ argument }) => (argument ? [...tokensOf(argument), ...(argument.variadic ? ['@more'] : [])].join(' ') : ''))}
  esac
}

__sluice_reply() {
  local token
  for token in $1; do
    case "$token" in
      @more) ;;
      @files)
        while IFS= read -r token; do COMPREPLY+=("$token"); done < <(compgen -f -- "$cur")
        compopt -o filenames 2>/dev/null
        ;;
      @*)
        while IFS= read -r token; do
          [[ $token == "$cur"* ]] && COMPREPLY+=("$token")
        done < <(command "$program" completion "\${token#@}" \${api[@]+"\${api[@]}"} 2>/dev/null)
        ;;
      *) [[ $token == "$cur"* ]] && COMPREPLY+=("$token") ;;
    esac
  done
  return 0
}

_sluice() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" program="\${COMP_WORDS[0]}" path="" option="" word known i
  local -i given=0 i
  local -a api=()
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    # What follows an option with a value is that value; bash gives \`=\` as a word of its own.
    if [[ -n $option ]]; then
      [[ $word == "=" ]] && continue
      case "$option" in --api | --context) api+=("$option" "$word") ;; esac
      option=""
    elif [[ $word == -* ]]; then
      __sluice_values "$path $word" >/dev/null && option="$word"
    else
      known=" $(__sluice_commands "$path") "
      if [[ $known == *" $word "* ]]; then path="\${path:+$path }$word"; else given+=1; fi
    fi
  done
  if [[ -n $option ]]; then
    [[ $cur == "=" ]] && cur=""
    __sluice_reply "$(__sluice_values "$path $option")"
    return 0
  fi
  if [[ $cur == -* ]]; then
    __sluice_reply "$(__sluice_options "$path")"
    return 0
  fi
  known="$(__sluice_arguments "$path")"
  ((given > 0)) && [[ " $known " != *" @more "* ]] && known=""
  __sluice_reply "$(__sluice_commands "$path") $known"
}

complete -F _sluice sluice
`;
}

export function zshScript(places: readonly Place[]): string {
  return `#compdef sluice
# Completion of sluice for zsh, made by \`sluice completion zsh\`.
autoload -U +X bashcompinit && bashcompinit

${bashScript(places)}`;
}

function cases(places: readonly Place[], textOf: (place: Place) => string): string {
  return places
    .flatMap((place) => {
      const text = textOf(place);
      return text === '' ? [] : [`    "${place.path}") echo "${text}" ;;`];
    })
    .join('\n');
}

function valueCases({ path, options }: Place): string[] {
  return options.flatMap(({ names, values }) => {
    if (values === null) return [];
    const keys = names.map((name) => `"${path} ${name}"`).join(' | ');
    return [`    ${keys}) echo "${tokensOf(values).join(' ')}" ;;`];
  });
}

function tokensOf({ words, sources }: Values): string[] {
  return [...words, ...sources.map((source) => `@${source}`)];
}
