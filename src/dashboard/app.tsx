/** The dashboard: the shell around the page that the address names. */
import { Suspense } from 'react';
import { Route, Router, Switch } from 'wouter';
import { pages } from './pages.ts';
import { ErrorBoundary } from './shell/error-boundary.tsx';
import { Page } from './shell/page.tsx';
import { Shell } from './shell/shell.tsx';
import { Empty, Loading } from './ui/states.tsx';
import { Toasts } from './ui/toast.tsx';

export function App() {
  return (
    <Router base="/ui">
      <Toasts>
        <Shell>
          <ErrorBoundary>
            <Suspense fallback={<Loading what="the page" />}>
              <Switch>
                {pages.map(({ path, Component }) => (
                  <Route key={path} path={path} component={Component} />
                ))}
                <Route component={NoPage} />
              </Switch>
            </Suspense>
          </ErrorBoundary>
        </Shell>
      </Toasts>
    </Router>
  );
}

function NoPage() {
  return (
    <Page title="No such page">
      <Empty title="There is no page at this address">
        <p>
          Go to the <a href="/ui/">rollouts</a>.
        </p>
      </Empty>
    </Page>
  );
}
