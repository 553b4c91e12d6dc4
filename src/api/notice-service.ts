/** Who was told, and incidents, as Temporal keeps them. */
import type { NoticeService } from './service.ts';
import type { TemporalDeps } from './temporal/calls.ts';
import { closeIncident, incidentOf, listIncidents, type RecentIncidents } from './temporal/incidents.ts';
import { acknowledge, noticesOf } from './temporal/notices.ts';
import { askedEvery } from './temporal/recent-pages.ts';

/** As often as pages ask. */
const everyMs = 5_000;

export function createNoticeService(deps: TemporalDeps): NoticeService {
  const recent: RecentIncidents = askedEvery(everyMs);
  return {
    of: (ref) => noticesOf(deps, ref),
    acknowledge: (ref, body, key) => acknowledge(deps, ref, body, key),
    incidents: (query, sees = null) => listIncidents(deps, query, sees, recent),
    incident: (ref) => incidentOf(deps, ref),
    // Visibility lags, and whoever closed it looks for it in the list next.
    close: (ref, body, key) => closeIncident(deps, ref, body, key).finally(() => recent.changed()),
  };
}
