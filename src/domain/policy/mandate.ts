/** Gates that policies add to a plan. Pure. */
import type { GateConfig, StandingGate } from '../gates/types.ts';
import type { Plan } from '../plan/types.ts';
import type { Policy } from './types.ts';

/** A gate of the plan's own stands for the mandated one only if it asks the same. */
export function withMandated(plan: Plan, policies: readonly Policy[]): Plan {
  const notAuthor = policies.some(
    ({ level, require }) => level === 'mandatory' && require.notAuthor === true,
  );
  const gates = policies.reduce(adding<GateConfig>('gates', notAuthor), plan.gates ?? []);
  const guards = policies.reduce(adding<StandingGate>('guards', notAuthor), plan.guards ?? []);
  return {
    ...plan,
    ...(gates.length === 0 ? {} : { gates }),
    ...(guards.length === 0 ? {} : { guards }),
  };
}

function adding<T extends GateConfig>(place: 'gates' | 'guards', notAuthor: boolean) {
  return (before: readonly T[], { name: policy, mandate }: Policy): readonly T[] => {
    const gates = [...before];
    for (const given of mandate[place] as readonly GateConfig[] as readonly T[]) {
      const mandated = notAuthor ? notByAuthor(given) : given;
      if (gates.some((one) => asks(one) === asks(mandated))) continue;
      gates.push({ ...mandated, name: freeName(mandated.name, policy, gates) });
    }
    return gates;
  };
}

/** Of two policies the stricter one wins: whoever writes a plan could mend neither. */
function notByAuthor<T extends GateConfig>(gate: T): T {
  if (gate.type !== 'approval' || gate.options.notAuthor !== false) return gate;
  return { ...gate, options: { ...gate.options, notAuthor: true } };
}

/** Answers are kept by name, so that a plan's own gate must never answer in the place of a mandated one. */
function freeName(name: string, policy: string, gates: readonly GateConfig[]): string {
  const taken = (one: string) => gates.some((gate) => gate.name === one);
  let free = name;
  for (let count = 1; taken(free); count += 1) {
    free = count === 1 ? `${name} (${policy})` : `${name} (${policy} ${count})`;
  }
  return free;
}

/** All but the name, which means nothing to a gate. */
function asks({ name: _name, ...rest }: GateConfig): string {
  return JSON.stringify(sorted(rest));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.map(([key, inner]) => [key, sorted(inner)]);
}
