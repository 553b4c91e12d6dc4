/** The SDK's runtime of a test process, of which there can be one only, however many files run in it. */
import { DefaultLogger, Runtime } from '@temporalio/worker';

let installed = false;

export function installRuntime(): void {
  if (!installed) Runtime.install({ logger: new DefaultLogger('ERROR') });
  installed = true;
}
