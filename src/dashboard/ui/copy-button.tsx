/** Copies a text to the clipboard, and says whether it did. */

import { useState } from 'react';
import { announce } from '../shell/announcer.tsx';
import { Button } from './button.tsx';

export function CopyButton({ text, what }: { readonly text: string; readonly what: string }) {
  const [done, setDone] = useState<'no' | 'yes' | 'failed'>('no');
  const copy = async () => {
    // Browsers take the clipboard away from pages over plain HTTP of another machine.
    const copied = await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    );
    setDone(copied ? 'yes' : 'failed');
    announce(copied ? `${what} copied` : 'Copying did not work; select the text instead.');
  };
  const word = { no: `Copy ${what}`, yes: 'Copied', failed: 'Not copied: select the text' }[done];
  return (
    <Button icon={done === 'yes' ? 'check' : 'copy'} onClick={() => void copy()}>
      {word}
    </Button>
  );
}
