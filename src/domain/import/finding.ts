/** What an import tells of: fields that have no counterpart in a plan, and fields that mean something else there. */

export interface Finding {
  /** lost: nothing of it is in the plan. changed: it is, and does not mean quite the same. */
  readonly kind: 'lost' | 'changed';
  /** Where it stands, such as `spec.strategy.canary.steps[2].pause`. */
  readonly path: string;
  readonly why: string;
  /** What to do about it. */
  readonly instead: string;
}

/** Why a field has no counterpart, and what to do instead. */
export type Loss = readonly [why: string, instead: string];

/** Collects findings while an object is read; each is told once. */
export class Findings {
  readonly #found = new Map<string, Finding>();

  lost(path: string, why: string, instead: string): void {
    this.#add({ kind: 'lost', path, why, instead });
  }

  changed(path: string, why: string, instead: string): void {
    this.#add({ kind: 'changed', path, why, instead });
  }

  all(): readonly Finding[] {
    return [...this.#found.values()];
  }

  #add(finding: Finding): void {
    this.#found.set(`${finding.path} ${finding.why}`, finding);
  }
}

/** One line for people. */
export function findingLine({ kind, path, why, instead }: Finding): string {
  return `${kind === 'lost' ? 'no counterpart' : 'changed'}: ${path}: ${why}; ${instead}`;
}
