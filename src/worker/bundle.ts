/** Bundles the workflow code, from the sources in tests and from the built files in production. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, type WorkflowBundleWithSourceMap } from '@temporalio/worker';

/** The workflows beside this file: `.ts` when run from the sources, `.js` when built. */
export async function bundleWorkflows(): Promise<WorkflowBundleWithSourceMap> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const inWorkflows = (file: string) =>
    fileURLToPath(new URL(`../workflows/${file}.${extension}`, import.meta.url));
  return await bundleWorkflowCode({
    workflowsPath: inWorkflows('index'),
    payloadConverterPath: inWorkflows('payload-converter'),
    workflowInterceptorModules: [inWorkflows('trace')],
    logger: new DefaultLogger('WARN'),
  });
}
