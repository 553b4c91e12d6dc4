/** Reads a policy as an operator writes it, with every problem at once. For the edges, never for workflows. */
import { z } from 'zod';
import { checkKinds } from '../analysis/index.ts';
import type { Problem } from '../errors.ts';
import type { GateConfig } from '../gates/types.ts';
import { dayMs, duration, hourMs, secondMs } from '../plan/document/duration-schema.ts';
import { readGates, readGuards } from '../plan/document/gates.ts';
import { check, joinPath, shown } from '../plan/document/problems.ts';
import type { PlanCatalogue } from '../plan/document/providers.ts';
import { isMapping, type Mapping, ownValue, type Report, readFields } from '../plan/document/read.ts';
import { rollbackStrategies, secondMeans } from '../plan/types.ts';
import { artifactParts, type Policy, type PolicyRules, type WantedCheck } from './types.ts';

const name = z.string().min(1).max(100);
const names = z.array(name).min(1).max(50);
const pattern = z
  .string()
  .regex(/^[a-z0-9._-]*\*?$/, 'must be a name, or the beginning of one with * after it')
  .min(1)
  .max(64);
const patterns = z.array(pattern).min(1).max(200).optional();
const percent = z.number().min(0).max(100).optional();
const upTo = (most: number) => duration(secondMs, most).optional();

const fields = {
  name: z.string().min(1).max(100),
  reason: z.string().min(1).max(500),
  level: z.enum(['mandatory', 'advisory']).default('mandatory'),
  environments: patterns,
  services: patterns,
};

const wantedCheck = z
  .strictObject({
    name: name.exactOptional(),
    kind: z.enum(['counts', ...Object.values(checkKinds).map(({ kind }) => kind)]).exactOptional(),
    probe: name.exactOptional(),
    source: name.exactOptional(),
  })
  .refine((wanted) => Object.keys(wanted).length > 0, 'needs one of name, kind, probe and source');

/** Keys as in a plan; a duration has none of the suffix that it has once it is read. */
const rules = {
  gates: names.optional(),
  guards: names.optional(),
  checks: z
    .array(z.union([name.transform((only): WantedCheck => ({ name: only })), wantedCheck]))
    .min(1)
    .max(50)
    .optional(),
  maxFirstWeight: percent,
  maxStep: percent,
  maxWeight: percent,
  matchHeaders: z.array(name).max(50).optional(),
  approval: z.boolean().optional(),
  notAuthor: z.boolean().optional(),
  minStages: z.int().min(1).max(50).optional(),
  minSoak: upTo(7 * dayMs),
  minWatchAfter: upTo(7 * dayMs),
  maxRollbackTimeout: upTo(hourMs),
  maxLease: upTo(hourMs),
  maxDuration: upTo(90 * dayMs),
  secondMeans: z.array(z.enum(secondMeans)).min(1).optional(),
  strategies: z.array(z.enum(rollbackStrategies)).min(1).optional(),
  proof: z.literal('count').optional(),
  verify: z.boolean().optional(),
  artifact: z.array(z.enum(artifactParts)).min(1).optional(),
  traffic: names.optional(),
  metrics: names.optional(),
  workload: names.optional(),
  owner: z.boolean().optional(),
  strict: z.boolean().optional(),
};

export type PolicyReading =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function readPolicy(input: Mapping, catalogue: PlanCatalogue): PolicyReading {
  const report: Report = { problems: [], warnings: [] };
  const read = readFields(fields, ['require', 'mandate'], input, '', report);
  const require = readRules(ownValue(input, 'require') ?? {}, catalogue, report);
  const mandate = readMandate(ownValue(input, 'mandate') ?? {}, catalogue, report);
  if (read.level === 'advisory' && mandate.gates.length + mandate.guards.length > 0) {
    report.problems.push({ path: 'mandate', message: 'an advisory policy adds nothing; make it mandatory' });
  }
  if (require.notAuthor === true) report.problems.push(...mandate.gates.flatMap(approvedByAuthor));
  const { name: given, reason, level } = read;
  if (report.problems.length > 0 || given === undefined || reason === undefined || level === undefined) {
    return { ok: false, problems: report.problems };
  }
  const [environments, services] = [read.environments ?? null, read.services ?? null];
  return { ok: true, policy: { name: given, reason, level, environments, services, require, mandate } };
}

/** It would refuse every plan that the policy binds, for a gate that the plan does not name. */
function approvedByAuthor({ name: given, type, options }: GateConfig): Problem[] {
  if (type !== 'approval' || options.notAuthor !== false) return [];
  const message = `${shown(given)} says notAuthor: false, and require.notAuthor refuses that; leave one of them out`;
  return [{ path: 'mandate.gates', message }];
}

function readRules(input: unknown, catalogue: PlanCatalogue, report: Report): PolicyRules {
  const result = check(z.strictObject(rules), input, 'require');
  if (!result.ok) {
    report.problems.push(...result.problems);
    return {};
  }
  const known = {
    gates: catalogue.gates,
    guards: catalogue.gates,
    traffic: catalogue.traffic,
    metrics: catalogue.metrics,
    workload: catalogue.workload,
  };
  for (const [key, instances = {}] of Object.entries(known)) {
    const named = result.value[key as keyof typeof known] ?? [];
    for (const one of named.filter((each) => !Object.hasOwn(instances, each))) {
      // A rule that nobody can fulfil would refuse every plan, and say that the plan is at fault.
      report.problems.push({ path: `require.${key}`, message: `there is no ${key} instance ${shown(one)}` });
    }
  }
  const { checks = [] } = result.value;
  checks.forEach(({ probe, source }, index) => {
    const path = joinPath(joinPath('require', 'checks'), index);
    for (const [what, one, instances] of [
      ['health', probe, catalogue.health],
      ['alerts', source, catalogue.alerts],
    ] as const) {
      if (one === undefined || Object.hasOwn(instances, one)) continue;
      report.problems.push({ path, message: `there is no ${what} instance ${shown(one)}` });
    }
  });
  const { minSoak, minWatchAfter, maxRollbackTimeout, maxLease, maxDuration, ...rest } = result.value;
  const read = {
    ...rest,
    minSoakMs: minSoak,
    minWatchAfterMs: minWatchAfter,
    maxRollbackTimeoutMs: maxRollbackTimeout,
    maxLeaseMs: maxLease,
    maxDurationMs: maxDuration,
  };
  return Object.fromEntries(Object.entries(read).filter(([, value]) => value !== undefined));
}

function readMandate(input: unknown, catalogue: PlanCatalogue, report: Report): Policy['mandate'] {
  if (!isMapping(input)) {
    const message = `must be a mapping with gates or guards, not ${shown(input)}`;
    report.problems.push({ path: 'mandate', message });
    return { gates: [], guards: [] };
  }
  readFields({}, ['gates', 'guards'], input, 'mandate', report);
  const inner: Report = { problems: [], warnings: [] };
  const guards = readGuards(ownValue(input, 'guards'), catalogue, inner);
  report.problems.push(
    ...inner.problems.map(({ path, message }) => ({ path: joinPath('mandate', path), message })),
  );
  const gates = readGates(ownValue(input, 'gates'), 'mandate.gates', catalogue, report);
  return { gates: gates ?? [], guards: guards ?? [] };
}
