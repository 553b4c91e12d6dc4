/** Whether the Temporal of a configuration answers from here, and knows the namespace. */
import { Connection } from '@temporalio/client';
import { messageOf } from '../../domain/errors.ts';
import type { TemporalConfig } from '../../providers/config.ts';
import { type Finding, ok, wrong } from './finding.ts';

const name = 'temporal (file)';
const withinMs = 3_000;

export async function temporalFinding({ address, namespace }: TemporalConfig): Promise<Finding> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: withinMs });
    const asked = connection;
    await asked.withDeadline(Date.now() + withinMs, () =>
      asked.workflowService.describeNamespace({ namespace }),
    );
    return ok(name, `${address} answers and has namespace ${namespace}`);
  } catch (error) {
    return wrong(
      name,
      `${address}, namespace ${namespace}: ${messageOf(error)}`,
      'Start Temporal, or mend `temporal.address` and `temporal.namespace`.',
    );
  } finally {
    await connection?.close();
  }
}
