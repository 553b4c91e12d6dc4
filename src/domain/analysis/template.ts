/** Query templates: which placeholders exist, and how their values get into a query without breaking out of it. */
import { SluiceError } from '../errors.ts';
import { adviceFor } from '../nearest.ts';

const placeholders = ['canary', 'stable', 'service', 'environment', 'version', 'window', 'share'] as const;
type Placeholder = (typeof placeholders)[number];

/** What a template may name. `version` is the version of the arm that is being measured. */
export interface QueryVars {
  readonly service: string;
  readonly environment: string;
  readonly canary: string;
  readonly stable: string;
  readonly version: string;
  readonly windowMs: number;
  /** The share of ordinary traffic that the arm being measured is asked to have, 0 to 1. */
  readonly share: number;
}

const placeholderPattern = /\{\{([^{}]*)\}\}/g;

/**
 * Fills a template in. Text values are escaped for a quoted PromQL string, so that a label value can never become part
 * of the query's language; `{{window}}` becomes a duration such as `30s`, `{{share}}` a number such as `0.25`.
 * Throws `plan-invalid` for an unknown placeholder.
 */
export function renderQuery(template: string, vars: QueryVars): string {
  const problem = templateProblems(template)[0];
  if (problem !== undefined)
    throw new SluiceError('plan-invalid', `The query cannot be filled in: ${problem}`);
  return template.replace(placeholderPattern, (_whole, name: string) =>
    textOf(name.trim() as Placeholder, vars),
  );
}

/** Everything that would keep the template from being filled in, as sentences; empty when it is fine. */
export function templateProblems(template: string): string[] {
  if (template.trim() === '') return ['the query is empty'];
  const problems = placeholdersIn(template)
    .filter((name) => !isPlaceholder(name))
    .map((name) => `unknown placeholder {{${name}}}; ${adviceFor(name, placeholders)}`);
  if (template.replace(placeholderPattern, '').includes('{{')) {
    problems.push('"{{" opens a placeholder that "}}" never closes');
  }
  return problems;
}

/** The names used by a template, known or not, each once. */
export function placeholdersIn(template: string): string[] {
  return [...new Set([...template.matchAll(placeholderPattern)].map((match) => (match[1] ?? '').trim()))];
}

/** Fills a template with plain texts, as they are. What it does not know stays as it stands. */
export function fillTemplate(template: string, vars: Readonly<Record<string, string>>): string {
  return template.replace(placeholderPattern, (whole, name: string) => vars[name.trim()] ?? whole);
}

/** Milliseconds as PromQL writes a duration: whole seconds where possible. */
export function promDuration(ms: number): string {
  const whole = Math.max(1, Math.round(ms));
  return whole % 1000 === 0 ? `${whole / 1000}s` : `${whole}ms`;
}

function isPlaceholder(name: string): name is Placeholder {
  return (placeholders as readonly string[]).includes(name);
}

function textOf(name: Placeholder, vars: QueryVars): string {
  if (name === 'window') return promDuration(vars.windowMs);
  return name === 'share' ? String(vars.share) : escapeLabel(vars[name]);
}

// A single quote is written by its code, since templates may quote with either sign and `\'` is illegal between `"`.
const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n', "'": '\\x27' };

function escapeLabel(value: string): string {
  return value.replace(/[\\"\n']/g, (sign) => escapes[sign] ?? sign);
}
