/** How a rollout's state is said and shown: one word, a sign and a tone. Pure. */
import type { RolloutRow, RolloutSummary } from '../../../api/contract.ts';
import type { Attention } from '../../../domain/rollout/attention.ts';
import type { Phase } from '../../../domain/rollout/types.ts';
import type { IconName } from '../../ui/icon-shapes.ts';
import type { Tone } from '../../ui/tone.ts';

interface RowState {
  readonly word: string;
  readonly tone: Tone;
  readonly icon: IconName;
  /** To be seen first. */
  readonly strong: boolean;
}

/** `nowMs` by the API's clock. */
export function stateOf(row: RolloutRow, nowMs: number): RowState {
  if (row.endedAtMs !== null) return endingOf(row);
  const { attention, phase, paused, restore } = row;
  if (
    attention === 'restoring' &&
    restore !== null &&
    restore.restoredAtMs === null &&
    nowMs > restore.dueAtMs
  ) {
    return say('Restore late', 'bad', 'stop', true);
  }
  if (attention !== 'none') return wanting[attention];
  if (paused) return say('Paused', 'warn', 'pause');
  return phase === null ? say('Starting', 'busy', 'clock') : phases[phase];
}

/** How it ended, also where only the summary of it is known. */
export function endingOf({
  outcome,
  temporalStatus,
}: Pick<RolloutSummary, 'outcome' | 'temporalStatus'>): RowState {
  switch (outcome) {
    case 'promoted':
      return say('Promoted', 'good', 'check');
    case 'rolled-back':
      return say('Rolled back', 'bad', 'back');
    case 'refused':
      return say('Refused', 'warn', 'hand');
    default:
      return say(sentence(temporalStatus), 'bad', 'alert');
  }
}

function say(word: string, tone: Tone, icon: IconName, strong = false): RowState {
  return { word, tone, icon, strong };
}

const wanting: Readonly<Record<Exclude<Attention, 'none'>, RowState>> = {
  restoring: say('Rolling back', 'bad', 'back', true),
  failing: say('Failing', 'bad', 'alert', true),
  held: say('Held', 'warn', 'hand'),
  asks: say('Needs approval', 'warn', 'question'),
  blind: say('No verdict', 'warn', 'question'),
};

const phases: Readonly<Record<Phase, RowState>> = {
  gating: say('At gates', 'busy', 'clock'),
  preparing: say('Preparing', 'busy', 'clock'),
  shifting: say('Shifting', 'busy', 'forward'),
  soaking: say('Soaking', 'busy', 'clock'),
  holding: wanting.held,
  approving: wanting.asks,
  promoting: say('Promoting', 'busy', 'forward'),
  watching: say('Watching', 'good', 'check'),
  restoring: wanting.restoring,
  cleaning: say('Cleaning up', 'idle', 'clock'),
  promoted: say('Promoted', 'good', 'check'),
  'rolled-back': say('Rolled back', 'bad', 'back'),
  refused: say('Refused', 'warn', 'hand'),
};

/** `TIMED_OUT` reads `Timed out`. */
function sentence(status: string): string {
  const words = status.toLowerCase().replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
