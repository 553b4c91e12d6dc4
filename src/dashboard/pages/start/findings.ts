/** Everything that is said of a plan, each at its place, in the order of the text. */
import type { Validation } from '../../../api/contract.ts';
import { type Located, locator } from './text/locate.ts';

export interface Finding extends Located {
  readonly severity: 'error' | 'warning' | 'info';
  readonly path: string;
  readonly message: string;
}

/** What has a place in the text of its own; advice is mostly of what is not there. */
export function isMark(finding: Finding): finding is Finding & { severity: 'error' | 'warning' } {
  return finding.severity !== 'info';
}

export function findingsOf(validation: Validation, text: string): readonly Finding[] {
  const locate = locator(text);
  const groups = [
    ['error', validation.problems],
    ['warning', validation.warnings],
    ['info', validation.recommendations],
  ] as const;
  const all = groups.flatMap(([severity, found]) =>
    found.map((one) => ({ severity, path: one.path, message: messageOf(one), ...locate(one) })),
  );
  return all.toSorted((a, b) => rank(a) - rank(b) || a.line - b.line);
}

const order: readonly Finding['severity'][] = ['error', 'warning', 'info'];

function rank({ severity }: Finding): number {
  return order.indexOf(severity);
}

/** The place is told beside it; whose rule it is, where an operator has made it, within. */
function messageOf({ message, policy }: Validation['problems'][number]): string {
  const said = message.replace(/^line \d+, column \d+: /, '');
  return policy === undefined || said.includes(policy) ? said : `${said} (policy “${policy}”)`;
}
