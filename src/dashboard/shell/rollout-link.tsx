/** A link to a rollout's own page. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface RolloutLinkProps {
  readonly environment: string;
  readonly service: string;
  readonly runId: string;
  readonly children: ReactNode;
  readonly className?: string;
}

export function RolloutLink({ environment, service, runId, children, className }: RolloutLinkProps) {
  const href = `/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}?run=${runId}`;
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  );
}
