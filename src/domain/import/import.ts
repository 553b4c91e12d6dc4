/** Turns Argo Rollouts and Flagger Canaries into plans, and tells of everything that does not come along. */
import { z } from 'zod';
import type { Problem } from '../errors.ts';
import { foreignOf } from '../plan/document/foreign.ts';
import type { Mapping } from '../plan/document/read.ts';
import { type PlanCatalogue, parsePlan } from '../plan/schema.ts';
import { draftOfRollout } from './argo.ts';
import { type Assembled, assemble } from './assemble.ts';
import type { PlanDraft } from './draft.ts';
import { type Finding, Findings } from './finding.ts';
import { draftOfCanary } from './flagger.ts';
import { type KubeObject, readObjects, type SourceFile } from './objects.ts';
import { writePlan } from './write.ts';

export interface ImportedPlan {
  /** Such as `Rollout prod/shop`. */
  readonly from: string;
  readonly file: string;
  readonly document: Mapping;
  /** The plan as YAML, with comments. */
  readonly text: string;
  readonly findings: readonly Finding[];
  /** What still keeps the document from being a valid plan; hardly ever anything. */
  readonly problems: readonly Problem[];
}

export interface ImportResult {
  readonly plans: readonly ImportedPlan[];
  /** Files that could not be read, and objects that are nothing to import. */
  readonly problems: readonly Problem[];
}

/** `environment` null: the namespace of each object. */
export function importPlans(files: readonly SourceFile[], environment: string | null): ImportResult {
  const { objects, problems } = readObjects(files);
  const plans = objects.flatMap((object) => {
    const draft = draftsOf(object);
    return draft === undefined ? [] : [planOf(object, draft, objects, environment)];
  });
  return { plans, problems: [...problems, ...strangers(objects, plans.length)] };
}

type Draft = (object: KubeObject, context: Parameters<typeof draftOfRollout>[1]) => PlanDraft;

function draftsOf({ kind, apiVersion }: KubeObject): Draft | undefined {
  const foreign = foreignOf(kind, apiVersion);
  if (foreign === null) return undefined;
  return foreign === 'Rollout of Argo' ? draftOfRollout : draftOfCanary;
}

function planOf(
  object: KubeObject,
  draft: Draft,
  objects: readonly KubeObject[],
  environment: string | null,
): ImportedPlan {
  const { kind, namespace, name, file } = object;
  const found = new Findings();
  const assembled: Assembled = assemble(draft(object, { environment, objects, findings: found }), found);
  const from = `${kind} ${namespace === null ? name : `${namespace}/${name}`}`;
  const findings = found.all();
  const parsed = parsePlan(assembled.document, catalogueFor(assembled.document));
  return {
    from,
    file,
    document: assembled.document,
    text: writePlan(assembled, `Imported from ${from} (${file}).`, findings),
    findings,
    problems: parsed.ok ? [] : parsed.problems,
  };
}

/** Which providers an operator has is not known here; that the rest is right can be told. */
function catalogueFor({ traffic, metrics, workload }: Mapping): PlanCatalogue {
  const any = { options: z.record(z.string(), z.unknown()) };
  const nameOf = (choice: unknown) =>
    typeof choice === 'object' && choice !== null && 'provider' in choice ? choice.provider : choice;
  const only = (choice: unknown) => ({ [String(nameOf(choice))]: any });
  return { traffic: only(traffic), metrics: only(metrics), workload: only(workload), health: {}, alerts: {} };
}

/** What is given beside and helps; anything else was hardly meant. */
const helpers = [
  'AnalysisTemplate',
  'ClusterAnalysisTemplate',
  'MetricTemplate',
  'AlertProvider',
  'Service',
  'Ingress',
  'HTTPRoute',
  'GRPCRoute',
  'VirtualService',
  'DestinationRule',
  'Gateway',
  'Deployment',
  'HorizontalPodAutoscaler',
  'Namespace',
  'ConfigMap',
];

function strangers(objects: readonly KubeObject[], plans: number): Problem[] {
  const strange = objects.filter(
    (object) => draftsOf(object) === undefined && !helpers.includes(object.kind),
  );
  const told = strange.map(({ kind, apiVersion, name, file }) => ({
    path: file,
    message: `${kind.slice(0, 60)} ${name.slice(0, 100)} (${apiVersion.slice(0, 60)}) is nothing to import; Rollout and Canary are`,
  }));
  if (plans > 0 || told.length > 0) return told;
  return [{ path: '', message: 'there is no Rollout of Argo and no Canary of Flagger in it' }];
}
