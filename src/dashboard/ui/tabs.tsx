/** Views of one thing, each with an address of its own: links, of which one is where you are. */
import { Link, useLocation, useSearch } from 'wouter';
import './tabs.css';

export interface Tab {
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
        {tabs.map(({ text, href, current, count }) => (
          <li key={text}>
            <Link href={href} aria-current={current ? 'page' : undefined}>
              {text}
              {count === undefined ? null : <span className="tabs-count">{count}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The address with parts of its query changed; null takes one away. */
export function useHrefWith(): (changes: Readonly<Record<string, string | null>>) => string {
  const [path] = useLocation();
  const search = useSearch();
  return (changes) => {
    const query = new URLSearchParams(search);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) query.delete(name);
      else query.set(name, value);
    }
    const text = query.toString();
    return text === '' ? path : `${path}?${text}`;
  };
}
