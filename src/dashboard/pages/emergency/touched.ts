/** Which of the rollouts that run an emergency would touch. */
import type { RolloutSummary } from '../../../api/contract.ts';
import { covers, type ScopeWords } from '../../../domain/emergency/scope.ts';

type Running = Pick<RolloutSummary, 'target' | 'environment' | 'service'>;

/** Of a stop a bare name is an environment; of a rollback it may be a service as well. */
export function touchedBy(
  kind: 'stop' | 'rollback',
  words: ScopeWords,
  running: readonly Running[],
): readonly string[] {
  const within = ({ target, environment }: Running) =>
    kind === 'rollback' || words.includes('all')
      ? covers(words, target)
      : words.includes(environment) || words.includes(target);
  return running.filter(within).map(({ target }) => target);
}
