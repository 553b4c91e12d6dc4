/** One rollback in a line, and below it, when somebody asks: what it rests on and what was done. */
import { useState } from 'react';
import type { RollbackEntry } from '../../../api/contract.ts';
import { RolloutLink } from '../../shell/rollout-link.tsx';
import { Badge } from '../../ui/badge.tsx';
import { At } from '../../ui/time.tsx';
import { countText, tookText } from './words.ts';

const columns = 7;

export function Record({
  entry: { environment, service, runId, record },
}: {
  readonly entry: RollbackEntry;
}) {
  const [open, setOpen] = useState(false);
  const {
    target,
    version,
    stableVersion,
    trigger,
    reason,
    decidedAtMs,
    decideMs,
    restoreMs,
    canaryRequests,
  } = record;
  return (
    <>
      <tr className="rollbacks-row">
        <td className="rollbacks-time">
          <button
            type="button"
            className="rollbacks-more"
            aria-expanded={open}
            aria-label={`Details of ${target} ${version}`}
            onClick={() => setOpen(!open)}
          >
            {open ? '▾' : '▸'}
          </button>{' '}
          <At ms={decidedAtMs} />
        </td>
        <th scope="row" className="rollbacks-target">
          <RolloutLink environment={environment} service={service} runId={runId}>
            {target}
          </RolloutLink>{' '}
          <span className="muted">
            {version} → {stableVersion ?? 'stable'}
          </span>
        </th>
        <td className="rollbacks-trigger">
          <Badge tone={trigger === 'command' ? 'idle' : 'warn'}>{trigger}</Badge>
        </td>
        <td className="rollbacks-reason">{reason}</td>
        <td data-label="To decide">{tookText(decideMs)}</td>
        <td data-label="To restore">
          {record.restoredAtMs === null ? <Badge tone="bad">not yet</Badge> : tookText(restoreMs)}
        </td>
        <td data-label="Requests">{countText(canaryRequests)}</td>
      </tr>
      {open ? (
        <tr>
          <td colSpan={columns} className="table-line">
            <Details record={record} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Details({ record }: Pick<RollbackEntry, 'record'>) {
  const { actor, evidence, actions, steps = [], impact, verification } = record;
  return (
    <div className="rollbacks-details">
      {actor === null ? null : (
        <p>
          Decided by <bdi>{actor}</bdi>.
        </p>
      )}
      {impact === undefined ? null : (
        <p>
          Impact: {countText(impact.requests)} requests, about {countText(impact.estimatedErrors)} errors, at
          most {impact.highestPercent} % of the traffic.
        </p>
      )}
      {evidence.length === 0 ? null : (
        <>
          <h3>What it rests on</h3>
          <ul className="rollbacks-lines">
            {evidence.map(({ check, reason, atMs }) => (
              <li key={`${check} ${atMs}`}>
                {check}: {reason}
              </li>
            ))}
          </ul>
        </>
      )}
      <h3>What was done</h3>
      <ol className="rollbacks-lines">
        {actions.map(({ text, atMs, afterMs }) => (
          <li key={`${atMs} ${text}`}>
            <span className="muted">after {tookText(afterMs)}</span> {text}
          </li>
        ))}
        {steps.map(({ action, hook, durationMs, problem, startedAtMs }) => (
          <li key={`${action} ${hook} ${startedAtMs}`}>
            {action}
            {hook === null ? '' : ` (${hook})`}: {tookText(durationMs)}
            {problem === null ? '' : `, ${problem}`}
          </li>
        ))}
      </ol>
      {verification ? (
        <p>
          Verified afterwards: {verification.result}. {verification.reason}
        </p>
      ) : null}
    </div>
  );
}
