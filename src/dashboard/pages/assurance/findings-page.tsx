/**
 * What the pages of security and readiness share: the question to the API, and what is shown while there is no answer.
 */
import type { ReactNode } from 'react';
import type { Findings } from '../../../api/contract.ts';
import { client } from '../../api/client.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Page } from '../../shell/page.tsx';
import { useTarget } from '../../shell/rollout-path.ts';
import { Loading, Problem } from '../../ui/states.tsx';
import { RolloutTabs } from './rollout-tabs.tsx';
import './assurance.css';

/** Gates answer in seconds at the earliest. */
const lookEveryMs = 5_000;

interface FindingsPageProps {
  readonly view: 'security' | 'readiness';
  readonly title: string;
  readonly children: (findings: Findings) => ReactNode;
}

export function FindingsPage({ view, title, children }: FindingsPageProps) {
  const target = useTarget();
  const { data, problem, reload } = usePolled('getFindings', target, lookEveryMs);
  const report = client.urlOf('getReport', { ...target, kind: view, format: 'html' });
  return (
    <Page
      title={`${title}: ${target.environment}/${target.service}`}
      subtitle={data === null ? undefined : subtitleOf(data)}
      actions={
        <a className="button button-plain" href={report} target="_blank" rel="noreferrer">
          Report as a page
        </a>
      }
    >
      <RolloutTabs target={target} current={view} />
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {data === null && problem === null ? <Loading what="what gates found" /> : null}
      {data === null ? null : <div className="assurance">{children(data)}</div>}
    </Page>
  );
}

function subtitleOf({ version, outcome, underWay, bundle }: Findings): string {
  const state = underWay ? 'under way' : (outcome ?? 'ended from outside');
  const from = bundle === null ? 'as the history says now' : `from bundle ${bundle.position} of the evidence`;
  return `${version ?? 'unknown version'}, ${state}; ${from}`;
}
