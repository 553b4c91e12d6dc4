/** `sluice status`: one look at a rollout. */
import type { Command } from 'commander';
import type { RolloutView } from '../../api/contract.ts';
import type { ApiClient } from '../client.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, type Target } from '../target.ts';
import { pictureOf, wantsColor, writeJson, writeLines } from '../text.ts';
import { type Act, type CommonOptions, clientOf, type Run, verb } from '../verb.ts';

interface StatusOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

/** Nothing is drawn over, so a line may wrap; a reason that is cut is of no use. */
const wholeLines = 2_000;

async function runStatus(options: StatusOptions, io: Io): Promise<number> {
  const { target, run } = options;
  const client = clientOf(options, io);
  const { value, raw } = await client.ask('getRollout', { ...target, run });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const { out, env } = io;
  const legal = value.status?.legal ?? [];
  writeLines(out, [
    ...pictureOf(value, { nowMs: io.now(), columns: wholeLines, color: wantsColor(out, env) }),
    ...evidenceLines(value),
    ...(legal.length > 0 ? [`you may: ${legal.join(', ')}`] : []),
    ...(await tellingLines(client, options)),
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

/** Only what somebody has to know: who could not be told, and what nobody has taken on. */
async function tellingLines(client: ApiClient, { target, run }: StatusOptions): Promise<string[]> {
  const asked = client.ask('getNotices', { ...target, run });
  // Most rollouts are told to nobody, and a look at one must not fail for want of this.
  const notices = await asked.then(
    ({ value }) => value,
    () => null,
  );
  if (notices === null) return [];
  const behind = notices.receivers.filter(({ failing, lost }) => failing !== null || lost > 0);
  const lines = behind.map(({ name, pending, lost, failing, lastProblem }) => {
    const why = failing?.problem ?? lastProblem ?? 'no reason given';
    return `not told: ${name}, ${pending} waiting, ${lost} lost: ${why}`;
  });
  const { trouble } = notices;
  if (trouble === null || trouble.ack !== null) return lines;
  return [...lines, `nobody has acknowledged: ${trouble.title} (\`sluice ack ${notices.target}\`)`];
}

export function statusCommand(act: Act, run: Run<StatusOptions> = runStatus): Command {
  return verb('status', 'show the latest rollout of a target')
    .argument('<target>', 'environment/service', parseTarget)
    .option('--run <id>', 'a certain run instead of the latest')
    .action((target: Target, flags: Omit<StatusOptions, 'target'>) =>
      act(flags, (io) => run({ ...flags, target }, io)),
    );
}
