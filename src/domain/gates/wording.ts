/** Where gates are asked, and what their answers rest on, in words: for reports and pages alike. */
import type { GatePlace } from './types.ts';
import type { Exception, Vulnerability } from './vulnerabilities.ts';

export function placeText(place: GatePlace): string {
  if (place === 'start') return 'before the rollout';
  return place === 'standing' ? 'all the time' : `before stage ${place + 1}`;
}

/** Each fact with its name; what is empty says nothing. */
export function factsIn(facts: Readonly<Record<string, unknown>>): readonly (readonly [string, string])[] {
  return Object.entries(facts).flatMap(([name, value]) => {
    const text = factText(value);
    return text === '' ? [] : [[name, text] as const];
  });
}

/** One fact in a line, of whatever shape. */
export function factText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value))
    return value
      .map(factText)
      .filter((text) => text !== '')
      .join(value.some((one) => typeof one === 'object') ? '; ' : ', ');
  if (typeof value !== 'object') return String(value);
  if (isVulnerability(value)) return vulnerabilityText(value);
  if (isException(value)) return exceptionText(value);
  return factsIn({ ...value })
    .map(([name, text]) => `${name} ${text}`)
    .join(', ');
}

export function vulnerabilityText({ id, severity, package: name, version, fixedIn }: Vulnerability): string {
  const where = name === '' ? '' : ` in ${name} ${version}`.trimEnd();
  return `${id} (${severity})${where}${fixedIn === null ? '' : `, mended in ${fixedIn}`}`;
}

function exceptionText({ id, package: name, reason, approver, untilMs }: Exception): string {
  const until = new Date(untilMs).toISOString().slice(0, 16).replace('T', ' ');
  return `${id}${name === null ? '' : ` in ${name}`} until ${until} UTC by ${approver}: ${reason}`;
}

function isVulnerability(value: object): value is Vulnerability {
  return hasTexts(value, ['id', 'package', 'version', 'severity']) && hasTextOrNull(value, 'fixedIn');
}

function isException(value: object): value is Exception {
  const hasEnd = 'untilMs' in value && typeof value.untilMs === 'number' && isTime(value.untilMs);
  return hasEnd && hasTexts(value, ['id', 'reason', 'approver']) && hasTextOrNull(value, 'package');
}

function hasTexts(value: object, names: readonly string[]): boolean {
  const texts = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof texts.get(name) === 'string');
}

function hasTextOrNull(value: object, name: string): boolean {
  return Object.entries(value).some(
    ([key, text]) => key === name && (text === null || typeof text === 'string'),
  );
}

/** What a webhook calls a time may be any number. */
function isTime(ms: number): boolean {
  return !Number.isNaN(new Date(ms).getTime());
}
