/** Reads a plan file and applies simple overrides such as `version=v4` or `stages[0].weight=20`. */

import { Option } from 'commander';
import { parse } from 'yaml';
import { messageOf } from '../domain/errors.ts';
import { badInput } from './cli-error.ts';
import { notRead } from './file-error.ts';
import type { Io } from './io.ts';
import { collect } from './verb.ts';

export interface Override {
  readonly path: readonly string[];
  readonly value: string;
}

/** `key=value`, the key dotted, list positions as `[0]` or `.0`. */
export function parseOverride(text: string): Override {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  const path = (key ?? '').replaceAll(/\[(\d+)\]/g, '.$1').split('.');
  if (value === undefined || path.some((part) => !/^[A-Za-z0-9_-]+$/.test(part) || part === '__proto__')) {
    throw badInput(`--set ${text} is not of the form key=value.`, 'Write for example --set version=v4.');
  }
  return { path, value };
}

export function setOption(): Option {
  return new Option('--set <key=value>', 'override a field, such as version=v4; may be repeated')
    .argParser(collect(parseOverride))
    .default([], 'none');
}

/** The text as it is, or an object when something was overridden. */
export async function readPlanFile(
  file: string,
  overrides: readonly Override[],
  io: Pick<Io, 'readText'>,
): Promise<string | Record<string, unknown>> {
  const text = await io.readText(file).catch((error: unknown) => {
    throw notRead('The plan', file, error);
  });
  if (overrides.length === 0) return text;
  const plan = parsed(file, text);
  for (const override of overrides) apply(plan, override);
  return plan;
}

function parsed(file: string, text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 100 });
  } catch (error) {
    const [first] = messageOf(error).split('\n');
    throw badInput(
      `The plan ${file} is neither YAML nor JSON: ${first}.`,
      'Correct the place that is named.',
    );
  }
  if (isRecord(value)) return value;
  throw badInput(`The plan ${file} is not a mapping of keys to values.`, 'Begin with `service: <name>`.');
}

function apply(plan: Record<string, unknown>, { path, value }: Override): void {
  const last = path.at(-1) ?? '';
  let place: unknown = plan;
  for (const [index, key] of path.slice(0, -1).entries()) {
    const next = isRecord(place) || Array.isArray(place) ? Reflect.get(place, key) : undefined;
    if (next === undefined && isRecord(place)) Reflect.set(place, key, {});
    place = isRecord(place) || Array.isArray(place) ? Reflect.get(place, key) : undefined;
    if (typeof place !== 'object' || place === null) {
      const where = path.slice(0, index + 1).join('.');
      throw badInput(
        `--set cannot reach ${path.join('.')}: there is no ${where} with parts.`,
        'Check the key.',
      );
    }
  }
  if (typeof place === 'object' && place !== null)
    Reflect.set(place, last, typed(value, Reflect.get(place, last), last));
}

/** Texts stay texts: `1.10` is a version, not the number 1.1. */
function typed(value: string, before: unknown, key: string): unknown {
  if (typeof before === 'string' || ['version', 'service', 'environment'].includes(key)) return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return value !== '' && String(Number(value)) === value ? Number(value) : value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
