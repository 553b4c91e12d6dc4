/** `sluice guard`: the guard of Kubernetes routes, in the foreground. It asks the cluster, never the API. */
import { Command } from 'commander';
import { SluiceError } from '../../domain/errors.ts';
import type { GuardFlags } from '../../guard/config.ts';
import { badInput } from '../cli-error.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { Act, Run } from '../verb.ts';

async function runGuardVerb(flags: GuardFlags, _io: Io): Promise<number> {
  // Loaded only here: every other verb works without Kubernetes.
  const { runGuard } = await import('../../guard/run.ts');
  await runGuard(flags).catch((error: unknown) => {
    if (!(error instanceof SluiceError)) throw error;
    throw badInput(
      error.message,
      'Name a cluster by flags, or a configuration with Kubernetes traffic instances.',
    );
  });
  return exitCodes.ok;
}

export function guardCommand(act: Act, run: Run<GuardFlags> = runGuardVerb): Command {
  return new Command('guard')
    .description('bring Kubernetes routes home when their leases run out or are stopped; runs until Ctrl-C')
    .option('--config <file>', 'the operator configuration (default: SLUICE_CONFIG)')
    .option('--kubeconfig <file>', 'guard this cluster, instead of those of the configuration')
    .option('--context <name>', 'a context of the kubeconfig')
    .option('--lease-namespace <name>', 'where the Leases are (default: sluice)')
    .option('--host <address>', 'where probes and metrics are answered (default: 127.0.0.1)')
    .option('--port <port>', 'and at which port (default: 9466)')
    .action((flags: GuardFlags) => act({}, (io) => run(flags, io)));
}
