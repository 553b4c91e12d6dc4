/** Gates and scores as people read them. */
import type { Findings } from '../../../api/contract.ts';

/** Of 100; the bounds are those that people know from reports: a score of 90 is asked for by default. */
export function toneOf(score: number): 'good' | 'warn' | 'bad' {
  if (score >= 90) return 'good';
  return score >= 70 ? 'warn' : 'bad';
}

export function scoreText(score: number): string {
  return Number.isInteger(score) ? String(score) : score.toFixed(1);
}

/** What all gates come to. A gate that holds of a rollout under way is waited for; of an ended one it never opened. */
export function gatesHeadline({
  gates,
  unanswered,
  underWay,
}: Pick<Findings, 'gates' | 'unanswered' | 'underWay'>): {
  readonly tone: 'good' | 'warn' | 'bad';
  readonly text: string;
} {
  const total = gates.length + unanswered.length;
  const isClosed = ({ answer }: Findings['gates'][number]) => answer === 'refuse' || !underWay;
  const notOpen = gates.filter(({ answer }) => answer !== 'open');
  const closed = notOpen.filter(isClosed);
  const waiting = [...notOpen.filter((gate) => !isClosed(gate)), ...unanswered];
  const counted = (some: readonly unknown[]) => (total === 1 ? '1 gate' : `${some.length} of ${total} gates`);
  if (total === 0) return { tone: 'warn', text: 'nothing is assured' };
  if (closed.length > 0) return { tone: 'bad', text: `${counted(closed)} not open: ${namesOf(closed)}` };
  if (waiting.length === 0)
    return { tone: 'good', text: total === 1 ? 'the gate is open' : `all ${total} gates are open` };
  return {
    tone: 'warn',
    text: `${counted(waiting)} ${underWay ? 'waiting' : 'never asked'}: ${namesOf(waiting)}`,
  };
}

function namesOf(gates: readonly { readonly name: string }[]): string {
  return gates.map(({ name }) => name).join(', ');
}
