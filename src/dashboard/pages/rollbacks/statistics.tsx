/** What all rollbacks that fit say together. Times are percentiles by the nearest rank. */
import type { RollbackPage } from '../../../api/contract.ts';
import { shareText, tookText } from './words.ts';

export function Statistics({ statistics }: { readonly statistics: RollbackPage['statistics'] }) {
  const {
    count,
    inTime,
    late,
    pending,
    success,
    decide,
    restore,
    mttdMs,
    mttrMs,
    byTrigger,
    withoutTraffic,
  } = statistics;
  const tiles = [
    { name: 'Rollbacks', value: String(count), note: pending === 0 ? '' : `${pending} under way` },
    { name: 'In time', value: shareText(success), note: `${inTime} in time, ${late} late` },
    { name: 'Time to restore', value: tookText(restore.p50), note: `p95 ${tookText(restore.p95)}` },
    {
      name: 'Time to decide',
      value: tookText(decide.p50),
      note: `from the first bad look; p95 ${tookText(decide.p95)}, mean (MTTD) ${tookText(mttdMs)}`,
    },
    {
      name: 'MTTR',
      value: tookText(mttrMs),
      note: 'mean, from the first bad look to 0, where a check decided',
    },
  ];
  const triggers = Object.entries(byTrigger).toSorted(([, a], [, b]) => b - a);
  return (
    <section aria-label="Statistics" className="rollbacks-statistics">
      <dl className="rollbacks-tiles">
        {tiles.map(({ name, value, note }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <strong>{value}</strong>
              <span className="muted">{note}</span>
            </dd>
          </div>
        ))}
      </dl>
      {withoutTraffic === 0 ? null : (
        <p className="muted">Not counted: {withoutTraffic} whose canary never had traffic.</p>
      )}
      {triggers.length === 0 ? null : (
        <p className="muted">By trigger: {triggers.map(([name, n]) => `${name} ${n}`).join(', ')}</p>
      )}
    </section>
  );
}
