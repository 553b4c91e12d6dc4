/** A state as sign, word and colour; any two of them would do. */
import type { ReactNode } from 'react';
import './badge.css';
import { Icon, type IconName } from './icon.tsx';
import type { Tone } from './tone.ts';

export type { Tone };

interface BadgeProps {
  readonly tone: Tone;
  readonly icon?: IconName;
  /** Filled, for what must be seen first. */
  readonly strong?: boolean;
  readonly children: ReactNode;
}

export function Badge({ tone, icon, strong = false, children }: BadgeProps) {
  return (
    <span className="badge" data-tone={tone} data-strong={strong || undefined}>
      {icon === undefined ? null : <Icon name={icon} size={14} />}
      {children}
    </span>
  );
}
