/** A button: what it does is its text; what is dangerous looks so. */
import type { MouseEvent, ReactNode, Ref } from 'react';
import './button.css';
import { Icon, type IconName } from './icon.tsx';

interface ButtonProps {
  readonly children: ReactNode;
  /** Default: plain. */
  readonly kind?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly type?: 'button' | 'submit';
  readonly icon?: IconName;
  /** At work: says so, and takes no second press. */
  readonly busy?: boolean;
  readonly disabled?: boolean;
  readonly onClick?: (event: MouseEvent<HTMLButtonElement>) => void;
  readonly label?: string;
  /** The id of what says more, as why it is disabled. */
  readonly describedBy?: string | undefined;
  readonly ref?: Ref<HTMLButtonElement>;
}

export function Button(props: ButtonProps) {
  const {
    children,
    kind = 'plain',
    type = 'button',
    icon,
    busy = false,
    disabled = false,
    onClick,
    label,
    describedBy,
    ref,
  } = props;
  return (
    <button
      ref={ref}
      type={type}
      className={`button button-${kind}`}
      disabled={disabled}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      aria-label={label}
      aria-describedby={describedBy}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      {children}
      {busy ? <span className="button-busy" aria-hidden="true" /> : null}
    </button>
  );
}
