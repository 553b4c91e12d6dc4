/** What policies ask of plans, and what they add to them, a line each. */
import type { PolicySummary } from '../../../api/contract.ts';
import { formatDuration } from '../../../domain/duration.ts';
import { factText } from '../../../domain/gates/wording.ts';

export function rulesOf({
  require,
  gates,
  guards,
}: Pick<PolicySummary, 'require' | 'gates' | 'guards'>): readonly string[] {
  return [
    ...Object.entries(require).map(
      ([rule, value]) => `${rule.replace(/Ms$/, '')}: ${valueText(rule, value)}`,
    ),
    ...(gates.length === 0 ? [] : [`adds gates: ${gates.join(', ')}`]),
    ...(guards.length === 0 ? [] : [`adds guards: ${guards.join(', ')}`]),
  ];
}

function valueText(rule: string, value: unknown): string {
  if (typeof value === 'number' && rule.endsWith('Ms')) return formatDuration(value);
  return factText(Array.isArray(value) ? value.map(nameOrAll) : value) || 'none';
}

/** Of a check that is wanted by its name only, as it may be written. */
function nameOrAll(one: unknown): unknown {
  const [first, ...more] = Object.entries(Object(one));
  return typeof one === 'object' && first?.[0] === 'name' && more.length === 0 ? first[1] : one;
}
