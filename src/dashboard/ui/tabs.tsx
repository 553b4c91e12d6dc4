/** Views of one thing, each with an address of its own: links, of which one is where you are. */
import { Link } from 'wouter';
import { useInView } from './use-in-view.ts';
import './tabs.css';

interface Tab {
  readonly text: string;
  /** Path and query under `/ui`. */
  readonly href: string;
  /** Whether it is the one that is shown. */
  readonly current: boolean;
  readonly count?: number;
}

export function Tabs({ label, tabs }: { readonly label: string; readonly tabs: readonly Tab[] }) {
  return (
    <nav aria-label={label} className="tabs">
      <ul>
        {tabs.map((tab) => (
          <TabLink key={tab.text} tab={tab} />
        ))}
      </ul>
    </nav>
  );
}

function TabLink({ tab: { text, href, current, count } }: { readonly tab: Tab }) {
  return (
    <li ref={useInView(current)}>
      <Link href={href} aria-current={current ? 'page' : undefined}>
        {text}
        {count === undefined ? null : <span className="tabs-count">{count}</span>}
      </Link>
    </li>
  );
}
