/**
 * One uPlot chart in React: as wide as its place, in the colours of the theme, and drawn anew with each change of its
 * data.
 */
import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import './plot.css';
import { clockText } from './clock.ts';
import { type Colours, coloursAt, faded, onThemeChange } from './colours.ts';

/** What is drawn beside the lines, under or over them; colours are those of now. */
export type Painter = (plot: uPlot, colours: Colours) => void;

interface PlotProps {
  /** Times in seconds, then the values of each line. */
  readonly data: uPlot.AlignedData;
  /** Another one makes another chart. */
  readonly lines: readonly PlotLine[];
  /** Of times, in seconds, and of values. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [low: number, high: number];
  /** In root ems, as text is, so that a chart grows with the letters on a large screen. */
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
  /** Goes on over times at which only other lines have values. */
  readonly spans?: boolean;
  /** An end of a range, drawn faintly. */
  readonly faint?: boolean;
  /** Fills the room to the line before, which lies above. */
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
    const em = rootEm();
    const size = () => ({ width: element.clientWidth, height: height * em });
    const made = new uPlot(
      optionsFor(lines, { ...size(), em }, () => colours, latest),
      latest.current.data,
      element,
    );
    plot.current = made;
    const sizes = new ResizeObserver(() => made.setSize(size()));
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
  { width, height, em }: { readonly width: number; readonly height: number; readonly em: number },
  colours: () => Colours,
  latest: { readonly current: PlotProps },
): uPlot.Options {
  const axis = {
    stroke: () => colours().muted,
    grid: { stroke: () => colours().line, width: 1 },
    ticks: { show: false },
    font: `${0.8 * em}px system-ui, sans-serif`,
  };
  return {
    width,
    height,
    // The last time may stand at the very edge, with half of itself beyond it.
    padding: [null, 2.25 * em, null, null],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, sync: { key: syncKey }, points: { show: false } },
    scales: { x: { time: true, auto: false }, y: { auto: false } },
    axes: [
      {
        ...axis,
        size: 2 * em,
        gap: 0.4 * em,
        space: 5 * em,
        values: (_, times) => times.map((time) => clockText(time * 1000, times)),
      },
      {
        ...axis,
        size: 3.75 * em,
        space: 2 * em,
        values: (_, values) => values.map((value) => `${Number(value.toPrecision(4))}`),
      },
    ],
    series: [{}, ...lines.map((line) => seriesOf(line, em / 15, colours))],
    bands: lines.flatMap(({ band, colour }, at) =>
      band ? [{ series: [at, at + 1] as [number, number], fill: () => faded(colours()[colour], 0.2) }] : [],
    ),
    hooks: {
      drawClear: [(made) => latest.current.under(made, colours())],
      draw: [(made) => latest.current.over(made, colours())],
      setCursor: [(made) => latest.current.onPoint(made.cursor.idx ?? null)],
    },
  };
}

function seriesOf(
  { colour, width, dash, stepped, spans = false, faint = false }: PlotLine,
  scale: number,
  colours: () => Colours,
): uPlot.Series {
  const paths = stepped ? uPlot.paths.stepped?.({ align: 1 }) : undefined;
  return {
    stroke: () => (faint ? faded(colours()[colour], 0.35) : colours()[colour]),
    width: width * scale,
    spanGaps: spans,
    points: { show: false },
    ...(dash === undefined ? {} : { dash: dash.map((part) => part * scale) }),
    ...(paths === undefined ? {} : { paths }),
  };
}

function rootEm(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
}
