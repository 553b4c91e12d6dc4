/** The rollout that the address names: its target, and the run if it is not the latest. */
import { useParams, useSearch } from 'wouter';

export interface Target {
  readonly environment: string;
  readonly service: string;
  readonly run: string | null;
}

export function useTarget(): Target {
  const { environment = '', service = '' } = useParams();
  return { environment, service, run: new URLSearchParams(useSearch()).get('run') };
}

/** Of the API; `more`: of its query, beside the run. */
export function apiPath(
  { environment, service, run }: Target,
  part: string,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams({ ...(run === null ? {} : { run }), ...more }).toString();
  const path = `/v1/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}/${part}`;
  return query === '' ? path : `${path}?${query}`;
}

/** Of the dashboard, under `/ui`. */
export function pagePath({ environment, service, run }: Target, part = ''): string {
  const path = `/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}${part === '' ? '' : `/${part}`}`;
  return run === null ? path : `${path}?run=${encodeURIComponent(run)}`;
}
