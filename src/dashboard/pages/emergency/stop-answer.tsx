/** What became of an emergency stop: what is stopped, what is not and why, and who could not be told. */
import { Icon } from '../../ui/icon.tsx';
import type { Stopped } from './stopped.ts';

export function StopAnswer({ stopped }: { readonly stopped: Stopped }) {
  const { restored, notRestored, told, notTold = [], listProblem } = stopped;
  return (
    <div className="card emergency-card" role="status">
      <h2>
        {restored.length} stopped, {notRestored.length} not
      </h2>
      <ul>
        {restored.map(({ target, traffic, tookMs }) => (
          <li key={`${target} ${traffic}`} data-state="done">
            <Icon name="check" /> {nameOf(target)} on {traffic}, within {Math.ceil(tookMs)} ms
          </li>
        ))}
        {notRestored.map(({ target, traffic, problem }) => (
          <li key={`${target} ${traffic}`} data-state="failed">
            <Icon name="alert" /> {nameOf(target)}
            {traffic === null ? '' : ` on ${traffic}`} is NOT stopped: {problem}
          </li>
        ))}
      </ul>
      {told === undefined ? null : (
        <p>
          {told} told to roll back
          {notTold.length === 0 ? '.' : `; ${notTold.length} not yet, whose watch finds the stop:`}
        </p>
      )}
      <ul>
        {notTold.map(({ target, problem }) => (
          <li key={target}>
            {target}: {problem}
          </li>
        ))}
      </ul>
      {listProblem === null ? null : <p>What runs could not be listed: {listProblem}</p>}
    </div>
  );
}

function nameOf(target: string): string {
  return target === '*' ? 'Everything' : target;
}
