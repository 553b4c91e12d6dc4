/** The views of one rollout: how it goes, what assures its safety, whether it is ready. */
import { Tabs } from '../../ui/tabs.tsx';
import { pagePath, type Target } from './use-target.ts';

const views = [
  { part: '', text: 'Canary status' },
  { part: 'security', text: 'Security validation' },
  { part: 'readiness', text: 'Production readiness' },
] as const;

interface RolloutTabsProps {
  readonly target: Target;
  readonly current: (typeof views)[number]['part'];
}

export function RolloutTabs({ target, current }: RolloutTabsProps) {
  const tabs = views.map(({ part, text }) => ({
    text,
    href: pagePath(target, part),
    current: part === current,
  }));
  return <Tabs label="Views of this rollout" tabs={tabs} />;
}
