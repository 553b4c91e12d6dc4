/** Reads request counters from the CSV of `show stat`. */

/** Requests that the backend has had since HAProxy was started; undefined: there is no such backend. */
export function requestsIn(csv: string, backend: string): number | undefined {
  const [head = '', ...rows] = csv.split('\n');
  const columns = head.replace(/^# /, '').split(',');
  const row = rows.find((line) => line.startsWith(`${backend},BACKEND,`))?.split(',');
  if (row === undefined) return undefined;
  // In HTTP mode a backend's sessions are its requests; `req_tot` is filled by some versions only.
  const field = (name: string) => row[columns.indexOf(name)] ?? '';
  return Number(field('req_tot') || field('stot') || 0);
}
