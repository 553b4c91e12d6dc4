/** The canary's share of traffic, asked against measured, with what is planned. */
import { lazy, Suspense, useState } from 'react';
import { ShareBar } from '../../../ui/share-bar.tsx';
import { At } from '../../../ui/time.tsx';
import { type SharePoint, shareText } from '../model/share-chart.ts';
import { valueText } from '../model/wording.ts';

const SharePlot = lazy(async () => ({ default: (await import('./share-plot.tsx')).SharePlot }));

interface ShareCardProps {
  readonly points: readonly SharePoint[];
  readonly x: readonly [from: number, to: number];
  readonly asked: number | null;
  /** Null: the data plane does not count, or nobody looks now. */
  readonly measured: number | null;
  readonly isOver: boolean;
}

export function ShareCard({ points, x, asked, measured, isOver }: ShareCardProps) {
  const [pointed, setPointed] = useState<SharePoint | null>(null);
  return (
    <section className="card share-card" aria-label="Share of traffic">
      <header className="check-header">
        <h2>Share of traffic</h2>
        <ShareBar asked={asked} measured={measured} tone={isOver ? 'idle' : 'busy'} />
      </header>
      <figure>
        <div role="img" aria-label={shareText(points)} className="check-plot">
          <Suspense fallback={null}>
            <SharePlot points={points} x={x} onPoint={setPointed} />
          </Suspense>
        </div>
        <figcaption>
          <dl className="readout">
            {pointed === null ? null : (
              <div>
                <dt>at</dt>
                <dd>
                  <At ms={pointed.atMs} />
                </dd>
              </div>
            )}
            <div>
              <dt>
                <span className="key key-stable" aria-hidden="true" /> asked
              </dt>
              <dd>{valueText(pointed === null ? asked : pointed.asked, '%')}</dd>
            </div>
            <div>
              <dt>
                <span className="key key-canary" aria-hidden="true" /> measured
              </dt>
              <dd>{valueText(pointed === null ? measured : pointed.measured, '%')}</dd>
            </div>
            <div>
              <dt>
                <span className="key key-planned" aria-hidden="true" /> planned
              </dt>
              <dd>{isOver ? 'nothing more' : 'dotted, if nothing stands in the way'}</dd>
            </div>
          </dl>
        </figcaption>
      </figure>
    </section>
  );
}
