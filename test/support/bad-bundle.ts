/** The workflow code of a bad deploy, bundled. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

export async function bundleBadWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  return await bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('bad-workflows.ts', import.meta.url)),
    logger: new DefaultLogger('WARN'),
  });
}
