/** What the checks of a rollout say now, or what is to be known before that: why it is held, waits or goes back. */
import type { RolloutRow } from '../../../api/contract.ts';
import { saysTooFew } from '../../../domain/analysis/format.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';

export function VerdictText({ row }: { readonly row: RolloutRow }) {
  const { icon, tone, head, text } = wordsOf(row);
  return (
    <p className="verdict-text" data-tone={tone}>
      {icon === null ? null : <Icon name={icon} size={14} />}
      <span className="verdict-words">
        {head === '' ? null : <strong>{head}</strong>}
        {head !== '' && text !== '' ? ' ' : ''}
        {text}
      </span>
    </p>
  );
}

interface Words {
  readonly icon: IconName | null;
  readonly tone: 'bad' | 'warn' | 'good' | 'none';
  readonly head: string;
  readonly text: string;
}

const signs = {
  fail: { icon: 'cross', tone: 'bad', word: 'fails' },
  error: { icon: 'question', tone: 'warn', word: 'cannot be asked' },
  'no-data': { icon: 'question', tone: 'warn', word: 'has no data' },
  pass: { icon: 'check', tone: 'good', word: 'passes' },
} as const;

function wordsOf({ why, verdict, checks, phase, endedAtMs }: RolloutRow): Words {
  if (why !== null) return { icon: null, tone: 'none', head: '', text: why };
  if (verdict === null) {
    const waits = phase === 'soaking' || phase === 'watching' ? 'no look at the checks yet' : '';
    return { icon: null, tone: 'none', head: '', text: endedAtMs === null ? waits : '' };
  }
  const { icon, tone, word: plain } = signs[verdict.kind];
  const word = verdict.kind === 'no-data' && saysTooFew(verdict.reason) ? 'has too few yet' : plain;
  const all = checks.pass + checks.fail + checks.noData + checks.error;
  const head = verdict.kind === 'pass' ? `${checks.pass} of ${all} pass` : `${verdict.check} ${word}`;
  return { icon, tone, head, text: verdict.reason };
}
