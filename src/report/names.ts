/** What reports there are, by name. */
export const reportKinds = [
  'deployment',
  'readiness',
  'security',
  'performance',
  'incident',
  'compliance',
] as const;
export type ReportKind = (typeof reportKinds)[number];

export const reportFormats = ['md', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];
