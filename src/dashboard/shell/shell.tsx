/** The frame around every page: skip link, header with navigation, the state of the connection, a stop of everything, the live region. */
import type { ReactNode } from 'react';
import { Link, useRoute } from 'wouter';
import { type PageEntry, pages } from '../pages.ts';
import { useInView } from '../ui/use-in-view.ts';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner, ConnectionState } from './connection-state.tsx';
import './shell.css';
import { StopBar } from './stop-bar.tsx';
import { ThemeChoice } from './theme-choice.tsx';
import { WhoAmI } from './who-am-i.tsx';

export function Shell({ children }: { readonly children: ReactNode }) {
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="shell-header">
        <Link href="/" className="brand">
          <Mark /> Sluice
        </Link>
        <nav aria-label="Pages" className="shell-nav">
          <ul>
            {pages
              .filter(({ inNav }) => inNav)
              .map((page) => (
                <NavItem key={page.path} page={page} />
              ))}
          </ul>
        </nav>
        <div className="shell-side">
          <ConnectionState />
          <WhoAmI />
          <ThemeChoice />
        </div>
      </header>
      <ConnectionBanner />
      <StopBar />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Announcer />
    </>
  );
}

function NavItem({ page: { path, title } }: { readonly page: PageEntry }) {
  const [isHere] = useRoute(path);
  // Pages of one rollout belong to that of all.
  const [isOfOne] = useRoute('/rollouts/*');
  const isAbove = isOfOne && path === '/';
  return (
    <li ref={useInView(isHere || isAbove)}>
      <Link href={path} aria-current={isHere ? 'page' : isAbove ? true : undefined}>
        {title}
      </Link>
    </li>
  );
}

function Mark() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className="brand-mark">
      <rect width="32" height="32" rx="7" />
      <path d="M6 11h20M6 21h20" />
      <path d="M16 7v18" strokeDasharray="6 5" />
    </svg>
  );
}
