/** Every page of the dashboard, for what holds for all of them. A page that is added gets a row here. */

export interface PageRow {
  /** Of its picture in docs/screenshots. */
  readonly name: string;
  /** Under `/ui`. */
  readonly path: string;
  /** A text that is there once the page shows what it is for. */
  readonly shows: string | RegExp;
}

export const pageRows: readonly PageRow[] = [
  { name: 'rollouts', path: '/', shows: 'Needs approval' },
  { name: 'history', path: '/?view=history', shows: 'demo/shop' },
  { name: 'canary-status', path: '/rollouts/demo/shop', shows: 'Rolled back' },
  { name: 'security', path: '/rollouts/demo/accounts/security', shows: 'CVE-2030-1' },
  { name: 'readiness', path: '/rollouts/demo/accounts/readiness', shows: 'of 100' },
  { name: 'rollbacks', path: '/rollbacks', shows: 'Time to restore' },
  { name: 'evidence', path: '/evidence', shows: 'demo/shop' },
  { name: 'incidents', path: '/incidents', shows: /Incidents/ },
  { name: 'start', path: '/start', shows: 'As it would run' },
  { name: 'approvals', path: '/approvals', shows: 'payments' },
  { name: 'emergency', path: '/emergency', shows: /Emergency/ },
  { name: 'login-open', path: '/login', shows: 'Nobody needs to log in here' },
  { name: 'configuration', path: '/configuration', shows: 'Temporal' },
];
