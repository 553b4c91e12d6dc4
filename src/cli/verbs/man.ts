/** `sluice man`: the manual page, from the same source as `--help`. */
import { Command } from 'commander';
import { sluiceVersion } from '../../evidence/versions.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { manualPage } from '../manual/roff.ts';
import { type CommandSpec, treeOf } from '../manual/tree.ts';
import type { Act } from '../verb.ts';

/** Variables that the command line itself heeds. */
const environment = [
  ['SLUICE_API', 'Address of the API, where neither --api nor --context names one.'],
  ['SLUICE_CONTEXT', 'The context to use, where nothing else names an API.'],
  ['SLUICE_TOKEN', 'The token for the API; it is sent over https or to loopback only.'],
  ['SLUICE_CONFIG', 'The operator configuration, for doctor and guard.'],
  ['XDG_CONFIG_HOME', 'Where sluice/config.yaml has the contexts; by default ~/.config.'],
  ['NO_COLOR', 'If it is set, nothing is coloured.'],
] as const;

async function runMan(program: CommandSpec, io: Io): Promise<number> {
  io.out.write(manualPage(program, { version: await sluiceVersion(), environment }));
  return exitCodes.ok;
}

export function manCommand(act: Act): Command {
  const command = new Command('man').description('print the manual page, for `man -l -`');
  return command.action(() => act({}, (io) => runMan(treeOf(command.parent ?? command), io)));
}
