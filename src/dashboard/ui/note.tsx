/** A few words that must not be missed, where they belong. */
import type { ReactNode } from 'react';
import './note.css';

interface NoteProps {
  readonly children: ReactNode;
  /** Told at once to whoever cannot see it come up. */
  readonly live?: boolean;
}

export function Note({ children, live = false }: NoteProps) {
  return (
    <div className="note" role={live ? 'status' : undefined}>
      {children}
    </div>
  );
}
