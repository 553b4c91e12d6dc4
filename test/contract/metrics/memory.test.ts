import { SluiceError } from '../../../src/domain/errors.ts';
import { createMemoryMetrics } from '../../../src/providers/metrics/memory.ts';
import { metricsContract } from './suite.ts';

metricsContract('memory', async () => {
  const provider = createMemoryMetrics();
  provider.set('refused', new SluiceError('metrics-query', 'The query is refused.'));
  return {
    provider,
    async publish(name, samples) {
      provider.set(name, samples);
      return name;
    },
    remembers: false,
    emptyQuery: 'nothing',
    badQuery: 'refused',
    async vanish() {
      provider.set(/./, new Error('The source is gone.'));
    },
    async close() {},
  };
});
