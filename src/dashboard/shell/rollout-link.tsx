/** A link to a rollout's own page, or its bare name as long as there is no such page. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { pages } from '../pages.ts';

interface RolloutLinkProps {
  readonly environment: string;
  readonly service: string;
  readonly runId: string;
  readonly children: ReactNode;
  readonly className?: string;
}

const pattern = '/rollouts/:environment/:service';

export function RolloutLink({ environment, service, runId, children, className }: RolloutLinkProps) {
  if (!pages.some(({ path }) => path === pattern)) return <span className={className}>{children}</span>;
  const href = `/rollouts/${encodeURIComponent(environment)}/${encodeURIComponent(service)}?run=${runId}`;
  return (
    <Link href={href} className={className}>
      {children}
    </Link>
  );
}
