/** Applies a JSON Patch (RFC 6902) as an API server does, so that patches can be tried without one. */
import { isDeepStrictEqual } from 'node:util';
import type { JsonPatch, KubeObject, PatchStep } from '../../src/providers/kube/types.ts';

export function applied<T extends KubeObject>(object: T, patch: JsonPatch): T {
  const copy = structuredClone(object);
  for (const step of patch) take(copy, step);
  return copy;
}

function take(root: unknown, step: PatchStep): void {
  const parts = step.path
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = parts.at(-1) ?? '';
  const holder = parts.slice(0, -1).reduce<unknown>((at, part) => inside(at, part, step), root);
  if (Array.isArray(holder)) takeOfList(holder, last, step);
  else takeOfMap(asMap(holder, step), last, step);
}

function takeOfList(list: unknown[], last: string, step: PatchStep): void {
  const at = last === '-' ? list.length : Number(last);
  const most = step.op === 'add' ? list.length : list.length - 1;
  if (!Number.isInteger(at) || at < 0 || at > most) throw new Error(`no such place: ${step.path}`);
  if (step.op === 'remove') list.splice(at, 1);
  else if (step.op === 'add') list.splice(at, 0, structuredClone(step.value));
  else if (step.op === 'replace') list[at] = structuredClone(step.value);
  else if (!isDeepStrictEqual(list[at], step.value)) throw new Error(`test failed: ${step.path}`);
}

function takeOfMap(map: Record<string, unknown>, last: string, step: PatchStep): void {
  if (step.op !== 'add' && !(last in map)) throw new Error(`no such place: ${step.path}`);
  if (step.op === 'remove') delete map[last];
  else if (step.op !== 'test') map[last] = structuredClone(step.value);
  else if (!isDeepStrictEqual(map[last], step.value)) throw new Error(`test failed: ${step.path}`);
}

function inside(at: unknown, part: string, step: PatchStep): unknown {
  const next: unknown = Array.isArray(at) ? at[Number(part)] : asMap(at, step)[part];
  if (next === undefined) throw new Error(`no such place: ${step.path}`);
  return next;
}

function asMap(value: unknown, step: PatchStep): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new Error(`no such place: ${step.path}`);
  return value as Record<string, unknown>;
}
