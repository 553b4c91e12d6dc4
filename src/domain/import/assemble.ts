/**
 * Makes the document of a plan out of a draft, within the bounds that a plan has, and says where each value is from.
 */
import { formatDuration } from '../duration.ts';
import { bounds } from '../plan/defaults.ts';
import { joinPath } from '../plan/document/problems.ts';
import type { Mapping } from '../plan/document/read.ts';
import type { CheckDraft, GateDraft, PlanDraft, ProviderDraft, StageDraft } from './draft.ts';
import type { Findings } from './finding.ts';
import { freeName } from './names.ts';

export interface Assembled {
  readonly document: Mapping;
  /** By path, such as `stages[0]`. */
  readonly comments: ReadonlyMap<string, string>;
}

/** A stage must be judged before the next step. */
const leastSoakMs = 60_000;
const longestSoakMs = 7 * 86_400_000;
const longestWarmUpMs = 86_400_000;
/** Where people are asked: over a long weekend. */
const approvalRoomMs = 4 * 86_400_000;

export function assemble(given: PlanDraft, findings: Findings): Assembled {
  const draft = withEvidence(given, findings);
  const comments = new Map<string, string>();
  const stages = boundedStages(draft.stages, findings);
  const named = namedChecks(draft, stages, findings);
  const asksPeople = stages.some(({ approval }) => approval);
  const plannedMs = stages.reduce((sum, { warmUpMs, soakMs }) => sum + warmUpMs + soakMs, 0);
  for (const field of ['service', 'environment', 'version'] as const) comments.set(field, draft[field].from);
  comments.set('traffic', draft.traffic.from);
  comments.set('workload', draft.workload.from);
  comments.set('metrics', 'its address belongs to sluice.yaml');
  for (const [at, { from }] of stages.entries()) comments.set(joinPath('stages', at), from.join(', '));
  for (const [path, from] of named.comments) comments.set(path, from);
  for (const place of ['gates', 'guards'] as const) {
    for (const [at, { from }] of (draft[place] ?? []).entries()) comments.set(joinPath(place, at), from);
  }
  if (draft.interval !== null) comments.set('analysis.interval', draft.interval.from);
  if (draft.watchAfter !== null) comments.set('watchAfter', draft.watchAfter.from);
  if (asksPeople) comments.set('maxDuration', 'room for approvals: when it strikes, the rollout goes back');
  const document = {
    service: draft.service.value,
    environment: draft.environment.value,
    version: draft.version.value,
    traffic: providerEntry(draft.traffic),
    metrics: 'prometheus',
    workload: providerEntry(draft.workload),
    ...(draft.gates?.length ? { gates: draft.gates.map(gateEntry) } : {}),
    ...(draft.guards?.length
      ? { guards: draft.guards.map((one) => ({ ...gateEntry(one), onRefuse: 'rollback' })) }
      : {}),
    ...(named.templates === null ? {} : { templates: named.templates }),
    checks: named.checks,
    stages: stages.map((stage, at) => stageEntry(stage, named.ofStage[at] ?? null)),
    ...(draft.interval === null ? {} : { analysis: { interval: formatDuration(draft.interval.value) } }),
    ...(asksPeople ? { maxDuration: formatDuration(2 * plannedMs + approvalRoomMs) } : {}),
    ...(draft.watchAfter === null ? {} : { watchAfter: formatDuration(draft.watchAfter.value) }),
    ...(draft.blueGreen ? { rollback: { strategy: 'blue-green' } } : {}),
  };
  return { document, comments };
}

/** A list of checks that all pass for want of data is no judgement, and a plan with one is refused. */
function withEvidence(draft: PlanDraft, findings: Findings): PlanDraft {
  const lists = [draft.checks, ...draft.stages.flatMap(({ checks }) => (checks === null ? [] : [checks]))];
  const passes = ({ entry }: CheckDraft) => entry.onNoData === 'pass';
  if (!lists.some((list) => list.length > 0 && list.every(passes))) return draft;
  const held = (check: CheckDraft): CheckDraft => {
    if (!passes(check)) return check;
    const why = 'passes without data, and so does every other check';
    findings.changed(check.from, why, 'without data the stage is extended once, then held');
    const { onNoData: _pass, ...entry } = check.entry;
    return { ...check, entry };
  };
  return {
    ...draft,
    checks: draft.checks.map(held),
    stages: draft.stages.map((stage) => ({ ...stage, checks: stage.checks?.map(held) ?? null })),
  };
}

function providerEntry({ provider, options }: ProviderDraft): unknown {
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return set.length === 0 ? provider : { provider, ...Object.fromEntries(set) };
}

function gateEntry({ name }: GateDraft): Mapping {
  return { gate: 'webhook', name };
}

function stageEntry(stage: StageDraft, checks: readonly string[] | null): Mapping {
  const { name, weight, match, warmUpMs, soakMs, approval } = stage;
  return {
    ...(name === null ? {} : { name }),
    ...(weight === 0 ? {} : { weight }),
    ...(match === null ? {} : { match }),
    ...(warmUpMs === 0 ? {} : { warmUp: formatDuration(warmUpMs) }),
    soak: formatDuration(soakMs),
    ...(approval ? { approval } : {}),
    ...(stage.gates?.length ? { gates: stage.gates.map(gateEntry) } : {}),
    ...(checks === null ? {} : { checks }),
  };
}

function boundedStages(stages: readonly StageDraft[], findings: Findings): readonly StageDraft[] {
  return thinned(stages, findings).map((stage) => {
    const path = stage.from[0] ?? 'stages';
    if (stage.soakMs < leastSoakMs) {
      const why = `gave ${stage.weight} % no time in which it could be judged`;
      findings.changed(path, why, `the stage soaks for ${formatDuration(leastSoakMs)}`);
    }
    if (stage.soakMs > longestSoakMs || stage.warmUpMs > longestWarmUpMs) {
      findings.changed(
        path,
        'takes longer than a stage may',
        'the stage is as long as it may be; add another',
      );
    }
    const soakMs = Math.min(Math.max(stage.soakMs, leastSoakMs), longestSoakMs);
    return { ...stage, soakMs, warmUpMs: Math.min(stage.warmUpMs, longestWarmUpMs) };
  });
}

/** The last stage is kept, and of the others as many as a plan may have, evenly. */
function thinned(stages: readonly StageDraft[], findings: Findings): readonly StageDraft[] {
  if (stages.length <= bounds.stages) return stages;
  const every = Math.ceil(stages.length / bounds.stages);
  const why = `makes ${stages.length} stages, and a plan has at most ${bounds.stages}`;
  findings.changed(
    stages[0]?.from[0] ?? 'stages',
    why,
    `only each ${every}th is in the plan, for as long in all`,
  );
  return stages
    .filter((_, at) => (stages.length - 1 - at) % every === 0)
    .map((stage) => ({ ...stage, soakMs: stage.soakMs * every }));
}

interface NamedChecks {
  readonly templates: Mapping | null;
  readonly checks: readonly unknown[];
  readonly ofStage: readonly (readonly string[] | null)[];
  readonly comments: ReadonlyMap<string, string>;
}

/**
 * Where stages have checks of their own, all checks become templates and are named; else they stand where they are
 * used.
 */
function namedChecks(draft: PlanDraft, stages: readonly StageDraft[], findings: Findings): NamedChecks {
  const comments = new Map<string, string>();
  if (stages.every(({ checks }) => checks === null)) {
    const checks = fewEnough(withNames(draft.checks, findings), findings);
    for (const [at, { from }] of checks.entries()) comments.set(joinPath('checks', at), from);
    return { templates: null, checks: checks.map(({ entry }) => entry), ofStage: [], comments };
  }
  const all = withNames([...draft.checks, ...stages.flatMap(({ checks }) => checks ?? [])], findings);
  const kept = fewEnough(all, findings);
  for (const { name, from } of kept) comments.set(joinPath('templates', name), from);
  const nameOf = (check: CheckDraft) => kept.find(({ source }) => same(source, check))?.name;
  const namesOf = (checks: readonly CheckDraft[]) => [
    ...new Set(checks.flatMap((check) => nameOf(check) ?? [])),
  ];
  const entries = kept.map(({ name, entry }) => [name, withoutName(entry)] as const);
  return {
    templates: Object.fromEntries(entries),
    checks: namesOf(draft.checks),
    ofStage: stages.map(({ checks }) => (checks === null ? null : namesOf(checks))),
    comments,
  };
}

interface Named {
  readonly name: string;
  readonly entry: Mapping;
  readonly from: string;
  readonly source: CheckDraft;
}

/** The same check once, and different ones of one name under different names. */
function withNames(checks: readonly CheckDraft[], findings: Findings): readonly Named[] {
  const named: Named[] = [];
  for (const check of checks) {
    if (named.some(({ source }) => same(source, check))) continue;
    const name = freeName(check.name, (one) => named.some((other) => other.name === one));
    if (name !== check.name)
      findings.changed(check.from, `another check is called ${check.name}`, `it is called ${name}`);
    named.push({ name, entry: { name, ...check.entry }, from: check.from, source: check });
  }
  return named;
}

function fewEnough(checks: readonly Named[], findings: Findings): readonly Named[] {
  for (const { from } of checks.slice(bounds.checks)) {
    findings.lost(from, `a plan has at most ${bounds.checks} checks`, 'merge some of them');
  }
  return checks.slice(0, bounds.checks);
}

function same(a: CheckDraft, b: CheckDraft): boolean {
  return a === b || JSON.stringify(a.entry) === JSON.stringify(b.entry);
}

function withoutName({ name: _name, ...entry }: Mapping): Mapping {
  return entry;
}
