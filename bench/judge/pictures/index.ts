/** The bench's pictures: which files there are, and which cells and rules they show. */
import type { CellResult } from '../aims.ts';
import { delayPicture } from './delays.ts';
import { falseRollbackPicture } from './false-rollbacks.ts';

const errorRules = [
  'sluice',
  'flagger-1',
  'flagger-5',
  'flagger-10',
  'argo-0',
  'argo-3',
  'argo-60s',
  'kayenta-once',
  'kayenta-growing',
];
const latencyRules = ['sluice', 'flagger-1', 'flagger-5', 'kayenta-once', 'kayenta-growing'];
const drawnErrorRules = [
  'oracle',
  'sluice',
  'flagger-1',
  'flagger-5',
  'argo-0',
  'argo-60s',
  'kayenta-growing',
];
const drawnLatencyRules = ['oracle', 'sluice', 'flagger-1', 'flagger-5', 'kayenta-growing'];
/** The delays are drawn at this share of the canary; the tables have the others. */
const DRAWN_SHARE_PERCENT = 5;

/** Whether instances differ: the tables have these cells. */
function differs({ cell }: CellResult): boolean {
  return cell.kind === 'errors' && cell.instances !== undefined;
}

/** File name and content of every picture for which there are results. */
export function picturesOf(results: readonly CellResult[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const draw = (
    name: string,
    chosen: (result: CellResult) => boolean,
    picture: (chosen: readonly CellResult[]) => string,
  ) => {
    const some = results.filter((result) => !differs(result) && chosen(result));
    if (some.length > 0) files.set(`${name}.svg`, picture(some));
  };
  const atShare = ({ cell }: CellResult) => cell.sharePercent === DRAWN_SHARE_PERCENT;

  draw(
    'false-rollbacks-errors',
    ({ cell }) => cell.kind === 'errors',
    (some) => falseRollbackPicture(some, errorRules, 'errors'),
  );
  draw(
    'false-rollbacks-latency',
    ({ cell }) => cell.kind === 'latency',
    (some) => falseRollbackPicture(some, latencyRules, 'latency'),
  );
  for (const shape of ['poisson', 'bursty'] as const) {
    const suffix = `${shape}, ${DRAWN_SHARE_PERCENT} % to the canary`;
    for (const base of [0.001, 0.01]) {
      draw(
        `delay-errors-${base * 100}-${shape}`,
        (result) =>
          result.cell.kind === 'errors' &&
          result.cell.shape === shape &&
          result.cell.baseErrors === base &&
          atShare(result),
        (some) => delayPicture(some, drawnErrorRules, `errors, stable at ${base * 100} %, ${suffix}`),
      );
    }
    draw(
      `delay-latency-${shape}`,
      (result) => result.cell.kind === 'latency' && result.cell.shape === shape && atShare(result),
      (some) => delayPicture(some, drawnLatencyRules, `p95 latency, ${suffix}`),
    );
  }
  return files;
}
