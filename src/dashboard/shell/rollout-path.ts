/** The pages of one rollout: where they are under `/ui`, and which rollout the address names. */
import { useParams, useSearch } from 'wouter';
import type { FollowedRun } from '../../client/index.ts';

export function rolloutPath({ environment, service, run }: FollowedRun, part = ''): string {
  const names = [environment, service, ...(part === '' ? [] : [part])];
  const path = `/rollouts/${names.map(encodeURIComponent).join('/')}`;
  return run === undefined ? path : `${path}?run=${encodeURIComponent(run)}`;
}

/** Without a run it is the latest. */
export function useTarget(): FollowedRun {
  const { environment = '', service = '' } = useParams();
  const run = new URLSearchParams(useSearch()).get('run');
  return { environment, service, ...(run === null ? {} : { run }) };
}
