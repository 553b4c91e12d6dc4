/** The API's answer to a command, in a sentence. */
import type { CommandAnswer, Express } from '../../../api/contract.ts';
import type { CommandName } from '../../../domain/rollout/types.ts';
import { labels } from './words.ts';

export function answerText(
  name: CommandName,
  target: string,
  { via, status, express }: CommandAnswer,
): string {
  const what = `${labels[name]}, ${target}`;
  const stopped = express?.written ? ` ${expressText(express)}` : '';
  if (via === 'signal') return `${what}: no worker answered in time, the next one carries it out.${stopped}`;
  if (via === 'stop')
    return `${what}: Temporal could not be told; the rollout finds the stop and ends rolled back.${stopped}`;
  const now = status === null ? '' : ` It is now ${status.phase}${status.paused ? ', paused' : ''}.`;
  return `${what}: accepted.${now}${stopped}`;
}

/** What became of the stop that the API writes in the data plane itself, beside telling the rollout. */
export function expressText(express: Express): string {
  return express.written
    ? `Its canary was stopped in the data plane within ${Math.ceil(express.tookMs)} ms.`
    : `The data plane could not be told directly (${express.problem}); the rollout itself restores.`;
}
