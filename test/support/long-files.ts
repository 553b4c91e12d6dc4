/** Test files that take the longest, the longest first; they begin before the others of their group. */
export const longFiles: readonly string[] = [
  'test/browser/dashboard.test.ts',
  'test/e2e/crashes.test.ts',
  'test/e2e/demo.test.ts',
  'test/kube/rbac.test.ts',
  'test/kube/scenarios/plans.test.ts',
  'test/e2e/resume.test.ts',
  'test/kube/guard/guard.test.ts',
  'test/kube/traffic/istio.test.ts',
  'test/kube/scenarios/rollout.test.ts',
  'test/kube/traffic/service.test.ts',
  'test/kube/guard/outage.test.ts',
  'test/scenarios/emergency.test.ts',
  'test/scenarios/lessons.test.ts',
  'test/scenarios/temporal-away.test.ts',
];
