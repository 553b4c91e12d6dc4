/** What each rule of a policy asks of a plan: the field at fault, and what to change. Pure. */
import type { CheckConfig } from '../analysis/types.ts';
import { formatDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import { parseImage } from '../gates/image-reference.ts';
import type { GateConfig } from '../gates/types.ts';
import type { HeaderMatch, Plan, ProviderChoice } from '../plan/types.ts';
import type { ArtifactPart, PolicyRules, WantedCheck } from './types.ts';

type Rule = (rules: PolicyRules, plan: Plan) => readonly Problem[];

/** In the order of a plan. */
export const policyRules: readonly Rule[] = [
  ({ owner }, plan) =>
    owner === true && plan.owner === undefined
      ? [problem('owner', 'is required; say whose service it is')]
      : [],
  ({ traffic }, plan) => allowed('traffic', plan.traffic, traffic),
  ({ metrics }, plan) => allowed('metrics', plan.metrics, metrics),
  ({ workload }, plan) => allowed('workload', plan.workload, workload),
  ({ artifact = [] }, plan) => artifact.flatMap((part) => missing(part, plan)),
  ({ gates = [] }, plan) => absent('gates', gates, plan.gates ?? []),
  ({ guards = [] }, plan) => absent('guards', guards, plan.guards ?? []),
  ({ approval }, plan) =>
    approval === true && !plan.stages.some((stage) => stage.approval) && approvalGatesOf(plan).length === 0
      ? [problem('stages', 'asks nobody; write approval: true in a stage, or a gate of type approval')]
      : [],
  ({ notAuthor }, plan) => (notAuthor === true ? ownApprovals(plan) : []),
  ({ minStages = 0 }, { stages }) =>
    stages.length < minStages
      ? [problem('stages', `has ${stages.length}; write at least ${minStages} stages`)]
      : [],
  firstWeight,
  steps,
  ({ maxWeight = 100 }, { stages }) =>
    stages.flatMap(({ weightPercent }, at) =>
      weightPercent > maxWeight
        ? [problem(`stages[${at}].weight`, `is ${weightPercent} %; a canary may have at most ${maxWeight} %`)]
        : [],
    ),
  ({ matchHeaders }, { stages }) => stages.flatMap(({ match }, at) => matched(match, at, matchHeaders)),
  ({ minSoakMs = 0 }, { stages }) =>
    stages.flatMap(({ soakMs, minSoakMs: least = soakMs }, at) =>
      least < minSoakMs
        ? [problem(`stages[${at}].soak`, `may end after ${formatDuration(least)}; ${atLeast(minSoakMs)}`)]
        : [],
    ),
  ({ checks = [] }, { stages }) =>
    stages.flatMap((stage, at) =>
      checks
        .filter((wanted) => !stage.checks.some((check) => hasAll(check, wanted)))
        .map((wanted) => problem(`stages[${at}].checks`, `needs ${worded(wanted)}; add it`)),
    ),
  rollbackRules,
  ({ maxLeaseMs }, { lease }) => tooLong('lease.ttl', lease.ttlMs, maxLeaseMs),
  ({ maxDurationMs }, plan) => tooLong('maxDuration', plan.maxDurationMs, maxDurationMs),
  ({ minWatchAfterMs = 0 }, { watchAfterMs }) =>
    watchAfterMs < minWatchAfterMs
      ? [problem('watchAfter', `is ${formatDuration(watchAfterMs)}; ${atLeast(minWatchAfterMs)}`)]
      : [],
];

function hasAll(check: CheckConfig, wanted: WantedCheck): boolean {
  const has: Readonly<Record<string, unknown>> = { ...check };
  return Object.entries(wanted).every(([key, value]) => has[key] === value);
}

function worded({ name, ...rest }: WantedCheck): string {
  const more = Object.entries(rest).map(([key, value]) => `${key} ${value}`);
  const which = name === undefined ? 'a check' : `the check ${name}`;
  return more.length === 0 ? which : `${which} with ${more.join(', ')}`;
}

/** Each with its field. */
function approvalGatesOf({ gates = [], stages }: Plan): readonly (readonly [string, GateConfig])[] {
  const at = (path: string, list: readonly GateConfig[]) =>
    list.map((gate, index) => [`${path}gates[${index}]`, gate] as const);
  const all = [
    ...at('', gates),
    ...stages.flatMap((stage, index) => at(`stages[${index}].`, stage.gates ?? [])),
  ];
  return all.filter(([, { type }]) => type === 'approval');
}

function ownApprovals(plan: Plan): readonly Problem[] {
  const message = 'must be true, so that whoever starts the rollout cannot approve it';
  const stages = plan.stages.flatMap(({ approval, notAuthor }, at) =>
    approval && notAuthor !== true ? [problem(`stages[${at}].notAuthor`, message)] : [],
  );
  const gates = approvalGatesOf(plan).flatMap(([path, { options }]) =>
    options.notAuthor === false ? [problem(`${path}.notAuthor`, message)] : [],
  );
  return [...gates, ...stages];
}

function firstWeight({ maxFirstWeight = 100 }: PolicyRules, { stages }: Plan): readonly Problem[] {
  const at = stages.findIndex(({ weightPercent }) => weightPercent > 0);
  const weight = stages[at]?.weightPercent ?? 0;
  if (weight <= maxFirstWeight) return [];
  return [
    problem(
      `stages[${at}].weight`,
      `is the first share, ${weight} %; begin with at most ${maxFirstWeight} %`,
    ),
  ];
}

/** The step to all users is one as well. */
function steps({ maxStep = 100 }: PolicyRules, { stages }: Plan): readonly Problem[] {
  const weights = [0, ...stages.map(({ weightPercent }) => weightPercent), 100];
  return weights.slice(1).flatMap((weight, at) => {
    const before = weights[at] ?? 0;
    // Floating point: 33.3 after 8.3 is a step of 25.
    const step = Number((weight - before).toFixed(2));
    if (step <= maxStep) return [];
    const last = Math.min(at, stages.length - 1);
    const message = `from ${before} % to ${weight} % is a step of ${step}; put a stage between, so that none is above ${maxStep}`;
    return [problem(`stages[${last}].weight`, message)];
  });
}

function rollbackRules(rules: PolicyRules, { rollback }: Plan): readonly Problem[] {
  const { secondMeans, strategies, proof, verify, maxRollbackTimeoutMs } = rules;
  return [
    ...tooLong('rollback.timeout', rollback.timeoutMs, maxRollbackTimeoutMs),
    ...(strategies === undefined || strategies.includes(rollback.strategy)
      ? []
      : [problem('rollback.strategy', `is ${rollback.strategy}; ${oneOf(strategies)}`)]),
    ...(secondMeans === undefined || secondMeans.some((means) => rollback.secondMeans.includes(means))
      ? []
      : [problem('rollback.secondMeans', `has none that is asked for; ${oneOf(secondMeans)}`)]),
    ...(proof === undefined || rollback.proof === proof
      ? []
      : [problem('rollback.proof', `is ${rollback.proof}; write ${proof}`)]),
    ...(verify === true && rollback.verify === undefined
      ? [problem('rollback.verify', 'is required; say how the stable version is judged after a rollback')]
      : []),
  ];
}

function allowed(path: string, { name }: ProviderChoice, names: readonly string[] | undefined): Problem[] {
  return names === undefined || names.includes(name) ? [] : [problem(path, `is ${name}; ${oneOf(names)}`)];
}

/** A header that all requests have is a share of 100 %, of which weights say nothing. */
function matched(match: HeaderMatch | null, at: number, headers: readonly string[] | undefined): Problem[] {
  if (match === null || headers === undefined) return [];
  if (headers.some((one) => one.toLowerCase() === match.header.toLowerCase())) return [];
  const allowedOnes = headers.length === 0 ? 'no stage may match a header' : oneOf(headers);
  return [problem(`stages[${at}].match`, `matches ${match.header}; ${allowedOnes}`)];
}

function missing(part: ArtifactPart, { artifact = {} }: Plan): Problem[] {
  if (part !== 'digest') {
    return artifact[part] === undefined ? [problem(`artifact.${part}`, 'is required')] : [];
  }
  const { image = '' } = artifact;
  if (parseImage(image)?.digest) return [];
  return [problem('artifact.image', 'must name the digest, as registry/repository:tag@sha256:…')];
}

function absent(
  path: string,
  wanted: readonly string[],
  has: readonly { readonly gate: string }[],
): Problem[] {
  return wanted
    .filter((name) => !has.some(({ gate }) => gate === name))
    .map((name) => problem(path, `needs ${name}; add it`));
}

function tooLong(path: string, ms: number, mostMs: number | undefined): Problem[] {
  if (mostMs === undefined || ms <= mostMs) return [];
  return [problem(path, `is ${formatDuration(ms)}; write at most ${formatDuration(mostMs)}`)];
}

function atLeast(ms: number): string {
  return `write at least ${formatDuration(ms)}`;
}

function oneOf(names: readonly string[]): string {
  return `allowed: ${names.join(', ')}`;
}

function problem(path: string, message: string): Problem {
  return { path, message };
}
