/**
 * One check: how it stands and why, its chart, the numbers at the time that is pointed at, and all of it as a table.
 */
import { lazy, Suspense, useState } from 'react';
import { spoken } from '../../../../domain/analysis/format.ts';
import type { VerdictKind } from '../../../../domain/analysis/types.ts';
import { Badge, type Tone } from '../../../ui/badge.tsx';
import type { IconName } from '../../../ui/icon.tsx';
import { At } from '../../../ui/time.tsx';
import { type ChartLook, type CheckChart, evidenceOf, latestLook } from '../model/check-chart.ts';
import {
  chartText,
  evidenceText,
  intervalText,
  limitName,
  limitText,
  valueText,
  verdictWord,
  verdictWords,
} from '../model/wording.ts';
import { LooksTable } from './looks-table.tsx';

const CheckPlot = lazy(async () => ({ default: (await import('./check-plot.tsx')).CheckPlot }));

const signs: Readonly<Record<VerdictKind, readonly [Tone, IconName]>> = {
  pass: ['good', 'check'],
  fail: ['bad', 'alert'],
  'no-data': ['warn', 'question'],
  error: ['warn', 'offline'],
};

interface CheckCardProps {
  readonly chart: CheckChart;
  /** Whether its rollout is told of now. */
  readonly isHeard: boolean;
  /** The times that all charts of the page share, in seconds. */
  readonly x: readonly [from: number, to: number];
}

export function CheckCard({ chart, isHeard, x }: CheckCardProps) {
  const [pointed, setPointed] = useState<ChartLook | null>(null);
  const { name, record } = chart;
  const latest = latestLook(chart);
  const kind = record?.last?.kind ?? latest?.verdict ?? null;
  const [tone, icon] = kind === null || !isHeard ? (['idle', 'clock'] as const) : signs[kind];
  const word =
    kind === null ? 'not looked at yet' : record?.last ? verdictWord(record.last) : verdictWords[kind];
  return (
    <section className="card check-card" aria-label={spoken(name)} data-verdict={kind ?? 'none'}>
      <header className="check-header">
        <h2>{spoken(name)}</h2>
        <Badge tone={tone} icon={icon} strong={isHeard && kind === 'fail'}>
          {isHeard ? word : `last known: ${word}`}
        </Badge>
      </header>
      {record?.last ? <p className="check-sentence">{record.last.reason}</p> : null}
      {latest === null ? (
        <p className="muted">Nothing was measured yet.</p>
      ) : (
        <figure>
          <div role="img" aria-label={chartText(chart)} className="check-plot">
            <Suspense fallback={null}>
              <CheckPlot chart={chart} x={x} onLook={setPointed} />
            </Suspense>
          </div>
          <figcaption>
            <Readout chart={chart} look={pointed ?? latest} isLatest={pointed === null} />
          </figcaption>
        </figure>
      )}
      {latest === null ? null : <LooksTable chart={chart} />}
    </section>
  );
}

interface ReadoutProps {
  readonly chart: CheckChart;
  readonly look: ChartLook;
  readonly isLatest: boolean;
}

/** Also the legend: each value has the sign of its line. */
function Readout({ chart, look, isLatest }: ReadoutProps) {
  const { unit, isTested } = chart;
  const evidence = isLatest ? evidenceOf(chart.record) : null;
  const { atMs, verdict, canary, stable, from } = look;
  return (
    <dl className="readout">
      <div>
        <dt>{isLatest ? 'latest look' : 'look'}</dt>
        <dd>
          <At ms={atMs} /> {verdictWords[verdict]}
        </dd>
      </div>
      <div>
        <dt>
          <span className="key key-canary" aria-hidden="true" /> canary
        </dt>
        <dd>{valueText(canary, unit)}</dd>
      </div>
      <div>
        <dt>
          <span className="key key-stable" aria-hidden="true" /> stable
        </dt>
        <dd>{stable === null ? 'not compared' : valueText(stable, unit)}</dd>
      </div>
      {from === null ? null : (
        <div>
          <dt>
            <span className="key key-interval" aria-hidden="true" /> surely between
          </dt>
          <dd>{intervalText(look, unit)}</dd>
        </div>
      )}
      <div>
        <dt>
          <span className={`key ${isTested ? 'key-held' : 'key-limit'}`} aria-hidden="true" />{' '}
          {limitName(chart)}
        </dt>
        <dd>{limitText(look, chart)}</dd>
      </div>
      {evidence === null ? null : (
        <div>
          <dt>evidence that it is worse</dt>
          <dd>
            <meter
              className="check-evidence"
              min={0}
              low={0.5}
              high={0.999}
              max={1}
              optimum={0}
              value={evidence.part}
              aria-label="evidence, of what it fails at"
            />{' '}
            {evidenceText(evidence)}
          </dd>
        </div>
      )}
    </dl>
  );
}
