/** Phases of compliance with their attestations and scores, and the controls of standards that they stand for. */
import type { Findings } from '../../../api/contract.ts';
import { Badge } from '../../ui/badge.tsx';
import { Table } from '../../ui/table.tsx';
import { ScoreBar } from './score-bar.tsx';

export function Compliance({ found }: { readonly found: Findings['compliance'] }) {
  if (found.length === 0) return <p className="muted">No gate looked at phases of compliance.</p>;
  return found.map(({ gate, score, phases }) => (
    <div key={gate} className="card">
      <ScoreBar label={gate} score={score} />
      <Table caption={`Phases of ${gate}`} columns={['Phase', 'State', 'Score', 'Attestations']}>
        {phases.map((phase) => (
          <Phase key={phase.phase} phase={phase} />
        ))}
      </Table>
    </div>
  ));
}

function Phase({ phase }: { readonly phase: Findings['compliance'][number]['phases'][number] }) {
  const { phase: name, required, complete, score, attestations } = phase;
  return (
    <tr>
      <th scope="row">{name}</th>
      <td>
        <Badge tone={complete ? 'good' : required ? 'bad' : 'idle'} icon={complete ? 'check' : 'cross'}>
          {complete ? 'complete' : 'incomplete'}
        </Badge>{' '}
        {required ? '' : <span className="muted">not required</span>}
      </td>
      <td data-label="Score">{score ?? '—'}</td>
      <td className="table-line" data-label="Attestations">
        {attestations === null ? (
          <span className="muted">the gate's raw report is not kept</span>
        ) : (
          <ul>
            {attestations.map(({ title, state, why }) => (
              <li key={title}>
                {title}: {state}
                {why === '' ? '' : ` (${why})`}
              </li>
            ))}
          </ul>
        )}
      </td>
    </tr>
  );
}

interface ControlsProps {
  readonly controls: Findings['controls'];
  readonly unnamed: number;
}

export function Controls({ controls, unnamed }: ControlsProps) {
  if (controls.length === 0 && unnamed === 0) return null;
  const unmet = controls.filter(({ met }) => !met);
  const sorted = [...unmet, ...controls.filter(({ met }) => met)];
  return (
    <details open={unmet.length > 0}>
      <summary>
        {controls.length === 1 ? '1 control' : `${controls.length} controls`} spoken of, {unmet.length} not
        met
        {unnamed === 0 ? '' : `; ${unnamed} more are counted without a name`}
      </summary>
      <Table caption="Controls" columns={['Control', 'Met', 'Gate']}>
        {sorted.map(({ id, met, gate }) => (
          <tr key={`${id} ${gate}`}>
            <th scope="row">{id}</th>
            <td>
              <Badge tone={met ? 'good' : 'bad'} icon={met ? 'check' : 'cross'}>
                {met ? 'met' : 'not met'}
              </Badge>
            </td>
            <td data-label="Gate">{gate}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}
