/** The manual page, in the language of `man`, from what `--help` says. */
import { exitCodeHelp } from '../exit-codes.ts';
import { allOf, type CommandSpec } from './tree.ts';

interface PageOptions {
  readonly version: string;
  /** What is told beside verbs and options, such as variables: name and meaning. */
  readonly environment: readonly (readonly [string, string])[];
}

export function manualPage(program: CommandSpec, { version, environment }: PageOptions): string {
  const verbs = allOf(program).filter(({ path, commands }) => path.length > 0 && commands.length === 0);
  const shown = verbs.filter(({ path }) => path.at(-1) !== 'help');
  return [
    `.TH SLUICE 1 "" "sluice ${text(version)}" "Sluice"`,
    '.SH NAME',
    `sluice \\- ${text(firstSentence(program.description))}`,
    '.SH SYNOPSIS',
    '.B sluice',
    '.I verb',
    '[options]',
    '.SH DESCRIPTION',
    text(program.description),
    '.SH VERBS',
    ...shown.flatMap(verbOf),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([name, meaning]) => ['.TP', `.B ${text(name)}`, text(meaning)]),
    '.SH EXIT STATUS',
    '.nf',
    ...exitCodeHelp('any').trim().split('\n').slice(1).map(text),
    '.fi',
    '',
  ].join('\n');
}

function verbOf({ path, aliases, description, usage, arguments: given, options }: CommandSpec): string[] {
  const other = aliases.length === 0 ? '' : ` Also: ${aliases.join(', ')}.`;
  return [
    `.SS "sluice ${text(path.join(' '))} ${text(quotable(usageTail(usage)))}"`,
    text(sentence(description) + other),
    ...given.flatMap(({ name, description: meaning }) =>
      meaning === '' ? [] : ['.TP', `.I ${text(name)}`, text(sentence(meaning))],
    ),
    ...options.flatMap(({ term, description: meaning }) => [
      '.TP',
      `.B ${text(term)}`,
      text(sentence(meaning)),
    ]),
  ];
}

/** What comes after the name, which help gives without the verbs above it. */
function usageTail(usage: string): string {
  return /(?:<|\[).*$/.exec(usage)?.[0] ?? '';
}

function firstSentence(description: string): string {
  return description.split(':')[0]?.toLowerCase() ?? description;
}

function sentence(words: string): string {
  const begun = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(begun) ? begun : `${begun}.`;
}

function quotable(words: string): string {
  return words.replaceAll('"', '');
}

/** Nothing in it is a command of roff, and dashes and tildes stay those of the keyboard. */
function text(words: string): string {
  const escaped = words
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('’', '\\(cq')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
    .replaceAll(/\s*\n\s*/g, ' ');
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}
