/** What runs the two versions, such as pods: those that are not ready first. */
import type { RolloutView } from '../../../../api/contract.ts';
import type { ArmInstances } from '../../../../domain/rollout/instances.ts';
import { Icon } from '../../../ui/icon.tsx';
import { At } from '../../../ui/time.tsx';
import './instances-card.css';

export function InstancesCard({ view: { live, status } }: { readonly view: RolloutView }) {
  const arms = status?.arms ?? null;
  if (live === null || live.mode === 'after' || arms === null) return null;
  const { instances } = live;
  return (
    <section aria-label="Instances" className="card panel">
      <h2>Instances</h2>
      {instances == null ? (
        <p className="muted">
          {instances === null
            ? 'What runs the versions does not tell its instances.'
            : 'They have not been looked at yet.'}
        </p>
      ) : (
        <>
          <Arm name="canary" version={arms.canaryVersion} arm={instances.canary} />
          <Arm name="stable" version={arms.stableVersion} arm={instances.stable} />
          <p className="muted">
            As seen at <At ms={instances.atMs} />
          </p>
        </>
      )}
    </section>
  );
}

interface ArmProps {
  readonly name: string;
  readonly version: string;
  readonly arm: ArmInstances;
}

function Arm({ name, version, arm: { wanted, total, ready, shown } }: ArmProps) {
  const more = total - shown.length;
  return (
    <>
      <h3>
        {name} <span className="mono">{version}</span>: {ready} of {Math.max(wanted, total)} ready
      </h3>
      <ul className="instances">
        {shown.map((one) => (
          <li key={one.name} data-ready={one.ready}>
            <Icon name={one.ready ? 'check' : 'alert'} size={14} />
            <span>
              <span className="mono">{one.name}</span>
              {one.ready ? '' : ', not ready'}
              {one.version === null || one.version === version ? '' : `, runs ${one.version}`}
              {one.note === null ? '' : `: ${one.note}`}
            </span>
          </li>
        ))}
      </ul>
      {more === 0 ? null : <p className="muted">and {more} more</p>}
    </>
  );
}
