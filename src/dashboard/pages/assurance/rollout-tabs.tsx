/** The views of one rollout: how it goes, what assures its safety, whether it is ready. */
import type { FollowedRun } from '../../../client/index.ts';
import { rolloutPath } from '../../shell/rollout-path.ts';
import { Tabs } from '../../ui/tabs.tsx';

const views = [
  { part: '', text: 'Canary status' },
  { part: 'security', text: 'Security validation' },
  { part: 'readiness', text: 'Production readiness' },
] as const;

interface RolloutTabsProps {
  readonly target: FollowedRun;
  readonly current: (typeof views)[number]['part'];
}

export function RolloutTabs({ target, current }: RolloutTabsProps) {
  const tabs = views.map(({ part, text }) => ({
    text,
    href: rolloutPath(target, part),
    current: part === current,
  }));
  return <Tabs label="Views of this rollout" tabs={tabs} />;
}
