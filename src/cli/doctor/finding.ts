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

interface Look {
  readonly color: boolean;
  /** Longer lines go on below, beside the names. */
  readonly columns: number;
}

/** Where names leave less room than this, lines are left as they are. */
const leastColumns = 20;

export function linesOfFindings(findings: readonly Finding[], { color, columns }: Look): string[] {
  const ink = color ? paint : plain;
  const inks = { ok: ink.green, warning: ink.yellow, wrong: ink.red };
  const width = Math.max(...findings.map(({ name }) => name.length));
  const beside = ' '.repeat(7 + 2 + width + 2);
  const room = columns - beside.length;
  const fitting = (text: string) => (room < leastColumns ? [text] : wrapped(text, room));
  return findings.flatMap(({ name, health, detail, advice }) => {
    const [first = '', ...more] = fitting(detail);
    const rest = [...more, ...(advice === null ? [] : fitting(`try: ${advice}`))];
    return [
      `${inks[health](health.padEnd(7))}  ${name.padEnd(width)}  ${first}`,
      ...rest.map((line) => `${beside}${line}`),
    ];
  });
}

/** Broken between words; one that is longer, such as an address, stays whole. */
function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1) ?? ''} ${word}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
