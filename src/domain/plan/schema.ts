/**
 * Parses a plan: everything that is wrong with it at once, or a fully defaulted `Plan`. For the edges, never for
 * workflows.
 */
import { formatDuration } from '../duration.ts';
import type { Problem } from '../errors.ts';
import { bounds, defaults } from './defaults.ts';
import { withAbsolutes } from './document/absolute.ts';
import { type CheckContext, readChecks, readTemplates, templatesIn } from './document/checks.ts';
import { secondMs } from './document/duration-schema.ts';
import { eventPolicyOf } from './document/events.ts';
import { foreignProblem, foreignProblemIn } from './document/foreign.ts';
import { readGates, readGuards } from './document/gates.ts';
import { noticesOf } from './document/notify.ts';
import { joinPath, shown, type Written } from './document/problems.ts';
import { type PlanCatalogue, readProvider } from './document/providers.ts';
import { isMapping, type Mapping, ownValue, type Read, type Report, readFields } from './document/read.ts';
import { readRollback } from './document/rollback.ts';
import { planFields } from './document/schema.ts';
import { type PlanChecks, readStages, refuseIneffective } from './document/stages.ts';
import { readWebhooks } from './document/webhooks.ts';
import { defaultEventPolicy } from './event-policy.ts';
import { lintPlan } from './lint.ts';
import { plannedTotalMs } from './planned.ts';
import { withShares } from './spending.ts';
import { readMapping } from './text.ts';
import type { Dependency, Plan, Stage } from './types.ts';

export type { CatalogueInstance, PlanCatalogue } from './document/providers.ts';

type PlanResult =
  | { readonly ok: true; readonly plan: Plan; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly warnings: readonly Problem[] };

const readApart = ['traffic', 'metrics', 'workload', 'checks', 'templates', 'stages', 'gates', 'guards'];

/** Parses YAML or JSON text. Never throws; a syntax error names line and column. */
export function parsePlanText(text: string, catalogue: PlanCatalogue): PlanResult {
  const read = readMapping(text, { tokens: bounds.documentTokens });
  if (!read.ok) {
    const foreign = foreignProblemIn(text);
    return { ok: false, problems: foreign === null ? read.problems : [foreign], warnings: [] };
  }
  return parseMapping(read.value, catalogue, read.written);
}

/** Parses a document that is already a value, such as a JSON body. Never throws. */
export function parsePlan(input: unknown, catalogue: PlanCatalogue): PlanResult {
  if (!isMapping(input)) {
    const message = `a plan must be a mapping of keys to values, not ${shown(input)}`;
    return { ok: false, problems: [{ path: '', message }], warnings: [] };
  }
  return parseMapping(input, catalogue);
}

function parseMapping(input: Mapping, catalogue: PlanCatalogue, written?: Written): PlanResult {
  const foreign = foreignProblem(input);
  if (foreign !== null) return { ok: false, problems: [foreign], warnings: [] };
  const report = { problems: [], warnings: [], meant: new Set<string>(), written } satisfies Report;
  const plan = readPlan(input, catalogue, report);
  if (plan === undefined || report.problems.length > 0) {
    return { ok: false, problems: bounded(withoutEchoes(report)), warnings: report.warnings };
  }
  return { ok: true, plan, warnings: [...report.warnings, ...lintPlan(plan)] };
}

function readPlan(input: Mapping, catalogue: PlanCatalogue, report: Report): Plan | undefined {
  const fields = readFields(planFields, readApart, input, '', report);
  const traffic = readProvider('traffic', ownValue(input, 'traffic'), catalogue, undefined, report);
  const metrics = readProvider('metrics', ownValue(input, 'metrics'), catalogue, undefined, report);
  const workload = readProvider(
    'workload',
    ownValue(input, 'workload'),
    catalogue,
    defaults.workload,
    report,
  );
  const window = fields.analysis?.window ?? 60 * secondMs;
  const context = readTemplates(ownValue(input, 'templates'), window, catalogue, report);
  const stages = readJudgedStages(input, context, catalogue, report);
  const gates = readGates(ownValue(input, 'gates'), 'gates', catalogue, report);
  const guards = readGuards(ownValue(input, 'guards'), catalogue, report);
  const webhooks = readWebhooks(fields.webhooks, catalogue, report);
  const notify = noticesOf(fields.notify, catalogue, report);
  if (stages !== undefined) refuseBadTimes(stages, fields.maxDuration, report);
  const rollback =
    fields.rollback &&
    readRollback(
      fields.rollback,
      { checks: context, hooks: catalogue.hooks ?? {}, watchAfterMs: fields.watchAfter ?? 0 },
      report,
    );
  const { service, environment, version, analysis, lease, owner } = fields;
  const dependsOn = dependenciesIn(fields.dependsOn, fields, report);
  if (version !== undefined && analysis?.baseline === version) {
    const message = 'must be another label than the version that is rolled out';
    report.problems.push({ path: 'analysis.baseline', message });
  }
  if (
    service === undefined ||
    environment === undefined ||
    version === undefined ||
    traffic === undefined ||
    metrics === undefined ||
    workload === undefined ||
    stages === undefined ||
    analysis === undefined ||
    rollback === undefined ||
    lease === undefined
  ) {
    return undefined;
  }
  return {
    service,
    environment,
    version,
    ...(owner === undefined ? {} : { owner }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    traffic,
    metrics,
    workload,
    ...(fields.artifact === undefined ? {} : { artifact: fields.artifact }),
    ...(gates === undefined ? {} : { gates }),
    ...(guards === undefined ? {} : { guards }),
    ...(webhooks.length === 0 ? {} : { webhooks }),
    stages: withShares(stages, {
      fails: analysis.confidence,
      rollsBack: fields.rollback?.confidence ?? null,
      watchedAfter: (fields.watchAfter ?? 0) > 0,
    }),
    analysis: {
      intervalMs: analysis.interval,
      onInconclusive: analysis.onInconclusive,
      ...(analysis.baseline === undefined ? {} : { baseline: analysis.baseline }),
    },
    rollback,
    ...(fields.onFailure === undefined ? {} : { onFailure: fields.onFailure }),
    lease: { ttlMs: lease.ttl, orphanGraceMs: lease.orphanGrace ?? lease.ttl },
    maxDurationMs: fields.maxDuration ?? defaultMaxDurationMs(stages),
    onConflict: fields.onConflict ?? defaults.onConflict,
    drift: fields.drift ?? defaults.drift,
    events: fields.events === undefined ? defaultEventPolicy : eventPolicyOf(fields.events),
    watchAfterMs: fields.watchAfter ?? 0,
    ...(notify === undefined ? {} : { notify }),
  };
}

function dependenciesIn(
  given: Read<typeof planFields>['dependsOn'] = [],
  { environment = '', service }: { environment?: string | undefined; service?: string | undefined },
  report: Report,
): readonly Dependency[] {
  return given.map((one, at) => {
    const dependency = { ...one, environment: one.environment ?? environment, version: one.version ?? null };
    if (dependency.service === service && dependency.environment === environment) {
      const message = 'is the service itself; name another one';
      report.problems.push({ path: `dependsOn[${at}].service`, message });
    }
    return dependency;
  });
}

function readJudgedStages(
  input: Mapping,
  context: CheckContext,
  catalogue: PlanCatalogue,
  report: Report,
): readonly Stage[] | undefined {
  const checks = readPlanChecks(ownValue(input, 'checks'), context, report);
  warnOfUnusedTemplates(input, context, report);
  const stages = readStages(
    ownValue(input, 'stages'),
    bounds.stages,
    checks,
    { ...context, catalogue },
    report,
  );
  return stages && withAbsolutes(stages, input, context);
}

function readPlanChecks(input: unknown, context: CheckContext, report: Report): PlanChecks {
  if (input === undefined) return 'missing';
  const checks = readChecks(input, 'checks', context, report);
  refuseIneffective(checks, 'checks', report);
  return checks ?? 'broken';
}

function warnOfUnusedTemplates(input: Mapping, context: CheckContext, report: Report): void {
  const stages = ownValue(input, 'stages');
  const rollback = ownValue(input, 'rollback');
  const verify = isMapping(rollback) ? ownValue(rollback, 'verify') : undefined;
  const lists = [input, verify, ...(Array.isArray(stages) ? stages : [])].filter(isMapping);
  const used = new Set(lists.flatMap((list) => templatesIn(ownValue(list, 'checks'))));
  for (const name of context.templateNames.filter((one) => !used.has(one))) {
    const message = 'no check uses this template, so it judges nothing; name it in checks, or drop it';
    report.warnings.push({ path: joinPath('templates', name), message });
  }
}

function refuseBadTimes(stages: readonly Stage[], maxDurationMs: number | undefined, report: Report): void {
  const planned = plannedTotalMs(stages);
  if (planned > bounds.plannedMs) {
    const message = `warm-ups and soaks take ${formatDuration(planned)} in all; at most ${formatDuration(bounds.plannedMs)} is allowed`;
    report.problems.push({ path: 'stages', message });
  }
  if (maxDurationMs !== undefined && maxDurationMs <= planned) {
    const message = `must be longer than the planned time, which is ${formatDuration(planned)}, or every rollout is rolled back`;
    report.problems.push({ path: 'maxDuration', message });
  }
}

/** What is missing because its key was misspelt is told with that key. */
function withoutEchoes({ problems, meant }: Required<Pick<Report, 'problems' | 'meant'>>): Problem[] {
  return problems.filter(({ path, message }) => !(meant.has(path) && message.startsWith('is required')));
}

function bounded(problems: readonly Problem[]): readonly Problem[] {
  const rest = problems.length - bounds.problems;
  if (rest <= 0) return problems;
  return [...problems.slice(0, bounds.problems), { path: '', message: `and ${rest} more problems` }];
}

/** Room for one extension of every soak, and an hour for people. */
function defaultMaxDurationMs(stages: readonly Stage[]): number {
  return 2 * plannedTotalMs(stages) + 3600 * secondMs;
}
