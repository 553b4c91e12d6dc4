/** Counts by severity of each scan, what is over the bounds, and what was let pass. */
import type { Findings } from '../../../api/contract.ts';
import { Badge, type Tone } from '../../ui/badge.tsx';

const tones: Readonly<Record<string, Tone>> = { critical: 'bad', high: 'warn' };

export function Vulnerabilities({ scans }: { readonly scans: Findings['vulnerabilities'] }) {
  if (scans.length === 0) return <p className="muted">No gate counted vulnerabilities.</p>;
  return (
    <ul className="assurance-cards">
      {scans.map(({ gate, counts, over, excepted, expired }) => (
        <li key={gate} className="card">
          <h3>{gate}</h3>
          <ul className="assurance-counts">
            {counts.map(({ severity, count }) => (
              <li key={severity}>
                <Badge tone={count === 0 ? 'idle' : (tones[severity] ?? 'idle')} strong={count > 0}>
                  {count} {severity}
                </Badge>
              </li>
            ))}
          </ul>
          <Named what="Over the bounds" names={over} />
          <Named what="Let pass by exception" names={excepted} />
          <Named what="Exceptions that have expired" names={expired} />
        </li>
      ))}
    </ul>
  );
}

function Named({ what, names }: { readonly what: string; readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <div>
      <h4>{what}</h4>
      <ul className="assurance-lines">
        {names.map((name) => (
          <li key={name}>{name}</li>
        ))}
      </ul>
    </div>
  );
}
