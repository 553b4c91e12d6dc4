/** What the doctor found of one thing, and how it is told. */
import { paint, plain } from '../../stack/paint.ts';

type Health = 'ok' | 'warning' | 'wrong';

export interface Finding {
  /** What was looked at, in a word or two. */
  readonly name: string;
  readonly health: Health;
  readonly detail: string;
  /** What to try; null where nothing is to be done. */
  readonly advice: string | null;
}

export function ok(name: string, detail: string): Finding {
  return { name, health: 'ok', detail, advice: null };
}

export function warning(name: string, detail: string, advice: string): Finding {
  return { name, health: 'warning', detail, advice };
}

export function wrong(name: string, detail: string, advice: string): Finding {
  return { name, health: 'wrong', detail, advice };
}

export function linesOfFindings(findings: readonly Finding[], color: boolean): string[] {
  const ink = color ? paint : plain;
  const inks = { ok: ink.green, warning: ink.yellow, wrong: ink.red };
  const width = Math.max(...findings.map(({ name }) => name.length));
  return findings.flatMap(({ name, health, detail, advice }) => [
    `${inks[health](health.padEnd(7))}  ${name.padEnd(width)}  ${detail}`,
    ...(advice === null ? [] : [`${' '.repeat(9)}${' '.repeat(width)}  try: ${advice}`]),
  ]);
}
