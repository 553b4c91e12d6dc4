/** Targets as people write them: `environment/service`. */
import { InvalidArgumentError } from 'commander';

export interface Target {
  readonly environment: string;
  readonly service: string;
}

export function parseTarget(text: string): Target {
  const [environment, service, ...rest] = text.split('/');
  if (!environment || !service || rest.length > 0) {
    throw new InvalidArgumentError('A target reads environment/service, such as demo/shop.');
  }
  return { environment, service };
}

/** The path of a target in the API, with an optional run. */
export function pathOf({ environment, service }: Target, tail = '', run?: string): string {
  const query = run === undefined ? '' : `?run=${encodeURIComponent(run)}`;
  return `/v1/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}${tail}${query}`;
}
