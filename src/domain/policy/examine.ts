/** Examines a plan that could be read: policies, what it depends on, and what would make it better. Pure. */
import type { Problem } from '../errors.ts';
import { maxGates } from '../gates/types.ts';
import type { Plan } from '../plan/types.ts';
import { bindingOf } from './binding.ts';
import { boundProblems } from './bounds.ts';
import { dependencyProblems } from './dependencies.ts';
import { withMandated } from './mandate.ts';
import { recommendationsFor } from './recommend.ts';
import { policyRules } from './rules.ts';
import type { Examination, Examined, Policy, PolicySet } from './types.ts';

export function examine(given: Plan, examination: Examination): Examined {
  const { set, standings, warnings, strict, bounds = {}, reach } = examination;
  const binding = bindingOf(set.policies, given);
  const plan = withRecord(withMandated(given, binding), set, binding);
  const found = binding.map((policy) => ({ policy, problems: against(policy, plan) }));
  const at = (level: Policy['level']) =>
    found.flatMap(({ policy, problems }) => (policy.level === level ? problems : []));
  const told = [...asPractice(warnings), ...at('advisory')];
  const refuses =
    strict || binding.some(({ level, require }) => level === 'mandatory' && require.strict === true);
  const dependencies = dependencyProblems(plan, standings).map(
    (one): Problem => ({ ...one, kind: 'dependency' }),
  );
  return {
    plan,
    problems: [
      ...boundProblems(plan, bounds, reach),
      ...at('mandatory'),
      ...tooMany(plan),
      ...dependencies,
      ...(refuses ? told.map(asProblem) : []),
    ],
    warnings: refuses ? [] : told,
    recommendations: recommendationsFor(plan),
  };
}

/** What was found in a plan as it was read. */
export function asPractice(warnings: readonly Problem[]): readonly Problem[] {
  return warnings.map((one) => ({ kind: 'practice', ...one }));
}

function against(policy: Policy, plan: Plan): readonly Problem[] {
  const { name, reason, require } = policy;
  return policyRules
    .flatMap((rule) => rule(require, plan))
    .map(({ path, message }) => ({
      path,
      message: `${message} (policy "${name}": ${reason})`,
      kind: 'policy',
      policy: name,
    }));
}

function asProblem({ message, ...rest }: Problem): Problem {
  return { ...rest, message: `${message} (warnings refuse here)` };
}

function tooMany({ gates = [], guards = [] }: Plan): readonly Problem[] {
  const most = `with those that policies add there are more than ${maxGates}; take some out`;
  return [
    ...(gates.length > maxGates ? [{ path: 'gates', message: most, kind: 'policy' as const }] : []),
    ...(guards.length > maxGates ? [{ path: 'guards', message: most, kind: 'policy' as const }] : []),
  ];
}

/** A rollout that no policy bound says so: by a hash, and by no names. */
function withRecord(plan: Plan, { policies, sha256 }: PolicySet, binding: readonly Policy[]): Plan {
  if (policies.length === 0) return plan;
  return { ...plan, policies: { sha256, names: binding.map(({ name }) => name) } };
}
