/** Flagger's webhooks: those that wait for people become approvals, the rest is told. */
import type { Loss } from './finding.ts';
import type { Part } from './part.ts';

/** Where they stand; null: there is none. */
export interface Hooks {
  readonly confirmIncrease: string | null;
  readonly confirmPromotion: string | null;
}

const others: Readonly<Record<string, Loss>> = {
  'confirm-rollout': ['waits before the start', 'run sluice start when it is confirmed'],
  'pre-rollout': ['runs before traffic is shifted', 'run it before sluice start'],
  rollout: ['runs while the canary is judged, as load tests do', 'run it beside the rollout'],
  'post-rollout': ['runs after the end', 'wait with sluice start --wait, then run it'],
  rollback: ['asks whether to go back', 'post an event to the rollout, or call sluice rollback'],
  event: ['is told of every event', 'follow the feed of the API'],
};

export function hooksOf(analysis: Part): Hooks {
  let hooks: Hooks = { confirmIncrease: null, confirmPromotion: null };
  for (const hook of analysis.parts('webhooks')) {
    const type = hook.text('type') ?? 'rollout';
    const instead = 'a person approves (sluice approve), or whatever was asked before calls the API';
    if (type === 'confirm-promotion') {
      hooks = { ...hooks, confirmPromotion: hook.path };
      hook.findings.changed(hook.path, 'is asked until it agrees', instead);
    } else if (type === 'confirm-traffic-increase') {
      hooks = { ...hooks, confirmIncrease: hook.path };
      hook.findings.changed(hook.path, 'is asked before each step until it agrees', instead);
    } else {
      const [why, advice] = others[type] ?? [
        'is of a kind that this import does not know',
        'see in docs/plan.md what comes nearest',
      ];
      hook.findings.lost(hook.path, `${type.slice(0, 60)} webhook: ${why}`, advice);
    }
    hook.skip('name', 'url', 'timeout', 'metadata', 'muteAlert', 'retries', 'disableTLS');
    hook.done();
  }
  return hooks;
}
