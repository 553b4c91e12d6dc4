/** Reads a foreign object field by field and remembers which were read, so that none can be left out in silence. */
import { joinPath, shown } from '../plan/document/problems.ts';
import { isMapping, type Mapping, ownValue } from '../plan/document/read.ts';
import type { Findings, Loss } from './finding.ts';

/** Nobody reads more of one list. */
const mostItems = 500;
const mostUnknown = 50;

export class Part {
  readonly path: string;
  readonly findings: Findings;
  readonly #fields: Mapping;
  readonly #read = new Set<string>();

  constructor(path: string, fields: Mapping, findings: Findings) {
    this.path = path;
    this.#fields = fields;
    this.findings = findings;
  }

  at(key: string): string {
    return joinPath(this.path, key);
  }

  /** Null and missing are the same, as they are to an API server. */
  raw(key: string): unknown {
    this.#read.add(key);
    return ownValue(this.#fields, key) ?? undefined;
  }

  has(key: string): boolean {
    return (ownValue(this.#fields, key) ?? undefined) !== undefined;
  }

  text(key: string): string | undefined {
    const value = this.raw(key);
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value !== '' ? value : this.#misfit(key, value, 'text');
  }

  /** Also of a text that is a number, since many fields are either. */
  number(key: string): number | undefined {
    const value = this.raw(key);
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    return typeof number === 'number' && Number.isFinite(number)
      ? number
      : this.#misfit(key, value, 'a number');
  }

  flag(key: string): boolean | undefined {
    const value = this.raw(key);
    return typeof value === 'boolean' ? value : this.#misfit(key, value, 'true or false');
  }

  part(key: string): Part | undefined {
    const value = this.raw(key);
    if (isMapping(value)) return new Part(this.at(key), value, this.findings);
    return this.#misfit(key, value, 'a mapping');
  }

  /** The mappings of a list. */
  parts(key: string): readonly Part[] {
    return this.list(key).flatMap((value, at) => {
      const path = joinPath(this.at(key), at);
      if (isMapping(value)) return [new Part(path, value, this.findings)];
      this.findings.lost(path, `must be a mapping, not ${shown(value)}`, 'correct it');
      return [];
    });
  }

  /** The texts of a list. */
  texts(key: string): readonly string[] {
    return this.list(key).filter((value) => typeof value === 'string');
  }

  list(key: string): readonly unknown[] {
    const value = this.raw(key);
    if (!Array.isArray(value)) return this.#misfit(key, value, 'a list') ?? [];
    if (value.length > mostItems) {
      const why = `has ${value.length} entries, of which ${mostItems} were read`;
      this.findings.lost(this.at(key), why, 'import fewer at a time');
    }
    return value.slice(0, mostItems) as readonly unknown[];
  }

  keys(): readonly string[] {
    return Object.keys(this.#fields);
  }

  /** What the cluster keeps for itself, and what is read elsewhere. */
  skip(...keys: readonly string[]): void {
    for (const key of keys) this.#read.add(key);
  }

  /** Tells of each of these fields that is set. */
  lose(losses: Readonly<Record<string, Loss>>): void {
    for (const [key, [why, instead]] of Object.entries(losses)) {
      if (this.has(key)) this.findings.lost(this.at(key), why, instead);
      this.#read.add(key);
    }
  }

  /** Tells of every field that nobody has read. */
  done(): void {
    const unknown = this.keys().filter((key) => this.has(key) && !this.#read.has(key));
    for (const key of unknown.slice(0, mostUnknown)) {
      const why = 'this import does not know the field';
      this.findings.lost(this.at(key.slice(0, 100)), why, 'see in docs/plan.md what comes nearest');
    }
    this.skip(...unknown);
  }

  #misfit(key: string, value: unknown, wanted: string): undefined {
    if (value === undefined || value === '') return undefined;
    this.findings.lost(this.at(key), `must be ${wanted}, not ${shown(value)}`, 'correct it');
    return undefined;
  }
}
