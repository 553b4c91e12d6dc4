/** The lines of a rollout's story with the sign and the tone of each kind. Pure. */
import type { TimelineEntry } from '../../../../domain/rollout/types.ts';
import type { SignIcon, Tone } from './sign.ts';

interface Sign {
  readonly icon: SignIcon;
  readonly tone: Tone;
  readonly word: string;
}

const bad: Tone = 'bad';
const warn: Tone = 'warn';
const good: Tone = 'good';
const busy: Tone = 'busy';
const idle: Tone = 'idle';

/** Kinds that are not listed, such as those of a newer API, get the plain sign and their own name. */
const signs: Readonly<Partial<Record<string, readonly [SignIcon, Tone, string]>>> = {
  started: ['play', idle, 'started'],
  'gates-open': ['check', good, 'gates open'],
  'gate-refused': ['hand', bad, 'gate refused'],
  prepared: ['check', idle, 'prepared'],
  shifted: ['forward', busy, 'share set'],
  'stage-passed': ['check', good, 'stage passed'],
  'stage-extended': ['clock', idle, 'extended'],
  'check-failed': ['alert', bad, 'check failed'],
  held: ['hand', warn, 'held'],
  released: ['play', good, 'goes on'],
  command: ['person', idle, 'command'],
  'command-refused': ['person', warn, 'refused'],
  event: ['alert', warn, 'event'],
  'message-malformed': ['question', warn, 'malformed'],
  'approval-asked': ['hand', warn, 'approval asked'],
  override: ['person', warn, 'override'],
  webhook: ['forward', idle, 'webhook'],
  'clock-skewed': ['clock', warn, 'clocks differ'],
  'limit-near': ['clock', warn, 'limit near'],
  'limit-struck': ['clock', bad, 'limit struck'],
  promoting: ['forward', busy, 'promoting'],
  promoted: ['check', good, 'promoted'],
  'restore-started': ['back', bad, 'going back'],
  ramp: ['back', warn, 'step down'],
  'second-means': ['alert', bad, 'second means'],
  'restore-late': ['alert', bad, 'late'],
  restored: ['check', good, 'restored'],
  'action-started': ['forward', idle, 'action'],
  'action-ended': ['check', idle, 'action ended'],
  verified: ['check', good, 'verified'],
  cleaned: ['check', idle, 'cleaned up'],
  'clean-up-failed': ['alert', warn, 'clean-up failed'],
  'rolled-back': ['back', bad, 'rolled back'],
  finished: ['check', idle, 'finished'],
};

export function signOf({ kind }: TimelineEntry): Sign {
  const [icon, tone, word] = signs[kind] ?? (['question', idle, kind.replaceAll('-', ' ')] as const);
  return { icon, tone, word };
}
