/** What a guard does as an OTLP receiver gets it: each errand a trace of its own. */
import { context, propagation, trace } from '@opentelemetry/api';
import { afterAll, expect, it } from 'vitest';
import { Errands } from '../../../src/guard/errands.ts';
import { startTracing } from '../../../src/telemetry/tracing.ts';
import { startOtlpReceiver } from '../../support/otlp-receiver.ts';

// Other files run in this process as well.
afterAll(() => {
  for (const part of [trace, context, propagation]) part.disable();
});

it('traces each route that has to come home, its tries, and no words of errors', async () => {
  const receiver = await startOtlpReceiver();
  const tracing = await startTracing('sluice-guard', { endpoint: receiver.url, share: 1 }, {});
  let tries = 0;
  let end: () => void = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const errands = new Errands({
    once: async () => {
      tries += 1;
      if (tries === 1) throw new Error('the words of a server');
      return 'over';
    },
    mayAct: () => true,
    stateOf: () => 'lapsed',
    onEnd: () => end(),
    report: () => errands.hurry('prod/shop'),
    signal: new AbortController().signal,
  });
  errands.begin('prod/shop', 'lapsed', false);
  await ended;
  await tracing?.close();
  const root = receiver.spans.find(({ name }) => name === 'bring route home');
  const said = root?.attributes.map(({ key, value }) => [key, value.stringValue]);
  expect(Object.fromEntries(said ?? [])).toEqual({
    'sluice.target': 'prod/shop',
    'sluice.why': 'lapsed',
  });
  expect(root?.parentSpanId).toBe('');
  const attempts = receiver.spans.filter(({ parentSpanId }) => parentSpanId === root?.spanId);
  expect(attempts.map(({ name, status }) => [name, status.code])).toEqual([
    ['attempt', 2],
    ['attempt', 0],
  ]);
  expect([...receiver.services]).toEqual(['sluice-guard']);
  expect(receiver.text).not.toContain('the words of a server');
  await receiver.close();
});
