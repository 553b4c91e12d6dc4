/** Reads what the configuration page shows out of the catalogue, which newer APIs may add to. */
import type { Catalogue } from '../../../api/contract.ts';
import { readSchema, type Schema } from '../start/schema/schema.ts';

export interface Instance {
  readonly name: string;
  readonly type: string;
  readonly summary: string;
  readonly options: Schema;
}

export function readProviders({
  providers,
}: Catalogue): readonly { role: string; instances: readonly Instance[] }[] {
  return Object.entries(isRecord(providers) ? providers : {})
    .filter(([role]) => role !== 'presets')
    .map(([role, instances]) => ({ role, instances: listOf(instances).map(instanceOf) }));
}

export function readPresets({ presets }: Catalogue): readonly { name: string; summary: string }[] {
  return listOf(presets).map((one) => ({ name: textOf(one.name), summary: textOf(one.summary) }));
}

function instanceOf(one: Readonly<Record<string, unknown>>): Instance {
  const { name, type, summary, options } = one;
  return {
    name: textOf(name),
    type: textOf(type),
    summary: textOf(summary),
    options: readSchema(options) ?? {},
  };
}

function listOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
