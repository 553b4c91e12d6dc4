/**
 * One emergency as it goes: how many targets are back, which are not and why, its incident, its story, and its release.
 */
import { useState } from 'react';
import type { EmergencyView } from '../../../api/contract.ts';
import { areaOfWord } from '../../../domain/access/areas.ts';
import { allows } from '../../../domain/access/grants.ts';
import type { EmergencyStatus } from '../../../domain/emergency/status.ts';
import { client } from '../../api/client.ts';
import { useQuery } from '../../live/use-query.ts';
import { Button } from '../../ui/button.tsx';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { Note } from '../../ui/note.tsx';
import { Said } from '../../ui/said.tsx';
import { Loading, Problem } from '../../ui/states.tsx';
import { At, Since } from '../../ui/time.tsx';
import { type Act, ActDialog } from '../actions/act-dialog.tsx';
import type { Rights } from '../actions/rights.ts';

interface EmergencyCardProps {
  readonly id: string;
  readonly rights: Rights;
  readonly onReleased: () => void;
}

type TargetRecord = EmergencyStatus['targets'][number];

const lookEveryMs = 1_000;

export function EmergencyCard({ id, rights, onReleased }: EmergencyCardProps) {
  const { data, problem, atMs, reload } = useQuery('getEmergency', { id }, lookEveryMs);
  const [asked, setAsked] = useState(false);
  if (data === null)
    return problem ? <Problem problem={problem} onRetry={reload} /> : <Loading what={`emergency ${id}`} />;
  const mayRelease = data.scope.every((word) => allows(rights.grants, 'release', areaOfWord(word)));
  const release = async ({ actor, reason, key }: Act) => {
    await client.releaseEmergency({ id, body: { actor, reason } }, { idempotencyKey: key });
    setAsked(false);
    reload();
    onReleased();
  };
  return (
    <article className="card emergency-card" aria-label={`Emergency ${id}`}>
      {problem === null || atMs === null ? null : (
        <Note>
          <p>
            What you see here is <Since ms={atMs} /> old.
          </p>
          <p role="alert">
            {problem.title}: {problem.detail}
          </p>
        </Note>
      )}
      <header>
        <h3>{data.scope.join(' ')}</h3>
        <p>
          <At ms={data.openedAtMs} />, <Said by={data.actor} text={data.reason} />
          {data.to === null ? '' : ` (to ${data.to})`}
        </p>
      </header>
      {data.status === null ? (
        <p role="status">
          {data.open ? 'No worker answers now. What is stopped stays so.' : 'It was released.'}
        </p>
      ) : (
        <Progress status={data.status} />
      )}
      {data.open && mayRelease ? <Button onClick={() => setAsked(true)}>Release …</Button> : null}
      {data.open && !mayRelease ? <p className="muted">Your role may not release it.</p> : null}
      {asked ? (
        <ActDialog
          title={`Release ${id}`}
          verb="Release"
          danger
          needsReason
          verifiedName={rights.verifiedName}
          send={release}
          onClose={() => setAsked(false)}
        >
          <p>
            Rollouts in {data.scope.join(' ')} can begin again, and the incident is closed.
            {unfinished(data) ? ' Not every target is verified yet.' : ''}
          </p>
        </ActDialog>
      ) : null}
    </article>
  );
}

function unfinished({ status }: EmergencyView): boolean {
  return status === null || status.phase === 'restoring';
}

function Progress({ status }: { readonly status: EmergencyStatus }) {
  const { targets, unknown, incident, timeline, problem, phase } = status;
  const back = targets.filter(({ progress }) => progress === 'verified' || progress === 'restored').length;
  return (
    <>
      <div>
        <p role="status">
          <strong>{phase}</strong>: {incident.summary}
        </p>
        {targets.length === 0 ? null : (
          <progress max={targets.length} value={back} aria-label="Targets that are back">
            {back} of {targets.length}
          </progress>
        )}
      </div>
      {problem === null ? null : <Note>The rollouts cannot be listed: {problem}</Note>}
      <ul className="emergency-targets">
        {targets
          .toSorted(worstFirst)
          .slice(0, 200)
          .map((one) => (
            <li key={one.target} data-state={stateOf(one)}>
              <Icon name={icons[stateOf(one)]} />
              <span>
                {one.target}: {one.progress}
                {one.version === null ? '' : `, ${one.version} is stable`}
                {one.reason === null ? '' : `: ${one.reason}`}
              </span>
            </li>
          ))}
        {unknown.map((target) => (
          <li key={target} data-state="failed">
            <Icon name="question" />
            <span>{target}: no rollout of it is known</span>
          </li>
        ))}
      </ul>
      <details>
        <summary>
          Incident, severity {incident.severity}, {incident.state}: <bdi>{incident.title}</bdi>
        </summary>
        <ol className="restore-lines">
          {timeline.map(({ atMs, text, actor }) => (
            <li key={`${atMs} ${text}`}>
              <At ms={atMs} /> <Said by={actor} text={text} />
            </li>
          ))}
        </ol>
      </details>
    </>
  );
}

type State = 'done' | 'running' | 'failed';
const icons: Readonly<Record<State, IconName>> = { done: 'check', running: 'clock', failed: 'alert' };
const order: readonly TargetRecord['progress'][] = ['left', 'not-restored', 'restored', 'verified'];

function stateOf({ progress }: TargetRecord): State {
  if (progress === 'verified' || progress === 'restored') return 'done';
  return progress === 'left' ? 'failed' : 'running';
}

function worstFirst(a: TargetRecord, b: TargetRecord): number {
  return order.indexOf(a.progress) - order.indexOf(b.progress) || a.target.localeCompare(b.target);
}
