/** What a page shows instead of its content: nothing there, not there yet, or not to be had. */
import type { ReactNode } from 'react';
import type { ApiProblem } from '../api/client.ts';
import { loginHref } from '../shell/login-href.ts';
import { Button } from './button.tsx';
import { Coded } from './coded.tsx';
import { Icon } from './icon.tsx';
import './states.css';

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

interface NoneProps {
  /** What an empty list means. */
  readonly title: string;
  /** Of the page that is shown; not null: more follow, so that an empty page means nothing yet. */
  readonly next: string | null;
  readonly children?: ReactNode;
}

/** For an empty page of a list: whoever sees a part of it may get one though more follow. */
export function NoneHere({ title, next, children }: NoneProps) {
  return next === null ? (
    <Empty title={title}>{children}</Empty>
  ) : (
    <Empty title="None on this page; more follow" />
  );
}

/** Seen only when it takes a while. */
export function Loading({ what }: { readonly what: string }) {
  return (
    <div className="state state-loading" role="status">
      <span className="state-bar" aria-hidden="true" />
      <p className="muted">Loading {what} …</p>
    </div>
  );
}

interface ProblemProps {
  readonly problem: ApiProblem;
  readonly onRetry?: () => void;
  /** Where somebody is logging in already there is no link to that. Default: false. */
  readonly isLogin?: boolean;
  /** What came of an act that it stopped, in a sentence. Absent: it stopped none. */
  readonly came?: string;
}

/** What the API said, and what to try. */
export function Problem({ problem, onRetry, isLogin = false, came }: ProblemProps) {
  const { title, detail, advice, problems, code } = problem;
  return (
    <div className="state state-problem" role="alert">
      <h2>
        <Icon name="alert" size={18} /> {title}
      </h2>
      <p>
        <Coded text={detail} />
      </p>
      {problems.length === 0 ? null : (
        <ul className="state-list">
          {problems.map(({ path, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code> <Coded text={message} />
            </li>
          ))}
        </ul>
      )}
      {advice === '' ? null : (
        <p>
          <Coded text={advice} />
        </p>
      )}
      {came === undefined ? <p className="muted mono">{code}</p> : <p className="state-came">{came}</p>}
      {code === 'unauthenticated' && !isLogin ? <a href={loginHref()}>Log in</a> : null}
      {onRetry === undefined ? null : <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
