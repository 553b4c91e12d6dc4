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
