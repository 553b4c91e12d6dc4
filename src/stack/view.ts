/** A rollout as lines for a terminal: pure, so that the demo and `sluice watch` show the same picture. */
import type { Verdict } from '../domain/analysis/types.ts';
import { formatDuration, formatMeasured } from '../domain/duration.ts';
import { asLine } from '../domain/legible.ts';
import type { RolloutStatus, WatchProgress } from '../domain/rollout/status.ts';
import { checkBars } from './check-bars.ts';
import { type Paint, paint, plain } from './paint.ts';

/** What users see, as far as the view shows it; the demo's load generator tells it. */
export interface LoadView {
  readonly rate: number;
  readonly last5s: {
    readonly seconds: number;
    readonly requests: number;
    readonly errorPercent: number;
    readonly versions: Readonly<Record<string, { readonly requests: number; readonly errors: number }>>;
    readonly latencyMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  };
}

export interface ViewOptions {
  /** Time of the look, epoch milliseconds. Default: the newest time that status and progress tell. */
  readonly nowMs?: number;
  /** Lines are cut to this. Default: 100. */
  readonly columns?: number;
  /** Default: false. */
  readonly color?: boolean;
  /** Lines of the story that are shown, newest last. Default: 6. */
  readonly storyLines?: number;
  /** Whether each check's canary is drawn beside its stable. Default: false. */
  readonly bars?: boolean;
}

/** `live` is null when nothing is being watched now, `load` when nobody counts what users see. */
export function renderView(
  status: RolloutStatus,
  live: WatchProgress | null,
  load: LoadView | null,
  options: ViewOptions = {},
): string[] {
  const nowMs = options.nowMs ?? newestMs(status, live);
  const ink = options.color ? paint : plain;
  const current = live && live.stage === status.stage && status.outcome === null ? live : null;
  const columns = options.columns ?? 100;
  const lines = [
    heading(status, nowMs, ink),
    ...predicament(status, current, ink),
    ...gates(status, ink),
    ...stages(status, current, ink, columns),
    promotion(status, current, ink, columns),
    ...checks(status, current, ink, options.bars ? columns : null),
    ...users(load, status, ink),
    ...lease(current, nowMs),
    ...story(status, options.storyLines ?? 6, ink),
  ];
  return lines.map((line) => cut(line, columns));
}

function heading(status: RolloutStatus, nowMs: number, ink: Paint): string {
  const from = status.arms ? `${status.arms.stableVersion} → ` : '';
  const phase = status.paused ? `${status.phase}, paused` : status.phase;
  const color =
    status.cause || status.outcome === 'refused'
      ? ink.red
      : status.outcome === 'promoted'
        ? ink.green
        : ink.bold;
  const took = formatDuration(wholeSeconds((status.endedAtMs ?? nowMs) - status.startedAtMs));
  return `${ink.bold(status.target)}  ${from}${status.version}  ${color(phase)}  ${status.outcome ? 'took' : 'for'} ${took}`;
}

const gateSigns = { open: '✓', hold: '…', refuse: '✗' } as const;

/** All of them while they decide, later only those that are not open. */
function gates({ gates: all = [], phase }: RolloutStatus, ink: Paint): string[] {
  const decide = phase === 'gating' || phase === 'refused';
  const shown = all.filter(({ answer }) => decide || answer !== 'open');
  const width = Math.max(...shown.map(({ name }) => name.length), 4);
  const colors = { open: ink.green, hold: ink.yellow, refuse: ink.red };
  return shown.map(({ name, answer, reason }) =>
    colors[answer](`  ${gateSigns[answer]} gate ${name.padEnd(width)}  ${reason}`),
  );
}

/** What went or stands in the way. */
function predicament(status: RolloutStatus, live: WatchProgress | null, ink: Paint): string[] {
  const lines: string[] = [];
  if (status.holdReason) lines.push(ink.yellow(`  held: ${status.holdReason}`));
  if (status.overrideAsked) {
    const { actor, reason, forMs } = status.overrideAsked;
    const how = `override for ${formatDuration(forMs)} asked for by ${actor}: ${reason}; confirm it as somebody else`;
    lines.push(ink.yellow(`  ${how}`));
  }
  if (status.override) {
    const { actor, confirmedBy, reason, untilMs } = status.override;
    const until = new Date(untilMs).toISOString();
    lines.push(ink.yellow(`  windows overridden until ${until} by ${actor} and ${confirmedBy}: ${reason}`));
  }
  if (live?.trouble) lines.push(ink.yellow(`  trouble: ${live.trouble}`));
  if (!status.cause) return lines;
  const { reason, actor, atMs } = status.cause;
  lines.push(ink.red(`  rollback: ${reason}${actor ? ` (${actor})` : ''}`));
  lines.push(
    status.restoredAtMs === null
      ? ink.red('  going back to stable …')
      : ink.green(
          `  all traffic back on stable ${formatMeasured(status.restoredAtMs - atMs)} after the decision`,
        ),
  );
  return lines;
}

/** Columns of all that stands beside the name of a stage that soaks: it is worth more than the end of a long name. */
const besideName = 78;
const leastName = 8;

function nameWidth(status: RolloutStatus, columns: number): number {
  const longest = Math.max(...status.stages.map(({ name }) => name.length), 4);
  return Math.min(longest, Math.max(leastName, columns - besideName));
}

function stages(status: RolloutStatus, live: WatchProgress | null, ink: Paint, columns: number): string[] {
  const width = nameWidth(status, columns);
  return status.stages.map(({ name, weightPercent, soakMs, warmUpMs }, index) => {
    const report = status.reports[index];
    const label = `${shortened(name, width).padEnd(width)}  ${shareText(weightPercent).padStart(6)}`;
    if (!report) return ink.dim(`  · ${label}`);
    if (report.endedAtMs !== null) {
      const took = formatDuration(wholeSeconds(report.endedAtMs - report.startedAtMs));
      return report.ending === 'rolled-back' || report.ending === 'failed'
        ? ink.red(`  ✗ ${label}  ended after ${took}`)
        : ink.green(`  ✓ ${label}  ${took}`);
    }
    const plannedMs = live?.plannedMs ?? warmUpMs + soakMs;
    return `  ${ink.bold('▶')} ${label}  ${soak(live?.carry.watchedMs ?? 0, plannedMs, warmUpMs)}  ${measured(status, live)}`;
  });
}

/** Stages end where the new version becomes the stable one and, for a while, is watched with the old one still warm. */
function promotion(status: RolloutStatus, live: WatchProgress | null, ink: Paint, columns: number): string {
  const label = `${'100%'.padEnd(nameWidth(status, columns))}   100 %`;
  if (status.cause) return ink.dim(`  · ${label}`);
  switch (status.phase) {
    case 'promoting':
      return `  ${ink.bold('▶')} ${label}  becomes the stable version`;
    case 'watching': {
      const { carry, plannedMs } = live ?? { carry: { watchedMs: 0 }, plannedMs: 0 };
      const progress = live ? soak(carry.watchedMs, plannedMs, 0) : '';
      return `  ${ink.bold('▶')} ${label}  ${progress}  stable, the old version still warm`;
    }
    case 'cleaning':
    case 'promoted':
      return ink.green(`  ✓ ${label}  stable`);
    default:
      return ink.dim(`  · ${label}`);
  }
}

function soak(watchedMs: number, plannedMs: number, warmUpMs: number): string {
  const part = plannedMs <= 0 ? 1 : Math.min(1, Math.max(0, watchedMs / plannedMs));
  const full = Math.round(part * 20);
  const note = watchedMs < warmUpMs ? ' warming up' : '';
  const [watched, planned] = [formatDuration(wholeSeconds(watchedMs)), formatDuration(plannedMs)];
  return `${'█'.repeat(full)}${'░'.repeat(20 - full)} ${watched} of ${planned}${note}`;
}

function measured(status: RolloutStatus, live: WatchProgress | null): string {
  const share = live?.measuredPercent ?? null;
  return `asked ${shareText(status.askedPercent)}, measured ${share === null ? '—' : shareText(share)}`;
}

const barsIndent = ' '.repeat(10);

/** Without columns there are no bars. */
function checks(
  status: RolloutStatus,
  live: WatchProgress | null,
  ink: Paint,
  columns: number | null,
): string[] {
  const verdicts = live?.verdicts.length
    ? live.verdicts
    : (status.reports.at(-1)?.checks ?? []).flatMap(({ last, worst }) =>
        status.cause && worst ? [worst] : last ? [last] : [],
      );
  const latest = [...new Map(verdicts.map((verdict) => [verdict.check, verdict])).values()];
  if (latest.length === 0) return [];
  return [
    'checks',
    ...latest.flatMap((verdict) => {
      const drawn = columns === null ? null : checkBars(verdict, ink, columns - barsIndent.length);
      return [`  ${verdictText(verdict, ink)}`, ...(drawn === null ? [] : [`${barsIndent}${drawn}`])];
    }),
  ];
}

/** The reason says value, limit and number of samples. */
function verdictText({ kind, check, reason }: Verdict, ink: Paint): string {
  const color = kind === 'pass' ? ink.green : kind === 'fail' ? ink.red : ink.yellow;
  return `${color(kind.padEnd(7))} ${check}: ${reason}`;
}

function users(load: LoadView | null, status: RolloutStatus, ink: Paint): string[] {
  if (!load) return [];
  const { seconds, requests, errorPercent, versions, latencyMs } = load.last5s;
  const all = `${Math.round(requests / seconds)}/s, ${percentText(errorPercent, ink)} errors, p50 ${latencyMs.p50} ms, p95 ${latencyMs.p95} ms, p99 ${latencyMs.p99} ms`;
  const seen = Object.entries(versions).sort(([a], [b]) => a.localeCompare(b));
  return [
    `users, last ${seconds} s: ${all}`,
    ...seen.map(([version, { requests: count, errors }]) => {
      const share = requests === 0 ? 0 : (count / requests) * 100;
      const name = version === 'none' ? 'no answer' : version;
      const role = version === status.version && !status.outcome ? ' (canary)' : '';
      return `  ${name.padEnd(10)} ${shareText(share).padStart(7)} of requests, ${percentText((errors / count) * 100, ink)} errors${role}`;
    }),
  ];
}

function lease(live: WatchProgress | null, nowMs: number): string[] {
  if (!live || live.leaseUntilMs === 0) return [];
  const leftMs = live.leaseUntilMs - nowMs;
  return [leftMs > 0 ? `lease: ${formatDuration(wholeSeconds(leftMs))} left` : 'lease: run out'];
}

function story(status: RolloutStatus, count: number, ink: Paint): string[] {
  return [
    'story, times in UTC',
    ...status.timeline.slice(-count).map(({ atMs, text, actor }) => {
      const clock = new Date(atMs).toISOString().slice(11, 19);
      return `  ${ink.dim(clock)} ${text}${actor ? ` (${actor})` : ''}`;
    }),
  ];
}

function shareText(percent: number): string {
  return `${Number(percent.toFixed(1))} %`;
}

function percentText(percent: number, ink: Paint): string {
  const text = `${percent.toFixed(1)} %`;
  return percent > 0 ? ink.red(text) : text;
}

function wholeSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000) * 1000);
}

function newestMs(status: RolloutStatus, live: WatchProgress | null): number {
  return Math.max(status.startedAtMs, status.timeline.at(-1)?.atMs ?? 0, live?.atMs ?? 0);
}

/**
 * Cuts what people see to `columns`; colours take no room. Other control characters, which a plan's texts may hold, go.
 */
function cut(line: string, columns: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape codes are control characters.
  const pieces = line.split(/(\u001b\[\d+m)/);
  let left = columns;
  let clipped = '';
  for (const [index, piece] of pieces.entries()) {
    if (index % 2 === 1) {
      clipped += piece;
      continue;
    }
    const text = asLine(piece);
    clipped += shortened(text, left);
    left = Math.max(0, left - text.length);
  }
  return clipped;
}

function shortened(text: string, columns: number): string {
  if (text.length <= columns) return text;
  return columns === 0 ? '' : `${text.slice(0, columns - 1)}…`;
}
