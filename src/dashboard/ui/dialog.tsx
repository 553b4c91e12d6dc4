/** A dialog over the page: keeps the focus inside, closes with Escape, and gives the focus back. */
import { type ReactNode, useEffect, useId, useRef } from 'react';
import './dialog.css';
import { Icon } from './icon.tsx';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** Default: narrow. */
  readonly width?: 'narrow' | 'wide';
}

const firstField = 'textarea:enabled, select:enabled, input:enabled:not([type=checkbox])';

/** It is open for as long as it is rendered. */
export function Dialog({ title, onClose, children, width = 'narrow' }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = element.current;
    const before = document.activeElement;
    dialog?.showModal();
    // What is filled in comes first, not the way out.
    dialog?.querySelector<HTMLElement>(firstField)?.focus();
    return () => {
      dialog?.close();
      giveBack(before);
    };
  }, []);
  return (
    <dialog
      ref={element}
      className="dialog"
      data-width={width}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Whoever renders it decides when it is gone.
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-header">
        <h2 id={titleId}>{title}</h2>
        <button type="button" className="header-button" onClick={onClose} aria-label="Close">
          <Icon name="cross" />
        </button>
      </div>
      {children}
    </dialog>
  );
}

/** What opened it may be gone or barred by then, as a command that does not fit any more: then the page's heading. */
function giveBack(before: Element | null): void {
  if (before instanceof HTMLElement) before.focus();
  const { activeElement } = document;
  if (activeElement === null || activeElement === document.body) {
    document.querySelector<HTMLElement>('h1[tabindex]')?.focus({ preventScroll: true });
  }
}
