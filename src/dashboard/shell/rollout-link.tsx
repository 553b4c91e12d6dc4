/** A link to a rollout's own page. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { rolloutPath } from './rollout-path.ts';

interface RolloutLinkProps {
  readonly environment: string;
  readonly service: string;
  readonly runId: string;
  readonly children: ReactNode;
  readonly className?: string;
}

export function RolloutLink({ environment, service, runId, children, className }: RolloutLinkProps) {
  return (
    <Link href={rolloutPath({ environment, service, run: runId })} className={className}>
      {children}
    </Link>
  );
}
