/** Who acts here. Without authentication it is a name that is asked once and that this browser keeps. */
import { useSyncExternalStore } from 'react';
import { asLine } from '../../domain/legible.ts';
import { recall, remember } from './storage.ts';

const key = 'name';
/** As the API limits it. */
export const longestName = 100;
const listeners = new Set<() => void>();

function myName(): string | null {
  return recall(key);
}

export function setMyName(name: string): void {
  remember(key, asLine(name).trim().slice(0, longestName) || null);
  for (const listener of listeners) listener();
}

/** Null: nobody has said it yet. */
export function useMyName(): string | null {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, myName);
}
