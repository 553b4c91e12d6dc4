import { expect, it } from 'vitest';
import { ApiError } from '../../../src/client/index.ts';
import { problemOf } from '../../../src/dashboard/api/client.ts';
import { type ErrorCode, errorCatalogue } from '../../../src/domain/errors.ts';

function adviceFor(code: ErrorCode): string {
  const { status, advice } = errorCatalogue[code];
  return problemOf(new ApiError({ status, code, title: '', detail: 'why', advice })).advice;
}

it('sends nobody to a terminal for what a page does', () => {
  const done = ['emergency-stopped', 'emergency-open', 'cooldown-running', 'rollout-running', 'plan-invalid'];
  for (const code of done) expect(adviceFor(code as ErrorCode)).not.toMatch(/`/);
  expect(adviceFor('emergency-stopped')).toContain('on the page Emergency');
});

it('leaves a refusal its own words, and what only an operator can do as it is', () => {
  expect(adviceFor('command-refused')).toBe('');
  expect(adviceFor('config-invalid')).toBe(errorCatalogue['config-invalid'].advice);
});
