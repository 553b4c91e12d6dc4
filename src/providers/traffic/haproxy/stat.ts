/** Reads request counters from the CSV of `show stat`. */

export interface BackendRequests {
  /** Since HAProxy was started, each from its beginning. */
  readonly begun: number;
  /** Begun and not ended, those that wait for a server included. */
  readonly current: number;
}

/** Undefined: there is no such backend. */
export function requestsIn(csv: string, backend: string): BackendRequests | undefined {
  const [head = '', ...rows] = csv.split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const row = rows.find((line) => line.startsWith(`${backend},BACKEND,`))?.split(',');
  if (row === undefined) return undefined;
  // In HTTP mode a backend's sessions are its requests. `req_tot` counts a request at its end only: it stands still
  // while some hang.
  const field = (name: string) => Number(row[columns.indexOf(name)] || 0);
  return { begun: field('stot'), current: field('scur') };
}
