/** Whether anything in the scope of an emergency was ever rolled out. Asked by API and worker alike. */
import type { Client } from '@temporalio/client';
import { workflowIdOf } from '../domain/plan/types.ts';
import { workflowType } from '../domain/rollout/names.ts';
import { boundedCalls, type Call } from './open-emergencies.ts';

/**
 * Of a word that names no single target: whether Temporal has a rollout there, running or ended. Its list lags a little,
 * and of a word with stars only what stands before them is compared. Throws what Temporal's client throws.
 */
export async function knowsRolloutsOf(
  client: Client,
  word: string,
  call: Call = boundedCalls(client),
): Promise<boolean> {
  const { namespace } = client.options;
  const query = `WorkflowType = "${workflowType}" AND ${filterOf(word)}`;
  const { executions } = await call(() =>
    client.workflowService.listWorkflowExecutions({ namespace, pageSize: 1, query }),
  );
  return (executions ?? []).length > 0;
}

/** By the workflow's id where that says it, as every rollout has one. */
function filterOf(word: string): string {
  const [environment = '', service] = word.split('/');
  if (service === undefined) {
    const begin = environment.includes('*') ? beginOf(environment) : `${environment}/`;
    return `(${byTarget(begin)} OR ${byService(environment)})`;
  }
  if (environment.includes('*')) return `${byTarget(beginOf(environment))} AND ${byService(service)}`;
  return byTarget(`${environment}/${beginOf(service)}`);
}

function byTarget(begin: string): string {
  return `WorkflowId STARTS_WITH "${workflowIdOf(begin)}"`;
}

function byService(service: string): string {
  if (!service.includes('*')) return `SluiceService = "${service}"`;
  return `SluiceService STARTS_WITH "${beginOf(service)}"`;
}

function beginOf(word: string): string {
  return word.split('*')[0] ?? '';
}
