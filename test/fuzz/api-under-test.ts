/**
 * What is fuzzed: a real API and a real worker on a real Temporal server, with everything configured that an operator
 * may.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { startSluiceProcess } from '../../bench/support/sluice-process.ts';
import { locateTools } from '../../src/stack/tools.ts';
import { registerSearchAttributes } from '../../src/worker/attributes.ts';
import { freePort } from '../support/free-ports.ts';

/** By which events may come that are not signed. */
export const eventToken = 'a-token-of-the-operator';

interface ApiUnderTest {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startApi(): Promise<ApiUnderTest> {
  const temporal = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: locateTools().temporal },
      log: { format: 'pretty', level: 'never' },
    },
  });
  await registerSearchAttributes(temporal.connection, 'default');
  const home = mkdtempSync(join(tmpdir(), 'sluice-fuzz-'));
  const secret = join(home, 'secret');
  writeFileSync(secret, eventToken);
  const port = await freePort();
  const config = {
    temporal: { address: temporal.address },
    api: { host: '127.0.0.1', port },
    traffic: { haproxy: { type: 'memory' } },
    metrics: { prometheus: { type: 'memory' } },
    events: { secrets: [{ file: secret }], tokens: [{ file: secret }] },
    approvals: { secret: { file: secret } },
    evidence: { store: { type: 'directory', path: join(home, 'evidence') } },
  };
  const worker = await startSluiceProcess('worker', config);
  const api = await startSluiceProcess('api', config);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await api.stop();
      await worker.stop();
      await temporal.teardown();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
