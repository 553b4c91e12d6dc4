/** The chart of the canary's share: asked in steps, measured beside it, planned ahead. */
import { useMemo } from 'react';
import type uPlot from 'uplot';
import { type Painter, Plot, type PlotLine } from '../../../charts/plot.tsx';
import type { SharePoint } from '../model/share-chart.ts';

const lines: readonly PlotLine[] = [
  { colour: 'muted', width: 1.5, dash: [2, 4], stepped: true, spans: true },
  { colour: 'stable', width: 2, dash: [6, 4], stepped: true },
  { colour: 'canary', width: 2.5, spans: true },
];
const y = [0, 105] as const;
const height = 10;
const nothing: Painter = () => {};

interface SharePlotProps {
  readonly points: readonly SharePoint[];
  readonly x: readonly [from: number, to: number];
  readonly onPoint: (point: SharePoint | null) => void;
}

export function SharePlot({ points, x, onPoint }: SharePlotProps) {
  const data = useMemo<uPlot.AlignedData>(
    () => [
      points.map(({ atMs }) => atMs / 1000),
      points.map(({ planned }) => planned),
      points.map(({ asked }) => asked),
      points.map(({ measured }) => measured),
    ],
    [points],
  );
  return (
    <Plot
      data={data}
      lines={lines}
      x={x}
      y={y}
      height={height}
      under={nothing}
      over={nothing}
      onPoint={(at) => onPoint(at === null ? null : (points[at] ?? null))}
    />
  );
}
