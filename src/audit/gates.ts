/** What gates answered, from the results of the activities that asked them. */

import { gateReportSchema } from '../api/contract.ts';
import type { GateReport } from '../domain/gates/types.ts';
import { fieldOf, firstOf, type HistoryEvent } from './history.ts';

/** Every answer that the workflow was told of, in order. */
export function gateAnswersOf(events: readonly HistoryEvent[]): GateReport[] {
  return events.flatMap((event) => {
    const attributes = event.activityTaskCompletedEventAttributes;
    const result = attributes ? firstOf(attributes.result) : undefined;
    const found = [fieldOf(result, 'reports'), fieldOf(fieldOf(result, 'ending'), 'reports')];
    return found.flatMap((reports) => gateReportSchema.array().catch([]).parse(reports));
  });
}
