/** The live region: what changes on the screen, said to people who do not see it. */
import { useEffect, useState } from 'react';

type Listener = (text: string) => void;
const listeners = new Set<Listener>();

/** Said once the reader has finished what it says now. */
export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

export function Announcer() {
  const [said, setSaid] = useState({ text: '', turn: 0 });
  useEffect(() => {
    const listener: Listener = (text) => setSaid(({ turn }) => ({ text, turn: turn + 1 }));
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  // The same words twice are news twice, so each turn is another element.
  return (
    <div className="visually-hidden" aria-live="polite" aria-atomic="true">
      <span key={said.turn}>{said.text}</span>
    </div>
  );
}
