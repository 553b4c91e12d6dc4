/**
 * Makes rollouts that have ended, straight in the file of Temporal's development server while it is down: to run tens of
 * thousands would take hours. Only lists know of them.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface Made {
  /** The database. */
  readonly file: string;
  /** Where the server keeps each search attribute. */
  readonly columns: Readonly<Record<string, string>>;
  /** The first one; there are others already. */
  readonly from: number;
  readonly to: number;
}

/** So many services have had one after the other, one every minute, until an hour ago. */
const services = 400;
const agoMinutes = 60;
const everyMinutes = 1;
const tookMinutes = 20;
/** Of so many one was terminated, and one rolled back. */
const terminatedOnceIn = 200;
const rolledBackOnceIn = 20;

/** Each a copy of one that runs. Needs the `sqlite3` command. */
export async function makeEnded({ file, columns, from, to }: Made): Promise<void> {
  const table = 'executions_visibility';
  // Generated columns are not among them.
  const names = (await sqlite(file, `SELECT name FROM pragma_table_info('${table}')`)).trim().split('\n');
  const column = (attribute: string) => `'$.${columns[attribute]}'`;
  const endedAt = `'now', '-' || (${agoMinutes} + i * ${everyMinutes}) || ' minutes'`;
  const startedAt = `${endedAt}, '-${tookMinutes} minutes'`;
  const inRow = "'%Y-%m-%d %H:%M:%f+00:00'";
  const inAttribute = "'%Y-%m-%dT%H:%M:%fZ'";
  const outcome = `iif(i % ${rolledBackOnceIn} = 0, 'rolled-back', 'promoted')`;
  const service = `'service-' || (i % ${services})`;
  const attributes = [
    [column('SluiceService'), service],
    [column('SluicePhase'), outcome],
    [column('SluiceOutcome'), outcome],
    [column('SluiceChanged'), `strftime(${inAttribute}, ${endedAt})`],
  ];
  const values: Readonly<Record<string, string>> = {
    run_id: 'lower(hex(randomblob(16)))',
    root_run_id: 'lower(hex(randomblob(16)))',
    workflow_id: `'rollout/bench/' || ${service}`,
    root_workflow_id: `'rollout/bench/' || ${service}`,
    start_time: `strftime(${inRow}, ${startedAt})`,
    execution_time: `strftime(${inRow}, ${startedAt})`,
    close_time: `strftime(${inRow}, ${endedAt})`,
    status: `iif(i % ${terminatedOnceIn} = 0, 5, 2)`,
    search_attributes: `json_set(search_attributes, ${attributes.flat().join(', ')})`,
  };
  const selected = names.map((name) => values[name] ?? name).join(', ');
  await sqlite(
    file,
    `INSERT INTO ${table} (${names.join(', ')})
     WITH RECURSIVE made(i) AS (SELECT ${from} UNION ALL SELECT i + 1 FROM made WHERE i + 1 < ${to}),
     one AS (SELECT * FROM ${table} WHERE workflow_type_name = 'rollout' AND status = 1 LIMIT 1)
     SELECT ${selected} FROM made, one`,
  );
}

async function sqlite(file: string, sql: string): Promise<string> {
  const { stdout } = await promisify(execFile)('sqlite3', ['-cmd', '.timeout 30000', file, sql]);
  return stdout;
}
