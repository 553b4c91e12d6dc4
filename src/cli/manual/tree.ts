/** The command line as data: what help, completion and manual page are all made of. */
import { type Argument, type Command, Help, type Option } from 'commander';

interface OptionSpec {
  /** As help writes it, such as `--api <url>`. */
  readonly term: string;
  /** Each way to name it, such as `-h` and `--help`. */
  readonly names: readonly string[];
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly variadic: boolean;
  readonly choices: readonly string[];
}

export interface CommandSpec {
  /** From `sluice` on, which is left out: `['evidence', 'get']`. */
  readonly path: readonly string[];
  readonly aliases: readonly string[];
  readonly description: string;
  readonly usage: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  readonly commands: readonly CommandSpec[];
}

const help = new Help();

/** Hidden commands and options are not in it. */
export function treeOf(command: Command, path: readonly string[] = []): CommandSpec {
  return {
    path,
    aliases: command.aliases(),
    description: command.description(),
    usage: help.commandUsage(command),
    arguments: command.registeredArguments.map(argumentOf),
    options: help.visibleOptions(command).map(optionOf),
    commands: help.visibleCommands(command).map((one) => treeOf(one, [...path, one.name()])),
  };
}

/** A command and all below it, as help lists them. */
export function allOf(spec: CommandSpec): CommandSpec[] {
  return [spec, ...spec.commands.flatMap(allOf)];
}

function optionOf(option: Option): OptionSpec {
  return {
    term: help.optionTerm(option),
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    description: help.optionDescription(option),
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

function argumentOf(argument: Argument): ArgumentSpec {
  return {
    name: argument.name(),
    description: help.argumentDescription(argument),
    variadic: argument.variadic,
    choices: argument.argChoices ?? [],
  };
}
