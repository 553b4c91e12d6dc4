/** What a plan gets where the foreign object says nothing that it could use. */
import type { CheckDraft, Sourced, StageDraft } from './draft.ts';
import type { Findings } from './finding.ts';
import { dialectOf, type RouteType } from './routing.ts';

export function fallbackChecks(path: string, provider: string, findings: Findings): readonly CheckDraft[] {
  const prefix = dialectOf[provider as RouteType] ?? '';
  const presets = [`${prefix}success-rate`, `${prefix}latency-p95`];
  const why = 'has no measurement that a plan could use, and a canary that nobody measures is never promoted';
  findings.changed(
    path,
    why,
    `the plan judges by ${presets.join(' and ')}; sluice metrics check shows whether they have data`,
  );
  return presets.map((preset) => ({
    name: preset.slice(prefix.length),
    entry: { preset },
    from: 'a preset, since there was no measurement',
    intervalMs: null,
  }));
}

/** For testers of a version that nobody else sees. */
export function previewCheck(provider: string): CheckDraft {
  const preset = `${dialectOf[provider as RouteType] ?? ''}success-rate`;
  return {
    name: 'preview',
    entry: { preset, min: 99, window: '5m', minSamples: 5 },
    from: 'a preset, since testers make few requests',
    intervalMs: null,
  };
}

/** The header by which testers reach a canary that nobody else does, where the foreign object names none. */
export const previewMatch = { header: 'x-sluice-canary', value: 'preview' } as const;

export function fallbackStages(path: string, findings: Findings): readonly StageDraft[] {
  findings.changed(
    path,
    'has no share of traffic',
    'the plan has two stages, 10 % and 50 %, of five minutes each',
  );
  return [10, 50].map((weight) => ({
    name: null,
    weight,
    match: null,
    warmUpMs: 0,
    soakMs: 300_000,
    approval: false,
    checks: null,
    from: ['a suggestion'],
  }));
}

const secondMs = 1_000;
const hourMs = 3_600_000;

/** All checks of a plan are asked at one interval. */
export function shortest(checks: readonly CheckDraft[], findings: Findings): Sourced<number> | null {
  const asked = checks.filter(({ intervalMs }) => intervalMs !== null && intervalMs > 0);
  const times = asked.map(({ intervalMs }) => intervalMs ?? 0);
  if (times.length === 0) return null;
  const least = Math.min(...times);
  for (const { from, intervalMs } of asked.filter((check) => check.intervalMs !== least)) {
    const why = `was asked each ${Math.round((intervalMs ?? 0) / secondMs)} s`;
    findings.changed(
      from,
      why,
      'all checks of a plan are asked at one interval, the shortest; failAfter counts in it',
    );
  }
  const value = Math.min(Math.max(Math.round(least / secondMs) * secondMs, secondMs), hourMs);
  return { value, from: asked.find(({ intervalMs }) => intervalMs === least)?.from ?? 'interval' };
}
