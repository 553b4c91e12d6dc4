/** Keeps the shell standing when a page breaks or its code cannot be loaded, and says what to do. */
import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { Page } from './page.tsx';

interface State {
  readonly message: string | null;
}

export class ErrorBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { message } = this.state;
    if (message === null) return this.props.children;
    return (
      <Page title="This page could not be shown">
        <p>
          The server may have been upgraded since you opened it, or it cannot be reached. Rollouts go on
          without it.
        </p>
        <p className="mono muted">{message}</p>
        <p>
          <Button kind="primary" onClick={() => location.reload()}>
            Load again
          </Button>
        </p>
      </Page>
    );
  }
}
