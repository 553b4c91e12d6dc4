/** One uPlot chart in React: as wide as its place, in the colours of the theme, and drawn anew with each change of its data. */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import './plot.css';
import { clockText } from './clock.ts';
import { type Colours, coloursAt, faded, onThemeChange } from './colours.ts';

/** What is drawn beside the lines, under or over them; colours are those of now. */
export type Painter = (plot: uPlot, colours: Colours) => void;

export interface PlotProps {
  /** Times in seconds, then the values of each line. */
  readonly data: uPlot.AlignedData;
  /** Another one makes another chart. */
  readonly lines: readonly PlotLine[];
  /** Of times, in seconds, and of values. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [low: number, high: number];
  readonly unit: string;
  readonly height: number;
  readonly under: Painter;
  readonly over: Painter;
  /** The place in the data that is pointed at; null: none is. */
  readonly onPoint: (at: number | null) => void;
}

export interface PlotLine {
  readonly colour: keyof Colours;
  readonly width: number;
  readonly dash?: number[];
  readonly stepped?: boolean;
  /** Fills the room to the line before. */
  readonly band?: boolean;
}

/** Charts of one page point at the same time. */
const syncKey = 'rollout';

export function Plot(props: PlotProps) {
  const { data, lines, x, y, height } = props;
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(null);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    let colours = coloursAt(element);
    const made = new uPlot(
      optionsFor(lines, element.clientWidth, height, () => colours, latest),
      latest.current.data,
      element,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }));
    sizes.observe(element);
    const stop = onThemeChange(() => {
      colours = coloursAt(element);
      made.redraw(false, true);
    });
    return () => {
      stop();
      sizes.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [lines, height]);
  const [from, to] = x;
  const [low, high] = y;
  useEffect(() => {
    plot.current?.batch((made: uPlot) => {
      made.setData(data, false);
      made.setScale('x', { min: from, max: to });
      made.setScale('y', { min: low, max: high });
    });
  }, [data, from, to, low, high]);
  return <div ref={place} className="plot" />;
}

function optionsFor(
  lines: readonly PlotLine[],
  width: number,
  height: number,
  colours: () => Colours,
  latest: { readonly current: PlotProps },
): uPlot.Options {
  const axis = {
    stroke: () => colours().muted,
    grid: { stroke: () => colours().line, width: 1 },
    ticks: { show: false },
    font: '12px system-ui, sans-serif',
  };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: syncKey }, points: { show: false } },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      { ...axis, space: 70, values: (_, times) => times.map((time) => clockText(time * 1000, times)) },
      { ...axis, size: 56, values: (_, values) => values.map((value) => `${Number(value.toPrecision(4))}`) },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, colours))],
    bands: lines.flatMap(({ band, colour }, at) =>
      band ? [{ series: [at + 1, at] as [number, number], fill: () => faded(colours()[colour], 0.2) }] : [],
    ),
    hooks: {
      drawClear: [(made) => latest.current.under(made, colours())],
      draw: [(made) => latest.current.over(made, colours())],
      setCursor: [(made) => latest.current.onPoint(made.cursor.idx ?? null)],
    },
  };
}

function seriesOf({ colour, width, dash, stepped }: PlotLine, colours: () => Colours): uPlot.Series {
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    stroke: () => colours()[colour],
    width,
    points: { show: false },
    ...(dash === undefined ? {} : { dash }),
    ...(paths === undefined ? {} : { paths }),
  };
}
