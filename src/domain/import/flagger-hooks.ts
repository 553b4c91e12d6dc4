/** Flagger's webhooks: those that are asked become gates, those that are told are named with what to write instead. */
import { maxGates } from '../gates/types.ts';
import type { GateDraft } from './draft.ts';
import type { Loss } from './finding.ts';
import { checkNameOf, freeName } from './names.ts';
import type { Part } from './part.ts';

export interface Hooks {
  /** Where the one before the promotion stands; null: there is none. */
  readonly confirmPromotion: string | null;
  readonly beforeStart: readonly GateDraft[];
  readonly beforeStages: readonly GateDraft[];
  readonly during: readonly GateDraft[];
}

type Place = 'beforeStart' | 'beforeStages' | 'during';

const asked: Readonly<Record<string, readonly [Place, string]>> = {
  'confirm-rollout': ['beforeStart', 'is asked before the start until it agrees'],
  'pre-rollout': ['beforeStart', 'runs before traffic is shifted'],
  'confirm-traffic-increase': ['beforeStages', 'is asked before each step until it agrees'],
  rollout: ['during', 'runs at each look, and counts as a failed one'],
};

const instead =
  'a gate of type webhook: name it in sluice.yaml with this url and answers: status; it is asked each 10 s, and may be asked twice';

const told: Readonly<Record<string, Loss>> = {
  'post-rollout': ['runs after the end', 'name a hook in sluice.yaml, and { hook, on: post } under webhooks'],
  rollback: [
    'asks whether to go back',
    'name it in sluice.yaml as a gate of type webhook that answers refuse, and under guards with onRefuse: rollback',
  ],
  event: [
    'is told of every event',
    'name a hook in sluice.yaml, and { hook, on: [stage, rollback, post] } under webhooks',
  ],
};

export function hooksOf(analysis: Part): Hooks {
  const gates: Record<Place, GateDraft[]> = { beforeStart: [], beforeStages: [], during: [] };
  let confirmPromotion: string | null = null;
  for (const hook of analysis.parts('webhooks')) {
    const type = hook.text('type') ?? 'rollout';
    const [place, why] = Object.hasOwn(asked, type) ? (asked[type] ?? []) : [];
    if (type === 'confirm-promotion') {
      confirmPromotion = hook.path;
      const person = 'a person approves (sluice approve), or whatever was asked before calls the API';
      hook.findings.changed(hook.path, 'is asked until it agrees', person);
    } else if (place !== undefined && why !== undefined) {
      add(gates[place], hook, why);
    } else {
      const unknown: Loss = [
        'is of a kind that this import does not know',
        'see in docs/plan.md what comes nearest',
      ];
      const [lost, advice] = (Object.hasOwn(told, type) ? told[type] : undefined) ?? unknown;
      hook.findings.lost(hook.path, `${type.slice(0, 60)} webhook: ${lost}`, advice);
    }
    hook.skip('name', 'url', 'timeout', 'metadata', 'muteAlert', 'retries', 'disableTLS');
    hook.done();
  }
  return { confirmPromotion, ...gates };
}

function add(gates: GateDraft[], hook: Part, why: string): void {
  if (gates.length === maxGates) {
    hook.findings.lost(hook.path, `a plan has at most ${maxGates} gates in one place`, 'merge some of them');
    return;
  }
  const name = freeName(checkNameOf(hook.text('name') ?? 'webhook'), (one) =>
    gates.some((other) => other.name === one),
  );
  gates.push({ name, from: hook.path });
  hook.findings.changed(hook.path, why, instead);
}
