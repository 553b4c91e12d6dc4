/**
 * What every page has: a heading, a title of the browser's tab, and the focus when somebody has come from another page.
 */
import { type ReactNode, useEffect, useRef } from 'react';
import './page.css';

interface PageProps {
  readonly title: string;
  /** Before the title in the browser's tab: how it stands. */
  readonly state?: string;
  /** Beside the heading. */
  readonly actions?: ReactNode;
  /** Below the heading, in a line. */
  readonly subtitle?: ReactNode;
  readonly children: ReactNode;
}

/** The first page of a visit leaves the focus where the browser puts it. */
let arrived = false;

export function Page({ title, state, actions, subtitle, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${state === undefined ? '' : `${state} · `}${title} · Sluice`;
  }, [title, state]);
  useEffect(() => {
    if (arrived) heading.current?.focus({ preventScroll: true });
    arrived = true;
  }, []);
  return (
    <div className="page">
      <header className="page-header">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {subtitle === undefined ? null : <div className="page-subtitle">{subtitle}</div>}
        </div>
        {actions === undefined ? null : <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
