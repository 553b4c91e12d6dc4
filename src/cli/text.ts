/** Small pieces of text that several verbs print. */
import { hasEnded, type RolloutSummary, type RolloutView } from '../api/contract.ts';
import { formatDuration } from '../domain/duration.ts';
import { silenceOf } from '../domain/rollout/silence.ts';
import type { WatchProgress } from '../domain/rollout/status.ts';
import type { TimelineEntry } from '../domain/rollout/types.ts';
import { renderView } from '../stack/view.ts';
import { problemLine } from './cli-error.ts';
import type { Output } from './io.ts';

export function writeLines(out: Output, lines: readonly string[]): void {
  if (lines.length > 0) out.write(`${lines.join('\n')}\n`);
}

export function writeJson(out: Output, value: unknown): void {
  out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** How to go on with a list that has more. */
export function moreLines(next: string | null): string[] {
  return next === null ? [] : [`more: add --cursor ${next}`];
}

/** For an empty page, which need not be the only one: whoever sees a part of a list may get it though more follow. */
export function noneLine(none: string, next: string | null): string {
  return next === null ? none : 'none on this page; more follow';
}

export function warningLines(warnings: readonly { path: string; message: string }[]): string[] {
  return warnings.map((warning) => `warning:${problemLine(warning).slice(1)}`);
}

/** Coloured only for a terminal, and never against `NO_COLOR`. */
export function wantsColor(out: Output, env: Readonly<Record<string, string | undefined>>): boolean {
  return out.isTTY && !env.NO_COLOR;
}

export interface PictureOptions {
  readonly nowMs: number;
  readonly columns: number;
  readonly color: boolean;
  /** Whether each check's canary is drawn beside its stable. Default: false. */
  readonly bars?: boolean;
  /** As of `renderView`. */
  readonly storyLines?: number;
}

/** The rollout as far as it can be seen. */
export function pictureOf(view: RolloutView, options: PictureOptions): string[] {
  const { status, live } = view;
  const nowMs = view.endedAtMs ?? options.nowMs;
  const lines = status ? renderView(status, live, null, { ...options, nowMs }) : [summaryLine(view)];
  if (status === null) {
    lines.push('  no worker answered; this is what Temporal knows. Rollouts wait until a worker polls.');
    if (live && !hasEnded(view)) lines.push(...lastHeardLines(live, nowMs));
  }
  if (hasEnded(view) && view.outcome === null) {
    lines.push(`  the workflow ended as ${view.temporalStatus.toLowerCase()}, without an outcome of its own`);
  }
  return lines;
}

/** Where the users are is the first question of whoever is without a worker. */
function lastHeardLines(live: WatchProgress, nowMs: number): string[] {
  const { atMs, askedPercent, measuredPercent, leaseUntilMs } = live;
  const measured = measuredPercent === null ? '' : `, ${measuredPercent.toFixed(1)} % measured`;
  const heard = `  the watch was last heard of ${ageOf(atMs, nowMs)} ago: ${askedPercent} % asked${measured}`;
  if (leaseUntilMs === 0) return [heard];
  if (silenceOf(live, nowMs - atMs) === 'lapsed') {
    return [
      heard,
      '  by this machine’s clock its lease has run out since: the data plane sends all users to stable',
    ];
  }
  const left = formatDuration(Math.max(0, Math.ceil((leaseUntilMs - nowMs) / 1000)) * 1000);
  return [
    heard,
    `  by this machine’s clock its lease has ${left} left; unless it is renewed, the data plane then sends all users to stable`,
  ];
}

function summaryLine(summary: RolloutSummary): string {
  const { target, version, phase, temporalStatus, runId } = summary;
  return `${target}  ${version ?? '?'}  ${phase ?? 'not begun'}  ${temporalStatus.toLowerCase()}  run ${runId}`;
}

export function storyLine({ atMs, kind, text, actor }: TimelineEntry): string {
  return `${clock(atMs)}  ${kind.padEnd(16)} ${text}${actor ? ` (${actor})` : ''}`;
}

export function clock(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}

export function stamp(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}

export function ageOf(sinceMs: number, nowMs: number): string {
  return formatDuration(Math.max(0, Math.round((nowMs - sinceMs) / 1000) * 1000));
}

/** Columns as wide as their widest cell. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
