/** Which of the rollouts that run an emergency would touch, and which of its words touch none: maybe typing errors. */
import type { RolloutSummary } from '../../../api/contract.ts';
import { covers, type ScopeWords } from '../../../domain/emergency/scope.ts';
import { nearest } from '../../../domain/nearest.ts';

type Kind = 'stop' | 'rollback';
type Running = Pick<RolloutSummary, 'target' | 'environment' | 'service'>;

/** Of a stop a bare name is an environment; of a rollback it may be a service as well. */
export function touchedBy(kind: Kind, words: ScopeWords, running: readonly Running[]): readonly string[] {
  const within = ({ target, environment }: Running) =>
    kind === 'rollback' || words.includes('all')
      ? covers(words, target)
      : words.includes(environment) || words.includes(target);
  return running.filter(within).map(({ target }) => target);
}

interface Slip {
  readonly word: string;
  /** What was probably meant. */
  readonly meant: string;
}

/** Words that touch nothing, where something that runs is called alike. */
export function slipsIn(kind: Kind, words: ScopeWords, running: readonly Running[]): readonly Slip[] {
  const missed = words.filter((word) => touchedBy(kind, [word], running).length === 0);
  return missed.flatMap((word) => {
    const meant = nearest(word, namesOf(kind, word, running));
    return meant === undefined ? [] : [{ word, meant }];
  });
}

/** A target is meant by whoever writes a slash. */
function namesOf(kind: Kind, word: string, running: readonly Running[]): readonly string[] {
  if (word.includes('/')) return running.map(({ target }) => target);
  const environments = running.map(({ environment }) => environment);
  return kind === 'stop' ? environments : [...environments, ...running.map(({ service }) => service)];
}
