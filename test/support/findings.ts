/** Findings of gates for APIs under test that have no rollout behind them: those of the document's example. */
import { findingsSchema } from '../../src/api/contract.ts';
import { examples } from '../../src/api/examples/examples.ts';
import type { FindingsReader } from '../../src/api/service.ts';

export const exampleFindings: FindingsReader = async () => findingsSchema.parse(examples.getFindings.answer);
