/** Every page: its path under `/ui`, its name, and its code, which is loaded when somebody goes there. */
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export interface PageEntry {
  /** A pattern of the router; the dashboard's root is `/`. */
  readonly path: string;
  readonly title: string;
  /** Whether it stands in the navigation. */
  readonly inNav: boolean;
  readonly Component: LazyExoticComponent<ComponentType>;
}

/** In the order of the navigation. */
export const pages: readonly PageEntry[] = [
  page('/', 'Rollouts', async () => (await import('./pages/rollouts/rollouts-page.tsx')).RolloutsPage),
  page(
    '/rollouts/:environment/:service',
    'Rollout',
    async () => (await import('./pages/rollout/rollout-page.tsx')).RolloutPage,
  ),
  page(
    '/rollouts/:environment/:service/security',
    'Security validation',
    async () => (await import('./pages/assurance/security-page.tsx')).SecurityPage,
  ),
  page(
    '/rollouts/:environment/:service/readiness',
    'Production readiness',
    async () => (await import('./pages/assurance/readiness-page.tsx')).ReadinessPage,
  ),
  page('/start', 'Start', async () => (await import('./pages/start/start-page.tsx')).StartPage),
  page(
    '/approvals',
    'Approvals',
    async () => (await import('./pages/approvals/approvals-page.tsx')).ApprovalsPage,
  ),
  page(
    '/rollbacks',
    'Rollbacks',
    async () => (await import('./pages/rollbacks/rollbacks-page.tsx')).RollbacksPage,
  ),
  page(
    '/evidence',
    'Evidence',
    async () => (await import('./pages/evidence/evidence-page.tsx')).EvidencePage,
  ),
  page(
    '/incidents',
    'Incidents',
    async () => (await import('./pages/incidents/incidents-page.tsx')).IncidentsPage,
  ),
  page(
    '/emergency',
    'Emergency',
    async () => (await import('./pages/emergency/emergency-page.tsx')).EmergencyPage,
  ),
  page(
    '/configuration',
    'Configuration',
    async () => (await import('./pages/configuration/configuration-page.tsx')).ConfigurationPage,
  ),
  unlisted(page('/login', 'Log in', async () => (await import('./pages/login/login-page.tsx')).LoginPage)),
];

function page(path: string, title: string, load: () => Promise<ComponentType>): PageEntry {
  const Component = lazy(async () => ({ default: await load() }));
  return { path, title, inNav: !path.includes(':'), Component };
}

function unlisted(entry: PageEntry): PageEntry {
  return { ...entry, inNav: false };
}
