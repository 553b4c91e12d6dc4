/** Asks a health instance on behalf of a check; whatever goes wrong becomes an answer too. */
import type { Reading } from '../../domain/analysis/types.ts';
import { messageOf } from '../../domain/errors.ts';
import type { HealthProvider, ProbeOptions, ProbeTarget } from './types.ts';

/** Never throws: a probe that could not be tried is an `error`, so a caller whose signal was aborted must drop it. */
export async function readHealth(
  provider: HealthProvider,
  target: ProbeTarget,
  options: ProbeOptions,
): Promise<Reading> {
  try {
    const { healthy, detail } = await provider.probe(target, options);
    return { kind: 'value', value: healthy ? 1 : 0, samples: null, note: detail };
  } catch (error) {
    return { kind: 'error', reason: messageOf(error) };
  }
}
