/** Asks a source of alerts on behalf of a check; whatever goes wrong becomes an answer too. */
import { fillTemplate } from '../../domain/analysis/template.ts';
import type { Reading } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import { within } from '../limit.ts';
import type { AlertMatch, AlertsProvider } from './types.ts';

/** What a matcher may name. */
interface AlertVars {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
}

/** More names are no help to anybody. */
const mostNames = 5;

/** Never throws: a source that does not answer is an `error`, so a caller whose signal was aborted must drop it. */
export async function readAlerts(
  provider: AlertsProvider,
  match: AlertMatch,
  vars: AlertVars,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal?: AbortSignal },
): Promise<Reading> {
  const filled = Object.fromEntries(
    Object.entries(match).map(([label, values]) => [
      label,
      values.map((value) => fillTemplate(value, { ...vars })),
    ]),
  );
  try {
    const alerts = await within(timeoutMs, (limit) => provider.firing(filled, { signal: limit }), signal);
    const names = alerts.map(({ name, startedAtMs }) => `${name} since ${timeOf(startedAtMs)}`);
    const rest = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
    const note = alerts.length === 0 ? {} : { note: `${names.slice(0, mostNames).join(', ')}${rest}` };
    return { kind: 'value', value: alerts.length, samples: null, ...note };
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}

function timeOf(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : 'an unknown time';
}
