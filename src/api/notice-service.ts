/** Who was told, and incidents, as Temporal keeps them. */
import type { NoticeService } from './service.ts';
import type { TemporalDeps } from './temporal/calls.ts';
import { closeIncident, incidentOf, listIncidents } from './temporal/incidents.ts';
import { acknowledge, noticesOf } from './temporal/notices.ts';

export function createNoticeService(deps: TemporalDeps): NoticeService {
  return {
    of: (ref) => noticesOf(deps, ref),
    acknowledge: (ref, body, key) => acknowledge(deps, ref, body, key),
    incidents: (query, sees = null) => listIncidents(deps, query, sees),
    incident: (ref) => incidentOf(deps, ref),
    close: (ref, body, key) => closeIncident(deps, ref, body, key),
  };
}
