/** Flagger's analysis as stages: a step each interval, or so many iterations for testers or for nobody. */
import { previewMatch } from './defaults.ts';
import type { StageDraft } from './draft.ts';
import type { Hooks } from './flagger-hooks.ts';
import { goDurationMs } from './go-duration.ts';
import { matchOf } from './names.ts';
import type { Part } from './part.ts';

export interface Pace {
  /** How long each step lasts. */
  readonly stepMs: number;
  readonly lookMs: number;
  /** Failed looks that a check may have in a step. */
  readonly failures: number;
}

const leastStepMs = 10_000;
const usualStepMs = 60_000;
const usualLookMs = 15_000;
const mostSteps = 100;

/** Flagger checks once a step. Sluice looks some times more, since one look is no evidence. */
export function paceOf(analysis: Part): Pace {
  const asked = analysis.raw('interval');
  const read = asked === undefined ? usualStepMs : goDurationMs(asked);
  if (read === undefined)
    analysis.findings.lost(analysis.at('interval'), 'is not a duration that can be read', 'the plan has 1m');
  const stepMs = Math.max(read ?? usualStepMs, leastStepMs);
  const lookMs = Math.min(usualLookMs, Math.max(1_000, Math.floor(stepMs / 4_000) * 1_000));
  const looks = Math.floor(Math.max(stepMs, 60_000) / lookMs);
  const threshold = Math.max(Math.floor(analysis.number('threshold') ?? 1), 1);
  const why = 'counts failed steps over the whole rollout, and passes never reset it';
  const failures = Math.min(threshold, looks, 100);
  analysis.findings.changed(
    analysis.at('threshold'),
    why,
    `each check may fail in ${failures} looks in a row of a stage, then the rollout goes back`,
  );
  return { stepMs, lookMs, failures };
}

export function stagesOf(analysis: Part, pace: Pace, provider: string, hooks: Hooks): readonly StageDraft[] {
  const iterations = Math.min(Math.floor(analysis.number('iterations') ?? 0), 10_000);
  const match = matchIn(analysis);
  const weights = weightsOf(analysis);
  const made =
    iterations > 0
      ? [iterationsOf(analysis, pace.stepMs * iterations, match, provider)]
      : weights.map(([weight, path]) => stage(weight, pace.stepMs, [path, analysis.at('interval')]));
  const last = made.length - 1;
  return made.map((one, at) => ({
    ...one,
    approval: at === last && hooks.confirmPromotion !== null,
    gates: hooks.beforeStages,
    from: [
      ...one.from,
      ...(at === last ? [hooks.confirmPromotion ?? []] : []),
      hooks.beforeStages.map(({ from }) => from),
    ].flat(),
  }));
}

function stage(weight: number, soakMs: number, from: readonly string[]): StageDraft {
  return { name: null, weight, match: null, warmUpMs: 0, soakMs, approval: false, checks: null, from };
}

/** Each with the field that it is from. A share that falls is no step forward. */
function weightsOf(analysis: Part): readonly (readonly [number, string])[] {
  const path = analysis.at('stepWeights');
  const listed = analysis.list('stepWeights').map(Number);
  const most = Math.min(analysis.number('maxWeight') ?? 100, 100);
  const step = analysis.number('stepWeight');
  if (listed.length > 0) {
    const rising = listed.filter(
      (weight, at) => weight > 0 && weight <= 100 && listed.slice(0, at).every((before) => before < weight),
    );
    if (rising.length < listed.length)
      analysis.findings.lost(path, 'has shares that do not rise', 'they are left out');
    if (rising.length > 0) return rising.map((weight) => [Math.round(weight * 100) / 100, path] as const);
  }
  const by = step !== undefined && step >= 1 ? step : most >= 1 ? most : 10;
  const count = Math.min(Math.max(Math.ceil(most / by), 1), mostSteps);
  const steps = Array.from(
    { length: count },
    (_, at) => Math.round(Math.min((at + 1) * by, 100) * 100) / 100,
  );
  return steps.map((weight) => [weight, analysis.at('stepWeight')] as const);
}

/** Without step weights: testers by a header for so long, or nobody at all, and then everybody. */
function iterationsOf(
  analysis: Part,
  soakMs: number,
  match: StageDraft['match'],
  provider: string,
): StageDraft {
  const path = analysis.at('iterations');
  const from = [path, analysis.at('interval')];
  if (provider === 'service') {
    const why = 'tests a version that gets no traffic, and a share by numbers of pods knows no header';
    analysis.findings.changed(
      path,
      why,
      'the plan gives half of the users the canary for that time; or share by a route',
    );
    return stage(50, soakMs, from);
  }
  if (match !== null) return { ...stage(0, soakMs, from), name: 'by header', match };
  const { header, value } = previewMatch;
  const why = 'tests a version that gets no traffic of users';
  analysis.findings.changed(
    path,
    why,
    `requests with ${header}: ${value} reach it; let your load test send them`,
  );
  return { ...stage(0, soakMs, from), name: 'preview', match: previewMatch };
}

/** The first header with an exact value; everything else is told. */
function matchIn(analysis: Part): StageDraft['match'] {
  let found: StageDraft['match'] = null;
  for (const match of analysis.parts('match')) {
    const headers = match.part('headers');
    for (const header of headers?.keys() ?? []) {
      const value = headers?.part(header);
      const read = matchOf(header, value?.text('exact'));
      if (read !== undefined && found === null) found = read;
      else {
        const why =
          read === undefined
            ? 'is no exact value that a stage can match'
            : 'is a second header, and a stage matches one';
        match.findings.lost(
          `${match.path}.headers.${header.slice(0, 100)}`,
          why,
          'have your proxy turn it into one header with one exact value',
        );
      }
      value?.skip('exact', 'prefix', 'suffix', 'regex');
    }
    match.lose({
      queryParams: ['a stage matches headers only', 'have your proxy turn it into a header'],
      sourceLabels: ['a stage matches headers only', 'have your mesh turn it into a header'],
      uri: ['a stage matches headers only', 'name the rules or routes that are shared in traffic'],
    });
    match.done();
  }
  return found;
}
