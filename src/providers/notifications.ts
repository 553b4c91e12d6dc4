/**
 * What the operator says about telling people, beside routes: which notifiers plans may name, and how long it is tried.
 */
import { z } from 'zod';
import { adviceFor } from '../domain/nearest.ts';
import { dayMs, duration, secondMs } from '../domain/plan/document/duration-schema.ts';
import { joinPath } from '../domain/plan/document/problems.ts';
import type { Report } from '../domain/plan/document/read.ts';

export interface NotificationsConfig {
  /** Notifiers that plans may name. */
  readonly planChannels: readonly string[];
  /** How long a receiver that does not take a message is tried. */
  readonly giveUpAfter: number;
  /** Where people look at rollouts; what is told links there. Absent: nowhere. */
  readonly url?: string;
}

export const notificationsSection = z
  .strictObject({
    planChannels: z.array(z.string()).max(100).default([]),
    giveUpAfter: duration(60 * secondMs, 7 * dayMs).prefault('24h'),
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).exactOptional(),
  })
  .prefault({});

export function refuseUnknownChannels(
  { planChannels }: NotificationsConfig,
  receivers: readonly string[],
  report: Report,
): void {
  planChannels.forEach((name, index) => {
    if (receivers.includes(name)) return;
    const path = joinPath('notifications.planChannels', index);
    report.problems.push({ path, message: `there is no notifier "${name}"; ${adviceFor(name, receivers)}` });
  });
}
