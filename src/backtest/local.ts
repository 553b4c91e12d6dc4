/** A backtest without an API: the plan and a Prometheus whose address is given by whoever runs it. */
import { SluiceError } from '../domain/errors.ts';
import { parsePlan } from '../domain/plan/schema.ts';
import { readMapping } from '../domain/plan/text.ts';
import type { Plan } from '../domain/plan/types.ts';
import { defaultCatalogue } from '../providers/default-catalogue.ts';
import { prometheus } from '../providers/metrics/prometheus.ts';
import { runBacktest } from './run.ts';
import type { Backtest, BacktestRequest } from './types.ts';

/** Nothing is shifted or started, so whatever the plan names for that does not matter. */
const unasked = { traffic: 'memory', metrics: 'prometheus', workload: 'external' };

interface LocalBacktest extends Omit<BacktestRequest, 'plan'> {
  readonly plan: string | Readonly<Record<string, unknown>>;
  /** Default: the plan's version. */
  readonly canary: string | null;
  readonly prometheusUrl: string;
}

/** Errors: `plan-invalid`, `provider-config` for an address that is none, `request-invalid`. */
export async function backtestLocally(request: LocalBacktest, signal: AbortSignal): Promise<Backtest> {
  const plan = planOf(request.plan);
  const provider = prometheus.create({ url: request.prometheusUrl });
  try {
    const asked = { ...request, plan: { ...plan, version: request.canary ?? plan.version } };
    return await runBacktest(asked, provider, signal);
  } finally {
    await provider.close();
  }
}

function planOf(given: LocalBacktest['plan']): Plan {
  const read = typeof given === 'string' ? readMapping(given) : ({ ok: true, value: given } as const);
  const parsed = read.ok ? parsePlan({ ...read.value, ...unasked }, defaultCatalogue()) : read;
  if (parsed.ok) return parsed.plan;
  throw new SluiceError('plan-invalid', 'The plan is not valid.', { problems: parsed.problems });
}
