/** `sluice status`: one look at a rollout. */
import type { Command } from 'commander';
import { type RolloutView, rolloutViewSchema } from '../../api/contract.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, pathOf, type Target } from '../target.ts';
import { pictureOf, wantsColor, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

export interface StatusOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

export async function runStatus(options: StatusOptions, io: Io): Promise<number> {
  const path = pathOf(options.target, '', options.run);
  const { value, raw } = await clientOf(options, io).get(path, rolloutViewSchema);
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const { out, env } = io;
  const columns = out.isTTY ? out.columns : 200;
  const legal = value.status?.legal ?? [];
  writeLines(out, [
    ...pictureOf(value, { nowMs: io.now(), columns, color: wantsColor(out, env) }),
    ...evidenceLines(value),
    ...(legal.length > 0 ? [`you may: ${legal.join(', ')}`] : []),
    `run ${value.runId} of ${value.workflowId}`,
  ]);
  return exitCodes.ok;
}

function evidenceLines({ evidence }: RolloutView): string[] {
  switch (evidence?.state) {
    case 'kept': {
      const signed = evidence.signedBy === null ? 'not signed' : `signed by ${evidence.signedBy}`;
      return [`evidence: bundle ${evidence.position}, ${signed}`];
    }
    case 'waiting':
      return ['evidence: not collected yet'];
    case 'failing':
      return [`evidence: NOT KEPT after ${evidence.tries} tries, which go on: ${evidence.problem}`];
    case 'unknown':
      return [`evidence: not known: ${evidence.problem}`];
    default:
      return [];
  }
}

export function statusCommand(act: Act, run: Run<StatusOptions> = runStatus): Command {
  return verb('status', 'show the latest rollout of a target')
    .argument('<target>', 'environment/service', parseTarget)
    .option('--run <id>', 'a certain run instead of the latest')
    .action((target: Target, flags: Omit<StatusOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}
