/** Reads the operator's routes: who is told of which events of which targets, and how eagerly. */
import { z } from 'zod';
import { adviceFor } from '../domain/nearest.ts';
import { problemOfEvents } from '../domain/notify/patterns.ts';
import { type Route, severities } from '../domain/notify/types.ts';
import { dayMs, duration, secondMs } from '../domain/plan/document/duration-schema.ts';
import { check, joinPath } from '../domain/plan/document/problems.ts';
import { type Report, readList } from '../domain/plan/document/read.ts';

const maxRoutes = 100;
const names = z.array(z.string().min(1).max(63)).min(1).max(20);
const patterns = z.array(z.string().min(1).max(80)).min(1).max(50);

const routeSchema = z.strictObject({
  to: names,
  events: patterns.default(['*']),
  severities: z
    .array(z.enum(severities))
    .min(1)
    .default([...severities]),
  environments: patterns.default(['*']),
  services: patterns.default(['*']),
  cooldown: duration(0, 7 * dayMs).prefault('0s'),
  group: duration(0, 3600 * secondMs).prefault('0s'),
  escalate: z
    .array(z.strictObject({ after: duration(secondMs, 7 * dayMs), to: names }))
    .max(10)
    .default([]),
});

export function readRoutes(input: unknown, receivers: readonly string[], report: Report): readonly Route[] {
  const list = readList(input, maxRoutes, 'routes', report) ?? [];
  return list.flatMap((entry, index) => {
    const path = joinPath('routes', index);
    const result = check(routeSchema, entry, path);
    if (!result.ok) {
      report.problems.push(...result.problems);
      return [];
    }
    const { cooldown: cooldownMs, group: groupMs, escalate, ...route } = result.value;
    const named = [...route.to, ...escalate.flatMap(({ to }) => to)];
    for (const name of new Set(named.filter((one) => !receivers.includes(one)))) {
      report.problems.push({
        path,
        message: `there is no notifier "${name}"; ${adviceFor(name, receivers)}`,
      });
    }
    const problem = problemOfEvents(route.events);
    if (problem !== null) report.problems.push({ path: joinPath(path, 'events'), message: problem });
    return [
      { ...route, cooldownMs, groupMs, escalate: escalate.map(({ after, to }) => ({ afterMs: after, to })) },
    ];
  });
}
