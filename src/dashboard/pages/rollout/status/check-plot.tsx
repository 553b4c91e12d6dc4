/** The chart of one check: both arms, the interval of the canary, what is not allowed, and each look that failed. */
import { useMemo } from 'react';
import type uPlot from 'uplot';
import { type Painter, Plot, type PlotLine } from '../../../charts/plot.tsx';
import { type ChartLook, type CheckChart, rangeOf } from '../model/check-chart.ts';

interface CheckPlotProps {
  readonly chart: CheckChart;
  readonly x: readonly [from: number, to: number];
  readonly onLook: (look: ChartLook | null) => void;
}

/** From above: the interval's two ends, stable, and the canary over all. */
const lines: readonly PlotLine[] = [
  { colour: 'canary', width: 1, faint: true },
  { colour: 'canary', width: 1, faint: true, band: true },
  { colour: 'stable', width: 2, dash: [6, 4] },
  { colour: 'canary', width: 2.5 },
];
const height = 12.5;

export function CheckPlot({ chart, x, onLook }: CheckPlotProps) {
  const rows = useMemo(() => rowsOf(chart), [chart]);
  const data = useMemo(() => dataOf(rows), [rows]);
  const y = useMemo(() => rangeOf(chart), [chart]);
  const under = useMemo(() => limitPainter(chart), [chart]);
  const over = useMemo(() => failurePainter(chart), [chart]);
  return (
    <Plot
      data={data}
      lines={lines}
      x={x}
      y={y}
      height={height}
      under={under}
      over={over}
      onPoint={(at) => onLook(at === null ? null : (rows[at]?.look ?? null))}
    />
  );
}

interface Row {
  readonly atS: number;
  /** Null: between two stages, where no line may lead. */
  readonly look: ChartLook | null;
}

function rowsOf({ stages }: CheckChart): Row[] {
  return stages.flatMap(({ looks }, at) => {
    const rows: Row[] = looks.map((look) => ({ atS: look.atMs / 1000, look }));
    const before = stages[at - 1]?.looks.at(-1);
    return before === undefined ? rows : [{ atS: before.atMs / 1000 + 0.001, look: null }, ...rows];
  });
}

function dataOf(rows: readonly Row[]): uPlot.AlignedData {
  const column = (value: (look: ChartLook) => number | null) =>
    rows.map(({ look }) => (look === null ? null : value(look)));
  return [
    rows.map(({ atS }) => atS),
    column(({ to }) => to),
    column(({ from }) => from),
    column(({ stable }) => stable),
    column(({ canary }) => canary),
  ];
}

/**
 * From each look to the next: beyond a limit the ground is red. Where a test decides, what lies beyond is no failure
 * yet, so that the allowed side is green instead.
 */
function limitPainter({ stages, isTested }: CheckChart): Painter {
  return (plot, colours) => {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    for (const { looks } of stages) {
      for (const side of ['high', 'low'] as const) {
        const edge = looks.flatMap((look) => {
          const limit = look[side];
          return limit === null
            ? []
            : [[plot.valToPos(look.atMs / 1000, 'x', true), plot.valToPos(limit, 'y', true)] as const];
        });
        const isUp = (side === 'high') !== isTested;
        const [ground, line] = isTested
          ? [colours['good-soft'], colours.muted]
          : [colours['bad-soft'], colours.bad];
        paintSide(ctx, edge, isUp ? bbox.top : bbox.top + bbox.height, { ground, line, ratio });
      }
    }
    ctx.restore();
  };
}

function paintSide(
  ctx: CanvasRenderingContext2D,
  edge: readonly (readonly [x: number, y: number])[],
  far: number,
  { ground, line, ratio }: { readonly ground: string; readonly line: string; readonly ratio: number },
): void {
  const [first, last] = [edge[0], edge.at(-1)];
  if (first === undefined || last === undefined) return;
  // One look alone would have no width.
  const points = edge.length === 1 ? [first, [first[0] + 8 * ratio, first[1]] as const] : edge;
  const end = points.at(-1) ?? last;
  ctx.beginPath();
  ctx.moveTo(first[0], far);
  for (const [x, y] of points) ctx.lineTo(x, y);
  ctx.lineTo(end[0], far);
  ctx.closePath();
  ctx.fillStyle = ground;
  ctx.fill();
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(x, y);
  ctx.strokeStyle = line;
  ctx.lineWidth = ratio;
  ctx.setLineDash([2 * ratio, 3 * ratio]);
  ctx.stroke();
}

/** A cross for each look that failed; a line and the name where a stage begins. */
function failurePainter({ stages }: CheckChart): Painter {
  return (plot, colours) => {
    const { ctx, bbox } = plot;
    const ratio = devicePixelRatio;
    const em = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * ratio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.font = `${0.75 * em}px system-ui, sans-serif`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'top';
    for (const { name, looks } of stages) {
      const [first] = looks;
      if (first === undefined) continue;
      const left = plot.valToPos(first.atMs / 1000, 'x', true);
      ctx.fillStyle = colours.muted;
      ctx.fillRect(left, bbox.top, ratio, bbox.height);
      ctx.fillText(name, left + 0.3 * em, bbox.top + 0.2 * em);
      ctx.strokeStyle = colours.bad;
      ctx.lineWidth = 2 * ratio;
      for (const { atMs, verdict, canary } of looks) {
        if (verdict !== 'fail' || canary === null) continue;
        cross(ctx, plot.valToPos(atMs / 1000, 'x', true), plot.valToPos(canary, 'y', true), 4 * ratio);
      }
    }
    ctx.restore();
  };
}

function cross(ctx: CanvasRenderingContext2D, x: number, y: number, size: number): void {
  ctx.beginPath();
  ctx.moveTo(x - size, y - size);
  ctx.lineTo(x + size, y + size);
  ctx.moveTo(x + size, y - size);
  ctx.lineTo(x - size, y + size);
  ctx.stroke();
}
