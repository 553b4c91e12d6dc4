/** Incidents: the open ones first, who has taken them on, and how they were solved. */
import { useState } from 'react';
import { Link } from 'wouter';
import type { IncidentSummary } from '../../../api/contract.ts';
import { allows } from '../../../domain/access/grants.ts';
import { client } from '../../api/client.ts';
import { usePolled } from '../../live/use-polled.ts';
import { Page } from '../../shell/page.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { Loading, NoneHere, Problem } from '../../ui/states.tsx';
import { At, Since } from '../../ui/time.tsx';
import { type Act, ActDialog } from '../actions/act-dialog.tsx';
import type { Rights } from '../actions/rights.ts';
import { useRights } from '../actions/use-rights.ts';
import { EnvironmentBar } from '../scope/environment-field.tsx';
import { given } from '../scope/given.ts';
import { PagingBar, usePaging } from '../scope/paging.tsx';
import { useEnvironment } from '../scope/use-environment.ts';
import { Story } from './story.tsx';
import './incidents.css';

const lookEveryMs = 5_000;

export function IncidentsPage() {
  const choice = useEnvironment();
  const { environment } = choice;
  const paging = usePaging(environment);
  const { data, problem, reload } = usePolled(
    'listIncidents',
    { environment: given(environment), cursor: given(paging.cursor) },
    lookEveryMs,
  );
  const rights = useRights();
  return (
    <Page title="Incidents">
      <EnvironmentBar choice={choice} />
      <p className="muted">
        What is critical opens an incident of its target, and where notifiers are configured so do rollbacks,
        drift and lost rollouts. That of an emergency is on the page <Link href="/emergency">Emergency</Link>.
      </p>
      {problem === null ? null : <Problem problem={problem} onRetry={reload} />}
      {data === null && problem === null ? <Loading what="incidents" /> : null}
      {data?.incidents.length === 0 ? <NoneHere title="No incident" next={data.next} /> : null}
      <ul className="incidents">
        {(data?.incidents ?? []).map((incident) => (
          <li key={incident.runId}>
            <IncidentCard incident={incident} rights={rights} onChanged={reload} />
          </li>
        ))}
      </ul>
      <PagingBar paging={paging} next={data?.next ?? null} />
    </Page>
  );
}

interface IncidentCardProps {
  readonly incident: IncidentSummary;
  readonly rights: Rights;
  readonly onChanged: () => void;
}

function IncidentCard({ incident, rights, onChanged }: IncidentCardProps) {
  const {
    target,
    title,
    severity,
    state,
    openedAtMs,
    recoveredAtMs,
    closedAtMs,
    acknowledgedBy,
    versions,
    runId,
  } = incident;
  const [asked, setAsked] = useState(false);
  const [environment = '', service = ''] = target.split('/');
  const isOpen = state === 'open';
  const close = async ({ actor, reason, key }: Act) => {
    await client.closeIncident({ environment, service, body: { actor, reason } }, { idempotencyKey: key });
    setAsked(false);
    onChanged();
  };
  return (
    <article className="card incident" data-open={isOpen || undefined} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <Badge tone={isOpen ? 'bad' : 'idle'} icon={isOpen ? 'alert' : 'check'} strong={isOpen}>
          {state}, severity {severity}
        </Badge>
      </header>
      <p>
        {target} {versions.join(', ')}; opened <At ms={openedAtMs} />
        {isOpen ? (
          <>
            {' '}
            (<Since ms={openedAtMs} /> ago)
          </>
        ) : null}
        {recoveredAtMs === null ? (
          ''
        ) : (
          <>
            , traffic back <At ms={recoveredAtMs} />
          </>
        )}
        {closedAtMs === null ? (
          ''
        ) : (
          <>
            , closed <At ms={closedAtMs} />
          </>
        )}
      </p>
      <p className="muted">
        {acknowledgedBy === null ? (
          'Nobody has taken it on.'
        ) : (
          <>
            Taken on by <bdi>{acknowledgedBy}</bdi>.
          </>
        )}
      </p>
      <div className="incident-actions">
        <a
          className="button button-plain"
          href={client.urlOf('getReview', { environment, service, run: runId })}
          target="_blank"
          rel="noreferrer"
        >
          Review
        </a>
        {isOpen && allows(rights.grants, 'steer', { environment, service }) ? (
          <Button onClick={() => setAsked(true)}>Close …</Button>
        ) : null}
      </div>
      <Story incident={{ environment, service, run: runId }} />
      {asked ? (
        <ActDialog
          title={`Close: ${title}`}
          verb="Close"
          needsReason
          verifiedName={rights.verifiedName}
          send={close}
          onClose={() => setAsked(false)}
        >
          <p>It closes by itself when the target has recovered; by hand nobody is told of it any more.</p>
        </ActDialog>
      ) : null}
    </article>
  );
}
