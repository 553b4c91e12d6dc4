/** `sluice incidents`: the list; `show`, `review` and `close` for the one of a target. */
import type { Command } from 'commander';
import type { IncidentView } from '../../api/contract.ts';
import { reviewOf } from '../../domain/incident/review.ts';
import { exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { parseTarget, type Target } from '../target.ts';
import { moreLines, noneLine, stamp, table, writeJson, writeLines } from '../text.ts';
import {
  type Act,
  type CommonOptions,
  clientOf,
  defaultActor,
  type KeyedOptions,
  keyOption,
  onceOf,
  pagingOptions,
  verb,
} from '../verb.ts';

interface IncidentsOptions extends CommonOptions {
  readonly environment?: string;
  readonly service?: string;
  readonly open?: boolean;
  readonly limit?: number;
  readonly cursor?: string;
}

interface OneOptions extends CommonOptions {
  readonly target: Target;
  readonly run?: string;
}

interface CloseOptions extends KeyedOptions {
  readonly target: Target;
  readonly reason?: string;
  readonly actor?: string;
}

async function runIncidents(options: IncidentsOptions, io: Io): Promise<number> {
  const { environment, service, open, limit, cursor } = options;
  const filters = { environment, service, open: open ? ('true' as const) : undefined };
  const { value, raw } = await clientOf(options, io).ask('listIncidents', { ...filters, limit, cursor });
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const header = ['TARGET', 'SEV', 'STATE', 'OPENED (UTC)', 'WELL AGAIN (UTC)', 'ACKNOWLEDGED', 'TITLE'];
  const rows = value.incidents.map((one) => [
    one.target,
    String(one.severity),
    one.state,
    stamp(one.openedAtMs),
    one.recoveredAtMs === null ? '-' : stamp(one.recoveredAtMs),
    one.acknowledgedBy ?? '-',
    one.title,
  ]);
  writeLines(io.out, rows.length === 0 ? [noneLine('no incidents', value.next)] : table(header, rows));
  writeLines(io.err, [...moreLines(value.next), ...(rows.length === 0 ? [elsewhere] : [])]);
  return exitCodes.ok;
}

const elsewhere = 'those of emergencies are in `sluice emergencies`';

async function runShow(options: OneOptions, io: Io): Promise<number> {
  const { value, raw } = await incidentOf(options, io);
  if (options.json) {
    writeJson(io.out, raw);
    return exitCodes.ok;
  }
  const { title, severity, state, timeline } = value;
  const lines = timeline.map(
    ({ atMs, event, text, actor }) =>
      `${stamp(atMs)}  ${event.padEnd(20)} ${text}${actor ? ` (${actor})` : ''}`,
  );
  writeLines(io.out, [`${title}: severity ${severity}, ${state}`, ...lines]);
  return exitCodes.ok;
}

async function runReview(options: OneOptions, io: Io): Promise<number> {
  const { value } = await incidentOf(options, io);
  const review = reviewOf(value);
  if (options.json) writeJson(io.out, { target: value.target, runId: value.runId, markdown: review });
  else io.out.write(review);
  return exitCodes.ok;
}

async function runClose(options: CloseOptions, io: Io): Promise<number> {
  const { target, reason } = options;
  const body = { actor: options.actor ?? defaultActor(io), ...(reason === undefined ? {} : { reason }) };
  const request = { ...target, body };
  const { value, raw } = await clientOf(options, io).ask('closeIncident', request, onceOf(options));
  if (options.json) writeJson(io.out, raw);
  else writeLines(io.out, [`the incident of ${value.target} is ${value.state}`]);
  return exitCodes.ok;
}

async function incidentOf(
  { target, run, ...options }: OneOptions,
  io: Io,
): Promise<{ value: IncidentView; raw: unknown }> {
  return await clientOf(options, io).ask('getIncident', { ...target, run });
}

export function incidentsCommand(act: Act): Command {
  const one = (name: string, description: string, run: (options: OneOptions, io: Io) => Promise<number>) =>
    verb(name, description)
      .argument('<target>', 'environment/service', parseTarget)
      .option('--run <id>', 'an earlier one instead of the latest')
      .action((target: Target, flags: Omit<OneOptions, 'target'>) =>
        act(flags, (io) => run({ ...flags, target }, io)),
      );
  const close = keyOption(verb('close', 'close the open incident of a target by hand'))
    .argument('<target>', 'environment/service', parseTarget)
    .option('--reason <text>', 'why')
    .option('--actor <name>', 'who (default: the current user)')
    .action((target: Target, flags: Omit<CloseOptions, 'target'>) =>
      act(flags, (io) => runClose({ ...flags, target }, io)),
    );
  return (
    pagingOptions(verb('incidents', 'list incidents: open ones first, then those that were closed last'))
      // What stands behind the name of a verb below is that verb's.
      .enablePositionalOptions()
      .option('--environment <name>', 'only of this environment')
      .option('--service <name>', 'only of this service')
      .option('--open', 'only those that are open')
      .action((flags: IncidentsOptions) => act(flags, (io) => runIncidents(flags, io)))
      .addCommand(one('show', 'the story of the latest incident of a target', runShow))
      .addCommand(one('review', 'its post-incident review in Markdown, filled in', runReview))
      .addCommand(close)
  );
}
