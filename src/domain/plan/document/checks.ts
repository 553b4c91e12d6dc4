/**
 * Turns the checks of a plan (names, presets with changes, templates, checks from scratch) into check configurations.
 */
import { type Preset, presetNames, presets } from '../../analysis/presets.ts';
import type { CheckConfig } from '../../analysis/types.ts';
import { adviceFor } from '../../nearest.ts';
import { bounds } from '../defaults.ts';
import { readCustom, readPreset } from './check-entry.ts';
import { presetFields, templateName, wherePresets } from './check-schema.ts';
import { readComposite } from './composite-entry.ts';
import { readCounts } from './counts-entry.ts';
import { furtherReaders } from './further-entry.ts';
import { limitKeys } from './judging.ts';
import { type ProbeInstances, readProbe } from './probe-entry.ts';
import { check, joinPath, shown } from './problems.ts';
import { isMapping, type Mapping, ownValue, type Report, readFields, readList } from './read.ts';

/** What a list of checks is read with. */
export interface CheckContext {
  /** Usable templates of the plan by name, as written; each names its check and is already free of problems. */
  readonly templates: ReadonlyMap<string, Mapping>;
  /** All templates that the plan tries to define, so that a broken one is not also called unknown. */
  readonly templateNames: readonly string[];
  readonly windowMs: number;
  /** Whether each look must be judged by itself, as in a composite check. */
  readonly byLook?: boolean;
  /** What probes and alerts may name. */
  readonly instances: ProbeInstances;
}

/** Reads the templates of a plan. A template may build on a preset, never on another template. */
export function readTemplates(
  input: unknown,
  windowMs: number,
  instances: ProbeInstances,
  report: Report,
): CheckContext {
  const templates = new Map<string, Mapping>();
  const empty: CheckContext = { templates, templateNames: [], windowMs, instances };
  if (input === undefined) return empty;
  const problem = !isMapping(input)
    ? `must be a mapping of names to checks, not ${shown(input)}`
    : Object.keys(input).length > bounds.templates
      ? `must have at most ${bounds.templates} entries`
      : undefined;
  if (problem !== undefined || !isMapping(input)) {
    report.problems.push({ path: 'templates', message: problem ?? 'must be a mapping' });
    return empty;
  }
  for (const [name, definition] of Object.entries(input)) {
    const template = readTemplate(name, definition, empty, report);
    if (template !== undefined) templates.set(name, template);
  }
  return { ...empty, templateNames: Object.keys(input) };
}

/** Reads a list of checks; undefined when any of them has a problem. */
export function readChecks(
  input: unknown,
  path: string,
  context: CheckContext,
  report: Report,
): readonly CheckConfig[] | undefined {
  const list = readList(input, bounds.checks, path, report);
  if (list === undefined) return undefined;
  const checks = list.map((entry, at) => readCheck(entry, joinPath(path, at), context, report));
  const names = new Set<string>();
  for (const [at, one] of checks.entries()) {
    if (one !== undefined && names.has(one.name)) {
      const message = `a second check named "${one.name}"; give one of them another name`;
      report.problems.push({ path: joinPath(path, at), message });
    }
    if (one !== undefined) names.add(one.name);
  }
  return checks.every((one) => one !== undefined) ? checks : undefined;
}

/** The templates that a list of checks names, also as parts of a check. */
export function templatesIn(input: unknown): string[] {
  if (!Array.isArray(input)) return [];
  return input.flatMap((entry: unknown) => {
    if (!isMapping(entry)) return typeof entry === 'string' ? [entry] : [];
    const named = ownValue(entry, 'preset');
    return [...(typeof named === 'string' ? [named] : []), ...templatesIn(ownValue(entry, 'of'))];
  });
}

function readTemplate(
  name: string,
  definition: unknown,
  context: CheckContext,
  report: Report,
): Mapping | undefined {
  const path = joinPath('templates', name);
  const named = check(templateName, name, path);
  if (!named.ok) report.problems.push(...named.problems);
  if ((presetNames as readonly string[]).includes(name)) {
    report.problems.push({ path, message: 'is the name of a preset; choose another' });
  }
  if (!isMapping(definition)) {
    report.problems.push({ path, message: `must be a mapping, not ${shown(definition)}` });
    return undefined;
  }
  const template = ownValue(definition, 'name') === undefined ? { ...definition, name } : definition;
  const before = report.problems.length;
  if (named.ok) readCheck(template, path, context, report);
  return named.ok && report.problems.length === before ? template : undefined;
}

function readCheck(
  entry: unknown,
  path: string,
  context: CheckContext,
  report: Report,
): CheckConfig | undefined {
  if (typeof entry === 'string') return readNamed(entry, { preset: entry }, path, path, context, report);
  if (!isMapping(entry)) {
    const message = `must be the name of a check or a mapping, not ${shown(entry)}`;
    report.problems.push({ path, message });
    return undefined;
  }
  const preset = ownValue(entry, 'preset');
  const kind = ownValue(entry, 'kind');
  if (preset === undefined && (kind === 'health' || kind === 'alert')) {
    return readProbe(kind, entry, path, context.instances, report);
  }
  if (preset === undefined && kind === 'composite') {
    const readPart = (part: unknown, at: string) => readCheck(part, at, { ...context, byLook: true }, report);
    return readComposite(entry, path, readPart, report);
  }
  if (preset === undefined && typeof kind === 'string' && isFurther(kind)) {
    return furtherReaders[kind](entry, path, context.windowMs, report);
  }
  if (preset === undefined && kind === 'counts') return readCounts(entry, path, report);
  if (preset === undefined) return readCustom(entry, path, context.windowMs, report);
  if (typeof preset === 'string') {
    return readNamed(preset, entry, path, joinPath(path, 'preset'), context, report);
  }
  readFields(presetFields, [], entry, path, report);
  return undefined;
}

/** A preset or a template, with the changes that the entry makes. */
function readNamed(
  name: string,
  entry: Mapping,
  path: string,
  namePath: string,
  context: CheckContext,
  report: Report,
): CheckConfig | undefined {
  const template = context.templates.get(name);
  if (template !== undefined) return readCheck(changed(template, entry), path, context, report);
  const preset = presetOf(name);
  if (preset !== undefined) {
    return readPreset(preset, entry, path, context.windowMs, context.byLook === true, report);
  }
  if (!context.templateNames.includes(name)) {
    const known = [...presetNames, ...context.templateNames];
    const message = `unknown check ${shown(name)}; ${adviceFor(name, known, wherePresets)}`;
    report.problems.push({ path: namePath, message });
  }
  readFields(presetFields, [], entry, path, report);
  return undefined;
}

/** A limit in the entry replaces all limits of the template, as it does with a preset. */
function changed(template: Mapping, entry: Mapping): Mapping {
  const { preset: _name, ...changes } = entry;
  const limited = limitKeys.some((key) => ownValue(changes, key) !== undefined);
  const kept = Object.entries(template).filter(
    ([key]) => !limited || !(limitKeys as readonly string[]).includes(key),
  );
  return { ...Object.fromEntries(kept), ...changes };
}

function isFurther(kind: string): kind is keyof typeof furtherReaders {
  return Object.hasOwn(furtherReaders, kind);
}

function presetOf(name: string): Preset | undefined {
  return (presetNames as readonly string[]).includes(name)
    ? presets[name as keyof typeof presets]
    : undefined;
}
