/**
 * Whether a plan may begin: the operator's policies, and what it depends on. Nothing of it is asked on the way back.
 */
import { type Problem, SluiceError } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan/types.ts';
import type { Bounds } from '../../domain/policy/bounds.ts';
import { dependenciesOf } from '../../domain/policy/dependencies.ts';
import { examine } from '../../domain/policy/examine.ts';
import type { Examined } from '../../domain/policy/types.ts';
import { within } from '../../providers/limit.ts';
import type { PolicyBook } from '../../providers/policies.ts';
import type { ExamineRequest } from '../service.ts';
import type { TemporalDeps } from './calls.ts';
import { promotedOf, standingsOf } from './standing.ts';

export interface AdmissionDeps extends TemporalDeps {
  /** Default: there are none. */
  readonly policies?: PolicyBook;
  /** What instances give whose plans. Default: nothing is bound. */
  readonly bounds?: Bounds;
}

const listLimitMs = 1_000;

export async function examinePlan(deps: AdmissionDeps, request: ExamineRequest): Promise<Examined> {
  const { plan, warnings = [], strict = false, reach = 'service' } = request;
  const set = (await deps.policies?.read()) ?? { policies: [], sha256: '' };
  const standings = await standingsOf(deps, dependenciesOf(plan));
  const { bounds = {} } = deps;
  return examine(plan, { set, standings, warnings, strict, bounds, reach });
}

/** As `examinePlan`, for people who have yet to decide: also says what Temporal's list makes likely. */
export async function reviewPlan(deps: AdmissionDeps, request: ExamineRequest): Promise<Examined> {
  const { plan } = request;
  const [examined, promoted] = await Promise.all([
    examinePlan(deps, request),
    // What cannot be known in a moment keeps nobody from checking a plan.
    within(listLimitMs, () => promotedOf(deps, plan)).catch(() => null),
  ]);
  return { ...examined, warnings: [...examined.warnings, ...sameVersion(plan, promoted)] };
}

/** No problem: the version may have been replaced past Sluice, and only the rollout itself sees what runs. */
function sameVersion({ version, service }: Plan, promoted: string | null): readonly Problem[] {
  if (version !== promoted) return [];
  const message = `${version} was the last version of ${service} to be promoted; if it is stable still, this rollout is refused before anything moves, so ship another version`;
  return [{ path: 'version', message, kind: 'practice' }];
}

/** The plan as it will run, and what is said of it. Errors: `plan-refused`, `dependency-unmet`. */
export async function admitted(
  deps: AdmissionDeps,
  request: ExamineRequest,
): Promise<{ readonly plan: Plan; readonly warnings: readonly Problem[] }> {
  const { plan, problems, warnings } = await examinePlan(deps, request);
  if (problems.length === 0) return { plan, warnings };
  const [first, ...rest] = problems;
  const more = rest.length === 0 ? '' : `; and ${rest.length} more`;
  // What only the others have to change may be asked for again.
  const waits = problems.every(({ kind }) => kind === 'dependency');
  throw new SluiceError(
    waits ? 'dependency-unmet' : 'plan-refused',
    `The plan may not begin: ${first?.path}: ${first?.message}${more}.`,
    { problems },
  );
}
