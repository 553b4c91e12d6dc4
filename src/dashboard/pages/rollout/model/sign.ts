/** The signs and tones that models choose from; components know how they look. */

export type Tone = 'bad' | 'warn' | 'good' | 'busy' | 'idle';

export type SignIcon =
  | 'alert'
  | 'back'
  | 'check'
  | 'clock'
  | 'forward'
  | 'hand'
  | 'offline'
  | 'pause'
  | 'person'
  | 'play'
  | 'question'
  | 'stop';
