/** The API's answer to a command, in a sentence. */
import type { CommandAnswer, Express } from '../../../api/contract.ts';
import type { RolloutStatus } from '../../../domain/rollout/status.ts';
import type { CommandName, Phase } from '../../../domain/rollout/types.ts';
import { labels } from './words.ts';

const whileUntold = 'The API tries for up to 10 minutes to tell it who asked and why.';

export function answerText(
  name: CommandName,
  target: string,
  { via, status, express }: CommandAnswer,
): string {
  const what = `${labels[name]}, ${target}`;
  const stopped = express?.written ? ` ${expressText(express)}` : '';
  if (via === 'signal') return `${what}: no worker answered in time, the next one carries it out.${stopped}`;
  if (via === 'stop')
    return `${what}: Temporal could not be told; the rollout finds the stop and ends rolled back. ${whileUntold}${stopped}`;
  const now = status === null ? '' : ` It is now ${status.phase}${status.paused ? ', paused' : ''}.`;
  return `${what}: accepted.${now}${stopped}`;
}

/** What became of the stop that the API writes in the data plane itself, beside telling the rollout. */
export function expressText(express: Express): string {
  return express.written
    ? `Its canary was stopped in the data plane within ${Math.ceil(express.tookMs)} ms.`
    : `The data plane could not be told directly (${express.problem}); the rollout itself restores.`;
}

/** In which a promoted version is, whose rollback was asked for and refused. */
const keeping: ReadonlySet<Phase> = new Set(['watching', 'cleaning', 'promoted']);

/** What comes of a rollback or a no while no way back is seen. `status`: the newest account; null: there is none. */
export function untoldText(
  name: CommandName,
  via: CommandAnswer['via'],
  status: RolloutStatus | null,
): string {
  if (via === 'stop') {
    return `Temporal could not be told yet: the rollout finds the stop and ends rolled back. ${whileUntold}`;
  }
  if (status?.outcome === 'refused') return 'The rollout has ended as refused; no user had met the version.';
  const kept = status?.cause === null && status.question === undefined && keeping.has(status.phase);
  return name === 'reject' && kept
    ? 'The version stays, and its checks decide nothing any more.'
    : 'It has been told. What it does is shown here as soon as it says so.';
}
