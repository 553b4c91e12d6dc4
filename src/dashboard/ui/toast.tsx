/** Short words that come and go at the edge of the page: what was done, or what was not. */
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { announce } from '../shell/announcer.tsx';
import { Icon } from './icon.tsx';
import './toast.css';

interface Toast {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

type Tell = (toast: Toast) => void;

const ToastContext = createContext<Tell>(() => {});
/** What went wrong stays until somebody takes it away. */
const goodForMs = 6_000;
const most = 4;

/** Says something that no place on the page is for. */
export function useToast(): Tell {
  return useContext(ToastContext);
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const [shown, setShown] = useState<readonly (Toast & { readonly key: number })[]>([]);
  const drop = useCallback((key: number) => setShown((all) => all.filter((one) => one.key !== key)), []);
  const count = useRef(0);
  const tell = useMemo<Tell>(
    () => (toast) => {
      count.current += 1;
      const key = count.current;
      setShown((all) => [...all, { ...toast, key }].slice(-most));
      announce(toast.text);
      if (toast.tone === 'good') setTimeout(() => drop(key), goodForMs);
    },
    [drop],
  );
  return (
    <ToastContext value={tell}>
      {children}
      <section className="toasts" aria-label="Messages">
        <ul>
          {shown.map(({ key, tone, text }) => (
            <li key={key} className="toast" data-tone={tone}>
              <Icon name={tone === 'good' ? 'check' : 'alert'} />
              <p>{text}</p>
              <button
                type="button"
                className="header-button"
                onClick={() => drop(key)}
                aria-label="Take the message away"
              >
                <Icon name="cross" size={14} />
              </button>
            </li>
          ))}
        </ul>
      </section>
    </ToastContext>
  );
}
