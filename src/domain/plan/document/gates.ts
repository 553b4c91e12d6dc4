/** Reads the gates of a plan: each the name of an instance, or a mapping with what the plan sets for it. */
import { z } from 'zod';
import type { Problem } from '../../errors.ts';
import { type GateConfig, maxGates, type StandingGate } from '../../gates/types.ts';
import { adviceFor } from '../../nearest.ts';
import { dayMs, duration, secondMs } from './duration-schema.ts';
import { check, joinPath, shown } from './problems.ts';
import type { GateInstance, PlanCatalogue } from './providers.ts';
import { isMapping, type Mapping, ownValue, type Report, readFields, readList } from './read.ts';

export const gateFields = {
  name: z.string().min(1).max(63).optional().describe('Shown to people. Default: the name of the gate.'),
  timeout: duration(secondMs, 30 * dayMs)
    .optional()
    .describe("How long it may stay closed before it refuses. Default: the gate's own."),
};

export const guardFields = {
  name: gateFields.name,
  onRefuse: z
    .enum(['hold', 'rollback'])
    .default('hold')
    .describe('What happens when it closes while the canary takes traffic.'),
};

export const artifactField = z
  .strictObject({
    image: z
      .string()
      .regex(/^[a-z0-9][a-zA-Z0-9._:/@-]{2,511}$/, 'is no image reference')
      .exactOptional()
      .describe('Image that is rolled out: registry/repository:tag, or with @sha256:….'),
    repository: z
      .string()
      .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, 'must be owner/name')
      .exactOptional()
      .describe('Repository that it is built from: owner/name.'),
    commit: z
      .string()
      .regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/, 'must be a whole commit id, 40 hexadecimal digits')
      .exactOptional()
      .describe('Commit that it is built from.'),
  })
  .optional()
  .describe('What is rolled out, as gates look it up.');

const defaultTimeoutMs = 30 * 60 * secondMs;

/** Undefined: the plan has none here, or they have problems, which are in the report. */
export function readGates(
  input: unknown,
  path: string,
  catalogue: PlanCatalogue,
  report: Report,
): readonly GateConfig[] | undefined {
  return readEach(input, path, report, (entry, at) => {
    const found = readEntry(entry, at, Object.keys(gateFields), catalogue, report);
    if (found === undefined) return undefined;
    const { timeout, name } = readFields(gateFields, [], found.fields, at, report);
    const timeoutMs = timeout ?? found.instance.timeoutMs ?? defaultTimeoutMs;
    return { ...found.config, name: name ?? found.config.gate, timeoutMs };
  });
}

/** Gates that must stay open while the canary takes traffic. */
export function readGuards(
  input: unknown,
  catalogue: PlanCatalogue,
  report: Report,
): readonly StandingGate[] | undefined {
  return readEach(input, 'guards', report, (entry, at) => {
    const found = readEntry(entry, at, Object.keys(guardFields), catalogue, report);
    if (found === undefined) return undefined;
    const { onRefuse = 'hold', name } = readFields(guardFields, [], found.fields, at, report);
    return { ...found.config, name: name ?? found.config.gate, timeoutMs: 0, onRefuse };
  });
}

function readEach<T extends GateConfig>(
  input: unknown,
  path: string,
  report: Report,
  read: (entry: unknown, at: string) => T | undefined,
): readonly T[] | undefined {
  const list = readList(input, maxGates, path, report);
  if (list === undefined || list.length === 0) return undefined;
  const gates = list.flatMap((entry, index) => read(entry, joinPath(path, index)) ?? []);
  const twice = gates.find(({ name }, at) => gates.findIndex((one) => one.name === name) !== at);
  if (twice !== undefined) {
    const message = `has two gates named ${twice.name}; give one of them another name`;
    report.problems.push({ path, message });
  }
  return gates;
}

interface Entry {
  readonly config: Omit<GateConfig, 'name' | 'timeoutMs'>;
  readonly instance: GateInstance;
  /** What is Sluice's own to read. */
  readonly fields: Mapping;
}

function readEntry(
  entry: unknown,
  path: string,
  own: readonly string[],
  catalogue: PlanCatalogue,
  report: Report,
): Entry | undefined {
  const instances = catalogue.gates ?? {};
  const mapping = typeof entry === 'string' ? { gate: entry } : entry;
  if (!isMapping(mapping)) {
    const message = `must be the name of a gate or a mapping with gate, not ${shown(entry)}`;
    report.problems.push({ path, message });
    return undefined;
  }
  const gate = ownValue(mapping, 'gate');
  if (typeof gate !== 'string') {
    report.problems.push(unnamed(mapping, path, own, instances));
    return undefined;
  }
  const instance = Object.hasOwn(instances, gate) ? instances[gate] : undefined;
  if (instance === undefined) {
    const message = `unknown gate ${shown(gate)}; ${adviceFor(gate, Object.keys(instances))}`;
    report.problems.push({ path: typeof entry === 'string' ? path : joinPath(path, 'gate'), message });
    return undefined;
  }
  const entries = Object.entries(mapping).filter(([key]) => key !== 'gate');
  const fields = Object.fromEntries(entries.filter(([key]) => own.includes(key)));
  const rest = Object.fromEntries(entries.filter(([key]) => !own.includes(key)));
  const options = check(instance.options, rest, path);
  if (options.ok) return { config: { gate, type: instance.type, options: options.value }, instance, fields };
  report.problems.push(...options.problems);
  return undefined;
}

/** A mapping without the name of its gate: which key was probably meant to give it. */
function unnamed(
  mapping: Mapping,
  path: string,
  own: readonly string[],
  instances: NonNullable<PlanCatalogue['gates']>,
): Problem {
  const names = Object.keys(instances);
  const meantBy = (value: unknown) =>
    names.find((name) => name === value) ?? names.find((name) => instances[name]?.type === value);
  const keys = Object.keys(mapping);
  const key = keys.find((one) => meantBy(mapping[one]) !== undefined) ?? keys.find((one) => one === 'type');
  const meant = key === undefined ? undefined : meantBy(mapping[key]);
  const allowed = `allowed: ${names.join(', ') || 'none, as the operator configured no gates'}`;
  const guess = `did you mean "gate${meant === undefined ? '' : `: ${meant}`}"? ${allowed}`;
  if (key !== undefined && !own.includes(key)) {
    return { path: joinPath(path, key), message: `unknown key; ${guess}` };
  }
  const advice = meant === undefined ? allowed : guess;
  return { path: joinPath(path, 'gate'), message: `must be the name of a gate; ${advice}` };
}
