/** Who was told, and incidents, as Temporal keeps them. */
import type { IncidentSummary } from './contract.ts';
import type { NoticeService } from './service.ts';
import type { TemporalDeps } from './temporal/calls.ts';
import { closeIncident, incidentOf, listIncidents } from './temporal/incidents.ts';
import { acknowledge, noticesOf } from './temporal/notices.ts';
import type { ListedPage } from './temporal/pages.ts';
import { askedEvery } from './temporal/recent-pages.ts';

/** As often as pages ask. */
const everyMs = 5_000;

export function createNoticeService(deps: TemporalDeps): NoticeService {
  const recent = askedEvery<ListedPage<IncidentSummary>>(everyMs);
  return {
    of: (ref) => noticesOf(deps, ref),
    acknowledge: (ref, body, key) => acknowledge(deps, ref, body, key),
    incidents: (query, sees = null, sinceMs = undefined) =>
      listIncidents(deps, query, sees, recent.since(sinceMs)),
    incident: (ref) => incidentOf(deps, ref),
    close: (ref, body, key) => closeIncident(deps, ref, body, key).finally(() => recent.changed()),
  };
}
