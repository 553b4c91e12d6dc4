/**
 * The post-incident review of an incident in Markdown: what is known is filled in, what people must add is asked for.
 */
import { formatMeasured } from '../duration.ts';
import type { Incident, IncidentRollout } from './types.ts';

export function reviewOf(incident: Incident): string {
  const { target, severity, state, title, openedAtMs, recoveredAtMs, closedAtMs, acknowledgedBy } = incident;
  return [
    `# Post-incident review: ${cell(title)}`,
    '',
    '| | |',
    '|---|---|',
    `| Target | ${cell(target)} |`,
    `| Severity | ${severity} |`,
    `| State | ${state} |`,
    `| Opened | ${stamp(openedAtMs)} |`,
    `| Users well again | ${recoveredAtMs === null ? 'not yet' : `${stamp(recoveredAtMs)} (after ${span(openedAtMs, recoveredAtMs)})`} |`,
    `| Closed | ${closedAtMs === null ? 'not yet' : stamp(closedAtMs)} |`,
    `| Acknowledged by | ${cell(acknowledgedBy ?? 'nobody')} |`,
    '',
    '## What happened',
    '',
    ...incident.rollouts.flatMap(rolloutLines),
    '## Timeline',
    '',
    '| Time (UTC) | Event | What |',
    '|---|---|---|',
    ...incident.timeline.map(
      ({ atMs, event, text, actor }) =>
        `| ${stamp(atMs)} | ${event} | ${cell(text)}${actor === null ? '' : ` (${cell(actor)})`} |`,
    ),
    '',
    '## Root cause',
    '',
    '_To be filled in: why did the version behave like that?_',
    '',
    '## Detection',
    '',
    '_To be filled in: which check found it, and could it have been found earlier (a test, a gate, a smaller stage)?_',
    '',
    '## What went well, what did not',
    '',
    '_To be filled in._',
    '',
    '## Actions',
    '',
    '| Action | Owner | Due |',
    '|---|---|---|',
    '| _To be filled in_ | | |',
    '',
  ].join('\n');
}

function rolloutLines({ version, author, runId, rollback }: IncidentRollout): string[] {
  const lines = [
    `- Version ${cell(version)}, started by ${cell(author === '' ? 'somebody' : author)} (run ${runId})`,
  ];
  if (rollback === null) return [...lines, ''];
  const { reason, trigger, decideMs, restoreMs, exposedMs, canaryRequests, impact, evidence, stableVersion } =
    rollback;
  return [
    ...lines,
    `- Rolled back to ${cell(stableVersion ?? 'stable')} by ${trigger}: ${cell(reason)}`,
    `- Detected ${known(decideMs)} after the first bad look; all traffic back ${known(restoreMs)} after the decision; users exposed for ${known(exposedMs)}`,
    `- Requests to the canary: ${canaryRequests ?? 'not counted'}; estimated errors: ${impact?.estimatedErrors ?? 'not known'}; highest share: ${impact?.highestPercent ?? '?'} %`,
    ...evidence.map(({ check, reason: why }) => `- Check ${cell(check)}: ${cell(why)}`),
    '',
  ];
}

function known(ms: number | null): string {
  return ms === null ? '(not known)' : formatMeasured(ms);
}

function span(fromMs: number, toMs: number): string {
  return formatMeasured(Math.max(0, toMs - fromMs));
}

function stamp(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

/** Text of others, which must not break a table or become markup. */
function cell(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[|<>`*_\\[\]]/g, '\\$&');
}
