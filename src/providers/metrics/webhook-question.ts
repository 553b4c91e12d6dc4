/** What a query means to a webhook: `name:field{label="value"}[window]`, the field one of those of an answer. */
import { SluiceError } from '../../domain/errors.ts';
import { parseSelector } from './selector-text.ts';
import { type AnswerField, answerFields } from './webhook-answer.ts';

export interface WebhookQuery {
  readonly name: string;
  /** Which number of the answer is meant. Default: `value`. */
  readonly field: AnswerField;
  readonly labels: Readonly<Record<string, string>>;
  readonly rangeMs: number;
  /** By the labels `version`, `canary` and `stable`; null: they do not tell. */
  readonly arm: 'canary' | 'stable' | null;
}

/** Throws `metrics-query`. */
export function parseQuestion(query: string): WebhookQuery {
  const { name: whole, matchers, rangeMs } = parseSelector(query);
  const [name = '', field = 'value', ...rest] = whole.split(':');
  const known = answerFields.find((one) => one === field);
  if (name === '' || known === undefined || rest.length > 0)
    throw refused(
      `"${whole}" must be a name, or a name and one of ${answerFields.join(', ')} with a colon between`,
    );
  if (rangeMs === null) throw refused('the time must stand behind it: [{{window}}]');
  const odd = matchers.find(({ operator }) => operator !== '=');
  if (odd !== undefined) throw refused(`labels are told with =, not with ${odd.operator}`);
  const labels = Object.fromEntries(matchers.map(({ label, value }) => [label, value]));
  return { name, field: known, labels, rangeMs, arm: armOf(labels) };
}

function armOf({ version, canary, stable }: Readonly<Record<string, string>>): WebhookQuery['arm'] {
  if (version === undefined) return null;
  if (version === canary) return 'canary';
  return version === stable ? 'stable' : null;
}

function refused(why: string): SluiceError {
  return new SluiceError('metrics-query', `The query of a webhook is not understood: ${why}.`);
}
